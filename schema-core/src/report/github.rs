//! A plan as annotations: lines that a GitHub workflow shows at the models and below its run.
//!
//! GitHub shows ten of each level for a step, so that what is to be decided comes first.

use super::{Header, amount, by_table, hazards, located, note, server_line, tally};
use crate::change::display;
use crate::db::Outcome;
use crate::plan::Plan;
use crate::wording::{nowhere, visible};

/// Tells a plan as workflow commands.
pub fn github(plan: &Plan, header: &Header<'_>) -> String {
    let mut out = String::new();
    let mut head = format!("sync · {} · {}", header.mode, server_line(header.server));
    for more in [header.remark, header.models_line].into_iter().flatten() {
        head.push_str(&format!(" · {more}"));
    }
    plain(&mut out, &head);
    for refusal in &plan.refusals {
        let mut text = format!("{}: {}", refusal.object, refusal.message.trim_end());
        if let Some(find) = &refusal.find {
            text.push_str(&format!("\nfind them: {find}"));
        }
        for cure in &refusal.cures {
            text.push_str(&format!("\ncure: {cure}"));
        }
        command(
            &mut out,
            "error",
            located(plan, &refusal.object),
            "refused",
            &text,
        );
    }
    for (hazard, step) in hazards(plan) {
        let table = step.changes.iter().find_map(|change| change.table());
        let source = table.and_then(|table| plan.sources.get(table));
        let word = hazard.kind.word();
        let text = format!("{} (needs --allow {word})", hazard.message);
        command(&mut out, "warning", source, word, &text);
    }
    for leftover in plan.leftovers.iter().filter(|leftover| leftover.warn) {
        let text = format!("{}: {}", leftover.object, leftover.message);
        command(
            &mut out,
            "warning",
            located(plan, &leftover.object),
            nowhere(&plan.sources),
            &text,
        );
    }
    let (tables, others) = by_table(plan);
    let tables = tables
        .into_iter()
        .flat_map(|(table, changes)| changes.into_iter().map(move |change| (Some(table), change)));
    for (table, change) in others
        .into_iter()
        .map(|change| (None, change))
        .chain(tables)
    {
        let line = display::line(change);
        let mut text = format!("{} {} {}", line.sign, line.kind, line.text);
        if let Some(table) = table.filter(|table| !line.text.starts_with(&table.to_string())) {
            text = format!("{table}: {text}");
        }
        let note = note(plan, change);
        if !note.is_empty() {
            text.push_str(&format!(" ({note})"));
        }
        let source = table.and_then(|table| plan.sources.get(table));
        command(&mut out, "notice", source, "change", &text);
    }
    folded(plan, &mut out);
    let end = if plan.is_empty() {
        "In sync: nothing to do".into()
    } else if plan.statements() > 0 {
        format!("Plan: {} · {}", tally(&plan.changes), amount(plan))
    } else {
        format!("Plan: {}", tally(&plan.changes))
    };
    plain(&mut out, &end);
    if !plan.refusals.is_empty() {
        let count = plan.refusals.len();
        plain(
            &mut out,
            &format!("Refused: {count} · apply would change nothing"),
        );
    }
    out
}

/// Tells how an apply ended.
pub fn ending(out: &mut String, outcome: &Outcome, text: &str) {
    match outcome {
        Outcome::InSync | Outcome::Applied => plain(out, text),
        Outcome::Refused(_) => command(out, "error", None, "refused", text.trim_end()),
        Outcome::Drifted(_) => command(out, "error", None, "drifted", text.trim_end()),
    }
}

/// What needs no annotation: folded in the log of the run.
fn folded(plan: &Plan, out: &mut String) {
    let left = plan.leftovers.iter().filter(|leftover| !leftover.warn);
    let left = left.map(|it| format!("{} {}: {}", it.kind, it.object, it.message));
    let in_sync = plan.in_sync.iter().map(|table| table.name.to_string());
    let statements = plan.steps().flat_map(|step| &step.statements);
    let statements = statements.map(|it| format!("{};", it.sql));
    let groups: [(&str, Vec<String>); 4] = [
        ("Left alone", left.collect()),
        ("In sync", in_sync.collect()),
        ("Notes", plan.notes.clone()),
        ("SQL", statements.collect()),
    ];
    for (title, lines) in groups.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        out.push_str(&format!("::group::{title} ({})\n", lines.len()));
        for line in lines {
            plain(out, &line);
        }
        out.push_str("::endgroup::\n");
    }
}

fn command(out: &mut String, level: &str, source: Option<&String>, title: &str, text: &str) {
    let text = &*visible(text);
    let mut place = String::new();
    // A path of another machine, or of a registry, is no file of the repository.
    let source = source.filter(|it| !it.starts_with(['/', '\\']) && it.get(1..2) != Some(":"));
    if let Some((file, line)) = source.and_then(|source| source.rsplit_once(':')) {
        place = format!("file={},line={line},", property(&file.replace('\\', "/")));
    }
    out.push_str(&format!(
        "::{level} {place}title={}::{}\n",
        property(&format!("sync: {title}")),
        data(text)
    ));
}

/// Lines of the log that are no command, whatever they begin with: the runner looks past blanks.
fn plain(out: &mut String, text: &str) {
    let text = &*visible(text);
    for line in text.lines() {
        let mark = if line.trim_start().starts_with("::") || line.contains("##[") {
            "| "
        } else {
            ""
        };
        out.push_str(&format!("{mark}{line}\n"));
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
