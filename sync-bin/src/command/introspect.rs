//! Writes Rust models from an existing database.

use std::path::Path;

use schema_core::export::rust::{self, Models};

use super::dump;
use crate::args::{Common, IntrospectArgs};
use crate::source::SourceArg;
use crate::{Exit, Failure, database, out};

pub(super) async fn run(common: &Common, args: &IntrospectArgs) -> Result<Exit, Failure> {
    let named = database::find(common.database_url.as_deref(), false)?;
    let (_, schema) = dump::read(common, Some(&SourceArg::Url(named.url))).await?;
    let models = rust::rust(&schema);
    match &args.out {
        None => out::print(&single(&models)),
        Some(file) if args.single_file => {
            free(file, args.force)?;
            out::write_file(file, &single(&models))?;
        }
        Some(dir) => folder(dir, &models, args.force)?,
    }
    for unsaid in &models.unsaid {
        out::tell(&format!("no model says: {unsaid}"));
    }
    Ok(Exit::Good)
}

fn folder(dir: &Path, models: &Models, force: bool) -> Result<(), Failure> {
    // All or nothing: looks at every file before it writes one.
    for name in models.files.keys() {
        free(&dir.join(name), force)?;
    }
    std::fs::create_dir_all(dir)
        .map_err(|error| Failure::new(format!("`{}`: cannot be made: {error}", dir.display())))?;
    for (name, text) in &models.files {
        out::write_file(&dir.join(name), text)?;
    }
    let count = models.files.len();
    out::tell(&format!("{count} files written to {}", dir.display()));
    Ok(())
}

fn free(path: &Path, force: bool) -> Result<(), Failure> {
    if force || !path.exists() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{}` exists, nothing was written; add --force to overwrite it",
        path.display()
    )))
}

/// Puts every file in the place of its `mod` line.
fn single(models: &Models) -> String {
    let mut out = String::new();
    for line in models
        .files
        .get("mod.rs")
        .map_or("", String::as_str)
        .lines()
    {
        let module = line
            .strip_suffix(';')
            .and_then(|line| line.trim_start_matches("pub ").strip_prefix("mod "));
        let text = module.and_then(|module| models.files.get(&format!("{module}.rs")));
        match text {
            Some(text) => {
                let head = line.trim_end_matches(';');
                out.push_str(&format!("{head} {{\n"));
                for line in text.lines() {
                    let indent = if line.is_empty() { "" } else { "    " };
                    out.push_str(&format!("{indent}{line}\n"));
                }
                out.push_str("}\n");
            }
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_takes_the_place_of_its_line() {
        let mut models = Models::default();
        let mut add = |name: &str, text: &str| models.files.insert(name.into(), text.into());
        add(
            "mod.rs",
            "//! Models.\n\nmod orders;\npub use orders::Order;\n",
        );
        add("orders.rs", "pub struct Order {}\n");
        assert_eq!(
            single(&models),
            "//! Models.\n\nmod orders {\n    pub struct Order {}\n}\npub use orders::Order;\n"
        );
    }
}
