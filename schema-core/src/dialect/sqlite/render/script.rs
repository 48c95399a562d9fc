//! A plan as a script for the `sqlite3` shell.

use crate::schema::quote_literal;
use crate::step::{Statement, Step, Timeouts};

/// Tells whether foreign keys must be off: a rebuild or a drop would delete rows that reference.
pub fn needs_foreign_keys_off(steps: &[Step]) -> bool {
    steps
        .iter()
        .flat_map(|step| &step.statements)
        .any(rebuilds_or_drops)
}

/// Tells whether a statement drops a table, for good or within a rebuild.
pub(in crate::dialect::sqlite) fn rebuilds_or_drops(statement: &Statement) -> bool {
    statement.sql.starts_with("DROP TABLE")
}

/// Returns a script for the `sqlite3` shell that gives the same schema, run once or twice.
///
/// SQLite has no conditional DDL, so a guarded statement is selected into a file, which is read.
pub fn script(groups: &[Vec<Step>], timeouts: &Timeouts) -> String {
    const FILE: &str = ".sync-step.sql";
    let steps = groups.iter().flatten();
    let statements: Vec<&Statement> = steps.flat_map(|step| &step.statements).collect();
    let check = statements
        .iter()
        .any(|statement| rebuilds_or_drops(statement));
    let mut out = format!(
        ".bail on\n.timeout {}\n.mode list\n.headers off\nPRAGMA foreign_keys = OFF;\n\
         BEGIN IMMEDIATE;\n",
        timeouts.lock.as_millis()
    );
    if check {
        out.push_str(
            "CREATE TEMP TABLE _sync_orphans (live INTEGER, now INTEGER CHECK (now <= live));\n\
             INSERT INTO _sync_orphans SELECT count(*), 0 FROM pragma_foreign_key_check;\n",
        );
    }
    // Statements with the same guard are one decision: the first of them may change the answer.
    for run in statements.chunk_by(|a, b| a.guard.is_some() && a.guard == b.guard) {
        let text: Vec<String> = run
            .iter()
            .map(|statement| format!("{};", statement.sql))
            .collect();
        let text = text.join("\n");
        out.push('\n');
        match run.first().and_then(|statement| statement.guard.as_ref()) {
            None => {
                out.push_str(&text);
                out.push('\n');
            }
            Some(guard) => {
                out.push_str(&format!(
                    ".once {FILE}\nSELECT {}\nWHERE {guard};\n.read {FILE}\n",
                    quote_literal(&text)
                ));
            }
        }
    }
    if check {
        out.push_str(
            "\n-- No row may have lost the row that it references.\n\
             UPDATE _sync_orphans SET now = (SELECT count(*) FROM pragma_foreign_key_check);\n\
             DROP TABLE temp._sync_orphans;\n",
        );
    }
    out.push_str(&format!(
        "COMMIT;\nPRAGMA foreign_keys = ON;\n.shell rm -f {FILE}\n"
    ));
    out
}
