//! A plan as a pull-request comment: what is to be decided first, the SQL folded, within the limit.

use std::collections::BTreeSet;

use super::{Header, amount, by_table, note, server_line, tally};
use crate::change::display;
use crate::plan::Plan;

/// A comment may have 65,536 characters; the end needs some.
const LIMIT: usize = 64_500;

/// Tells a plan as Markdown.
pub fn markdown(plan: &Plan, header: &Header<'_>) -> String {
    let mut out = format!(
        "### sync · {} · {}\n\n",
        header.mode,
        escape(&server_line(header.server))
    );
    if let Some(remark) = header.remark {
        out.push_str(&format!("{}\n\n", escape(remark)));
    }
    if plan.is_empty() {
        out.push_str("**In sync: nothing to do**\n");
        return out;
    }
    out.push_str(&format!("**Plan: {}**", tally(&plan.changes)));
    if plan.statements() > 0 {
        out.push_str(&format!(" · {}", amount(plan)));
    }
    out.push_str("\n\n");
    let hazards: BTreeSet<_> = plan.hazards().into_iter().collect();
    if !hazards.is_empty() {
        out.push_str("#### Hazards\n\n");
        for hazard in hazards {
            let (kind, message) = (hazard.kind.word(), escape(&hazard.message));
            out.push_str(&format!("- ⚠ `{kind}` {message}\n"));
        }
        out.push('\n');
    }
    if !plan.refusals.is_empty() {
        out.push_str("#### Refused: apply would change nothing\n\n");
        for refusal in &plan.refusals {
            let (object, message) = (&refusal.object, escape(&refusal.message));
            out.push_str(&format!("- ⚠ {}: {message}\n", code(object)));
            if let Some(find) = &refusal.find {
                out.push_str(&format!("  - find them: {}\n", code(find)));
            }
            for cure in &refusal.cures {
                out.push_str(&format!("  - cure: {}\n", escape(cure)));
            }
        }
        out.push('\n');
    }
    let warned = plan.leftovers.iter().filter(|leftover| leftover.warn);
    let warned: Vec<String> = warned
        .map(|leftover| {
            format!(
                "- ⚠ {}: {}\n",
                code(&leftover.object),
                escape(&leftover.message)
            )
        })
        .collect();
    if !warned.is_empty() {
        out.push_str("#### In the database, in no model\n\n");
        out.extend(warned);
        out.push('\n');
    }
    changes(plan, &mut out);
    let head = cut(out, "\n… cut: the whole plan is in `sync --dry-run`\n");
    let sql = sql(plan);
    if sql.is_empty() {
        return head;
    }
    let (open, close) = (
        "<details><summary>SQL</summary>\n\n````sql\n",
        "````\n\n</details>\n",
    );
    let room = LIMIT.saturating_sub(head.chars().count() + open.len() + close.len() + 80);
    if sql.chars().count() <= room {
        return format!("{head}{open}{sql}{close}");
    }
    let part: String = sql.chars().take(room).collect();
    // Ends with a whole line.
    let part = part.rsplit_once('\n').map_or("", |(whole, _)| whole);
    format!("{head}{open}{part}\n-- … cut: the whole script is in `sync --sql`\n{close}")
}

fn changes(plan: &Plan, out: &mut String) {
    if plan.changes.is_empty() {
        return;
    }
    out.push_str("| | kind | change | cost |\n| --- | --- | --- | --- |\n");
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
        out.push_str(&format!(
            "| {sign} | {} | {} | {note} |\n",
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
    out.push('\n');
}

fn sql(plan: &Plan) -> String {
    let mut out = String::new();
    for group in &plan.groups {
        if group.transaction {
            out.push_str("BEGIN;\n");
        }
        for statement in group.steps.iter().flat_map(|step| &step.statements) {
            out.push_str(&format!("{};\n", statement.sql));
        }
        if group.transaction {
            out.push_str("COMMIT;\n");
        }
    }
    out
}

fn cut(text: String, end: &str) -> String {
    if text.chars().count() <= LIMIT {
        return text;
    }
    let part: String = text.chars().take(LIMIT - end.chars().count()).collect();
    let part = part.rsplit_once('\n').map_or("", |(whole, _)| whole);
    format!("{part}\n{end}")
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
        };
        let server = ServerInfo::default();
        let header = Header {
            mode: "dry run",
            server: &server,
            remark: None,
            models_line: None,
        };
        assert!(markdown(&plan, &header).chars().count() < 65_000);
        plan.changes.clear();
        assert!(markdown(&plan, &header).chars().count() < 65_000);
    }
}
