//! The documentation of a schema: Markdown, the list of tables in a guide, one page of HTML.

use std::fs;

use schema_core::export::docs;
use schema_core::schema::{
    Column, Constraint, ConstraintKind, DataType, ForeignKey, Key, Name, Schema, Table,
};
use tests::{sync, temp_dir};

/// Names that mean something in Markdown, in HTML, in Mermaid, or that are long or empty of letters.
pub(crate) const ODD: [&str; 14] = [
    "order lines",
    "say \"hi\"",
    "<script>alert(1)</script>",
    "class",
    "größe",
    "名前",
    "a|b`c*d_e_",
    "pk",
    "100%",
    "back\\slash",
    "semi;colon#1&amp;",
    "line\nbreak",
    "direction",
    "😀",
];

/// A table for each odd name, with columns of odd names, each referencing the one before.
pub(crate) fn odd() -> Schema {
    let mut schema = Schema::default();
    let names: Vec<Name> = ODD
        .iter()
        .enumerate()
        .map(|(at, name)| match at % 3 {
            0 => Name::bare(*name),
            1 => Name::new("public", *name),
            _ => Name::new("my shop", *name),
        })
        .collect();
    for (at, name) in names.iter().enumerate() {
        let column = |name: &str, ty: &str| Column {
            name: name.into(),
            ty: DataType::builtin(ty),
            comment: Some(format!("</td><script>alert('{name}')</script> | `x`")),
            ..Column::default()
        };
        let to = &names[at.saturating_sub(1)];
        let table = Table {
            name: name.clone(),
            columns: vec![
                column("id", "bigint"),
                column(ODD[at], "double precision"),
                column("uk", "\"odd type\""),
            ],
            constraints: vec![
                Constraint::new(ConstraintKind::PrimaryKey(Key {
                    columns: vec!["id".into()],
                    ..Key::default()
                })),
                Constraint::new(ConstraintKind::ForeignKey(ForeignKey {
                    columns: vec![ODD[at].into()],
                    table: to.clone(),
                    references: vec!["id".into()],
                    ..ForeignKey::default()
                })),
            ],
            comment: Some(format!("About <b>{}</b>\n# no heading", ODD[at])),
            ..Table::default()
        };
        schema.tables.insert(name.clone(), table);
    }
    schema
}

#[test]
fn the_diagram_has_every_table_and_reference_whatever_its_name() {
    let text = docs::markdown(&odd());
    let diagram = text.split("```mermaid\n").nth(1).expect("a diagram");
    let diagram = diagram.split("```").next().expect("an end");
    let ends = |end: &str| diagram.lines().filter(|line| line.ends_with(end)).count();
    assert_eq!(ends(" {"), ODD.len(), "{diagram}");
    let references = diagram.lines().filter(|line| line.contains("--")).count();
    assert_eq!(references, ODD.len(), "{diagram}");
    assert!(!diagram.contains('<'), "{diagram}");
    assert!(!diagram.contains('%'), "{diagram}");
}

#[test]
fn markdown_takes_no_markup_from_names_and_comments() {
    let text = docs::markdown(&odd());
    assert!(!text.contains("\n# no heading"), "{text}");
    // Code is shown as it is written; elsewhere a tag would be one.
    for line in text.lines() {
        let outside: String = line.split('`').step_by(2).collect();
        assert!(!outside.contains("<script"), "{line}");
    }
}

#[test]
fn links_lead_to_the_headings_that_github_makes() {
    let mut schema = Schema::default();
    for name in [
        Name::new("shop", "orders"),
        Name::bare("diagram"),
        Name::bare("Order Lines"),
    ] {
        let table = Table {
            name: name.clone(),
            ..Table::default()
        };
        schema.tables.insert(name, table);
    }
    let text = docs::markdown(&schema);
    for link in [
        "[shop.orders](#shoporders)",
        "[diagram](#diagram-1)",
        "[Order Lines](#order-lines)",
    ] {
        assert!(text.contains(link), "{link}\n{text}");
    }
}

#[test]
fn check_tells_a_stale_file_from_a_fresh_one() {
    let dir = temp_dir();
    let run = |args: &[&str]| sync(args, &[("DATABASE_URL", "sqlite:dev.db")], dir.path());
    fs::create_dir(dir.path().join("docs")).expect("a folder");
    run(&["docs", "--out", "docs/schema.md"]).expect(0);
    run(&["docs", "--check"]).expect(0);
    let file = dir.path().join("docs/schema.md");
    let text = fs::read_to_string(&file).expect("written");
    fs::write(&file, text.replace('\n', "\r\n")).expect("writable");
    run(&["docs", "--check"]).expect(0);
    fs::write(
        &file,
        text.replacen("bigint", "int", 1)
            .replacen("INTEGER", "INT", 1),
    )
    .expect("writable");
    let stale = run(&["docs", "--check"]).expect(2);
    assert!(
        stale.stderr.contains("sync docs --out docs/schema.md"),
        "{}",
        stale.all()
    );
    assert_eq!(stale.stdout, "");
}

#[test]
fn the_list_of_tables_stands_between_the_markers_of_a_guide() {
    let dir = temp_dir();
    let run = |args: &[&str]| sync(args, &[("DATABASE_URL", "sqlite:dev.db")], dir.path());
    let file = dir.path().join("GUIDE.md");
    let guide = format!(
        "# Guide\r\n\r\n{}\r\n{}\r\nThe end.\r\n",
        docs::BEGIN,
        docs::END
    );
    fs::write(&file, &guide).expect("writable");
    run(&["docs", "--inject", "GUIDE.md", "--check"]).expect(2);
    assert_eq!(fs::read_to_string(&file).expect("there"), guide);
    let output = run(&["docs", "--inject", "GUIDE.md"]).expect(0);
    assert_eq!(output.stdout, "");
    let written = fs::read_to_string(&file).expect("there");
    assert!(
        written.starts_with("# Guide\r\n") && written.ends_with("\r\nThe end.\r\n"),
        "{written}"
    );
    assert!(written.contains("\r\n| `users` |"), "{written}");
    assert!(!written.replace("\r\n", "").contains('\n'), "{written:?}");
    run(&["docs", "--inject", "GUIDE.md", "--check"]).expect(0);
    run(&["docs", "--inject", "GUIDE.md"]).expect(0);
    assert_eq!(fs::read_to_string(&file).expect("there"), written);

    for (bad, says) in [
        (docs::BEGIN.to_owned(), docs::END),
        (
            format!("{0}\n{0}\n{1}\n", docs::BEGIN, docs::END),
            "more than once",
        ),
        (format!("{1}\n{0}\n", docs::BEGIN, docs::END), "wrong order"),
    ] {
        fs::write(&file, &bad).expect("writable");
        let output = run(&["docs", "--inject", "GUIDE.md"]).expect(1);
        assert!(output.stderr.contains(says), "{}", output.all());
        assert_eq!(fs::read_to_string(&file).expect("there"), bad);
    }
}
