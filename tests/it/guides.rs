//! Every code block of the documents is run, compiled or parsed: what they say is what happens.
//!
//! ```text
//! console          commands after `$ `, and what they print; `...` stands for anything
//! console project  the same in a project of one's own, built by cargo: see scripts/examples.sh
//! sh               commands that are not run: `sync` must know their options
//! rust             items, which compile with the sample's models at hand: see build.rs
//! rust body        statements, which compile in an async function
//! rust file=PATH   a file of the project; `edit=PATH` replaces the items of these names in one
//! toml json yaml   parse; `file=PATH` writes them as well
//! sql              runs on PostgreSQL; `sql sqlite` on SQLite
//! text mermaid     shown to people
//! ```
//!
//! The blocks of a document follow on each other: they share a folder. `SYNC_TEST_BLESS=1` writes what
//! the commands print into the documents.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tests::markdown::{Block, blocks, documents};
use tests::{pg_database, psql, repo, sqlite, sqlite_file, temp_dir};

const BLESS: &str =
    "If that is right, SYNC_TEST_BLESS=1 writes what is printed into the documents.";

fn name(document: &Path) -> String {
    let path = document.strip_prefix(repo()).expect("is in the repository");
    path.display().to_string()
}

#[test]
fn every_block_says_what_it_is() {
    const KNOWN: [&str; 13] = [
        "console", "diff", "html", "json", "markdown", "mermaid", "rust", "sh", "sql", "text",
        "toml", "yaml", "ini",
    ];
    let mut bad = Vec::new();
    for document in documents() {
        for block in blocks(&document) {
            if !KNOWN.contains(&block.language.as_str()) {
                bad.push(format!("{}:{}", name(&document), block.at));
            }
        }
    }
    assert!(bad.is_empty(), "blocks of no known language: {bad:#?}");
}

#[test]
fn what_the_documents_print_is_what_the_binary_prints() {
    let mut wrong = String::new();
    for document in documents() {
        let blocks = blocks(&document);
        if blocks.iter().any(|block| block.has("project")) {
            continue;
        }
        let dir = temp_dir();
        let shell = Shell::new(dir.path(), dir.path());
        wrong.push_str(&run(&document, &blocks, shell));
    }
    assert!(wrong.is_empty(), "{wrong}{BLESS}");
}

/// The documents that are about a project of one's own, with cargo.
#[test]
#[ignore = "builds a project: scripts/examples.sh runs it"]
fn what_the_documents_say_of_a_project_happens() {
    let mut wrong = String::new();
    for document in documents() {
        let blocks = blocks(&document);
        if !blocks.iter().any(|block| block.has("project")) {
            continue;
        }
        // Always the same folder, so that cargo builds only what changed; outside of the workspace.
        let place = format!("schema-sync-guide-{:x}", place_of(repo()));
        let place = std::env::temp_dir().join(place);
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(&place).expect("a folder");
        link(repo(), &place.join("schema-sync"));
        let mut shell = Shell::new(&place, &place);
        shell.cargo = true;
        wrong.push_str(&run(&document, &blocks, shell));
        fs::remove_dir_all(&place).expect("the folder goes away");
    }
    assert!(wrong.is_empty(), "{wrong}{BLESS}");
}

/// A number for a path, so that two checkouts do not share a folder.
fn place_of(path: &Path) -> u64 {
    let bytes = path.to_string_lossy().into_owned().into_bytes();
    bytes.iter().fold(0, |sum: u64, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(*byte))
    })
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) {
    std::os::unix::fs::symlink(to, at).expect("a link");
}

#[cfg(not(unix))]
fn link(to: &Path, at: &Path) {
    std::os::windows::fs::symlink_dir(to, at).expect("a link");
}

/// The target folder that these tests are built in.
fn target() -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let target = test.ancestors().nth(3).expect("target/<profile>/deps/test");
    target.to_path_buf()
}

/// Runs the blocks of a document in their order; returns what was not as it says.
fn run(document: &Path, blocks: &[Block], mut shell: Shell) -> String {
    let bless = std::env::var_os("SYNC_TEST_BLESS").is_some();
    let mut wrong = String::new();
    let mut blessed: Vec<(usize, usize, Vec<String>)> = Vec::new();
    for block in blocks {
        if let Some(file) = block.value("file") {
            shell.write(file, &block.text());
        }
        if let Some(file) = block.value("edit") {
            let path = shell.place.join(file);
            let text = fs::read_to_string(&path).expect("the file that is edited");
            shell.write(file, &edited(&text, &block.lines));
        }
        if block.language != "console" {
            continue;
        }
        let (commands, expected) = session(&block.lines);
        let printed = shell.run(&commands);
        let mut lines = Vec::new();
        for ((command, expected), printed) in commands.iter().zip(&expected).zip(&printed) {
            lines.extend(command.lines().enumerate().map(|(n, line)| {
                if n == 0 {
                    format!("$ {line}")
                } else {
                    line.to_owned()
                }
            }));
            let printed: Vec<String> = printed
                .lines()
                .map(|line| line.trim_end().to_owned())
                .collect();
            if matches(expected, &printed) {
                lines.extend(expected.iter().cloned());
                continue;
            }
            lines.extend(printed.iter().map(|line| without_times(line)));
            wrong.push_str(&format!(
                "{}:{}: $ {command}\n--- says\n{}\n--- prints\n{}\n\n",
                name(document),
                block.at + 1,
                expected.join("\n"),
                printed.join("\n"),
            ));
        }
        let indented = lines.iter().map(|line| format!("{}{line}", block.indent));
        blessed.push((block.at, block.lines.len(), indented.collect()));
    }
    if bless && !wrong.is_empty() {
        let text = fs::read_to_string(document).expect("documents are readable");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (at, length, new) in blessed.into_iter().rev() {
            lines.splice(at..at + length, new);
        }
        fs::write(document, lines.join("\n") + "\n").expect("the document is written");
        return String::new();
    }
    wrong
}

/// Splits a block into commands, and what each prints. A command goes on after a backslash.
fn session(lines: &[String]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut commands: Vec<String> = Vec::new();
    let mut printed: Vec<Vec<String>> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        if goes_on {
            let command = commands.last_mut().expect("goes on");
            command.push('\n');
            command.push_str(line);
        } else if let Some(command) = line.strip_prefix("$ ") {
            commands.push(command.to_owned());
            printed.push(Vec::new());
        } else {
            let printed = printed.last_mut().expect("a block begins with a command");
            printed.push(line.clone());
            continue;
        }
        goes_on = line.ends_with('\\');
    }
    (commands, printed)
}

/// Compares lines; a line `...` stands for any lines, and `...` in a line for any text.
fn matches(expected: &[String], printed: &[String]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "..." => {
            (0..=printed.len()).any(|skip| matches(rest, &printed[skip..]))
        }
        Some((first, rest)) => printed
            .split_first()
            .is_some_and(|(line, after)| matches_line(first, line) && matches(rest, after)),
    }
}

fn matches_line(expected: &str, line: &str) -> bool {
    let mut parts = expected.split("...");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// `in 0.012 s` and the version of SQLite change from run to run.
fn without_times(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        let digits = word.chars().all(|c| c.is_ascii_digit() || c == '.');
        let stamp = word.len() > 18 && word.starts_with("20") && word.contains('T');
        if stamp || digits && word.matches('.').count() >= 1 {
            "..."
        } else {
            word
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Replaces the items of the same names, with what stands above them.
fn edited(text: &str, new: &[String]) -> String {
    let named = |line: &str| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        let kinds = ["struct ", "enum ", "fn ", "mod "];
        let rest = kinds.iter().find_map(|kind| line.strip_prefix(kind))?;
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
        Some(rest[..end].to_owned())
    };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let wanted = new
        .iter()
        .find_map(|line| named(line))
        .expect("an item with a name");
    let at = lines
        .iter()
        .position(|line| named(line).as_ref() == Some(&wanted));
    let at = at.unwrap_or_else(|| panic!("no item `{wanted}` to replace"));
    let above = |line: &String| line.starts_with("#[") || line.starts_with("///");
    let start = lines[..at]
        .iter()
        .rposition(|line| !above(line))
        .map_or(0, |n| n + 1);
    let end = at
        + lines[at..]
            .iter()
            .position(|line| line.starts_with('}'))
            .expect("it ends");
    lines.splice(start..=end, new.iter().cloned());
    lines.join("\n") + "\n"
}

/// A shell in a folder, with the sample's `sync` on its path.
struct Shell {
    place: PathBuf,
    /// Where the last block left it.
    at: PathBuf,
    cargo: bool,
}

impl Shell {
    fn new(place: &Path, at: &Path) -> Self {
        let (place, at) = (place.to_path_buf(), at.to_path_buf());
        Self {
            place,
            at,
            cargo: false,
        }
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.place.join(file);
        fs::create_dir_all(path.parent().expect("is in a folder")).expect("a folder");
        fs::write(path, text).expect("the file is written");
    }

    /// Runs commands one after the other; returns what each prints, errors included.
    fn run(&mut self, commands: &[String]) -> Vec<String> {
        const MARK: &str = "\u{1e}";
        let left = self.place.join(".left");
        let mut script = String::from("exec 2>&1\n");
        for command in commands {
            // The sample's binary is built already.
            let command = if self.cargo {
                command.clone()
            } else {
                command.replace("cargo run sync ", "sync ")
            };
            script.push_str(&command);
            script.push_str(&format!("\n__code=$?; printf '{MARK}'; (exit $__code)\n"));
        }
        script.push_str(&format!("pwd > '{}'\n", left.display()));
        let profile = target().join("debug");
        let path = std::env::var("PATH").expect("a path");
        let mut shell = Command::new("bash");
        shell
            .arg("-c")
            .arg(script)
            .env_clear()
            .env("PATH", format!("{}:{path}", profile.display()))
            .env("HOME", std::env::var("HOME").unwrap_or_default())
            .current_dir(&self.at)
            .stdin(Stdio::null());
        if self.cargo {
            shell
                .env("CARGO_TARGET_DIR", target().join("examples"))
                .env("CARGO_TERM_QUIET", "true");
            for name in ["CARGO_HOME", "RUSTUP_HOME", "CARGO_NET_OFFLINE"] {
                if let Some(value) = std::env::var_os(name) {
                    shell.env(name, value);
                }
            }
        }
        let output = shell.output().expect("bash starts");
        if let Ok(text) = fs::read_to_string(&left) {
            self.at = PathBuf::from(text.trim_end());
        }
        let printed = String::from_utf8_lossy(&output.stdout);
        let mut parts: Vec<String> = printed.split(MARK).map(str::to_owned).collect();
        parts.truncate(commands.len());
        parts.resize(commands.len(), String::from("(not run)\n"));
        parts
    }
}

/// Linux has a `sync` of its own: what is typed in a clone or a project begins with `cargo run`.
#[test]
fn nobody_is_told_to_type_a_bare_sync() {
    let mut bare = Vec::new();
    for document in documents() {
        for block in blocks(&document) {
            let commands = match block.language.as_str() {
                "console" => session(&block.lines).0,
                "sh" => block.lines.clone(),
                _ => Vec::new(),
            };
            let typed = commands
                .iter()
                .filter(|it| it.trim_start().starts_with("sync "));
            bare.extend(typed.map(|it| format!("{}:{}: {it}", name(&document), block.at)));
        }
    }
    assert!(bare.is_empty(), "{bare:#?}");
}

/// What `sh` blocks, `console` blocks and recipes would run: `sync` must know every option of it.
#[test]
fn every_sync_command_is_one() {
    let mut commands = Vec::new();
    for document in documents() {
        for block in blocks(&document) {
            if matches!(
                block.language.as_str(),
                "sh" | "console" | "yaml" | "toml" | "text"
            ) {
                let place = format!("{}:{}", name(&document), block.at);
                let text = match block.language.as_str() {
                    "console" => session(&block.lines).0.join("\n"),
                    _ => block.text(),
                };
                commands.extend(sync_commands(&text).map(|it| (place.clone(), it)));
            }
        }
    }
    for recipe in recipes() {
        let text = fs::read_to_string(&recipe).expect("recipes are readable");
        let place = name(&recipe);
        commands.extend(sync_commands(&text).map(|it| (place.clone(), it)));
    }
    assert!(
        commands.len() > 20,
        "only {} commands are found",
        commands.len()
    );
    let mut bad = String::new();
    let dir = temp_dir();
    for (place, mut words) in commands {
        // Parsed in full, and then only told.
        words.push("--help".to_owned());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = tests::sync(&words, &[], dir.path());
        if output.status != 0 {
            bad.push_str(&format!(
                "{place}: sync {}\n{}\n",
                words.join(" "),
                output.stderr
            ));
        }
    }
    assert!(bad.is_empty(), "{bad}");
}

/// The arguments of each `sync` in a text.
fn sync_commands(text: &str) -> impl Iterator<Item = Vec<String>> {
    let text = text.replace("\\\n", " ");
    let mut commands = Vec::new();
    for line in text.lines() {
        let line = line.trim_start().trim_start_matches("# ");
        let words: Vec<String> = line
            .split(|c: char| c.is_whitespace() || "\"'`[]()".contains(c))
            .map(|word| word.trim_matches(','))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        let is_sync = |word: &String| {
            let name = word.rsplit(['/', '=']).next().unwrap_or_default();
            name == "sync" && !word.contains("actions/")
        };
        for (at, _) in words.iter().enumerate().filter(|(_, word)| is_sync(word)) {
            let rest = words[at + 1..]
                .iter()
                .skip_while(|word| *word == "--" || is_sync(word));
            let command: Vec<String> = rest
                .take_while(|word| {
                    let ends = ["&&", "||", "|", ";", ">", ">>", "#", "2>", "-"];
                    !ends.contains(&word.as_str())
                })
                .map(|word| word.trim_end_matches(';').to_owned())
                .collect();
            let begins = |word: &String| {
                const JOBS: [&str; 7] = [
                    "verify",
                    "diff",
                    "dump",
                    "introspect",
                    "docs",
                    "doctor",
                    "completions",
                ];
                word.starts_with('-') || JOBS.contains(&word.as_str())
            };
            if command.first().is_some_and(begins) {
                commands.push(command);
            }
        }
    }
    commands.into_iter()
}

/// The files below docs/deployment that are copied as they are.
fn recipes() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![repo().join("docs/deployment")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("folders are readable") {
            let path = entry.expect("folders are readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|ending| ending != "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn data_parses() {
    let mut bad = Vec::new();
    for document in documents() {
        for block in blocks(&document) {
            if let Err(reason) = parse(&block.language, &block.text()) {
                bad.push(format!("{}:{}: {reason}", name(&document), block.at));
            }
        }
    }
    for recipe in recipes() {
        let text = fs::read_to_string(&recipe).expect("recipes are readable");
        let ending = recipe
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let language = if ending == "yml" { "yaml" } else { &ending };
        if let Err(reason) = parse(language, &text) {
            bad.push(format!("{}: {reason}", name(&recipe)));
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

fn parse(language: &str, text: &str) -> Result<(), String> {
    match language {
        "json" => serde_json::from_str::<serde_json::Value>(text)
            .map(drop)
            .map_err(|error| error.to_string()),
        "toml" => toml::from_str::<toml::Table>(text)
            .map(drop)
            .map_err(|error| error.to_string()),
        "yaml" => <saphyr::Yaml as saphyr::LoadableYamlNode>::load_from_str(text)
            .map(drop)
            .map_err(|error| error.to_string()),
        "sh" => {
            let read = Command::new("bash").args(["-n", "-c", text]).output();
            let read = read.map_err(|error| error.to_string())?;
            let told = String::from_utf8_lossy(&read.stderr).into_owned();
            if read.status.success() {
                Ok(())
            } else {
                Err(told)
            }
        }
        _ => Ok(()),
    }
}

#[test]
fn sql_runs() {
    for document in documents() {
        let blocks = blocks(&document);
        let (sqlite_blocks, pg_blocks): (Vec<_>, Vec<_>) = blocks
            .iter()
            .filter(|block| block.language == "sql")
            .partition(|block| block.has("sqlite"));
        if !pg_blocks.is_empty() {
            let database = pg_database();
            for block in pg_blocks {
                let text = block.text();
                match text.split_once("-- desired\n") {
                    // A case is two schemas, each in a database of its own.
                    Some((live, desired)) => {
                        psql(&pg_database().url, live);
                        psql(&pg_database().url, desired);
                    }
                    // Roles are the whole server's.
                    None => psql(&database.url, &format!("BEGIN;\n{text}\nROLLBACK")),
                }
            }
        }
        let file = sqlite_file();
        for block in sqlite_blocks {
            sqlite(&file, &block.text());
        }
    }
}

#[test]
fn the_list_of_tables_is_fresh() {
    let guide = "docs/deployment/SCHEMA_SYNC_GUIDE.md";
    let check = [
        "docs",
        "models",
        "--check",
        "--inject",
        guide,
        "--database-url",
        "sqlite:none.db",
    ];
    tests::sync(&check, &[], repo()).expect(0);
}
