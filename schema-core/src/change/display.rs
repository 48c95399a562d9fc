//! A change in one short line, for people: a sign, the kind of object, and what it is about.

use std::fmt;

use super::describe::{
    aspect_of_sequence, constraint_kind, constraint_name, describe_column, describe_constraint,
    describe_identity, describe_index, index_kind, index_name, list,
};
use super::{Change, ColumnChange, LabelPlace, Object};
use crate::schema::{Column, DataType, Expr, Generated, Name, Parameters, ReplicaIdentity, Table};
use crate::wording::plural;

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `+` adds, `~` alters, `-` drops.
    pub sign: char,
    /// `column`, `index`, `table` ...
    pub kind: &'static str,
    /// What it is about, without the table.
    pub text: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line { sign, kind, text } = line(self);
        let whole = matches!(
            self,
            Self::CreateTable { .. }
                | Self::DropTable { .. }
                | Self::RenameTable { .. }
                | Self::SetComment { .. }
        );
        match self.table() {
            Some(table) if !whole => write!(f, "{sign} {kind} {table}: {text}"),
            Some(_) | None => write!(f, "{sign} {kind} {text}"),
        }
    }
}

/// Tells which type becomes which. One that is made anew is called the same, whatever it is called in
/// between.
pub(crate) fn types(from: &DataType, to: &DataType) -> String {
    let own = match from.user() {
        Some(name) if name.is_aside() => {
            let mut own = from.clone();
            own.name = name.before_aside().name.as_str().into();
            own.to_string()
        }
        Some(_) | None => from.to_string(),
    };
    if own == to.to_string() {
        format!("{own} → {to} (made anew)")
    } else {
        format!("{own} → {to}")
    }
}

/// What is dropped, by the name that it had.
fn gone(name: &Name) -> String {
    if name.is_aside() {
        format!("{} as it was", name.before_aside())
    } else {
        name.to_string()
    }
}

/// What becomes of a name.
fn renamed(from: &Name, to: &Name) -> String {
    if *to == from.aside() {
        format!("{from} gives way to another one")
    } else {
        format!("{from} → {to}")
    }
}

/// Tells a change in one line. The table that it belongs to is left out.
pub fn line(change: &Change) -> Line {
    let (sign, kind, text) = match change {
        Change::CreateNamespace { name, .. } => ('+', "schema", name.to_string()),
        Change::DropNamespace { name } => ('-', "schema", name.to_string()),
        Change::CreateExtension { name, .. } => ('+', "extension", name.to_string()),
        Change::AlterExtension { name, from, to } => {
            let mut parts = Vec::new();
            if from.version != to.version {
                parts.push(arrow("version", from.version.as_ref(), to.version.as_ref()));
            }
            if from.schema != to.schema {
                parts.push(arrow("schema", from.schema.as_ref(), to.schema.as_ref()));
            }
            ('~', "extension", format!("{name} {}", parts.join(", ")))
        }
        Change::DropExtension { name } => ('-', "extension", name.to_string()),
        Change::CreateType { name, ty } => ('+', ty.keyword(), name.to_string()),
        Change::DropType { name, ty } => ('-', ty.keyword(), gone(name)),
        Change::RenameType { from, to, ty } => ('~', ty.keyword(), renamed(from, to)),
        Change::AddLabel { ty, label, place } => {
            let place = match place {
                LabelPlace::Before(other) => format!(" before '{other}'"),
                LabelPlace::After(other) => format!(" after '{other}'"),
                LabelPlace::Only => String::new(),
            };
            ('+', "value", format!("{ty} '{label}'{place}"))
        }
        Change::RenameLabel { ty, from, to } => ('~', "value", format!("{ty} '{from}' → '{to}'")),
        Change::ReplaceEnum { name, from, to, .. } => {
            let gone = without(from, to);
            let new = without(to, from);
            let mut parts = Vec::new();
            if !new.is_empty() {
                parts.push(format!("adds {new}"));
            }
            if !gone.is_empty() {
                parts.push(format!("drops {gone}"));
            }
            let stay = |labels: &[String], others: &[String]| -> Vec<String> {
                let stays = |label: &&String| others.contains(label);
                labels.iter().filter(stays).cloned().collect()
            };
            if stay(from, to) != stay(to, from) {
                parts.push("new order of values".into());
            }
            ('~', "type", format!("{name} {}", parts.join(", ")))
        }
        Change::AlterDomain { name, from, to } => {
            let mut parts = Vec::new();
            if from.not_null != to.not_null {
                let word = if to.not_null { "not null" } else { "nullable" };
                parts.push(word.to_owned());
            } else if from.not_null_name != to.not_null_name {
                let (from, to) = (from.not_null_name.as_ref(), to.not_null_name.as_ref());
                parts.push(arrow("name of not null", from, to));
            }
            if from.default != to.default {
                parts.push(arrow("default", from.default.as_ref(), to.default.as_ref()));
            }
            if from.checks != to.checks {
                parts.push("checks".into());
            }
            ('~', "domain", format!("{name} {}", parts.join(", ")))
        }
        Change::AlterComposite { name, .. } => ('~', "type", format!("{name} fields")),
        Change::CreateSequence { name, .. } => ('+', "sequence", name.to_string()),
        Change::DropSequence { name } => ('-', "sequence", gone(name)),
        Change::RenameSequence { from, to } => ('~', "sequence", renamed(from, to)),
        Change::AlterSequence { name, from, to } => {
            let mut parts = Vec::new();
            if from.ty != to.ty {
                parts.push(format!("{} → {}", from.ty, to.ty));
            }
            if from.owned_by != to.owned_by {
                parts.push(match &to.owned_by {
                    Some((table, column)) => format!("owned by {table}.{column}"),
                    None => "owned by none".into(),
                });
            }
            parts.extend(aspect_of_sequence(&from.options, &to.options));
            if from.unlogged != to.unlogged {
                parts.push(logged(to.unlogged));
            }
            ('~', "sequence", format!("{name} {}", parts.join(", ")))
        }
        Change::CreateTable { table } => ('+', "table", format!("{} {}", table.name, count(table))),
        Change::DropTable { table } => ('-', "table", gone(&table.name)),
        Change::RenameTable { from, to } => ('~', "table", renamed(from, to)),
        Change::AlterTable { from, to, .. } => {
            let mut parts = Vec::new();
            if from.unlogged != to.unlogged {
                parts.push(logged(to.unlogged));
            }
            parts.extend(settings(&from.with, &to.with));
            if from.replica_identity != to.replica_identity {
                let (from, to) = (
                    replica(&from.replica_identity),
                    replica(&to.replica_identity),
                );
                parts.push(format!("replica identity {from} → {to}"));
            }
            if from.row_security != to.row_security {
                parts.push(format!("row security {}", on(to.row_security)));
            }
            if from.row_security_forced != to.row_security_forced {
                parts.push(format!(
                    "forced row security {}",
                    on(to.row_security_forced)
                ));
            }
            if from.tablespace != to.tablespace {
                let (from, to) = (from.tablespace.as_ref(), to.tablespace.as_ref());
                parts.push(arrow("tablespace", from, to));
            }
            if from.access_method != to.access_method {
                let (from, to) = (from.access_method.as_ref(), to.access_method.as_ref());
                parts.push(arrow("access method", from, to));
            }
            if from.clustered_on != to.clustered_on {
                let (from, to) = (from.clustered_on.as_ref(), to.clustered_on.as_ref());
                parts.push(arrow("clustered on", from, to));
            }
            if from.strict != to.strict {
                parts.push(format!("strict {}", on(to.strict)));
            }
            if from.without_rowid != to.without_rowid {
                parts.push(format!("without rowid {}", on(to.without_rowid)));
            }
            ('~', "options", parts.join(", "))
        }
        Change::AttachPartition { partition, .. } => (
            '+',
            "partition",
            format!("of {} {}", partition.parent, partition.bound),
        ),
        Change::DetachPartition { partition, .. } => {
            ('-', "partition", format!("of {}", partition.parent))
        }
        Change::AddParent { parent, .. } => ('+', "parent", parent.to_string()),
        Change::DropParent { parent, .. } => ('-', "parent", parent.to_string()),
        Change::AlterRowType { from, to, .. } => {
            ('~', "type", arrow("of", from.as_ref(), to.as_ref()))
        }
        Change::AddColumn {
            column, backfill, ..
        } => {
            let mut text = describe_column(column);
            if let Some(backfill) = backfill {
                text.push_str(&format!(", existing rows get {backfill}"));
            }
            ('+', "column", text)
        }
        Change::DropColumn { column, .. } => ('-', "column", column.name.to_string()),
        Change::RenameColumn { from, to, .. } => ('~', "column", format!("{from} → {to}")),
        Change::AlterColumn { column, change, .. } => (
            '~',
            "column",
            format!("{} {}", column.name, aspect(column, change)),
        ),
        Change::AddConstraint { constraint, .. } => (
            '+',
            constraint_kind(constraint),
            describe_constraint(constraint),
        ),
        Change::DropConstraint { constraint, .. } => (
            '-',
            constraint_kind(constraint),
            constraint_name(constraint),
        ),
        Change::RenameConstraint { from, to, .. } => ('~', "constraint", format!("{from} → {to}")),
        Change::ValidateConstraint { constraint, .. } => (
            '~',
            constraint_kind(constraint),
            format!("{} proven for existing rows", constraint_name(constraint)),
        ),
        Change::AlterConstraint { from, to, .. } => {
            let mut parts = Vec::new();
            if let (Some(from), Some(to)) = (from.kind.parameters(), to.kind.parameters()) {
                parts.extend(settings(from, to));
            }
            if from.deferrable != to.deferrable || from.initially_deferred != to.initially_deferred
            {
                parts.push(match (to.deferrable, to.initially_deferred) {
                    (_, true) => "deferrable initially deferred".to_owned(),
                    (true, false) => "deferrable initially immediate".to_owned(),
                    (false, false) => "not deferrable".to_owned(),
                });
            }
            if from.not_enforced != to.not_enforced {
                parts.push(if to.not_enforced {
                    "not enforced".to_owned()
                } else {
                    "enforced".to_owned()
                });
            }
            let name = match from.name == to.name {
                true => constraint_name(to),
                false => format!("{} → {}", constraint_name(from), constraint_name(to)),
            };
            let text = format!("{name} {}", parts.join(", "));
            ('~', constraint_kind(to), text.trim_end().to_owned())
        }
        Change::CreateIndex { index, .. } => ('+', index_kind(index), describe_index(index)),
        Change::DropIndex { index, .. } => ('-', index_kind(index), index_name(index)),
        Change::RenameIndex { from, to, .. } => ('~', "index", format!("{from} → {to}")),
        Change::AlterIndex { from, to, .. } => {
            let mut parts = settings(&from.with, &to.with);
            if from.statistics != to.statistics {
                parts.push("statistics".into());
            }
            if from.tablespace != to.tablespace {
                let (from, to) = (from.tablespace.as_ref(), to.tablespace.as_ref());
                parts.push(arrow("tablespace", from, to));
            }
            let name = match from.name == to.name {
                true => index_name(to),
                false => format!("{} → {}", index_name(from), index_name(to)),
            };
            let text = format!("{name} {}", parts.join(", "));
            ('~', "index", text.trim_end().to_owned())
        }
        Change::CreateStatistics { name, statistics } => {
            ('+', "statistics", format!("{name} ({})", statistics.said()))
        }
        Change::DropStatistics { name, .. } => ('-', "statistics", name.to_string()),
        Change::AlterStatistics { name, from, to } => {
            let target = arrow("target", from.target.as_ref(), to.target.as_ref());
            ('~', "statistics", format!("{name} {target}"))
        }
        Change::TieIndex { index, to, .. } if to.is_empty() => {
            ('~', "index", format!("{index} goes with no extension"))
        }
        Change::TieIndex { index, to, .. } => {
            let names: Vec<_> = to.iter().collect();
            let text = format!("{index} goes with extension {}", list(&names));
            ('~', "index", text)
        }
        Change::SetComment { object, from, to } => {
            let sign = match (from, to) {
                (None, Some(_)) => '+',
                (Some(_), None) => '-',
                (Some(_), Some(_)) | (None, None) => '~',
            };
            (sign, "comment", format!("on {}", describe_object(object)))
        }
        Change::DropOther {
            other,
            again: false,
        } => ('-', "other", format!("{} {}", other.kind, other.name)),
        Change::DropOther { other, .. } => (
            '~',
            "other",
            format!("{} {}: dropped, made again below", other.kind, other.name),
        ),
        Change::CreateOther { other } => (
            '~',
            "other",
            format!("{} {}: made again", other.kind, other.name),
        ),
        Change::CreateFunction { function } => (
            '+',
            "function",
            format!("{}({})", function.name, function.signature),
        ),
    };
    Line { sign, kind, text }
}

/// `(3 columns, 1 constraint, 2 indexes)`.
fn count(table: &Table) -> String {
    let mut parts = vec![plural(table.columns.len(), "column", "columns")];
    if !table.constraints.is_empty() {
        parts.push(plural(table.constraints.len(), "constraint", "constraints"));
    }
    if !table.indexes.is_empty() {
        parts.push(plural(table.indexes.len(), "index", "indexes"));
    }
    format!("({})", parts.join(", "))
}

fn logged(unlogged: bool) -> String {
    match unlogged {
        true => "logged → unlogged".into(),
        false => "unlogged → logged".into(),
    }
}

fn replica(identity: &ReplicaIdentity) -> String {
    match identity {
        ReplicaIdentity::Default => "default".into(),
        ReplicaIdentity::Full => "full".into(),
        ReplicaIdentity::Nothing => "nothing".into(),
        ReplicaIdentity::Index(name) => format!("index {name}"),
    }
}

fn on(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

fn arrow(word: &str, from: Option<&impl fmt::Display>, to: Option<&impl fmt::Display>) -> String {
    let show = |value: Option<String>| value.unwrap_or_else(|| "none".into());
    format!(
        "{word} {} → {}",
        show(from.map(ToString::to_string)),
        show(to.map(ToString::to_string))
    )
}

/// The labels of `of` that are not in `others`, quoted.
fn without(of: &[String], others: &[String]) -> String {
    let labels: Vec<String> = of
        .iter()
        .filter(|label| !others.contains(label))
        .map(|label| format!("'{label}'"))
        .collect();
    labels.join(", ")
}

fn settings(from: &Parameters, to: &Parameters) -> Vec<String> {
    if from != to && from.same(to) {
        return vec!["parameters in another order".into()];
    }
    let set = to
        .iter()
        .filter(|(key, value)| from.get(key) != Some(value))
        .map(|(key, value)| format!("{key} = {value}"));
    let reset = from
        .keys()
        .filter(|key| !to.contains_key(key))
        .map(|key| format!("{key} reset"));
    set.chain(reset).collect()
}

fn aspect(column: &Column, change: &ColumnChange) -> String {
    let existing = |backfill: &Option<Expr>| match backfill {
        Some(expr) => format!(", existing NULLs become {expr}"),
        None => String::new(),
    };
    match change {
        ColumnChange::Type { from, using } => {
            let mut text = if from.ty == column.ty {
                arrow(
                    "collation",
                    from.collation.as_ref(),
                    column.collation.as_ref(),
                )
            } else {
                types(&from.ty, &column.ty)
            };
            if let Some(using) = using {
                text.push_str(&format!(" using {using}"));
            }
            text
        }
        ColumnChange::Values { renamed } => {
            let arrows = renamed
                .iter()
                .map(|(old, new)| format!("'{old}' → '{new}'"));
            format!("values {}", arrows.collect::<Vec<_>>().join(", "))
        }
        ColumnChange::DropNotNull { .. } => "not null → nullable".into(),
        ColumnChange::SetNotNull { backfill } => {
            format!("nullable → not null{}", existing(backfill))
        }
        ColumnChange::Fill { value } => format!("rows that have none yet get {value}"),
        ColumnChange::ValidateNotNull { .. } => "not null proven for existing rows".into(),
        ColumnChange::ReopenNotNull => "not null made again, not valid".into(),
        ColumnChange::InheritNotNull { no_inherit: true } => "not null is not inherited".into(),
        ColumnChange::InheritNotNull { no_inherit: false } => "not null is inherited".into(),
        ColumnChange::OwnNotNull => "not null from above → its own too".into(),
        ColumnChange::RenameNotNull { from, to } => {
            arrow("name of not null", from.as_ref(), to.as_ref())
        }
        ColumnChange::Default {
            from: Some(from),
            to: Some(to),
        } if from == to || from.sql() == to.sql() => format!("default {to} said again"),
        ColumnChange::Default { from, to } => arrow("default", from.as_ref(), to.as_ref()),
        ColumnChange::Identity { from, to } => match (from, to) {
            (Some(from), Some(to)) => {
                let words = [
                    (from.sequence != to.sequence).then_some("name of its sequence"),
                    (from.numbers != to.numbers).then_some("type of its sequence"),
                    (from.logged != to.logged).then_some("its sequence is logged otherwise"),
                ];
                let words = words.into_iter().flatten().map(str::to_owned);
                let options = aspect_of_sequence(&from.options, &to.options);
                let options = options.into_iter().map(|it| format!("identity {it}"));
                let (old, new) = (describe_identity(from), describe_identity(to));
                let kind = (old != new).then(|| format!("{old} → {new}"));
                let told: Vec<String> = kind.into_iter().chain(options).chain(words).collect();
                told.join(", ")
            }
            (None, Some(to)) => format!("→ {}", describe_identity(to)),
            (_, None) => "no longer identity".into(),
        },
        ColumnChange::Generated { from, to } => {
            let show = |generated: &Generated| generated.expr.to_string();
            let (from, to) = (from.as_deref().map(show), to.as_deref().map(show));
            arrow("generated as", from.as_ref(), to.as_ref())
        }
        ColumnChange::Storage { from, to } => arrow("storage", from.as_ref(), to.as_ref()),
        ColumnChange::Compression { from, to } => arrow("compression", from.as_ref(), to.as_ref()),
        ColumnChange::Statistics { from, to } => arrow("statistics", from.as_ref(), to.as_ref()),
        ColumnChange::Options { from, to } => settings(from, to).join(", "),
    }
}

fn describe_object(object: &Object) -> String {
    match object {
        Object::Namespace(name) => format!("schema {name}"),
        Object::Extension(name) => format!("extension {name}"),
        Object::Type(name) => format!("type {name}"),
        Object::Domain(name) => format!("domain {name}"),
        Object::Sequence(name) => format!("sequence {name}"),
        Object::Table(name) => format!("table {name}"),
        Object::Column(table, name) => format!("column {table}.{name}"),
        Object::Constraint(table, name) => format!("constraint {table}.{name}"),
        Object::DomainConstraint(domain, name) => format!("constraint {domain}.{name}"),
        Object::Index(name) => format!("index {name}"),
        Object::Statistics(name) => format!("statistics {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Index, IndexPart, Name};

    #[test]
    fn a_column_is_told_in_one_line() {
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
        let told = line(&change);
        assert_eq!((told.sign, told.kind), ('+', "column"));
        assert_eq!(told.text, "note text");
        assert_eq!(change.to_string(), "+ column orders: note text");
    }

    #[test]
    fn an_index_is_told_with_its_parts() {
        let mut part = IndexPart::column("placed_at");
        part.descending = true;
        let index = Index {
            name: Some("orders_placed_at_idx".into()),
            parts: vec![part],
            ..Index::default()
        };
        let change = Change::CreateIndex {
            table: Name::bare("orders"),
            index,
        };
        assert_eq!(line(&change).text, "orders_placed_at_idx (placed_at desc)");
    }
}
