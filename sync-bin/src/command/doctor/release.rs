//! Reads how a deployment starts: does it run `sync --apply`, and does another tool change the schema?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Files that say how a deployment starts, and what in them runs once a release.
const FILES: [(&str, Option<Place>); 15] = [
    (
        "Procfile",
        Some(Place::top("release", "release: sync --apply")),
    ),
    (
        "heroku.yml",
        Some(Place::top(
            "release",
            "release: {image: web, command: [sync --apply]}",
        )),
    ),
    (
        "railway.json",
        Some(Place::any(
            "preDeployCommand",
            r#"{"deploy": {"preDeployCommand": ["sync --apply"]}}"#,
        )),
    ),
    (
        "railway.toml",
        Some(Place::any(
            "preDeployCommand",
            r#"[deploy] preDeployCommand = ["sync --apply"]"#,
        )),
    ),
    (
        "fly.toml",
        Some(Place::any(
            "release_command",
            r#"[deploy] release_command = "sync --apply""#,
        )),
    ),
    (
        "render.yaml",
        Some(Place::any(
            "preDeployCommand",
            "preDeployCommand: sync --apply",
        )),
    ),
    ("app.json", None),
    ("Dockerfile", None),
    ("Containerfile", None),
    ("compose.yaml", None),
    ("compose.yml", None),
    ("docker-compose.yaml", None),
    ("docker-compose.yml", None),
    (".gitlab-ci.yml", None),
    ("nixpacks.toml", None),
];

/// Folders whose files may say so, at any depth, and how those files end.
const FOLDERS: [(&str, &[&str]); 8] = [
    (".github/workflows", &["yml", "yaml"]),
    ("deploy", &["yml", "yaml", "sh", "service"]),
    ("deployment", &["yml", "yaml", "sh", "service"]),
    ("k8s", &["yml", "yaml"]),
    ("kubernetes", &["yml", "yaml"]),
    ("charts", &["yml", "yaml"]),
    ("helm", &["yml", "yaml"]),
    ("systemd", &["service"]),
];

/// Files that people type from: another tool in them is one too many, `sync` in them is no release.
const TYPED: [&str; 5] = [
    "Makefile",
    "justfile",
    "Justfile",
    "Taskfile.yml",
    "entrypoint.sh",
];

/// The same, of scripts.
const TYPED_FOLDERS: [&str; 2] = ["scripts", "bin"];

/// What changes a schema from a command line: the program, and the words that follow it in order.
const OTHERS: [&[&str]; 30] = [
    &["sqlx", "migrate", "run"],
    &["sqlx", "migrate", "revert"],
    &["sqlx", "database", "setup"],
    &["sqlx", "database", "reset"],
    &["diesel", "migration", "run"],
    &["diesel", "migration", "redo"],
    &["diesel", "migration", "revert"],
    &["diesel", "database", "setup"],
    &["diesel", "database", "reset"],
    &["diesel", "setup"],
    &["refinery", "migrate"],
    &["sea-orm-cli", "migrate"],
    &["cargo", "run", "migration"],
    &["alembic", "upgrade"],
    &["flask", "db", "upgrade"],
    &["manage.py", "migrate"],
    &["prisma", "migrate", "deploy"],
    &["prisma", "db", "push"],
    &["drizzle-kit", "migrate"],
    &["drizzle-kit", "push"],
    &["knex", "migrate:latest"],
    &["rails", "db:migrate"],
    &["rake", "db:migrate"],
    &["flyway", "migrate"],
    &["liquibase", "update"],
    &["dbmate", "up"],
    &["dbmate", "migrate"],
    &["goose", "up"],
    &["atlas", "migrate", "apply"],
    &["atlas", "schema", "apply"],
];

/// What changes a schema from Rust, when a parenthesis follows.
const CALLS: [&str; 5] = [
    "sqlx::migrate!",
    "embed_migrations!",
    "run_pending_migrations",
    "Migrator::up",
    "Migrator::fresh",
];

/// Larger files are no instructions.
const LARGEST: u64 = 256 * 1024;

/// How many Rust files are read at most.
const SOURCES: usize = 5_000;

/// Where a release command belongs, and how it is written.
#[derive(Clone, Copy)]
struct Place {
    /// The key that it is the value of.
    key: &'static str,
    keys: Keys,
    cure: &'static str,
}

/// Which lines of a file begin a new key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// Those without indentation.
    Top,
    /// All.
    Any,
}

impl Place {
    const fn top(key: &'static str, cure: &'static str) -> Self {
        let keys = Keys::Top;
        Self { key, keys, cure }
    }

    const fn any(key: &'static str, cure: &'static str) -> Self {
        let keys = Keys::Any;
        Self { key, keys, cure }
    }
}

/// What the files say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Release {
    /// `Procfile:1`: where `sync --apply` is run.
    pub(super) runs: Vec<String>,
    /// Where it is run, but with every start of the application: the place, and how to write it.
    pub(super) starts: Vec<(String, &'static str)>,
    /// Where it is run with `--allow all`.
    pub(super) allows_all: Vec<String>,
    /// Files of a platform that run it nowhere, and how to write it.
    pub(super) without: Vec<(String, &'static str)>,
    /// Where another tool changes the schema, and which.
    pub(super) others: Vec<(String, String)>,
    /// The same in Rust.
    pub(super) calls: Vec<(String, String)>,
}

/// Reads the files below a folder.
pub(super) fn read(root: &Path, program: &str) -> Release {
    let mut release = Release::default();
    let mut scripts = BTreeSet::new();
    for (file, place) in FILES {
        let Some(text) = text(&root.join(file)) else {
            continue;
        };
        let before = release.runs.len() + release.starts.len();
        release.read_file(file, &text, place, program);
        scripts.extend(named_scripts(root, file, &text));
        if let Some(place) = place
            && before == release.runs.len() + release.starts.len()
        {
            release.without.push((file.to_owned(), place.cure));
        }
    }
    for (folder, endings) in FOLDERS {
        for name in files(&root.join(folder), endings) {
            let file = format!("{folder}/{name}");
            if let Some(text) = text(&root.join(&file)) {
                release.read_file(&file, &text, None, program);
                scripts.extend(named_scripts(root, &file, &text));
            }
        }
    }
    for script in &scripts {
        if let Some(text) = text(&root.join(script)) {
            release.read_file(script, &text, None, program);
        }
    }
    let typed = TYPED.iter().map(|&file| file.to_owned());
    let typed = typed.chain(TYPED_FOLDERS.iter().flat_map(|folder| {
        let names = files(&root.join(folder), &["sh"]).into_iter();
        names.map(move |name| format!("{folder}/{name}"))
    }));
    for file in typed.filter(|file| !scripts.contains(file)) {
        if let Some(text) = text(&root.join(&file)) {
            release.read_others(&file, &text);
        }
    }
    release.read_sources(root);
    release
}

impl Release {
    fn read_file(&mut self, file: &str, text: &str, place: Option<Place>, program: &str) {
        self.read_others(file, text);
        let lines = lines(text, file);
        let mut key = String::new();
        for (index, (at, line)) in lines.iter().enumerate() {
            let here = format!("{file}:{at}");
            if let Some(place) = place
                && let Some(next) = key_of(line, place.keys)
            {
                key = next;
            }
            if !words(line).iter().any(|word| word == "--apply") {
                continue;
            }
            // The program may be an item of a list some lines before.
            let before = lines[index.saturating_sub(4)..=index].iter();
            let ours =
                |(_, line): &(usize, String)| words(line).iter().any(|word| is_ours(word, program));
            if !before.clone().any(ours) {
                continue;
            }
            let items = lines[index + 1..]
                .iter()
                .take_while(|(_, line)| line.trim_start().starts_with(['-', '"', '\'']));
            let command: Vec<String> = before
                .rev()
                .take(1)
                .chain(items)
                .flat_map(|(_, line)| words(line))
                .collect();
            let all = command.windows(2).any(|pair| pair == ["--allow", "all"])
                || command.iter().any(|word| word == "--allow=all");
            if all {
                self.allows_all.push(here.clone());
            }
            match place {
                Some(place) if key != place.key => self.starts.push((here, place.cure)),
                Some(_) | None => self.runs.push(here),
            }
        }
    }

    fn read_others(&mut self, file: &str, text: &str) {
        for (at, line) in lines(text, file) {
            let found = commands(&line).into_iter().filter_map(|it| other(&it));
            let here = |other| (format!("{file}:{at}"), other);
            self.others.extend(found.map(here));
        }
    }

    fn read_sources(&mut self, root: &Path) {
        let mut paths = Vec::new();
        rust_files(root, 0, &mut paths);
        for path in paths {
            let file = path.strip_prefix(root).unwrap_or(&path);
            if !file.iter().any(|part| part == "src") {
                continue;
            }
            let Some(text) = text(&path) else { continue };
            for (at, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                let called = CALLS
                    .into_iter()
                    .find(|call| code.contains(&format!("{call}(")));
                if let Some(call) = called {
                    let here = format!("{}:{}", file.display(), at + 1).replace('\\', "/");
                    self.calls.push((here, call.to_owned()));
                }
            }
        }
    }
}

/// Lines with their numbers, from 1: without comments, and those that go on as one.
fn lines(text: &str, file: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (at, line) in text.lines().enumerate() {
        let line = without_comment(line, file).trim_end();
        let next = line.strip_suffix('\\');
        let line = next.unwrap_or(line);
        match lines.last_mut() {
            Some((_, last)) if goes_on => last.push_str(line),
            Some(_) | None => lines.push((at + 1, line.to_owned())),
        }
        goes_on = next.is_some();
    }
    lines
}

fn without_comment<'a>(line: &'a str, file: &str) -> &'a str {
    if file.ends_with(".json") {
        line
    } else if line.trim_start().starts_with('#') {
        ""
    } else {
        line.split(" #").next().unwrap_or_default()
    }
}

/// Returns the key that a line begins.
fn key_of(line: &str, keys: Keys) -> Option<String> {
    if keys == Keys::Top && line.starts_with(char::is_whitespace) {
        return None;
    }
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || "{-\"'".contains(c));
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')?;
    let (key, rest) = line.split_at(end);
    let rest = rest.trim_start_matches(['"', '\'']).trim_start();
    (!key.is_empty() && rest.starts_with([':', '='])).then(|| key.to_owned())
}

/// Splits a line into commands, and those into words.
fn commands(line: &str) -> Vec<Vec<String>> {
    line.split(['&', ';', '|']).map(words).collect()
}

fn words(line: &str) -> Vec<String> {
    let words = line.split(|c: char| c.is_whitespace() || "\"',[](){}`".contains(c));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Returns what of another tool a command runs.
fn other(command: &[String]) -> Option<String> {
    let found = OTHERS.into_iter().find(|words| {
        let Some((program, rest)) = words.split_first() else {
            return false;
        };
        let Some(at) = command.iter().position(|word| file_name(word) == *program) else {
            return false;
        };
        let mut after = command[at + 1..].iter();
        rest.iter().all(|want| after.any(|word| word == want))
    });
    found.map(|words| words.join(" "))
}

/// `ExecStart=/usr/local/bin/sync`: `sync`.
fn file_name(word: &str) -> &str {
    let name = word.rsplit(['/', '\\', '=']).next().unwrap_or_default();
    name.strip_suffix(".exe").unwrap_or(name)
}

fn is_ours(word: &str, program: &str) -> bool {
    let name = file_name(word);
    name == program || name == "sync" || name.ends_with("-sync") || name.ends_with("_sync")
}

/// Scripts of the repository that a file names.
fn named_scripts(root: &Path, file: &str, text: &str) -> BTreeSet<String> {
    let lines = lines(text, file);
    let words = lines.iter().flat_map(|(_, line)| words(line));
    words
        .map(|word| word.trim_start_matches("./").to_owned())
        .filter(|word| !word.starts_with('/') && !word.contains(".."))
        .filter(|word| word.ends_with(".sh") || is_script(&root.join(word)))
        .collect()
}

fn is_script(path: &Path) -> bool {
    text(path).is_some_and(|text| text.starts_with("#!"))
}

/// The text of a file; nothing when it is none, or too large.
fn text(path: &Path) -> Option<String> {
    let about = std::fs::metadata(path).ok()?;
    if !about.is_file() || about.len() > LARGEST {
        return None;
    }
    std::fs::read_to_string(path).ok()
}

/// How deep folders of a deployment are read: `deploy/overlays/production/job.yaml`.
const DEEPEST: usize = 4;

/// Names of files in a folder and in those below it, sorted.
fn files(folder: &Path, endings: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![(String::new(), 0)];
    while let Some((prefix, depth)) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder.join(&prefix)) else {
            continue;
        };
        for entry in entries.filter_map(Result::ok) {
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let name = format!("{prefix}{name}");
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && depth < DEEPEST {
                folders.push((format!("{name}/"), depth + 1));
            } else if !is_folder
                && let Some((_, ending)) = name.rsplit_once('.')
                && endings.contains(&ending)
            {
                names.push(name);
            }
        }
    }
    names.sort();
    names
}

/// Rust files, those of builds left out.
fn rust_files(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        let path = entry.path();
        let skipped = name.starts_with('.') || name == "target" || name == "node_modules";
        if kind.is_dir() && !skipped && depth < 8 {
            rust_files(&path, depth + 1, paths);
        } else if kind.is_file() && name.ends_with(".rs") && paths.len() < SOURCES {
            paths.push(path);
        }
    }
}
