//! Sequences, and the options that identity columns share with them.

use super::column::set_default;
use super::condition::has_column;
use super::object::{comment, literal};
use super::{Draft, Writer};
use crate::change::{Change, Object};
use crate::dialect::postgres::form::Form;
use crate::dialect::postgres::types::{is_number, spell};
use crate::schema::{
    Column, DataType, Expr, Ident, Identity, Name, Quoted, Sequence, SequenceOptions, Table,
    quote_literal, temporary,
};
use crate::step::Statement;

pub(super) fn create_sequence(out: &mut Draft, name: &Name, sequence: &Sequence) {
    let unlogged = if sequence.unlogged { "UNLOGGED " } else { "" };
    let ty = sequence_type(sequence);
    out.push(Form::CreateSequence.sql(format!(
        "CREATE {unlogged}SEQUENCE IF NOT EXISTS {} AS {ty}{}",
        Quoted(name),
        sequence_options(&sequence.options)
    )));
    comment(
        out,
        &Object::Sequence(name.clone()),
        sequence.comment.as_ref(),
    );
}

fn alter_sequence(out: &mut Draft, name: &Name, from: &Sequence, to: &Sequence, goes: bool) {
    let mut words = Vec::new();
    if sequence_type(from) != sequence_type(to) {
        words.push(format!("AS {}", sequence_type(to)));
    }
    words.extend(changed_options(&from.options, &to.options));
    if from.owned_by != to.owned_by {
        words.push(match &to.owned_by {
            Some((table, column)) => format!("OWNED BY {}.{}", Quoted(table), Quoted(column)),
            None => "OWNED BY NONE".into(),
        });
    }
    if !words.is_empty() {
        let there = if goes { "IF EXISTS " } else { "" };
        let words = words.join(" ");
        let alter =
            |restart: &str| format!("ALTER SEQUENCE {there}{} {words}{restart}", Quoted(name));
        let statement = Form::AlterSequence.sql(match goes {
            true => alter(""),
            false => within_bounds(name, &from.options, &to.options, &to.ty, alter),
        });
        // The server writes it anew, and makes those wait who take numbers.
        let own = format!("to_regclass({})", literal(name));
        let other = has_other_options(&own, &sequence_type(to), &to.options, &to.ty);
        let open = match from.owned_by == to.owned_by {
            true => other,
            false => {
                let owner = has_other_owner(&own, to.owned_by.as_ref());
                format!("({other} OR {owner})")
            }
        };
        out.push(match goes {
            true => statement,
            false => statement.guard(open),
        });
    }
    if from.unlogged != to.unlogged {
        out.push(set_logged(name, !to.unlogged));
    }
}

pub(super) fn identity_sql(identity: &Identity) -> String {
    let when = if identity.always {
        "ALWAYS"
    } else {
        "BY DEFAULT"
    };
    let mut options = sequence_options(&identity.options);
    if let Some(logged) = identity.logged {
        options = format!(" {}{options}", logged_word(logged));
    }
    if let Some(sequence) = &identity.sequence {
        options = format!(" SEQUENCE NAME {}{options}", Quoted(sequence));
    }
    let options = options.trim();
    if options.is_empty() {
        format!("GENERATED {when} AS IDENTITY")
    } else {
        format!("GENERATED {when} AS IDENTITY ({options})")
    }
}

/// Whether what is written comes into the write-ahead log.
pub(super) fn logged_word(logged: bool) -> &'static str {
    if logged { "LOGGED" } else { "UNLOGGED" }
}

pub(super) fn set_logged(sequence: &Name, logged: bool) -> Statement {
    let (sequence, word) = (Quoted(sequence), logged_word(logged));
    Form::AlterSequence.sql(format!("ALTER SEQUENCE IF EXISTS {sequence} SET {word}"))
}

/// Options that are not the server's default, each after a blank.
pub(super) fn sequence_options(options: &SequenceOptions) -> String {
    let words = [
        options.increment.map(|n| format!(" INCREMENT BY {n}")),
        options.min.map(|n| format!(" MINVALUE {n}")),
        options.max.map(|n| format!(" MAXVALUE {n}")),
        options.start.map(|n| format!(" START WITH {n}")),
        options.cache.map(|n| format!(" CACHE {n}")),
        options.cycle.then(|| " CYCLE".to_owned()),
    ];
    words.into_iter().flatten().collect()
}

/// Options that differ, as ALTER takes them.
pub(super) fn changed_options(from: &SequenceOptions, to: &SequenceOptions) -> Vec<String> {
    let mut out = Vec::new();
    if from.increment != to.increment {
        out.push(format!("INCREMENT BY {}", to.increment.unwrap_or(1)));
    }
    // Where nothing is said the bounds are those of the direction.
    let down = SequenceOptions::is_down;
    let turned = down(from) != down(to);
    if from.min != to.min || turned {
        out.push(
            // Said with a number, for with another type NO MINVALUE is the type's own.
            match to.min.or((!down(to)).then_some(1)) {
                Some(n) => format!("MINVALUE {n}"),
                None => "NO MINVALUE".into(),
            },
        );
    }
    if from.max != to.max || turned {
        out.push(match to.max.or(down(to).then_some(-1)) {
            Some(n) => format!("MAXVALUE {n}"),
            None => "NO MAXVALUE".into(),
        });
    }
    // Where nothing is said it is the first bound, which may be another one now.
    if from.first() != to.first() {
        out.push(format!("START WITH {}", to.first()));
    }
    if from.cache != to.cache {
        out.push(format!("CACHE {}", to.cache.unwrap_or(1)));
    }
    if from.cycle != to.cycle {
        out.push(if to.cycle {
            "CYCLE".into()
        } else {
            "NO CYCLE".into()
        });
    }
    out
}

/// The condition that a sequence, found by SQL, has another type or other options than these, whose
/// bounds are those of `bounded` where they say none.
pub(super) fn has_other_options(
    sequence: &str,
    ty: &str,
    options: &SequenceOptions,
    bounded: &DataType,
) -> String {
    let (lowest, highest) = options.bounds(bounded);
    format!(
        "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_sequence WHERE seqrelid = {sequence} \
         AND seqtypid = {}::regtype AND seqincrement = {} AND seqmin = {lowest} AND seqmax = {highest} \
         AND seqstart = {} AND seqcache = {} AND seqcycle = {})",
        quote_literal(ty),
        options.increment.unwrap_or(1),
        options.first(),
        options.cache.unwrap_or(1),
        options.cycle
    )
}

/// The condition that a sequence, found by SQL, is not this column's own, or not nobody's.
fn has_other_owner(sequence: &str, owner: Option<&(Name, Ident)>) -> String {
    let owned = format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.pg_class'::regclass \
         AND objid = {sequence} AND refclassid = 'pg_catalog.pg_class'::regclass AND deptype = 'a'"
    );
    match owner {
        None => format!("{owned})"),
        Some((table, column)) => format!(
            "NOT {owned} AND refobjid = to_regclass({0}) AND refobjsubid = \
             (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({0}) AND attname = {1}))",
            literal(table),
            quote_literal(column.as_str())
        ),
    }
}

/// Alters a sequence; one whose last value is outside of the new bounds, which the server refuses,
/// starts again. Where it is within them its numbers go on.
pub(super) fn within_bounds(
    sequence: &Name,
    from: &SequenceOptions,
    to: &SequenceOptions,
    ty: &DataType,
    alter: impl Fn(&str) -> String,
) -> String {
    let (lowest, highest) = to.bounds(ty);
    if (lowest..=highest).contains(&from.first()) {
        return alter("");
    }
    format!(
        "DO $sync$ BEGIN IF (SELECT last_value BETWEEN {lowest} AND {highest} FROM {}) THEN\n  {};\n\
         ELSE\n  {};\nEND IF; END $sync$",
        Quoted(sequence),
        alter(""),
        alter(" RESTART")
    )
}

pub(super) fn sequence_type(sequence: &Sequence) -> String {
    if sequence.ty.name.is_empty() {
        "bigint".into()
    } else {
        spell(&sequence.ty)
    }
}

/// A column gets an identity, whose numbers go on after those that are there, and after those of
/// what gave them before: a sequence goes.
pub(super) fn add_identity(
    out: &mut Draft,
    table: &Name,
    column: &Column,
    identity: &Identity,
    before: Option<Before<'_>>,
) {
    let guard = has_no_identity(table, column);
    let old = match &before {
        Some(Before::Sequence(old)) => Some(*old),
        Some(Before::Identity) | None => None,
    };
    if old.is_some_and(|old| old.name.is_temporary()) {
        // The rows had their numbers from it until now.
        out.push(set_default(table, column, None).guard(guard.clone()));
    }
    let aside = old.map(Name::aside);
    if let (Some(old), Some(aside)) = (old, &aside) {
        // Its name may be the one that the new sequence gets.
        out.push(
            Form::AlterSequence
                .sql(format!(
                    "ALTER SEQUENCE IF EXISTS {} RENAME TO {}",
                    Quoted(old),
                    Quoted(&aside.name)
                ))
                .guard(guard.clone()),
        );
    }
    out.push(
        Form::AlterIdentity
            .sql(format!(
                "ALTER TABLE {} ALTER COLUMN {} ADD {}",
                Quoted(table),
                Quoted(&column.name),
                identity_sql(identity)
            ))
            .guard(guard),
    );
    let own = sequence_of_identity(table, &column.name);
    let step = identity.options.increment;
    let before = aside.as_ref().map(Before::Sequence).or(before);
    out.push(go_on(&own, step, table, &column.name, before));
    if identity.numbers.is_some() {
        type_of_identity(out, table, column, identity);
    }
    if let Some(aside) = aside {
        out.push(Form::DropSequence.sql(format!("DROP SEQUENCE IF EXISTS {}", Quoted(&aside))));
        out.note = "its numbers go on".into();
    }
}

/// Gives the sequence of an identity the type that it is to have, with its bounds.
pub(super) fn type_of_identity(
    out: &mut Draft,
    table: &Name,
    column: &Column,
    identity: &Identity,
) {
    let (lowest, highest) = identity.options.bounds(&column.ty);
    let ty = identity.numbers.as_ref().unwrap_or(&column.ty);
    out.push(Form::AlterSequence.sql(format!(
        "ALTER SEQUENCE {} AS {} MINVALUE {lowest} MAXVALUE {highest}",
        Quoted(&identity.name_of_sequence(table, &column.name)),
        spell(ty)
    )));
}

/// The sequence of the identity of a column, as SQL that finds it.
pub(super) fn sequence_of_identity(table: &Name, column: &Ident) -> String {
    format!(
        "(SELECT objid::regclass FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.pg_class'::regclass \
         AND deptype = 'i' AND refclassid = 'pg_catalog.pg_class'::regclass AND refobjid = to_regclass({0}) AND refobjsubid = \
         (SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({0}) AND attname = {1} AND attidentity <> ''))",
        literal(table),
        quote_literal(column.as_str())
    )
}

/// The setting of the session that keeps the last number of an identity that goes, as SQL.
fn last_number(table: &Name, column: &Ident) -> String {
    format!(
        "'sync.last_number_' || pg_catalog.md5({})",
        quote_literal(&format!("{table}.{column}"))
    )
}

/// Keeps the last number of an identity that goes, as long as the session is there.
fn keep_number(table: &Name, column: &Ident) -> Statement {
    Form::KeepNumber.sql(format!(
        "SELECT pg_catalog.set_config({}, pg_catalog.pg_sequence_last_value({})::text, false)",
        last_number(table, column),
        sequence_of_identity(table, column)
    ))
}

/// The condition that a column does not number itself.
pub(super) fn has_no_identity(table: &Name, column: &Column) -> String {
    format!(
        "NOT {}",
        has_column(table, &column.name, "attidentity <> ''")
    )
}

/// What gave a column its numbers before.
pub(super) enum Before<'a> {
    /// A sequence that is still there.
    Sequence(&'a Name),
    /// Its identity; the session knows the last number.
    Identity,
}

/// Lets the numbers of a sequence that is new go on after those that are in the column, and after
/// those of what gave them before.
fn go_on(
    sequence: &str,
    step: Option<i64>,
    table: &Name,
    column: &Ident,
    before: Option<Before<'_>>,
) -> Statement {
    let (end, last) = if step.is_some_and(|step| step < 0) {
        ("min", "least")
    } else {
        ("max", "greatest")
    };
    let quoted = Quoted(column);
    // What is out of its bounds the sequence never gives. The table may be called `s`.
    let mut value = format!(
        "(SELECT {end}(t.{quoted}) FROM {} AS t WHERE t.{quoted} BETWEEN s.seqmin AND s.seqmax)",
        Quoted(table)
    );
    match &before {
        // A sequence of ours has given all numbers: the table, which may be large, is not read.
        Some(Before::Sequence(old)) if old.name.as_str().contains("_sync_numbers_") => {
            value = last_of(old);
        }
        Some(Before::Sequence(old)) => value = format!("{last}({value}, {})", last_of(old)),
        Some(Before::Identity) => {
            let kept = format!(
                "nullif(current_setting({}, true), '')::bigint",
                last_number(table, column)
            );
            value = format!(
                "{last}({value}, (SELECT n FROM (SELECT {kept}) AS l (n) WHERE n BETWEEN s.seqmin AND s.seqmax))"
            );
        }
        None => {}
    }
    let set = Form::RestartSequence.sql(format!(
        "SELECT pg_catalog.setval(s.seqrelid::regclass, m.value) FROM pg_catalog.pg_sequence s, LATERAL (SELECT {value} AS value) m \
         WHERE s.seqrelid = {sequence} AND m.value IS NOT NULL AND pg_catalog.pg_sequence_last_value(s.seqrelid) IS NULL"
    ));
    match before {
        Some(Before::Sequence(old)) => {
            set.guard(format!("to_regclass({}) IS NOT NULL", literal(old)))
        }
        Some(Before::Identity) | None => set,
    }
}

/// The last number that a sequence has given, as SQL, where it is within the bounds of `s`.
fn last_of(sequence: &Name) -> String {
    format!(
        "(SELECT last_value FROM {} WHERE is_called AND last_value BETWEEN s.seqmin AND s.seqmax)",
        Quoted(sequence)
    )
}

impl Writer<'_> {
    /// Has the sequences of a table as they are to be once it is logged, or is not any more: the server
    /// takes them along (PostgreSQL 15).
    pub(super) fn log_sequences(&self, out: &mut Draft, table: &Name, unlogged: bool) {
        if self.facts.version < 150_000 {
            return;
        }
        for (name, sequence) in &self.desired.sequences {
            let owner = sequence.owned_by.as_ref().map(|(owner, _)| owner);
            if owner == Some(table) && sequence.unlogged != unlogged {
                out.push(set_logged(name, !sequence.unlogged));
            }
        }
        let after = self.desired.tables.get(table);
        for column in after.into_iter().flat_map(|it| &it.columns) {
            let identity = column.identity.as_ref();
            if let Some((identity, logged)) = identity.and_then(|it| Some((it, it.logged?))) {
                let sequence = identity.name_of_sequence(table, &column.name);
                out.push(set_logged(&sequence, logged));
            }
        }
    }

    /// Takes its identity from a column. A sequence that is to number it from now on goes on after
    /// the last number.
    pub(super) fn drop_identity(&self, out: &mut Draft, table: &Name, column: &Ident) {
        let follows = |change: &Change| matches!(change, Change::AlterSequence { to, .. } if to.owned_by.as_ref().is_some_and(|owner| owner.0 == *table && owner.1 == *column));
        let after = self
            .desired
            .tables
            .get(table)
            .and_then(|it| it.column(column));
        if self.changes.iter().any(follows) || after.is_some_and(|it| self.follows(it).is_some()) {
            out.push(keep_number(table, column));
        }
        let (table, column) = (Quoted(table), Quoted(column));
        out.push(Form::AlterIdentity.sql(format!(
            "ALTER TABLE {table} ALTER COLUMN {column} DROP IDENTITY IF EXISTS"
        )));
    }

    /// Returns the new sequence, nobody's own, that a column takes numbers from.
    fn follows(&self, column: &Column) -> Option<(&Name, &Sequence)> {
        self.changes.iter().find_map(|change| {
            if let Change::CreateSequence { name, sequence } = change
                && sequence.owned_by.is_none()
                && column.takes_from(name)
            {
                Some((name, sequence))
            } else {
                None
            }
        })
    }

    /// Lets a new sequence that is nobody's own go on after the identity whose place it takes.
    pub(super) fn go_on_after_identity(&self, out: &mut Draft, table: &Name, column: &Column) {
        let before = self
            .table_before(table)
            .and_then(|it| it.column(&column.name));
        let had = before.is_some_and(|it| it.identity.is_some());
        if let Some((name, sequence)) = self.follows(column).filter(|_| had) {
            let own = format!("{}::regclass", literal(name));
            let step = sequence.options.increment;
            let before = Some(Before::Identity);
            out.push(go_on(&own, step, table, &column.name, before));
            out.note = "its numbers go on".into();
        }
    }

    /// Keeps the last numbers of a table that is made anew, for those that number it then.
    pub(super) fn keep_numbers(&self, out: &mut Draft, table: &Table) {
        for column in &table.columns {
            if column.identity.is_some() {
                out.push(keep_number(&table.name, &column.name));
            }
        }
    }

    /// What gave a column of a table that is made anew its numbers.
    pub(super) fn before_anew(&self, table: &Name, column: &Ident) -> Option<Before<'_>> {
        let before = self
            .live
            .tables
            .get(table)
            .filter(|_| self.is_anew(table))?;
        let identity = before.column(column)?.identity.as_ref();
        identity.map(|_| Before::Identity)
    }

    /// Adds a column that numbers itself to a large table: a sequence of ours numbers new rows and
    /// then those that are there, and the identity goes on after it. A run that was cut off leaves
    /// the sequence and a mark: the next one goes on.
    pub(super) fn number_later(&self, out: &mut Draft, table: &Name, column: &Column) {
        let Some(identity) = &column.identity else {
            return;
        };
        let own = format!("{}_{}", table.name, column.name);
        let sequence = table.sibling(temporary("numbers", &own));
        let next = Expr::printed(format!("nextval({})", literal(&sequence)));
        let open = Column {
            nullable: true,
            identity: None,
            not_null_name: None,
            ..column.clone()
        };
        let (owner, name) = (Quoted(table), Quoted(&column.name));
        let first = |statement: Statement| statement.guard(has_no_identity(table, column));
        self.add_unfilled(out, table, &open);
        let whose = self.owner_for(&sequence, false, table);
        let owned = format!("OWNED BY {owner}.{name}");
        let at_once = if whose.is_none() {
            format!(" {owned}")
        } else {
            String::new()
        };
        out.push(first(Form::CreateSequence.sql(format!(
            "CREATE SEQUENCE IF NOT EXISTS {} AS {}{}{at_once}",
            Quoted(&sequence),
            spell(&column.ty),
            sequence_options(&identity.options)
        ))));
        if let Some(whose) = whose {
            out.push(first(whose));
            let owned = format!("ALTER SEQUENCE {} {owned}", Quoted(&sequence));
            out.push(first(Form::AlterSequence.sql(owned)));
        }
        out.push(first(set_default(table, &open, Some(&next))));
        self.backfill(out, table, column, next.sql());
        self.set_not_null(out, table, &[column], None);
        add_identity(
            out,
            table,
            column,
            identity,
            Some(Before::Sequence(&sequence)),
        );
        self.unmark_unfilled(out, table, column);
        out.note = format!(
            "existing rows get their numbers afterwards ({})",
            self.figures(table)
        );
    }

    /// A sequence is altered; one that is new and becomes that of a column with numbers goes on after
    /// them.
    pub(super) fn alter_sequence(
        &self,
        out: &mut Draft,
        name: &Name,
        from: &Sequence,
        to: &Sequence,
    ) {
        let is_new = |change: &Change| matches!(change, Change::CreateSequence { name: new, .. } if new == name);
        let new = self.changes.iter().any(is_new);
        if let Some((table, _)) = &to.owned_by
            && from.owned_by != to.owned_by
            && let Some(owner) = self.owner_for(name, !new, table)
        {
            if from.owned_by.is_some() {
                let free = format!("ALTER SEQUENCE {} OWNED BY NONE", Quoted(name));
                out.push(Form::AlterSequence.sql(free));
            }
            out.push(owner);
        }
        // One that only lives on for a while may be gone when a script runs again.
        let goes = !self.desired.sequences.contains_key(name);
        alter_sequence(out, name, from, to, goes);
        let Some((table, column)) = &to.owned_by else {
            return;
        };
        let counts = self.table_before(table).is_some()
            && (self.desired.tables.get(table))
                .and_then(|table| table.column(column))
                .is_some_and(|column| is_number(&column.ty));
        if counts && new {
            let own = format!("{}::regclass", literal(name));
            let had = self.table_before(table).and_then(|it| it.column(column));
            let before = had.and_then(|it| it.identity.as_ref());
            let before = before.map(|_| Before::Identity);
            out.push(go_on(&own, to.options.increment, table, column, before));
            out.note = "its numbers go on after those that are there".into();
        }
    }
}
