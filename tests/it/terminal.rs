//! What somebody at a terminal is asked, and what is shown to them then.
#![cfg(target_os = "linux")]

use std::io::Write;
use std::process::Stdio;

use tests::{SqliteFile, sqlite, sqlite_file, sqlite_texts, sync_in_terminal, sync_on, temp_dir};

/// Applies a plan with a hazard that is allowed, gives an answer, and returns what is shown.
fn answered(file: &SqliteFile, answer: &str) -> String {
    let dir = temp_dir();
    let args = [
        "--apply",
        "--prune",
        "--allow",
        "data_loss",
        "--database-url",
        &file.url,
    ];
    let mut child = sync_in_terminal(&args, dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` of util-linux starts");
    let mut stdin = child.stdin.take().expect("is piped");
    writeln!(stdin, "{answer}").expect("is read");
    let output = child.wait_with_output().expect("it ends");
    drop(stdin);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn with_a_leftover() -> SqliteFile {
    let file = sqlite_file();
    sync_on(&file.url, &["--apply", "--yes"]).expect(0);
    sqlite(&file, "ALTER TABLE tags ADD COLUMN colour TEXT");
    file
}

#[test]
fn who_has_agreed_to_a_plan_is_not_shown_it_again() {
    let file = with_a_leftover();
    let shown = answered(&file, "y");
    assert_eq!(shown.matches("Apply it? [y/N]").count(), 1, "{shown}");
    assert_eq!(shown.matches("- column  colour").count(), 1, "{shown}");
    assert_eq!(shown.matches("Plan: 0 to add").count(), 1, "{shown}");
    assert_eq!(shown.matches("Applied: 1 statement").count(), 1, "{shown}");
    let columns = "SELECT name FROM pragma_table_info('tags')";
    assert!(!sqlite_texts(&file, columns).contains(&"colour".to_owned()));
}

#[test]
fn whoever_does_not_say_yes_changes_nothing() {
    let file = with_a_leftover();
    let shown = answered(&file, "n");
    assert!(
        shown.contains("not applied: nothing was changed"),
        "{shown}"
    );
    let columns = "SELECT name FROM pragma_table_info('tags')";
    assert!(sqlite_texts(&file, columns).contains(&"colour".to_owned()));
}
