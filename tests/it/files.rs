//! Files that the tool writes: whole or not at all, and asked for before anything is applied.

use std::fs;

use tests::{sqlite_file, sqlite_hold, sync, sync_command, sync_on, temp_dir};

#[test]
fn nothing_is_applied_that_could_not_be_told_or_kept() {
    let dir = temp_dir();
    let path = |name: &str| dir.path().join(name).display().to_string();
    fs::write(path("file"), "mine").expect("written");
    for (option, name, told) in [
        ("--out", "none/plan.txt", "does not exist; make it first"),
        ("--out", "", "is a folder; name a file"),
        ("--out", "none/", "is a folder; name a file"),
        ("--out", "file/plan.txt", "a part of its path is a file"),
        ("--record", "file", "there is a file of this name"),
        ("--record", "file/records", "a part of its path is a file"),
    ] {
        let file = sqlite_file();
        let args = ["--apply", "--yes", option, &path(name)];
        let output = sync_on(&file.url, &args).expect(1);
        assert!(output.stderr.contains(told), "{told}\n{}", output.all());
        assert!(!file.path.exists(), "{option} {name}");
    }
    // To look is not to leave a trace.
    assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 1);
    let file = sqlite_file();
    let args = ["--apply", "--yes", "--out", &path("plan.txt")];
    sync_on(
        &file.url,
        &[&args[..], &["--record", &path("a/b")]].concat(),
    )
    .expect(0);
    assert!(fs::read_to_string(path("plan.txt")).is_ok_and(|it| it.contains("Applied: ")));
    assert_eq!(fs::read_dir(path("a/b")).expect("listed").count(), 1);
}

#[test]
fn what_cannot_be_read_is_said_with_the_cure() {
    let dir = temp_dir();
    let run = |args: &[&str]| sync(args, &[], dir.path()).expect(1).stderr;
    let told = run(&["--desired", "none.json"]);
    assert_eq!(
        told,
        "error: `none.json`: does not exist; name `models`, a database URL such as \
         sqlite:none.json, or the path of a snapshot\n"
    );
    sync(&["--apply"], &[("DATABASE_URL", "sqlite:x.db")], dir.path()).expect(0);
    let told = run(&["diff", "--from", "x.db", "--to", "models"]);
    assert_eq!(
        told,
        "error: `x.db`: is a database of SQLite, and no snapshot; write sqlite:x.db\n"
    );
    let told = run(&["docs", "--check"]);
    assert!(
        told.ends_with("write it: sync docs --out docs/schema.md\n"),
        "{told}"
    );
    fs::create_dir(dir.path().join(".env")).expect("made");
    let told = run(&[]);
    assert!(
        told.starts_with("error: `.env`: cannot be read: is a folder"),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_keeps_its_rights_and_its_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let dir = temp_dir();
    let path = |name: &str| dir.path().join(name);
    let docs = |out: &str, code| sync(&["docs", "--out", out], &[], dir.path()).expect(code);
    fs::write(path("schema.md"), "old").expect("written");
    fs::set_permissions(path("schema.md"), fs::Permissions::from_mode(0o640)).expect("set");
    symlink("schema.md", path("link.md")).expect("linked");
    docs("link.md", 0);
    let text = fs::read_to_string(path("schema.md")).expect("read");
    assert!(text.starts_with("# Database schema"), "{text}");
    let about = fs::metadata(path("schema.md")).expect("there");
    assert_eq!(about.permissions().mode() & 0o777, 0o640);
    assert!(path("link.md").is_symlink());
    // What is no file is written to.
    let told = docs("/dev/stdout", 0).stdout;
    assert_eq!(told, text);
    if cfg!(target_os = "linux") {
        let told = docs("/dev/full", 1).stderr;
        assert!(told.contains("the disk is full; make room"), "{told}");
    }
    assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 2);
}

#[test]
fn a_database_that_nobody_may_even_read_is_said_with_how_to_wait() {
    let file = sqlite_file();
    sync_on(&file.url, &["--apply", "--yes"]).expect(0);
    let holder = sqlite_hold(&file, "BEGIN EXCLUSIVE");
    let told = sync_on(&file.url, &["verify", "--lock-timeout", "200ms"]).expect(1);
    let end = ": is locked by another program; close it, or wait longer with --lock-timeout\n";
    assert!(told.stderr.ends_with(end), "{}", told.all());
    let waits = std::thread::spawn({
        let url = file.url.clone();
        move || sync_on(&url, &["verify", "--lock-timeout", "1m"])
    });
    std::thread::sleep(std::time::Duration::from_millis(300));
    drop(holder);
    waits.join().expect("it ends").expect(0);
}

#[test]
fn a_sqlite_file_that_is_not_there_is_no_side_of_a_comparison() {
    let (file, missing) = (sqlite_file(), sqlite_file());
    sync_on(&file.url, &["--apply", "--yes"]).expect(0);
    for (from, to) in [(&missing, &file), (&file, &missing)] {
        let told = sync_on(&file.url, &["diff", "--from", &from.url, "--to", &to.url]).expect(1);
        let end = "does not exist; check the path\n";
        assert!(told.stderr.ends_with(end), "{}", told.all());
    }
    assert!(!missing.path.exists());
}

/// `sync --sql > script.sql` on a full disk leaves half a script: that is no success.
#[cfg(target_os = "linux")]
#[test]
fn what_standard_output_does_not_take_is_an_error() {
    let dir = temp_dir();
    let run = |args: &[&str], to: std::process::Stdio| {
        let mut command = sync_command(dir.path());
        command.args(args).stdout(to).output().expect("it runs")
    };
    let full = || {
        let file = fs::OpenOptions::new().write(true).open("/dev/full");
        std::process::Stdio::from(file.expect("Linux has it"))
    };
    for args in [
        &["--sql"][..],
        &["doctor"],
        &["docs"],
        &["--help"],
        &["completions", "bash"],
        &["--apply", "--yes", "--record", "records"],
    ] {
        let output = run(args, full());
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {told}");
        let end = "error: standard output: cannot be written to: the disk is full; make room, or name another place\n";
        assert!(told.ends_with(end), "{args:?}: {told}");
    }
    // What was applied is applied, and recorded.
    let records = fs::read_dir(dir.path().join("records")).expect("listed");
    assert_eq!(records.count(), 1);
    // A reader that goes away, such as `head`, has what it wanted.
    for args in [&["docs"][..], &["--help"], &["verify"]] {
        let (reader, writer) = std::io::pipe().expect("made");
        drop(reader);
        let output = run(args, writer.into());
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    }
}
