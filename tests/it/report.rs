//! Reports: the same facts in each format, JSON as its schema says, comments within their limit.

use std::{collections::BTreeSet, fs};

use jsonschema::Validator;
use schema_core::db::ServerInfo;
use schema_core::export::snapshot;
use schema_core::facts::Facts;
use schema_core::plan::{Extra, Plan, PlanOptions, Refusal, plan};
use schema_core::report::text::{TextOptions, plain};
use schema_core::report::{Header, github, json, markdown, text};
use schema_core::schema::{Family, Schema};
use schema_core::wording::nowhere;
use serde_json::Value;
use tests::{pg_database, psql, repo, sync, sync_on, temp_dir};

fn schema() -> Value {
    let text = fs::read_to_string(repo().join("docs/report.schema.json")).expect("it is there");
    serde_json::from_str(&text).expect("it is JSON")
}

/// Checks what `--format json` printed.
pub(crate) fn check(printed: &str) -> Result<(), String> {
    static VALIDATOR: std::sync::LazyLock<Validator> =
        std::sync::LazyLock::new(|| jsonschema::validator_for(&schema()).expect("a JSON Schema"));
    let report: Value = serde_json::from_str(printed).map_err(|error| error.to_string())?;
    let wrong: Vec<String> = VALIDATOR
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("docs/report.schema.json: {}", wrong.join("\n")))
    }
}

#[test]
fn the_json_schema_describes_every_field() {
    let schema = schema();
    let mut bare = Vec::new();
    undescribed(&schema, "", &mut bare);
    assert!(bare.is_empty(), "no description: {bare:?}");
    // A report with one of each has all that the schema knows, and nothing else.
    let (plan, server) = (rich(), server());
    let report = json::Report::new(&plan, &server, "planned");
    let report = serde_json::to_value(&report).expect("it is JSON");
    for (def, one) in [
        ("/properties", &report),
        ("/$defs/server/properties", &report["server"]),
        ("/$defs/change/properties", &report["changes"][0]),
        ("/$defs/hazard/properties", &report["hazards"][0]),
        ("/$defs/leftover/properties", &report["leftovers"][0]),
    ] {
        let keys = |value: &Value| -> BTreeSet<String> {
            let map = value
                .as_object()
                .unwrap_or_else(|| panic!("{def}: {value}"));
            map.keys().cloned().collect()
        };
        let known = schema
            .pointer(def)
            .unwrap_or_else(|| panic!("{def} is missing"));
        assert_eq!(keys(known), keys(one), "{def}");
    }
    check(&report.to_string()).expect("valid");
    let mut wrong = report;
    wrong["server"]["port"] = 5432.into();
    check(&wrong.to_string()).expect_err("a field that nobody described");
}

/// Collects the properties without a description.
fn undescribed(schema: &Value, path: &str, bare: &mut Vec<String>) {
    let Some(map) = schema.as_object() else {
        return;
    };
    for (word, value) in map {
        let here = format!("{path}/{word}");
        if word == "properties" || word == "$defs" {
            for (name, property) in value.as_object().expect("an object") {
                if property.get("description").is_none() && property.get("$ref").is_none() {
                    bare.push(format!("{here}/{name}"));
                }
                undescribed(property, &format!("{here}/{name}"), bare);
            }
        } else {
            undescribed(value, &here, bare);
        }
    }
}

/// Makes schemas out of SQL, and the plan that turns one into the other with all that may be said.
fn between(live: &str, desired: &str, extra: Extra) -> Plan {
    let read = |sql: &str| -> Schema {
        let database = pg_database();
        psql(&database.url, sql);
        let dump = sync_on(&database.url, &["dump"]).expect(0);
        snapshot::read(&dump.stdout).expect("a snapshot").1
    };
    let (live, mut desired) = (read(live), read(desired));
    for (line, table) in desired.tables.keys().enumerate() {
        let source = format!("src/models.rs:{}", line + 1);
        desired.hints.sources.insert(table.clone(), source);
    }
    let options = PlanOptions {
        extra,
        // Every table is large.
        small_rows: 0,
        small_bytes: 0,
    };
    plan(
        Family::Postgres,
        &live,
        &desired,
        &Facts::default(),
        &options,
    )
}

const LIVE: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(12,2), code text NOT NULL, note text);
    CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint);
    CREATE TABLE old (id bigint);
    CREATE VIEW totals AS SELECT total FROM orders;";
const DESIRED: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(10,1), placed_at timestamptz NOT NULL DEFAULT now(), note text CHECK (note <> ''));
    CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders ON DELETE CASCADE);
    CREATE TABLE payments (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, amount numeric);
    CREATE INDEX ON lines (order_id);";

/// A plan with hazards and leftovers.
fn rich() -> Plan {
    let mut plan = between(LIVE, DESIRED, Extra::Keep);
    plan.notes.push("a remark with | and <b>".into());
    plan
}

fn server() -> ServerInfo {
    ServerInfo {
        product: "PostgreSQL".into(),
        version: "16.4".into(),
        database: "shop".into(),
        host: Some("db.example.com".into()),
        user: Some("app".into()),
    }
}

/// How often each kind of fact is told.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    changes: usize,
    hazards: usize,
    refusals: usize,
    warned: usize,
    left: usize,
    notes: usize,
    in_sync: usize,
}

fn lines(text: &str, is: impl Fn(&str) -> bool) -> usize {
    text.lines().filter(|line| is(line)).count()
}

/// Returns the lines from a heading to the next blank line after the first lines.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let rest = text.split_once(heading).map_or("", |(_, rest)| rest);
    rest.split("\n\n").nth(1).unwrap_or_default()
}

#[test]
fn each_format_tells_the_same_facts() {
    let mut refused = between(LIVE, DESIRED, Extra::Keep);
    let mut refusal = Refusal::new("orders.total", "cannot become smaller", "fix the rows");
    refusal.find = Some("select * from orders".into());
    refusal.cures.push("or leave it".into());
    refused.refusals.push(refusal);
    let pruned = between(LIVE, DESIRED, Extra::Prune);
    let same = between(LIVE, LIVE, Extra::Keep);
    let mut seen = Told {
        changes: 0,
        hazards: 0,
        refusals: 0,
        warned: 0,
        left: 0,
        notes: 0,
        in_sync: 0,
    };
    for plan in [rich(), pruned, refused, same] {
        let server = server();
        let header = Header {
            mode: "dry run",
            server: &server,
            remark: None,
            models_line: Some("3 models from shop"),
        };
        let report = json::Report::new(&plan, &server, "planned");
        check(&report.write()).expect("valid");
        let told = Told {
            changes: report.changes.len(),
            hazards: report.hazards.len(),
            refusals: report.refusals.len(),
            warned: report.leftovers.iter().filter(|it| it.warn).count(),
            left: report.leftovers.iter().filter(|it| !it.warn).count(),
            notes: report.notes.len(),
            in_sync: report.in_sync.len(),
        };
        let options = TextOptions {
            verbose: true,
            ..TextOptions::default()
        };
        let as_text = text::text(&plan, &header, &options, &plain);
        let created = lines(&as_text, |it| it.contains(" new: "));
        let change = |it: &str| {
            let it = it.trim_start().trim_start_matches("ℹ ");
            ["+ ", "~ ", "- "].iter().any(|sign| it.starts_with(sign))
        };
        let warns = |it: &str| it.trim_start().starts_with('⚠');
        let hazards = lines(&as_text, |it| warns(it) && it.contains("(needs --allow "));
        let notes = lines(&as_text, |it| {
            plan.notes.iter().any(|note| it.ends_with(note))
        });
        let from_text = Told {
            changes: lines(&as_text, change) + created,
            hazards,
            refusals: plan.refusals.len(),
            warned: lines(&as_text, warns) - hazards - plan.refusals.len(),
            left: lines(&as_text, |it| it.starts_with("  · ")) - notes,
            notes,
            in_sync: lines(&as_text, |it| it.contains(" in sync: ")),
        };
        assert_eq!(from_text, told, "{as_text}");

        let comment = markdown::markdown(&plan, &header);
        let items = |heading: &str, mark: &str| {
            lines(section(&comment, heading), |it| it.starts_with(mark))
        };
        let signs = ["| + |", "| ~ |", "| − |"];
        let from_markdown = Told {
            changes: lines(&comment, |it| signs.iter().any(|sign| it.starts_with(sign))),
            hazards: items("#### Hazards", "- ⚠"),
            refusals: items("#### Refused", "- ⚠"),
            warned: items("#### In the database", "- ⚠"),
            left: items("left alone</summary>", "- "),
            notes: items("#### Notes", "- "),
            in_sync: told.in_sync,
        };
        assert_eq!(from_markdown, told, "{comment}");
        let in_sync = comment.lines().find(|line| line.starts_with("✓ "));
        let count = in_sync.and_then(|line| line.split(' ').nth(1));
        assert_eq!(count.unwrap_or("0"), told.in_sync.to_string(), "{comment}");

        let log = github::github(&plan, &header);
        let level = |level: &str, title: &str| {
            lines(&log, |it| it.starts_with(level) && it.contains(title))
        };
        let folded = |title: &str| {
            let rest = log
                .split_once(&format!("::group::{title} ("))
                .map_or("", |(_, rest)| rest);
            let inner = rest.split("::endgroup::").next().unwrap_or_default();
            inner.lines().skip(1).count()
        };
        let left = level("::warning ", &format!("{}::", nowhere(&plan.sources)));
        let from_github = Told {
            changes: level("::notice ", "change::"),
            hazards: level("::warning ", "title=sync%3A ") - left,
            refusals: level("::error ", "refused::"),
            warned: left,
            left: folded("Left alone"),
            notes: folded("Notes"),
            in_sync: folded("In sync"),
        };
        assert_eq!(from_github, told, "{log}");
        for refusal in &plan.refusals {
            let object = &refusal.object;
            for (name, report) in [("text", &as_text), ("github", &log)] {
                assert!(report.contains(object), "{name}: {object}\n{report}");
            }
        }
        seen.changes += told.changes;
        seen.hazards += told.hazards;
        seen.refusals += told.refusals;
        seen.warned += told.warned;
        seen.left += told.left;
        seen.notes += told.notes;
        seen.in_sync += told.in_sync;
    }
    let every = [
        seen.changes,
        seen.hazards,
        seen.refusals,
        seen.warned,
        seen.left,
        seen.notes,
        seen.in_sync,
    ];
    assert!(
        every.iter().all(|&count| count > 0),
        "the plans lack something: {seen:?}"
    );
}

#[test]
fn annotations_name_the_line_of_the_model_and_inject_nothing() {
    let mut plan = rich();
    let server = server();
    let header = Header {
        mode: "dry run",
        server: &server,
        remark: None,
        models_line: None,
    };
    let at = |log: &str, place: &str| lines(log, |it| it.contains(place));
    let log = github::github(&plan, &header);
    // Tables by name: lines, orders, payments.
    assert!(
        at(&log, "::notice file=src/models.rs,line=3,title=") > 0,
        "{log}"
    );
    assert!(
        at(&log, "::warning file=src/models.rs,line=2,title=") > 0,
        "{log}"
    );

    plan.notes
        .push("\n  ::error::not ours\n##[error]nor this".into());
    plan.leftovers[0].message = "100%\n::error::not ours".into();
    plan.leftovers[0].warn = true;
    for source in plan.sources.values_mut() {
        *source = "/home/somebody/models.rs:7".into();
    }
    let log = github::github(&plan, &header);
    assert_eq!(at(&log, "file="), 0, "{log}");
    assert!(log.contains("100%25%0A::error::not ours"), "{log}");
    for line in log.lines() {
        let begins = line.trim_start();
        assert!(
            !begins.starts_with("::error::not") && !begins.starts_with("##["),
            "{line}"
        );
    }
}

#[test]
fn a_comment_stays_within_the_limit_and_says_what_is_cut() {
    let table = |n: usize| {
        format!(
            "CREATE TABLE a_table_with_a_long_name_{n} (id bigint PRIMARY KEY, note text CHECK (note <> ''));"
        )
    };
    let sql: String = (0..700).map(table).collect();
    let plan = between("", &sql, Extra::Keep);
    let server = server();
    let header = Header {
        mode: "dry run",
        server: &server,
        remark: None,
        models_line: None,
    };
    let comment = markdown::markdown(&plan, &header);
    assert!(
        comment.chars().count() <= 65_536,
        "{}",
        comment.chars().count()
    );
    assert!(comment.contains("… cut: "), "nothing is cut");
    assert_eq!(
        comment.matches("<details>").count(),
        comment.matches("</details>").count()
    );
    assert_eq!(comment.matches("`````").count() % 2, 0);
}

#[test]
fn a_manual_page_is_there_for_each_command() {
    let dir = temp_dir();
    sync(&["man", "--out", "man"], &[], dir.path()).expect(0);
    let help = sync(&["--help"], &[], dir.path()).expect(0).stdout;
    let commands = help
        .split_once("Commands:\n")
        .expect("a list of commands")
        .1;
    let names = commands
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next());
    let mut pages = vec!["sync.1".to_owned()];
    pages.extend(
        names
            .filter(|name| *name != "help")
            .map(|name| format!("sync-{name}.1")),
    );
    assert!(pages.len() > 6, "{pages:?}");
    for page in pages {
        let text = fs::read_to_string(dir.path().join("man").join(&page));
        let text = text.unwrap_or_else(|error| panic!("{page}: {error}"));
        assert!(
            text.contains(".TH") && text.contains("SYNOPSIS"),
            "{page}: {text}"
        );
    }
}
