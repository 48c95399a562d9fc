//! Writes Rust models from an existing database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use schema_core::db::{self, ConnectError};
use schema_core::export::rust::{self, CARRIED, Models, Options, region};
use schema_core::facts::Facts;
use schema_core::model::Carried;
use schema_core::report::server_line;
use schema_core::wording::{plural, thousands};

use crate::args::{Common, IntrospectArgs};
use crate::{Exit, Failure, database, files, out};

pub(super) async fn run(common: &Common, args: &IntrospectArgs) -> Result<Exit, Failure> {
    let named = database::find_to_read(common.database_url.as_deref())?;
    let opened = named.open(&common.session(true)).await;
    // Nothing is to be read from one that would have to be made first.
    if let Err(ConnectError::NoDatabase { host, database }) = &opened {
        return Err(Failure::new(format!(
            "database `{database}` does not exist on {host}\n  cure: look at its name in the URL"
        )));
    }
    let mut session = opened?;
    let scope = common.scope();
    let (schema, facts) = db::dump(&mut session, &scope).await?;
    db::all_match(&scope, schema.tables.keys().chain(&facts.out_of_scope))?;
    let options = Options {
        singular: args.singular.then_some(singular),
    };
    let models = rust::rust(session.family(), &schema, options);
    let told = || {
        tell(&models);
        tell_lost(&facts);
    };
    if models.modules.is_empty() && models.carried.is_none() {
        told();
        return Err(Failure::new(format!(
            "{}: there is no table to write a model of\n  cure: look at the database's name, and at --only and --ignore",
            server_line(session.info())
        )));
    }
    // Of what could not be written, the reason alone is of use.
    match &args.out {
        None => {
            told();
            out::print(&models.single(CARRIED));
            if let Some(carried) = &models.carried {
                out::tell(&format!(
                    "with --out, this is written to {CARRIED}:\n{carried}"
                ));
            }
        }
        Some(place) => {
            let files = match args.single_file {
                true => single(place, &models)?,
                false => folder(place, &models),
            };
            let done = write(&files, args.force)?;
            told();
            out::tell(&done);
        }
    }
    Ok(Exit::Good)
}

/// Only the noun at the end of a name is looked at.
fn singular(word: &str) -> String {
    pluralizer::pluralize(word, 1, false)
}

fn tell(models: &Models) {
    for note in &models.notes {
        out::tell(&format!("note: {note}"));
    }
    if !models.unsaid.is_empty() {
        out::tell(&format!(
            "carried in {CARRIED}, for no word of a model says it:"
        ));
    }
    for unsaid in &models.unsaid {
        out::tell(&format!("  {unsaid}"));
    }
    if !models.unmanaged.is_empty() {
        out::tell("not managed by models, and left alone:");
    }
    for other in &models.unmanaged {
        out::tell(&format!("  {other}"));
    }
}

/// Words that are left alone in the database, and that one that the models make does not have.
fn tell_lost(facts: &Facts) {
    if facts.unsaid.is_empty() {
        return;
    }
    out::tell("in no model, and lost where the models make the table anew:");
    for (table, words) in &facts.unsaid {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        out::tell(&format!("  table {table}: {}", words.join(", ")));
    }
}

/// The files, by path, before they are formatted and marked.
struct Files {
    code: BTreeMap<PathBuf, String>,
    carried: (PathBuf, Option<String>),
    root: PathBuf,
}

fn folder(dir: &Path, models: &Models) -> Files {
    let root = dir.join("mod.rs");
    let mut code: BTreeMap<PathBuf, String> = models
        .modules
        .iter()
        .map(|(module, text)| (dir.join(format!("{module}.rs")), text.clone()))
        .collect();
    code.insert(root.clone(), models.root());
    Files {
        code,
        carried: (dir.join(CARRIED), models.carried.clone()),
        root,
    }
}

fn single(file: &Path, models: &Models) -> Result<Files, Failure> {
    let name = file.file_stem().and_then(|it| it.to_str());
    let name = name
        .ok_or_else(|| Failure::new(format!("`{}`: is not the name of a file", file.display())))?;
    let carried = format!("{name}.{CARRIED}");
    Ok(Files {
        code: [(file.to_path_buf(), models.single(&carried))].into(),
        carried: (file.with_file_name(&carried), models.carried.clone()),
        root: file.to_path_buf(),
    })
}

/// Writes all or nothing: looks at every file before it writes one. Returns what it did.
fn write(files: &Files, force: bool) -> Result<String, Failure> {
    let dir = files.root.parent().filter(|it| *it != Path::new(""));
    if let Some(dir) = dir {
        files::make_folder(dir)?;
    }
    let mut writes: BTreeMap<PathBuf, String> = BTreeMap::new();
    let mut refused: Vec<String> = Vec::new();
    for (path, text) in formatted(files, dir) {
        if !path.exists() {
            writes.insert(path, region::mark(&text));
            continue;
        }
        let there = files::read(&path)?;
        let reason = match region::update(&there, &text) {
            region::Update::Same => continue,
            region::Update::Write(text) => {
                writes.insert(path, text);
                continue;
            }
            region::Update::Edited => {
                "was changed by hand between the two lines of `sync introspect`"
            }
            region::Update::Foreign => "exists, and is not by `sync introspect`",
        };
        if force {
            writes.insert(path, region::overwrite(&there, &text));
        } else {
            refused.push(format!("`{}` {reason}", path.display()));
        }
    }
    let (path, carried) = &files.carried;
    match (path.exists(), carried) {
        (false, None) => {}
        (false, Some(text)) => {
            writes.insert(path.clone(), text.clone());
        }
        (true, carried) => {
            let there = files::read(path)?;
            let ours = Carried::is_as_written(&there);
            let text = region::ended_like(&there, carried.as_deref().unwrap_or_default());
            if text == there {
            } else if ours || force {
                writes.insert(path.clone(), text);
            } else {
                refused.push(format!("`{}` was changed by hand", path.display()));
            }
        }
    }
    if !refused.is_empty() {
        return Err(Failure::new(format!(
            "{}\n  nothing was written\n  cure: add --force to overwrite what is generated (what stands outside of the two lines is kept), or give another --out",
            refused.join("\n")
        )));
    }
    let written = writes.len();
    let emptied: Vec<PathBuf> = writes
        .extract_if(.., |_, text| text.is_empty())
        .map(|(path, _)| path)
        .collect();
    files::write_all(&writes)?;
    for path in &emptied {
        files::remove(path)?;
    }
    let mut done = String::new();
    for path in orphans(files, dir) {
        done.push_str(&format!(
            "note: `{}` is of a table that is not there any more; nothing names it, remove it\n",
            path.display()
        ));
    }
    let all = files.code.len() + usize::from(files.carried.1.is_some());
    let all = plural(all, "file", "files");
    let place = dir.unwrap_or(Path::new(".")).display();
    done.push_str(&match written {
        0 => format!("{all} in {place}: up to date"),
        n => format!("{} of {all} written to {place}", thousands(n as u64)),
    });
    Ok(done)
}

/// Generated files of which no generated file is the module any more.
fn orphans(files: &Files, dir: Option<&Path>) -> Vec<PathBuf> {
    if files.code.len() == 1 {
        return Vec::new();
    }
    let entries = dir.and_then(|dir| std::fs::read_dir(dir).ok());
    let paths = entries
        .into_iter()
        .flatten()
        .filter_map(|it| Some(it.ok()?.path()));
    let mut orphans: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .filter(|path| !files.code.contains_key(path))
        .filter(|path| std::fs::read_to_string(path).is_ok_and(|it| region::is_marked(&it)))
        .collect();
    orphans.sort();
    orphans
}

/// Lets `rustfmt` format them, by the settings of the place where they will be. Without it they are
/// written as they are, which compiles too.
fn formatted(files: &Files, dir: Option<&Path>) -> BTreeMap<PathBuf, String> {
    match format_copies(files, dir.unwrap_or(Path::new("."))) {
        Some(formatted) => formatted,
        None => {
            out::tell("note: `rustfmt` is not here or does not run: the files are not formatted");
            files.code.clone()
        }
    }
}

/// One process for all files: to start one for each of a thousand takes a minute.
fn format_copies(files: &Files, place: &Path) -> Option<BTreeMap<PathBuf, String>> {
    let copies = std::env::temp_dir().join(format!("sync-introspect-{}", std::process::id()));
    std::fs::create_dir(&copies).ok()?;
    let run = || -> Option<BTreeMap<PathBuf, String>> {
        let copy = |path: &Path| Some(copies.join(path.file_name()?));
        for (path, text) in &files.code {
            std::fs::write(copy(path)?, text).ok()?;
        }
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--edition", "2024", "--quiet"]);
        if let Some(settings) = settings_above(place) {
            rustfmt.arg("--config-path").arg(settings);
        }
        // The others are modules of this one.
        let status = rustfmt
            .arg(copy(&files.root)?)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .ok()?;
        if !status.success() {
            return None;
        }
        let read = |path: &PathBuf| {
            let text = std::fs::read_to_string(copy(path)?).ok()?;
            Some((path.clone(), text))
        };
        files.code.keys().map(read).collect()
    };
    let formatted = run();
    // What is left there is of no use, and in nobody's way.
    let _ = std::fs::remove_dir_all(&copies);
    formatted
}

fn settings_above(place: &Path) -> Option<PathBuf> {
    let place = place.canonicalize().ok()?;
    let names = ["rustfmt.toml", ".rustfmt.toml"];
    let mut settings = (place.ancestors()).flat_map(|dir| names.map(|name| dir.join(name)));
    settings.find(|it| it.is_file())
}
