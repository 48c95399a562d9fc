//! Holds the rules of the house that a test can hold.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tests::repo;

const LINES_MAX: usize = 900;

#[test]
fn every_file_opens_with_its_purpose() {
    let bad = files(&[""], |path, text| {
        // Files of trybuild show a user's code.
        !path.starts_with("tests/ui") && !text.trim_start_matches("#![").starts_with("//!")
    });
    assert!(bad.is_empty(), "no `//!` at the top: {bad:#?}");
}

#[test]
fn no_file_is_too_long() {
    // Looked at, and one purpose: a flat list of one arm a case.
    const LONG: &str = "schema-core/src/dialect/sqlite/render.rs";
    let bad = files(&[""], |path, text| {
        !path.ends_with(LONG) && text.lines().count() > LINES_MAX
    });
    assert!(bad.is_empty(), "more than {LINES_MAX} lines: {bad:#?}");
}

#[test]
fn plans_do_not_come_out_of_a_hash_map() {
    let bad = lines("schema-core/src", |_, line| {
        line.contains("HashMap") || line.contains("HashSet")
    });
    assert!(bad.is_empty(), "use BTreeMap: {bad:#?}");
}

#[test]
fn the_library_never_prints_reads_the_environment_or_exits() {
    const WORDS: [&str; 7] = [
        "println!",
        "eprintln!",
        "print!(",
        "dbg!(",
        "std::env",
        "env::var",
        "process::exit",
    ];
    let bad = lines("schema-core/src", |_, line| {
        WORDS.iter().any(|word| line.contains(word))
    });
    assert!(bad.is_empty(), "this belongs into the binary: {bad:#?}");
}

#[test]
fn the_driver_is_named_where_a_database_is_talked_to() {
    let bad = lines("schema-core/src", |path, line| {
        let file = path.file_stem().unwrap_or_default().to_string_lossy();
        let may = path.components().any(|part| {
            ["db", "introspect", "session", "scratch", "apply"]
                .iter()
                .any(|name| part.as_os_str() == *name)
        }) || ["introspect", "session", "scratch", "apply"].contains(&&*file);
        // The driver's own types may be fields of a model.
        let may = may || path.ends_with("model/types.rs");
        !may && (line.contains("sqlx::") || line.contains("use sqlx"))
    });
    assert!(bad.is_empty(), "sqlx outside of the sessions: {bad:#?}");
}

#[test]
fn the_schema_knows_no_layer_above() {
    let bad = lines("schema-core/src/schema", |_, line| {
        ["crate::dialect", "crate::plan", "crate::diff", "crate::db"]
            .iter()
            .any(|module| line.contains(module))
    });
    assert!(bad.is_empty(), "layer 0 looks up: {bad:#?}");
}

#[test]
fn the_binary_writes_no_sql() {
    const VERBS: [&str; 4] = [
        "\"CREATE TABLE ",
        "\"ALTER TABLE ",
        "\"DROP TABLE ",
        "\"SELECT ",
    ];
    let bad = lines("sync-bin/src", |_, line| {
        VERBS.iter().any(|verb| line.contains(verb))
    });
    assert!(bad.is_empty(), "SQL belongs into schema-core: {bad:#?}");
}

/// Returns the source files for which `is_bad` holds.
fn files(roots: &[&str], is_bad: impl Fn(&Path, &str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for root in roots {
        walk(&repo().join(root), &mut found);
    }
    found.sort();
    assert!(!found.is_empty(), "no source file found");
    found.retain_mut(|path| {
        let text = fs::read_to_string(&*path).expect("sources are readable");
        *path = path.strip_prefix(repo()).expect("inside").to_path_buf();
        is_bad(path, &text)
    });
    found
}

/// Returns `file:line: text` for code lines for which `is_bad` holds; comments do not count.
fn lines(root: &str, is_bad: impl Fn(&Path, &str) -> bool) -> Vec<String> {
    let mut bad = Vec::new();
    for path in files(&[root], |_, _| true) {
        let text = fs::read_to_string(repo().join(&path)).expect("sources are readable");
        for (at, line) in text.lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            if !is_comment && is_bad(&path, line) {
                bad.push(format!("{}:{}: {}", path.display(), at + 1, line.trim()));
            }
        }
    }
    bad
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("folders are readable") {
        let path = entry.expect("folders are readable").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                walk(&path, found);
            }
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
}
