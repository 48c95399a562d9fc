//! Reads the code blocks of the documents: for the tests, and for `build.rs`.

use std::fs;
use std::path::{Path, PathBuf};

/// A fenced block.
pub struct Block {
    /// The line of its text, from 0.
    pub at: usize,
    /// Where it stands in a list.
    pub indent: String,
    /// `rust`, `console` ...
    pub language: String,
    /// What stands after it.
    pub words: Vec<String>,
    /// Its text.
    pub lines: Vec<String>,
}

impl Block {
    /// Tells whether a word stands after the language.
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|other| other == word)
    }

    /// Returns what a word after the language says: `file=src/lib.rs`.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut words = self.words.iter();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }

    /// Returns the text.
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// The documents: the README, and all below docs/.
pub fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root.canonicalize().expect("the repository");
    let mut found = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("folders are readable") {
            let path = entry.expect("folders are readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Returns the fenced blocks of a document.
pub fn blocks(document: &Path) -> Vec<Block> {
    let text = fs::read_to_string(document).expect("documents are readable");
    let mut blocks: Vec<Block> = Vec::new();
    let mut fence: Option<String> = None;
    for (at, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        match &fence {
            Some(end) if bare.trim_end() == end => fence = None,
            Some(_) => {
                let block = blocks.last_mut().expect("a fence opens a block");
                let line = line.strip_prefix(&block.indent).unwrap_or(line);
                block.lines.push(line.to_owned());
            }
            None if bare.starts_with("```") => {
                let ticks = bare.len() - bare.trim_start_matches('`').len();
                fence = Some("`".repeat(ticks));
                let mut words = bare[ticks..].split_whitespace().map(str::to_owned);
                blocks.push(Block {
                    at: at + 1,
                    indent: line[..line.len() - bare.len()].to_owned(),
                    language: words.next().unwrap_or_default(),
                    words: words.collect(),
                    lines: Vec::new(),
                });
            }
            None => {}
        }
    }
    assert!(
        fence.is_none(),
        "{}: a block does not end",
        document.display()
    );
    blocks
}
