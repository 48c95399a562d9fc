//! A plan as a pull-request comment: what is to be decided first, the rest folded, within the limit.

use super::{Header, amount, by_table, hazards, note, server_line, tally};
use crate::change::display;
use crate::plan::Plan;
use crate::wording::{nowhere, plural, visible};

/// A comment may have 65,536 characters; the line about an outcome comes after these.
const LIMIT: usize = 64_000;
/// What every block below keeps free for its frame.
const RESERVE: usize = 400;
/// More changes than these are folded.
const MANY: usize = 30;

/// Tells a plan as Markdown.
pub fn markdown(plan: &Plan, header: &Header<'_>) -> String {
    let mut head = format!(
        "### sync · {} · {}\n\n",
        header.mode,
        escape(&server_line(header.server))
    );
    for line in [header.remark, header.models_line].into_iter().flatten() {
        head.push_str(&format!("{}\n\n", escape(line)));
    }
    if plan.is_empty() {
        head.push_str("**In sync: nothing to do**\n\n");
    } else {
        head.push_str(&format!("**Plan: {}**", tally(&plan.changes)));
        if plan.statements() > 0 {
            head.push_str(&format!(" · {}", amount(plan)));
        }
        head.push_str("\n\n");
    }
    if !plan.in_sync.is_empty() {
        let tables = plural(plan.in_sync.len(), "table", "tables");
        head.push_str(&format!("✓ {tables} in sync\n\n"));
    }
    let blocks = [
        refusals(plan),
        dangers(plan),
        warned(plan),
        changes(plan),
        sql(plan),
        left(plan),
        plain(
            "#### Notes\n\n",
            plan.notes.iter().map(|note| format!("- {}", prose(note))),
        ),
    ];
    let mut out = head;
    let last = blocks.len();
    for (at, block) in blocks.into_iter().enumerate() {
        let used = out.chars().count() + (last - at) * RESERVE;
        out.push_str(&block.within(LIMIT.saturating_sub(used)));
    }
    out = visible(&out).into_owned();
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Lines in a frame, of which the last may be left out.
struct Block {
    open: String,
    lines: Vec<String>,
    close: &'static str,
    /// Told of the lines that are left out: `{n}` of them.
    cut: &'static str,
}

impl Block {
    /// Writes it with as many lines as there is room for.
    fn within(self, room: usize) -> String {
        if self.lines.is_empty() {
            return String::new();
        }
        let mut out = self.open;
        let mut used = 0;
        let all = self.lines.len();
        for (at, line) in self.lines.iter().enumerate() {
            used += line.chars().count() + 1;
            if used > room {
                let rest = plural(all - at, "line", "lines");
                out.push_str(&self.cut.replace("{n}", &rest));
                break;
            }
            out.push_str(line);
            out.push('\n');
        }
        out.push_str(self.close);
        out
    }
}

/// A block of lines below a heading.
fn plain(heading: &str, lines: impl Iterator<Item = String>) -> Block {
    Block {
        open: heading.to_owned(),
        lines: lines.collect(),
        close: "\n",
        cut: "\n… cut: {n}; all of it: `sync --dry-run`\n",
    }
}

fn refusals(plan: &Plan) -> Block {
    let mut lines = Vec::new();
    for refusal in &plan.refusals {
        let (object, message) = (&refusal.object, prose(&refusal.message));
        lines.push(format!("- ⚠ {}: {message}", code(object)));
        if let Some(find) = &refusal.find {
            lines.push(format!("  - find them: {}", code(find)));
        }
        for cure in &refusal.cures {
            // An attribute is copied.
            let cure = match cure.starts_with("#[") {
                true => code(cure),
                false => prose(cure),
            };
            lines.push(format!("  - cure: {cure}"));
        }
    }
    plain(
        "#### Refused: apply would change nothing\n\n",
        lines.into_iter(),
    )
}

fn dangers(plan: &Plan) -> Block {
    let hazards = hazards(plan);
    let mut kinds: Vec<&str> = hazards.iter().map(|(it, _)| it.kind.word()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let heading = format!(
        "#### Hazards: apply needs `--allow {}`\n\n",
        kinds.join(",")
    );
    let lines = hazards
        .iter()
        .map(|(hazard, _)| format!("- ⚠ `{}` {}", hazard.kind.word(), prose(&hazard.message)));
    plain(&heading, lines)
}

fn warned(plan: &Plan) -> Block {
    let warned = plan.leftovers.iter().filter(|leftover| leftover.warn);
    let lines = warned.map(|it| format!("- ⚠ {}: {}", code(&it.object), escape(&it.message)));
    let heading = format!("#### In the database, {}\n\n", nowhere(&plan.sources));
    plain(&heading, lines)
}

fn changes(plan: &Plan) -> Block {
    let mut lines = Vec::new();
    let (tables, others) = by_table(plan);
    let mut row = |table: Option<String>, change| {
        let line = display::line(change);
        let text = match table {
            Some(table) if !line.text.starts_with(&table) => format!("{table}: {}", line.text),
            Some(_) | None => line.text,
        };
        let note = escape(note(plan, change));
        let sign = match line.sign {
            '-' => '−',
            sign => sign,
        };
        lines.push(format!(
            "| {sign} | {} | {} | {note} |",
            line.kind,
            escape(&text)
        ));
    };
    for change in others {
        row(None, change);
    }
    for (name, changes) in tables {
        for change in changes {
            row(Some(name.to_string()), change);
        }
    }
    let head = "| | kind | change | cost |\n| --- | --- | --- | --- |\n";
    if lines.len() <= MANY {
        return plain(head, lines.into_iter());
    }
    let count = plural(lines.len(), "change", "changes");
    Block {
        open: format!("<details><summary>{count}</summary>\n\n{head}"),
        lines,
        close: "\n</details>\n\n",
        cut: "\n… cut: {n}; all of it: `sync --dry-run`\n",
    }
}

fn sql(plan: &Plan) -> Block {
    let mut lines = Vec::new();
    for group in &plan.groups {
        if group.transaction {
            lines.push("BEGIN;".to_owned());
        }
        for statement in group.steps.iter().flat_map(|step| &step.statements) {
            lines.extend(format!("{};", statement.sql).lines().map(str::to_owned));
        }
        if group.transaction {
            lines.push("COMMIT;".to_owned());
        }
    }
    // A fence within a function's text ends nothing: five are more than anybody writes, and a line
    // that has as many is told apart by a blank.
    let lines = lines
        .into_iter()
        .map(|line| line.replace("`````", "```` `"));
    Block {
        open: "<details><summary>SQL</summary>\n\n`````sql\n".into(),
        lines: lines.collect(),
        close: "`````\n\n</details>\n\n",
        cut: "-- … cut: {n}; all of it: sync --sql\n",
    }
}

fn left(plan: &Plan) -> Block {
    let left = plan.leftovers.iter().filter(|leftover| !leftover.warn);
    let lines: Vec<String> = left
        .map(|it| {
            format!(
                "- {} {}: {}",
                it.kind,
                code(&it.object),
                escape(&it.message)
            )
        })
        .collect();
    let count = plural(lines.len(), "object", "objects");
    Block {
        open: format!(
            "<details><summary>{count} in the database, {}: left alone</summary>\n\n",
            nowhere(&plan.sources)
        ),
        lines,
        close: "\n</details>\n\n",
        cut: "\n… cut: {n}; all of it: `sync --dry-run -v`\n",
    }
}

/// Text that means nothing else in Markdown, on one line.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' | '*' | '_' | '`' | '\\' | '[' | ']' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Text with names in backticks, which stay code.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // One that is never closed is a sign like others.
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let told = parts.iter().enumerate().map(|(at, part)| match at % 2 {
        0 => escape(part),
        _ if part.is_empty() => "\\`\\`".into(),
        _ => code(part),
    });
    told.collect()
}

/// Text as code, on one line.
fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", text.replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Change;
    use crate::db::ServerInfo;
    use crate::plan::Group;
    use crate::schema::{Family, Name};
    use crate::step::{Statement, Step};

    #[test]
    fn names_in_backticks_stay_code() {
        for (text, told) in [
            ("column `a_b` of <c>", "column `a_b` of &lt;c&gt;"),
            ("a ` alone_", "a \\` alone\\_"),
            ("none `` here", "none \\`\\` here"),
            ("`a|b`", "`a|b`"),
        ] {
            assert_eq!(prose(text), told);
        }
    }

    #[test]
    fn a_large_plan_stays_within_the_limit() {
        let changes: Vec<Change> = (0..5_000)
            .map(|n| Change::DropSequence {
                name: Name::bare(format!("sequence_{n}")),
            })
            .collect();
        let step = Step {
            changes: changes.clone(),
            statements: vec![Statement::new("SELECT 1"); 20_000],
            hazards: Vec::new(),
            note: String::new(),
            ..Step::default()
        };
        let mut plan = Plan {
            family: Family::Postgres,
            fingerprint: String::new(),
            changes,
            groups: vec![Group {
                transaction: true,
                steps: vec![step],
            }],
            refusals: Vec::new(),
            leftovers: Vec::new(),
            notes: Vec::new(),
            in_sync: Vec::new(),
            facts: crate::facts::Facts::default(),
            sources: std::collections::BTreeMap::new(),
        };
        let server = ServerInfo::default();
        let header = Header {
            mode: "dry run",
            server: &server,
            remark: None,
            models_line: None,
        };
        let told = markdown(&plan, &header);
        assert!(told.chars().count() < 65_000);
        assert!(told.contains("5,000 to drop** · 20,000 statements"));
        plan.changes.clear();
        assert!(markdown(&plan, &header).chars().count() < 65_000);
    }
}
