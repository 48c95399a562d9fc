//! Writes the schema as documentation, or tells whether the files are stale.

use std::path::Path;

use schema_core::export::docs;
use schema_core::schema::Schema;

use super::dump;
use crate::args::{Common, DocsArgs, DocsFormat};
use crate::source::SourceArg;
use crate::{Exit, Failure, files, out};

/// Where the documentation is when nobody says.
pub(super) const FILE: &str = "docs/schema.md";
/// The same as a page.
const PAGE: &str = "docs/schema.html";

pub(super) async fn run(common: &Common, args: &DocsArgs) -> Result<Exit, Failure> {
    // The documentation is of the models, where nobody names a database.
    let models = common.database_url.is_none().then_some(SourceArg::Models);
    let source = args.source.clone().or(models);
    let (_, schema) = dump::read(common, source.as_ref()).await?;
    if args.check {
        return check(&schema, args);
    }
    if let Some(file) = &args.inject {
        let written = files::read(file)?;
        let text = injected(file, &written, &schema)?;
        // An untouched file keeps its time.
        if text != written {
            files::write(file, &text)?;
        }
    }
    if args.inject.is_none() || args.out.is_some() {
        out::print_to(args.out.as_deref(), &text(&schema, format(args)))?;
    }
    Ok(Exit::Good)
}

fn check(schema: &Schema, args: &DocsArgs) -> Result<Exit, Failure> {
    let mut exit = Exit::Good;
    let mut stale = |file: &Path, how: &str| {
        let file = file.display();
        out::error(&format!(
            "`{file}` is stale; write it: sync docs {how} {file}"
        ));
        exit = Exit::Differs;
    };
    if args.inject.is_none() || args.out.is_some() {
        let format = format(args);
        let (usual, how) = match format {
            DocsFormat::Markdown => (FILE, "--out"),
            DocsFormat::Html => (PAGE, "--format html --out"),
        };
        let file = args.out.as_deref().unwrap_or(Path::new(usual));
        if !file.exists() {
            let file = file.display();
            return Err(Failure::new(format!(
                "`{file}` does not exist; write it: sync docs {how} {file}"
            )));
        }
        if !same(&files::read(file)?, &text(schema, format)) {
            stale(file, how);
        }
    }
    if let Some(file) = &args.inject {
        let written = files::read(file)?;
        if !same(&written, &injected(file, &written, schema)?) {
            stale(file, "--inject");
        }
    }
    Ok(exit)
}

/// The format that was asked for, or that the file's name tells.
fn format(args: &DocsArgs) -> DocsFormat {
    let extension = args.out.as_deref().and_then(Path::extension);
    let page = extension.is_some_and(|it| it.eq_ignore_ascii_case("html"));
    let told = if page {
        DocsFormat::Html
    } else {
        DocsFormat::Markdown
    };
    args.format.unwrap_or(told)
}

fn text(schema: &Schema, format: DocsFormat) -> String {
    match format {
        DocsFormat::Markdown => docs::markdown(schema),
        DocsFormat::Html => docs::html(schema),
    }
}

fn injected(file: &Path, written: &str, schema: &Schema) -> Result<String, Failure> {
    docs::inject(written, &docs::table_list(schema))
        .map_err(|error| Failure::new(format!("`{}`: {error}", file.display())))
}

/// Compares texts; a checkout may end its lines otherwise.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.lines().eq(other.lines())
}
