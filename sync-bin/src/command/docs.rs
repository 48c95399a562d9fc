//! Writes the schema as Markdown, or tells whether the file is stale.

use std::path::Path;

use schema_core::export::docs;

use super::dump;
use crate::args::{Common, DocsArgs};
use crate::{Exit, Failure, out};

/// Where the documentation is when nobody says.
pub(super) const FILE: &str = "docs/schema.md";

pub(super) async fn run(common: &Common, args: &DocsArgs) -> Result<Exit, Failure> {
    let (_, mut schema) = dump::read(common, Some(&args.source)).await?;
    let scope = common.scope();
    schema.tables.retain(|name, _| scope.has(name));
    let text = docs::markdown(&schema);
    if !args.check {
        out::print_to(args.out.as_deref(), &text)?;
        return Ok(Exit::Good);
    }
    let file = args.out.as_deref().unwrap_or(Path::new(FILE));
    let written = out::read_file(file)?;
    if same(&written, &text) {
        return Ok(Exit::Good);
    }
    out::error(&format!(
        "`{0}` is stale; write it: sync docs --out {0}",
        file.display()
    ));
    Ok(Exit::Differs)
}

/// Compares texts; a checkout may end its lines otherwise.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.lines().eq(other.lines())
}
