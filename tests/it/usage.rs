//! What the command line takes, and what it gives back: options, exit codes, colours, widths, and
//! what the environment says of them.

use std::collections::BTreeSet;

use tests::{SqliteFile, sqlite, sqlite_file, sync, sync_on, temp_dir};

const APPLY: &[&str] = &["--apply", "--yes"];
const DRY_RUN: &[&str] = &["--dry-run"];

/// Returns the long options in a text.
fn options(text: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_ascii_lowercase() || c == '-';
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("--") {
        let before = text[..at].chars().next_back();
        let end = text[at..].find(|c| !word(c)).unwrap_or(text.len() - at);
        let option = text[at..at + end].trim_end_matches('-');
        // Not `----` of a table, nor the `--` of a comment.
        if option.len() > 2 && before.is_none_or(|c| !word(c)) && !option[2..].starts_with('-') {
            found.insert(option.to_owned());
        }
    }
    found
}

#[test]
fn completions_know_the_kinds_of_hazards() {
    let bash = sync(&["completions", "bash"], &[], temp_dir().path()).expect(0);
    assert!(bash.stdout.contains("\"data_loss narrowing rewrite "));
    let wrong = sync(&["--allow", "data_los"], &[], temp_dir().path()).expect(1);
    let tip = "tip: a similar value exists: 'data_loss'";
    assert!(wrong.stderr.contains(tip), "{}", wrong.all());
}

#[test]
fn the_manual_lists_every_option_and_no_other() {
    let dir = temp_dir();
    let help = |args: &[&str]| {
        let output = sync(&[args, &["--help"]].concat(), &[], dir.path());
        output.expect(0).stdout
    };
    let top = help(&[]);
    let commands = top
        .split("Commands:\n")
        .nth(1)
        .expect("commands are listed");
    let commands: Vec<&str> = commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.contains(&"verify"), "{top}");
    let mut all = options(&top);
    for command in &commands {
        all.extend(options(&help(&[command])));
    }
    let manual = std::fs::read_to_string(tests::repo().join("docs/cli.md")).expect("readable");
    let mut told = options(&manual);
    // Where it says how to start it, two are of Cargo.
    assert!(told.remove("--bin") && told.remove("--path"), "{told:?}");
    assert_eq!(all, told);
    for command in commands {
        assert!(manual.contains(&format!("| `{command}")), "{command}");
    }
}

/// Runs on a file with the arguments.
struct Exits(SqliteFile, tempfile::TempDir);

impl Exits {
    #[track_caller]
    fn are(&self, status: i32, args: &[&str]) {
        let url = &self.0.url;
        let args = [args, &["--database-url", url]].concat();
        let output = sync(&args, &[], self.1.path());
        assert_eq!(output.status, status, "{args:?}\n{}", output.all());
        // An error is told on standard error, and a report on standard output.
        let told = output.stderr.starts_with("error: ") || args.contains(&"doctor");
        assert!(told || status != 1, "{args:?}\n{}", output.all());
    }
}

#[test]
fn exit_codes_are_those_of_the_manual() {
    let exits = Exits(sqlite_file(), temp_dir());
    let (file, dir) = (&exits.0, exits.1.path());
    // A usage error is an error: 1 for every command.
    for wrong in [
        &["--no-such-option"][..],
        &["no-such-command"],
        &["verify", "--apply"],
        &["diff", "--from", "models"],
        &["dump", "one", "two"],
        &["introspect", "--single-file=x"],
        &["docs", "--format", "pdf"],
        &["doctor", "--desired", "models"],
        &["completions", "no-such-shell"],
        &["man"],
        &["--apply", "--dry-run"],
        &["--save-plan", "x", "--plan", "y"],
        &["--save-plan", "x", "--plan", "y", "--apply"],
        &["--plan", "y"],
        &["--dry-run", "--record", "x"],
        &["--format", "yaml"],
        &["--lock-timeout", "soon"],
        &["--verbose", "--quiet"],
    ] {
        exits.are(1, wrong);
    }
    for command in ["verify", "dump", "doctor"] {
        for option in ["--apply", "--prune", "--exit-code", "--sql"] {
            exits.are(1, &[option, command]);
        }
    }
    // What is asked for is no error.
    for good in [
        &["--help"][..],
        &["-h"],
        &["verify", "--help"],
        &["--version"],
    ] {
        exits.are(0, good);
    }
    assert!(!file.path.exists(), "nothing was applied");
    let made = std::fs::read_dir(dir).expect("readable").count();
    assert_eq!(made, 0, "nothing was written");

    // Changes are pending.
    exits.are(0, &["--dry-run"]);
    exits.are(2, &["--dry-run", "--exit-code"]);
    exits.are(2, &["verify"]);
    exits.are(
        0,
        &["diff", "--from", "models", "--to", "models", "--exit-code"],
    );
    let there = sqlite_file();
    sqlite(&there, "CREATE TABLE other (id INTEGER PRIMARY KEY)");
    exits.are(1, &["diff", "--from", &file.url, "--to", "models"]);
    let from = there.url.as_str();
    exits.are(0, &["diff", "--from", from, "--to", "models"]);
    exits.are(
        2,
        &["diff", "--from", from, "--to", "models", "--exit-code"],
    );
    exits.are(0, &["dump", "models"]);
    exits.are(1, &["dump", "no-such-file.json"]);
    exits.are(1, &["--only", "no_such_table"]);
    exits.are(1, &["introspect"]);
    exits.are(1, &["docs", "models", "--check"]);
    exits.are(0, &["docs", "models", "--out", "schema.md"]);
    exits.are(0, &["docs", "models", "--check", "--out", "schema.md"]);
    std::fs::write(dir.join("schema.md"), "stale").expect("writable");
    let stale = sync(&["docs", "--check", "--out", "schema.md"], &[], dir).expect(2);
    assert!(stale.stderr.contains("is stale"), "{}", stale.all());

    // In sync.
    exits.are(0, APPLY);
    exits.are(0, APPLY);
    exits.are(0, &["--dry-run", "--exit-code"]);
    exits.are(0, &["verify"]);
    exits.are(0, &["introspect"]);
    exits.are(0, &["doctor"]);
    exits.are(0, &["completions", "bash"]);
    exits.are(0, &["man", "--out", "man"]);

    // Refused: a hazard, and rows in the way.
    sqlite(file, "CREATE TABLE beside (id INTEGER PRIMARY KEY)");
    exits.are(0, &["--prune"]);
    exits.are(3, &["--prune", "--exit-code"]);
    exits.are(3, &["--prune", "--apply", "--yes"]);
    exits.are(2, &["--prune", "--exit-code", "--allow", "all"]);
    sqlite(
        file,
        "DROP TABLE beside; DROP TABLE tags; CREATE TABLE tags (id INTEGER PRIMARY KEY, label TEXT);
         INSERT INTO tags VALUES (1, NULL)",
    );
    exits.are(3, &["--exit-code", "--allow", "all"]);
    exits.are(3, &["--apply", "--yes", "--allow", "all"]);
    exits.are(3, &["--sql"]);
    exits.are(3, &["--sql", "--exit-code", "--allow", "all"]);
    exits.are(3, &["diff", "--from", &file.url, "--to", "models", "--sql"]);
    exits.are(1, &["doctor"]);
    exits.are(2, &["verify"]);
}

#[test]
fn a_source_that_is_left_out_is_the_database_that_an_option_names() {
    let (dir, file) = (temp_dir(), sqlite_file());
    sqlite(
        &file,
        "CREATE TABLE of_the_database (id INTEGER PRIMARY KEY)",
    );
    for command in ["dump", "docs"] {
        let named = [command, "--database-url", &file.url];
        let told = sync(&named, &[], dir.path()).expect(0).stdout;
        assert!(told.contains("of_the_database"), "{command}\n{told}");
        let models = [command, "models", "--database-url", &file.url];
        let told = sync(&models, &[], dir.path()).expect(0).stdout;
        assert!(!told.contains("of_the_database"), "{command}\n{told}");
    }
    let environment = [("DATABASE_URL", file.url.as_str())];
    let told = sync(&["docs"], &environment, dir.path()).expect(0).stdout;
    assert!(told.contains("order_lines"), "{told}");
    let told = sync(&["dump"], &environment, dir.path()).expect(0).stdout;
    assert!(told.contains("of_the_database"), "{told}");
}

#[test]
fn a_file_that_is_not_there_is_told_where_somebody_named_it() {
    let file = sqlite_file();
    for (args, code) in [(DRY_RUN, 0), (&["verify"], 2)] {
        let told = sync_on(&file.url, args).expect(code).stdout;
        assert!(told.contains("does not exist: an apply makes it"), "{told}");
    }
    sync_on(&file.url, APPLY).expect(0);
    let told = sync_on(&file.url, DRY_RUN).expect(0).stdout;
    assert!(!told.contains("does not exist"), "{told}");
}

#[test]
fn each_mark_of_a_deployment_keeps_an_apply_from_the_default_database() {
    for (name, value) in [
        ("CI", "true"),
        ("RAILWAY_ENVIRONMENT", "production"),
        ("DYNO", "web.1"),
        ("FLY_APP_NAME", "shop"),
        ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
        ("RENDER", "true"),
    ] {
        let dir = temp_dir();
        let output = sync(APPLY, &[(name, value)], dir.path()).expect(1);
        for told in [name, "set DATABASE_URL, or give --database-url"] {
            assert!(output.stderr.contains(told), "{told}\n{}", output.all());
        }
        assert!(!dir.path().join("dev.db").exists(), "{name}");
        // A dry run says on what it runs.
        let output = sync(DRY_RUN, &[(name, value)], dir.path()).expect(0);
        let first = output.stdout.lines().next().unwrap_or_default();
        assert!(first.contains("dev.db, the embedded default"), "{first}");
        assert!(!dir.path().join("dev.db").exists(), "{name}");
        // Either way to name a database is one.
        std::fs::write(dir.path().join(".env"), "DATABASE_URL=sqlite:named.db").expect("writable");
        sync(APPLY, &[(name, value)], dir.path()).expect(0);
        assert!(dir.path().join("named.db").exists(), "{name}");
    }
    let dir = temp_dir();
    sync(APPLY, &[("CI", "false"), ("DYNO", "")], dir.path()).expect(0);
    assert!(dir.path().join("dev.db").exists());
}

#[test]
fn colours_are_as_the_environment_and_the_option_say() {
    let dir = temp_dir();
    for (variables, option, painted) in [
        (&[][..], "auto", false),
        (&[("CLICOLOR_FORCE", "1")], "auto", true),
        (&[("CLICOLOR_FORCE", "0")], "auto", false),
        (&[("CLICOLOR_FORCE", "")], "auto", false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], "auto", false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], "auto", true),
        (&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], "auto", true),
        (&[("NO_COLOR", "1")], "always", true),
        (&[("TERM", "dumb")], "always", true),
        (&[("CLICOLOR_FORCE", "1")], "never", false),
    ] {
        let output = sync(&["--color", option], variables, dir.path()).expect(0);
        let has = output.stdout.contains('\u{1b}');
        assert_eq!(has, painted, "{variables:?} {option}\n{}", output.all());
        // A file is never painted.
        let args = ["--color", option, "--out", "plan.txt"];
        sync(&args, variables, dir.path()).expect(0);
        let file = std::fs::read_to_string(dir.path().join("plan.txt")).expect("it was written");
        assert!(!file.contains('\u{1b}'), "{variables:?} {option}");
    }
}

#[test]
fn where_the_locale_is_none_of_utf_8_all_that_is_told_is_ascii() {
    let dir = temp_dir();
    sync(APPLY, &[("DATABASE_URL", "sqlite:x.db")], dir.path()).expect(0);
    let variables = [("LC_ALL", "C"), ("DATABASE_URL", "sqlite:x.db")];
    for (args, code) in [
        (&["-v"][..], 0),
        (&["doctor"], 0),
        (&["verify"], 0),
        (&["introspect", "--only", "none"], 1),
        (&["--desired", "none.json"], 1),
        (&["--help"], 0),
    ] {
        let output = sync(args, &variables, dir.path()).expect(code);
        assert!(output.all().is_ascii(), "{args:?}\n{}", output.all());
    }
    // What is read by a program is as it is.
    let output = sync(&["--format", "markdown"], &variables, dir.path()).expect(0);
    assert!(output.stdout.contains(" · "), "{}", output.all());
}

#[test]
fn a_report_is_as_narrow_as_its_reader() {
    let file = sqlite_file();
    sync_on(&file.url, APPLY).expect(0);
    sqlite(
        &file,
        "ALTER TABLE orders ADD COLUMN a_column_with_a_rather_long_name_that_nobody_needs TEXT;
         DROP INDEX orders_organisation_id_placed_at_idx;
         CREATE TABLE beside (id INTEGER PRIMARY KEY)",
    );
    let dir = temp_dir();
    let args = ["--prune", "--database-url", &file.url];
    let wide = sync(&args, &[], dir.path()).expect(0).stdout;
    let narrow = sync(&args, &[("COLUMNS", "80")], dir.path())
        .expect(0)
        .stdout;
    let width = |text: &str| {
        let lengths = text.lines().map(|line| line.chars().count());
        lengths.max().unwrap_or_default()
    };
    assert!(width(&wide) > 80, "{wide}");
    assert!(width(&narrow) <= 80, "{narrow}");
    // The same words, and what is broken goes on below its text.
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(words(&wide), words(&narrow));
    assert!(narrow.contains("\n                "), "{narrow}");
}
