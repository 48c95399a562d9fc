//! A plan for a terminal: one line per thing, the reader's eye drawn to what is to be decided.

use std::collections::BTreeSet;

use textwrap::core::display_width;
use textwrap::{WordSeparator, WordSplitter, WrapAlgorithm};

use super::{Header, amount, by_table, note, server_line, tally};
use crate::change::{Change, display};
use crate::plan::{Plan, Refusal};
use crate::schema::{Family, Name};
use crate::step::{Hazard, HazardKind};
use crate::wording::{nowhere, on_one_line, plural, visible};

/// So many tables in sync are listed one by one; more are one line.
const MANY_IN_SYNC: usize = 30;

/// Where the text of a change begins: behind its sign and kind.
const TEXT_INDENT: usize = 16;

/// How much is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// Also statements, every table in sync, every leftover.
    pub verbose: bool,
    /// The summary and what stands in the way.
    pub quiet: bool,
    /// No signs but ASCII.
    pub ascii: bool,
    /// Hazards that are accepted.
    pub allow: BTreeSet<HazardKind>,
    /// The width of the terminal; without it no line is broken.
    pub width: Option<usize>,
}

/// How a piece of text is painted. Colour never carries meaning alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// In sync.
    Good,
    /// A change.
    Info,
    /// To be decided.
    Warn,
    /// A headline.
    Bold,
    /// By the way.
    Dim,
}

/// Paints nothing.
pub fn plain(_: Paint, text: &str) -> String {
    text.to_owned()
}

struct Writer<'a> {
    out: String,
    plan: &'a Plan,
    options: &'a TextOptions,
    paint: &'a dyn Fn(Paint, &str) -> String,
    /// The width of the column of names.
    width: usize,
    /// The width of the column of changes, before their notes.
    width_changes: usize,
}

/// Tells a plan as text.
pub fn text(
    plan: &Plan,
    header: &Header<'_>,
    options: &TextOptions,
    paint: &dyn Fn(Paint, &str) -> String,
) -> String {
    let mut writer = Writer {
        out: String::new(),
        plan,
        options,
        paint,
        width: 0,
        width_changes: 56,
    };
    writer.header(header);
    writer.body();
    writer.summary(header);
    if options.ascii {
        ascii(&writer.out)
    } else {
        writer.out
    }
}

/// Tells refusals as text, each with its query and its cures; no line is longer than `width`,
/// where it is known.
pub fn refusals(
    refusals: &[Refusal],
    width: Option<usize>,
    paint: &dyn Fn(Paint, &str) -> String,
) -> String {
    let longest = refusals
        .iter()
        .map(|refusal| refusal.object.chars().count())
        .max()
        .unwrap_or_default();
    refusals
        .iter()
        .map(|refusal| refusal_lines(refusal, longest, width, paint))
        .collect()
}

/// Breaks a line at its blanks to be no longer than `width`, where it is known. What follows is
/// indented.
pub fn wrap(line: &str, width: Option<usize>, indent: usize) -> String {
    let Some(width) = width else {
        return line.to_owned();
    };
    let indent = " ".repeat(if indent + 24 > width { 4 } else { indent });
    let options = textwrap::Options::new(width)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::fill(line, options)
}

/// Replaces the signs of a report by ASCII.
pub fn ascii(text: &str) -> String {
    text.replace('✓', "ok")
        .replace('ℹ', "i")
        .replace('⚠', "!")
        .replace('→', "->")
        .replace('·', "-")
}

impl Writer<'_> {
    fn line(&mut self, text: &str) {
        self.hang(4, text);
    }

    /// Writes a line, whose rest is indented when it is too long.
    fn hang(&mut self, indent: usize, text: &str) {
        self.out
            .push_str(&wrap(text.trim_end(), self.options.width, indent));
        self.out.push('\n');
    }

    /// Writes a line as it is: SQL, which is copied.
    fn verbatim(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn paint(&self, paint: Paint, text: &str) -> String {
        (self.paint)(paint, &visible(text))
    }

    fn header(&mut self, header: &Header<'_>) {
        let mut line = format!("sync · {} · {}", header.mode, server_line(header.server));
        if let Some(remark) = header.remark {
            line.push_str(&format!(", {remark}"));
        }
        let line = self.paint(Paint::Bold, &line);
        self.hang(2, &line);
        if self.options.quiet {
            return;
        }
        if let Some(models) = header.models_line {
            let models = self.paint(Paint::Dim, models);
            self.line(&models);
        }
    }

    fn body(&mut self) {
        let (tables, others) = by_table(self.plan);
        self.width = self.name_width(&tables);
        self.width_changes = self.change_width(&tables);
        let start = self.out.len();
        if !self.options.quiet {
            self.in_sync();
            for change in others {
                self.other(change);
            }
            for (name, changes) in tables {
                self.table(name, &changes);
            }
            self.leftovers();
        }
        self.hazards();
        let told = refusals(&self.plan.refusals, self.options.width, self.paint);
        self.out.push_str(&told);
        if !self.options.quiet {
            for note in &self.plan.notes {
                let note = self.paint(Paint::Dim, &format!("  · {note}"));
                self.line(&note);
            }
            self.statements();
        }
        if self.out.len() > start {
            self.out.insert(start, '\n');
            self.out.push('\n');
        }
    }

    fn name_width(&self, tables: &[(&Name, Vec<&Change>)]) -> usize {
        let in_sync = self.plan.in_sync.iter().map(|table| &table.name);
        tables
            .iter()
            .map(|(name, _)| *name)
            .chain(in_sync)
            .map(|name| name.to_string().chars().count())
            .max()
            .unwrap_or_default()
            .clamp(16, 40)
    }

    /// On a narrow terminal the notes move to the left.
    fn change_width(&self, tables: &[(&Name, Vec<&Change>)]) -> usize {
        let Some(width) = self.options.width else {
            return 56;
        };
        let changes = tables.iter().flat_map(|(_, changes)| changes);
        let notes = changes.map(|change| note(self.plan, change).chars().count());
        let longest = notes.max().unwrap_or_default();
        width.saturating_sub(7 + longest).clamp(30, 56)
    }

    fn in_sync(&mut self) {
        let tick = self.paint(Paint::Good, "✓");
        let in_sync = &self.plan.in_sync;
        if in_sync.len() > MANY_IN_SYNC && !self.options.verbose {
            let tables = plural(in_sync.len(), "table", "tables");
            self.line(&format!("  {tick} {tables} in sync"));
            return;
        }
        for table in in_sync {
            let mut parts = vec![plural(table.columns, "column", "columns")];
            if table.constraints > 0 {
                parts.push(plural(table.constraints, "constraint", "constraints"));
            }
            if table.indexes > 0 {
                parts.push(plural(table.indexes, "index", "indexes"));
            }
            let name = on_one_line(&table.name.to_string());
            let name = format!("{name:<width$}", width = self.width);
            let indent = self.width + 5;
            self.hang(
                indent,
                &format!("  {tick} {name} in sync: {}", parts.join(", ")),
            );
        }
    }

    fn other(&mut self, change: &Change) {
        let line = display::line(change);
        let info = self.paint(Paint::Info, "ℹ");
        let note = self.paint(Paint::Dim, note(self.plan, change));
        // What is no model's says itself what it is.
        let kind = match line.kind {
            "other" => String::new(),
            kind => format!("{kind} "),
        };
        let text = format!("{} {kind}{}", line.sign, on_one_line(&line.text));
        self.line(&format!("  {info} {text:<50}  {note}"));
    }

    fn table(&mut self, name: &Name, changes: &[&Change]) {
        let info = self.paint(Paint::Info, "ℹ");
        let mut about = String::new();
        for change in changes {
            if let Change::CreateTable { table } = change {
                let indexes = changes.iter();
                let indexes = indexes.filter(|it| matches!(it, Change::CreateIndex { .. }));
                let keys = changes.iter();
                let keys = keys.filter(|it| matches!(it, Change::AddConstraint { .. }));
                let constraints = table.constraints.len() + keys.count();
                let indexes = table.indexes.len() + indexes.count();
                let mut parts = vec![plural(table.columns.len(), "column", "columns")];
                if constraints > 0 {
                    parts.push(plural(constraints, "constraint", "constraints"));
                }
                if indexes > 0 {
                    parts.push(plural(indexes, "index", "indexes"));
                }
                let gone = |it: &&Change| matches!(it, Change::DropTable { .. });
                let how = if changes.iter().any(gone) {
                    "made anew"
                } else {
                    "new"
                };
                about = format!("{how}: {}", parts.join(", "));
            }
        }
        let name = on_one_line(&name.to_string());
        if about.is_empty() {
            self.line(&format!("  {info} {name}"));
        } else {
            let name = format!("{name:<width$}", width = self.width);
            let indent = self.width + 5;
            self.hang(indent, &format!("  {info} {name} {about}"));
            if !self.options.verbose {
                return;
            }
        }
        for change in changes {
            if matches!(change, Change::CreateTable { .. }) {
                continue;
            }
            let line = display::line(change);
            let note = self.paint(Paint::Dim, note(self.plan, change));
            let text = on_one_line(&line.text);
            let what = format!("{} {:<7} {text}", line.sign, line.kind);
            let whole = format!("      {what:<width$} {note}", width = self.width_changes);
            if self
                .options
                .width
                .is_none_or(|width| display_width(whole.trim_end()) <= width)
            {
                self.line(&whole);
                continue;
            }
            self.hang(TEXT_INDENT, &format!("      {what}"));
            if !note.is_empty() {
                self.hang(TEXT_INDENT, &format!("{:TEXT_INDENT$}{note}", ""));
            }
        }
    }

    fn leftovers(&mut self) {
        let mut silent: Vec<(&str, &str, &str)> = Vec::new();
        for leftover in &self.plan.leftovers {
            if leftover.warn {
                let warn = self.paint(Paint::Warn, "⚠");
                let object = on_one_line(&leftover.object);
                let object = format!("{object:<width$}", width = self.width);
                let indent = self.width + 5;
                // A column is what most are, and what an application notices.
                let kind = match leftover.kind.as_str() {
                    "column" => String::new(),
                    kind => format!("{kind} "),
                };
                let message = on_one_line(&leftover.message);
                self.hang(indent, &format!("  {warn} {object} {kind}{message}"));
            } else {
                silent.push((&leftover.kind, &leftover.object, &leftover.message));
            }
        }
        if silent.is_empty() {
            return;
        }
        if self.options.verbose {
            for (kind, object, message) in silent {
                let text = on_one_line(&format!("  · {kind} {object}: {message}"));
                let text = self.paint(Paint::Dim, &text);
                self.line(&text);
            }
            return;
        }
        // Tables may be many; columns and the like are named, for they surprise.
        let tables = silent.iter().filter(|(kind, ..)| *kind == "table").count();
        for (kind, object, message) in silent.iter().filter(|(kind, ..)| *kind == "column") {
            let text = on_one_line(&format!("  · {kind} {object}: {message}"));
            let text = self.paint(Paint::Dim, &text);
            self.line(&text);
        }
        let columns = silent.iter().filter(|(kind, ..)| *kind == "column").count();
        let others = silent.len() - tables - columns;
        let mut parts = Vec::new();
        if tables > 0 {
            parts.push(plural(tables, "table", "tables"));
        }
        if others > 0 {
            parts.push(plural(others, "other object", "other objects"));
        }
        if !parts.is_empty() {
            let text = format!(
                "  · {} in the database, {}: left alone (-v names them)",
                parts.join(", "),
                nowhere(&self.plan.sources)
            );
            let text = self.paint(Paint::Dim, &text);
            self.line(&text);
        }
    }

    fn hazards(&mut self) {
        let hazards: BTreeSet<&Hazard> = self.plan.hazards().into_iter().collect();
        for hazard in hazards {
            let word = hazard.kind.word();
            let allowed = self.options.allow.contains(&hazard.kind);
            if allowed && self.options.quiet {
                continue;
            }
            let warn = self.paint(Paint::Warn, "⚠");
            let how = if allowed {
                format!("(allowed: {word})")
            } else {
                format!("(needs --allow {word})")
            };
            let message = on_one_line(&hazard.message);
            self.line(&format!("  {warn} {message} {how}"));
        }
    }

    fn statements(&mut self) {
        if !self.options.verbose || self.plan.groups.is_empty() {
            return;
        }
        self.line("");
        let plan = self.plan;
        for (at, group) in plan.groups.iter().enumerate() {
            let what = match (group.transaction, plan.family) {
                (true, Family::Sqlite) => "transaction, which locks the file against writers",
                (true, Family::Postgres) => "transaction",
                (false, _) => "statement outside of a transaction",
            };
            let head = self.paint(Paint::Bold, &format!("  {}. {what}", at + 1));
            self.line(&head);
            for step in &group.steps {
                for statement in &step.statements {
                    let sql = visible(&statement.sql).replace('\n', "\n     ");
                    self.verbatim(&format!("     {sql};"));
                    let mut about = match plan.family {
                        Family::Sqlite => statement.work.to_string(),
                        Family::Postgres => {
                            format!("lock: {} · {}", statement.lock, statement.work)
                        }
                    };
                    if !step.note.is_empty() {
                        about.push_str(&format!(" · {}", step.note));
                    }
                    let about = self.paint(Paint::Dim, &format!("       -- {about}"));
                    self.hang(10, &about);
                }
            }
        }
    }

    fn summary(&mut self, header: &Header<'_>) {
        let plan = self.plan;
        // An apply says itself what it has done.
        let end = match header.mode {
            "apply" => "",
            _ => " · apply would change nothing",
        };
        if plan.is_empty() {
            let text = self.paint(Paint::Good, "In sync: nothing to do");
            self.line(&text);
            return;
        }
        let mut text = format!("Plan: {}", tally(&plan.changes));
        if plan.statements() > 0 {
            text.push_str(&format!(" · {}", amount(plan)));
        }
        let text = self.paint(Paint::Bold, &text);
        self.line(&text);
        let mut kinds: BTreeSet<HazardKind> =
            plan.hazards().iter().map(|hazard| hazard.kind).collect();
        kinds.retain(|kind| !self.options.allow.contains(kind));
        if !plan.refusals.is_empty() {
            let count = plan.refusals.len();
            let text = format!("Refused: {count} (see ⚠){end}");
            let text = self.paint(Paint::Warn, &text);
            self.line(&text);
        } else if !kinds.is_empty() {
            let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
            let text = format!(
                "Refused until it is allowed: --allow {}{end}",
                words.join(",")
            );
            let text = self.paint(Paint::Warn, &text);
            self.line(&text);
        }
    }
}

fn refusal_lines(
    refusal: &Refusal,
    longest: usize,
    width: Option<usize>,
    paint: &dyn Fn(Paint, &str) -> String,
) -> String {
    let warn = paint(Paint::Warn, "⚠");
    let most = width.map_or(30, |width| (width / 4).clamp(8, 30));
    let column = longest.clamp(8, most);
    let indent = column + 6;
    let blank = " ".repeat(indent);
    let mut out = String::new();
    let mut line = |text: String, indent: usize| {
        out.push_str(&wrap(&text, width, indent));
        out.push('\n');
    };
    let message = visible(&refusal.message);
    let mut message = message.trim_end().split('\n');
    let first = message.next().unwrap_or_default();
    line(
        format!(
            "  {warn} {:<column$}  {first}",
            on_one_line(&refusal.object)
        ),
        indent,
    );
    for text in message {
        // The lines of a list within a message are indented themselves.
        let own = text.len() - text.trim_start().len();
        line(format!("{blank}{text}"), indent + own + 2);
    }
    if let Some(find) = refusal.find.as_deref().map(visible) {
        let beside = format!("{blank}find them:  {find}");
        if width.is_none_or(|width| display_width(&beside) <= width) {
            line(beside, indent);
        } else {
            // A query is copied: it is not broken, and has a line of its own.
            line(format!("{blank}find them:"), indent);
            out.push_str(&format!("      {find}\n"));
        }
    }
    for (at, cure) in refusal.cures.iter().enumerate() {
        let word = if at == 0 { "cure:" } else { "or:" };
        let cure = visible(cure);
        let text = wrap(&format!("{blank}{word:<11} {cure}"), width, indent + 12);
        out.push_str(&text);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::ServerInfo;
    use crate::plan::{Group, TableSummary};
    use crate::schema::{Column, DataType, Family};
    use crate::step::{Statement, Step};

    fn plan() -> Plan {
        let change = Change::AddColumn {
            table: Name::bare("orders"),
            column: Column {
                name: "note".into(),
                ty: DataType::builtin("text"),
                nullable: true,
                ..Column::default()
            },
            backfill: None,
        };
        let step = Step {
            changes: vec![change.clone()],
            statements: vec![Statement::new("ALTER TABLE orders ADD COLUMN note text")],
            hazards: Vec::new(),
            note: "instant".into(),
            ..Step::default()
        };
        Plan {
            family: Family::Postgres,
            fingerprint: "f".into(),
            changes: vec![change],
            groups: vec![Group {
                transaction: true,
                steps: vec![step],
            }],
            refusals: vec![Refusal {
                object: "payments.reference".into(),
                message: "cannot become NOT NULL: 12 rows are NULL".into(),
                find: Some("select 1".into()),
                cures: vec!["fix the rows".into()],
            }],
            leftovers: Vec::new(),
            notes: Vec::new(),
            in_sync: vec![TableSummary {
                name: Name::bare("users"),
                columns: 9,
                constraints: 3,
                indexes: 2,
            }],
            facts: crate::facts::Facts::default(),
            sources: std::collections::BTreeMap::new(),
        }
    }

    fn told(options: &TextOptions) -> String {
        let server = ServerInfo {
            product: "PostgreSQL".into(),
            version: "16.4".into(),
            database: "shop".into(),
            host: Some("db.example.com".into()),
            user: Some("app".into()),
        };
        let header = Header {
            mode: "dry run",
            server: &server,
            remark: None,
            models_line: Some("14 models from app_models"),
        };
        text(&plan(), &header, options, &plain)
    }

    #[test]
    fn a_plan_is_told_as_designed() {
        let told = told(&TextOptions::default());
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(
            lines,
            [
                "sync · dry run · PostgreSQL 16.4 · shop at db.example.com as app",
                "14 models from app_models",
                "",
                "  ✓ users            in sync: 9 columns, 3 constraints, 2 indexes",
                "  ℹ orders",
                "      + column  note text                                      instant",
                "  ⚠ payments.reference  cannot become NOT NULL: 12 rows are NULL",
                "                        find them:  select 1",
                "                        cure:       fix the rows",
                "",
                "Plan: 1 to add, 0 to alter, 0 to drop · 1 statement in 1 transaction",
                "Refused: 1 (see ⚠) · apply would change nothing",
            ]
        );
    }
    #[test]
    fn a_narrow_terminal_breaks_lines_below_their_text() {
        let told = told(&TextOptions {
            width: Some(60),
            ..TextOptions::default()
        });
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(
            lines,
            [
                "sync · dry run · PostgreSQL 16.4 · shop at db.example.com as",
                "  app",
                "14 models from app_models",
                "",
                "  ✓ users            in sync: 9 columns, 3 constraints, 2",
                "                     indexes",
                "  ℹ orders",
                "      + column  note text                            instant",
                "  ⚠ payments.reference  cannot become NOT NULL: 12 rows are",
                "                     NULL",
                "                     find them:  select 1",
                "                     cure:       fix the rows",
                "",
                "Plan: 1 to add, 0 to alter, 0 to drop · 1 statement in 1",
                "    transaction",
                "Refused: 1 (see ⚠) · apply would change nothing",
            ]
        );
    }
}
