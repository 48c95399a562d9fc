//! The documentation of a schema: Markdown, the list of tables in a guide, one page of HTML.

use std::{fs, path::Path, process::Command};

use schema_core::export::docs;
use schema_core::schema::{
    Column, Constraint, ConstraintKind, DataType, ForeignKey, Key, Name, Schema, Table,
};
use tests::{sync, sync_on, temp_dir};

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
        schema.tables.insert(name.clone(), table.into());
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

/// Mermaid draws 50,000 characters, and says in the place of more that they are too many.
#[test]
fn a_diagram_has_no_more_than_mermaid_draws() {
    let of = |tables: usize| {
        let column = |at: usize| Column {
            name: format!("column_{at}").into(),
            ty: DataType::builtin("bigint"),
            ..Column::default()
        };
        let mut schema = Schema::default();
        for at in 0..tables {
            let table = Table {
                name: Name::bare(format!("a_table_with_number_{at}")),
                columns: (0..10).map(column).collect(),
                constraints: vec![Constraint::new(ConstraintKind::PrimaryKey(Key {
                    columns: vec!["column_0".into()],
                    ..Key::default()
                }))],
                ..Table::default()
            };
            schema.tables.insert(table.name.clone(), table.into());
        }
        docs::markdown(&schema)
    };
    for (tables, told, columns) in [
        (100, "## Diagram\n\n```mermaid", 1000),
        (500, "With the columns of keys and references: ", 500),
        (1000, "Without columns: ", 0),
        (2000, "`sync docs --format html` has a diagram", 0),
    ] {
        let text = of(tables);
        assert!(text.contains(told), "{told}");
        let diagram = text.split("```mermaid\n").nth(1).unwrap_or_default();
        let diagram = diagram.split("```").next().unwrap_or_default();
        assert!(diagram.len() <= 50_000, "{}", diagram.len());
        assert_eq!(diagram.matches("bigint").count(), columns);
    }
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
        schema.tables.insert(name, table.into());
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
fn documentation_of_an_empty_schema_says_so() {
    let empty = Schema::default();
    for text in [
        docs::markdown(&empty),
        docs::table_list(&empty),
        docs::html(&empty),
    ] {
        assert!(text.contains("There is no table."), "{text}");
        assert!(!text.contains("| --- |"), "{text}");
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

/// As many tables as make a diagram hard to read, in four schemas, with some that many reference.
fn many() -> Schema {
    let mut schema = Schema::default();
    let name = |at: usize| {
        Name::new(
            ["public", "shop", "crm", "store"][at / 50],
            format!("t{at}"),
        )
    };
    for at in 0..200 {
        let mut to = vec![at / 50 * 50];
        to.extend([at / 3, at * 7 % 200]);
        to.retain(|&to| to < at);
        to.dedup();
        let key = |to: &usize| {
            Constraint::new(ConstraintKind::ForeignKey(ForeignKey {
                columns: vec![format!("t{to}_id").into()],
                table: name(*to),
                references: vec!["id".into()],
                ..ForeignKey::default()
            }))
        };
        let columns = to.iter().map(|to| format!("t{to}_id"));
        let table = Table {
            name: name(at),
            columns: std::iter::once("id".to_owned())
                .chain(columns)
                .chain(["label".into()])
                .map(|name| Column {
                    name: name.into(),
                    ty: DataType::builtin("bigint"),
                    ..Column::default()
                })
                .collect(),
            constraints: to.iter().map(key).collect(),
            ..Table::default()
        };
        schema.tables.insert(name(at), table.into());
    }
    schema
}

/// Returns the values of an attribute.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let parts = page.split(attribute).skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

#[test]
fn a_page_names_nothing_outside_and_has_no_markup_of_names() {
    let page = docs::html(&odd());
    for word in ["http:", "https:", "//cdn", "src=", "@import", "url(http"] {
        let outside = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!outside.contains(word), "{word}");
    }
    // One of the page's own, and none of a name or comment.
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<b>"), "a comment became markup");
    for quoted in values(&page, "title>") {
        assert!(!quoted.contains("<script"), "{quoted}");
    }
}

#[test]
fn links_of_a_page_lead_somewhere_and_no_place_is_there_twice() {
    for schema in [odd(), many()] {
        let page = docs::html(&schema);
        let ids = values(&page, " id=\"");
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len());
        let links = values(&page, " href=\"#");
        assert!(links.len() > schema.tables.len() * 2);
        for link in links.into_iter().chain(values(&page, " data-to=\"")) {
            assert!(ids.contains(&link), "{link}");
        }
    }
}

#[test]
fn a_diagram_has_every_table_and_reference_and_no_two_boxes_at_one_place() {
    let schema = many();
    let page = docs::html(&schema);
    assert_eq!(page, docs::html(&schema), "the same schema, another page");
    let keys: usize = schema
        .tables
        .values()
        .map(|table| table.constraints.len())
        .sum();
    assert_eq!(values(&page, "<path class=\"line").len(), keys);
    let mut boxes: Vec<[f64; 4]> = Vec::new();
    for part in page.split("<a class=\"box\"").skip(1) {
        let of = |attribute: &str| values(part, attribute)[0].to_owned();
        let number = |text: &str| text.parse::<f64>().expect("a number");
        let place = of("transform=\"translate(");
        let (x, y) = place
            .trim_end_matches(')')
            .split_once(' ')
            .expect("two numbers");
        boxes.push([
            number(x),
            number(y),
            number(&of("width=\"")),
            number(&of("height=\"")),
        ]);
    }
    assert_eq!(boxes.len(), schema.tables.len());
    for (at, one) in boxes.iter().enumerate() {
        for two in &boxes[at + 1..] {
            let apart = one[0] + one[2] <= two[0]
                || two[0] + two[2] <= one[0]
                || one[1] + one[3] <= two[1]
                || two[1] + two[3] <= one[1];
            assert!(apart, "{one:?} {two:?}");
        }
    }
}

#[test]
fn a_page_is_checked_as_markdown_is() {
    let dir = temp_dir();
    let run = |args: &[&str]| sync(args, &[("DATABASE_URL", "sqlite:dev.db")], dir.path());
    run(&["docs", "--out", "schema.html"]).expect(0);
    let file = dir.path().join("schema.html");
    let page = fs::read_to_string(&file).expect("written");
    assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
    run(&["docs", "--out", "schema.html", "--check"]).expect(0);
    fs::write(&file, page.replacen("orders", "order", 1)).expect("writable");
    let stale = run(&[
        "docs",
        "--format",
        "html",
        "--out",
        "schema.html",
        "--check",
    ])
    .expect(2);
    assert!(
        stale.stderr.contains("sync docs --format html --out"),
        "{}",
        stale.all()
    );
}

#[test]
fn a_page_has_no_heading_above_nothing() {
    let dir = temp_dir();
    let desired = dir.path().join("dev.db");
    let url = format!("sqlite:{}", desired.display());
    sync_on(&url, &["--apply", "--yes"]).expect(0);
    let output = sync(&["docs", &url, "--format", "html"], &[], dir.path()).expect(0);
    let heads = |table: &str| {
        let section = output
            .stdout
            .split(&format!("<section class=\"table\" id=\"table-{table}\""))
            .nth(1);
        let head = section
            .and_then(|it| it.split("</thead>").next())
            .unwrap_or_default();
        head.matches("<th ").count()
    };
    assert_eq!(
        (heads("tags"), heads("orders")),
        (3, 4),
        "{}",
        output.stdout
    );
    let models = sync(&["docs", "--format", "html"], &[], dir.path()).expect(0);
    assert!(models.stdout.contains("<th scope=\"col\">about</th>"));
}

#[test]
fn a_browser_searches_the_page_and_shows_neighbours() {
    let Some(browser) = browser() else {
        eprintln!(
            "SKIPPED: no chromium: the page was not opened in a browser (apt-get install chromium)"
        );
        assert!(
            std::env::var_os("CI").is_none(),
            "CI has no chromium: see .ci/run"
        );
        return;
    };
    let dir = temp_dir();
    let file = dir.path().join("schema.html");
    fs::write(&file, docs::html(&odd())).expect("writable");
    let open = |fragment: &str| {
        let url = format!("file://{}#{fragment}", file.display());
        dom(browser, &url, dir.path())
    };

    let page = open("");
    // No name ran as a script, and the page's own did.
    assert!(page.contains("<html lang=\"en\" class=\"js\">"), "{page}");
    assert!(
        !page.contains("<form role=\"search\" hidden"),
        "the search is hidden"
    );
    assert_eq!(shown(&page).len(), ODD.len());
    assert_eq!(
        values(&page, "class=\"near\" href=\"#near=").len(),
        ODD.len()
    );

    // Two words: the table itself, and those that reference it or that it references.
    let page = open("q=%C3%B6%C3%9F%20gr");
    let found = ["table-class", "table-my-shop-名前", "table-größe"];
    assert_eq!(shown(&page), found, "{page}");
    assert!(
        page.contains(&format!("3 of {} tables", ODD.len())),
        "{page}"
    );
    let list = page.split("</nav>").next().unwrap_or_default();
    assert!(list.contains("(1 of "), "{list}");
    let listed = list.matches("<li><a").count();
    assert_eq!(listed, found.len(), "{page}");
    let lit: Vec<&str> = page
        .split("class=\"box on\" data-table=\"")
        .skip(1)
        .collect();
    assert_eq!(lit.len(), found.len(), "{page}");
    // So are the lines between those that were found.
    assert_eq!(
        page.matches("class=\"line on\"").count() + page.matches("class=\"line far on\"").count(),
        2,
        "{page}"
    );
    assert_eq!(shown(&open("100%")).len(), ODD.len());

    // What it references and what references it.
    let page = open("near=table-class");
    assert!(page.contains("class and its 2 neighbours"), "{page}");
    assert_eq!(page.matches("class=\"box on\"").count(), 3, "{page}");
    assert_eq!(
        page.matches("class=\"line on\"").count() + page.matches("class=\"line far on\"").count(),
        2
    );
    assert_eq!(shown(&page).len(), ODD.len());
}

/// Returns the tables that are not hidden.
fn shown(page: &str) -> Vec<&str> {
    let sections = page.split("<section class=\"table\" id=\"").skip(1);
    let open = sections.filter_map(|part| {
        let tag = part.split('>').next()?;
        (!tag.contains("hidden")).then(|| part.split('"').next())?
    });
    open.collect()
}

fn browser() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.into_iter().find(|name| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    })
}

/// Returns the page as its script leaves it.
fn dom(browser: &str, url: &str, dir: &Path) -> String {
    let profile = dir.join("profile");
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--virtual-time-budget=5000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(url)
        .output()
        .expect("the browser starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}
