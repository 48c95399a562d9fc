//! Collects the Rust blocks of the documents into one file, which `documents.rs` compiles.

use std::path::Path;

#[path = "support/markdown.rs"]
mod markdown;

use markdown::{blocks, documents};

fn main() {
    println!("cargo:rerun-if-changed=../README.md");
    println!("cargo:rerun-if-changed=../CONTRIBUTING.md");
    println!("cargo:rerun-if-changed=../docs");
    println!("cargo:rerun-if-changed=support/markdown.rs");
    let mut code = String::new();
    let mut count = 0;
    for document in documents() {
        for block in blocks(&document) {
            let of_a_project = block.value("file").is_some() || block.value("edit").is_some();
            if block.language != "rust" || of_a_project {
                continue;
            }
            count += 1;
            // The driver's own derives are not built here; examples/shop-service has them.
            let text = block.text().replace(", sqlx::FromRow", "");
            let (before, after) = if block.has("body") {
                ("async fn body(pool: SqlitePool) -> Result {", "Ok(())\n}")
            } else {
                ("", "")
            };
            code.push_str(&format!(
                "/// `{}:{}`\npub mod block_{count} {{\nuse super::prelude::*;\n{before}\n{text}{after}\n}}\n\n",
                document.display(),
                block.at
            ));
        }
    }
    assert!(count > 0, "no Rust is found in the documents");
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::write(Path::new(&out).join("documents.rs"), code).expect("the file is written");
}
