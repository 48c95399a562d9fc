//! What a schema asks for and only later versions of the server have.

use crate::schema::{ConstraintKind, DataType, GeneratedKind, Ident, Schema, Table, UserType};

/// Takes off what a server of this version does not tell apart: comments on the NOT NULL of a domain
/// (17), and whether the sequence of a column is logged as its table is (15).
pub fn leave_to_the_server(desired: &mut Schema, version: u32) {
    let major = version / 10_000;
    if (1..17).contains(&major) {
        for ty in desired.types.values_mut() {
            if let UserType::Domain(domain) = ty {
                domain.not_null_comment = None;
            }
        }
    }
    if (1..15).contains(&major) {
        let tables = &desired.tables;
        for sequence in desired.sequences.values_mut() {
            let owner = sequence.owned_by.as_ref();
            let table = owner.and_then(|(table, _)| tables.get(table));
            if table.is_some_and(|table| table.options.unlogged) {
                sequence.unlogged = false;
            }
        }
    }
}

/// Returns each as `object: reason`; nothing where the version is not known.
pub(super) fn lacking(desired: &Schema, version: u32) -> Vec<String> {
    let major = version / 10_000;
    let mut out = Vec::new();
    if major == 0 {
        return out;
    }
    let mut need = |object: String, what: &str, since: u32| {
        if major < since {
            out.push(format!(
                "{object}: {what} needs PostgreSQL {since} or later, and this server is {major}"
            ));
        }
    };
    for (name, table) in &desired.tables {
        if !desired.hints.unmanaged.contains(name) {
            of_table(table, &mut need);
        }
    }
    for (name, sequence) in &desired.sequences {
        if sequence.unlogged {
            need(format!("sequence {name}"), "UNLOGGED", 15);
        }
    }
    for (name, statistics) in &desired.statistics {
        if statistics.on.len() > statistics.columns.len() {
            need(format!("statistics {name}"), "an expression", 14);
        }
    }
    let takes_unlogged = major < 18;
    for (name, table) in &desired.tables {
        let managed = !desired.hints.unmanaged.contains(name);
        if managed && table.partition_by.is_some() && table.options.unlogged && !takes_unlogged {
            out.push(format!(
                "table {name}: a partitioned table cannot be UNLOGGED; say it of its partitions"
            ));
        }
    }
    out
}

fn of_table(table: &Table, need: &mut dyn FnMut(String, &str, u32)) {
    let name = &table.name;
    for column in &table.columns {
        let object = || format!("{name}.{}", column.name);
        if column.ty.user().is_none()
            && column.ty.name == "numeric"
            && is_finer_than_its_digits(&column.ty)
        {
            need(object(), "a scale below zero, or above the precision,", 15);
        }
        if column.compression.is_some() {
            need(object(), "a compression of its own", 14);
        }
        let generated = column.generated.as_ref().map(|it| it.kind);
        if generated == Some(GeneratedKind::Virtual) {
            need(object(), "a virtual generated column", 18);
        }
        if column
            .identity
            .as_ref()
            .is_some_and(|it| it.logged.is_some())
        {
            need(
                object(),
                "a sequence that is logged otherwise than its table",
                15,
            );
        }
        if column.not_null_no_inherit {
            need(object(), "NOT NULL NO INHERIT", 18);
        }
    }
    for constraint in &table.constraints {
        let of = |columns: &[Ident]| format!("{name} ({})", list(columns));
        if constraint.not_enforced {
            let named = constraint
                .name
                .as_ref()
                .map_or("a constraint", Ident::as_str);
            need(format!("{name}.{named}"), "NOT ENFORCED", 18);
        }
        match &constraint.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                if key.nulls_not_distinct {
                    need(of(&key.columns), NULLS, 15);
                }
                if key.without_overlaps {
                    need(of(&key.columns), "WITHOUT OVERLAPS", 18);
                }
            }
            ConstraintKind::ForeignKey(key) => {
                if !key.on_delete_columns.is_empty() {
                    need(of(&key.columns), "ON DELETE of some columns alone", 15);
                }
                if key.period {
                    need(of(&key.columns), "PERIOD", 18);
                }
            }
            ConstraintKind::Exclude(_) if table.partition_by.is_some() => {
                need(name.to_string(), "EXCLUDE on a partitioned table", 17);
            }
            ConstraintKind::Check { .. } | ConstraintKind::Exclude(_) => {}
        }
    }
    for index in table.indexes.iter().filter(|it| it.nulls_not_distinct) {
        let named = index.name.as_ref().map_or("an index", Ident::as_str);
        need(format!("{name}.{named}"), NULLS, 15);
    }
}

const NULLS: &str = "NULLS NOT DISTINCT";

fn list(columns: &[Ident]) -> String {
    let names: Vec<&str> = columns.iter().map(Ident::as_str).collect();
    names.join(", ")
}

/// Tells whether the scale of a number is none that every version takes.
fn is_finer_than_its_digits(ty: &DataType) -> bool {
    let numbers = ty.modifiers.split_once(',');
    let numbers = numbers.and_then(|(all, scale)| Some((all.parse().ok()?, scale.parse().ok()?)));
    numbers.is_some_and(|(all, scale): (i32, i32)| scale < 0 || scale > all)
}

#[cfg(test)]
mod tests {
    use super::{lacking, leave_to_the_server};
    use crate::schema::{Column, DataType, Name, Schema, Sequence, Table};

    fn schema() -> Schema {
        let name = Name::new("public", "t");
        let mut table = Table {
            name: name.clone(),
            columns: vec![Column {
                name: "c".into(),
                ty: DataType {
                    modifiers: "6,-2".into(),
                    ..DataType::builtin("numeric")
                },
                ..Column::default()
            }],
            ..Table::default()
        };
        table.options.unlogged = true;
        let sequence = Sequence {
            owned_by: Some((name.clone(), "c".into())),
            unlogged: true,
            ..Sequence::default()
        };
        let mut schema = Schema::default();
        schema.sequences.insert(Name::new("public", "s"), sequence);
        schema.tables.insert(name, table.into());
        schema
    }

    #[test]
    fn older_servers_do_not_tell_it_apart() {
        for (version, unlogged) in [(0, true), (140_000, false), (170_000, true)] {
            let mut schema = schema();
            leave_to_the_server(&mut schema, version);
            let sequence = &schema.sequences[&Name::new("public", "s")];
            assert_eq!(sequence.unlogged, unlogged, "{version}");
        }
    }

    #[test]
    fn a_scale_of_another_kind_needs_a_later_server() {
        let mut schema = schema();
        leave_to_the_server(&mut schema, 140_000);
        assert_eq!(
            lacking(&schema, 140_000),
            [
                "t.c: a scale below zero, or above the precision, needs PostgreSQL 15 or later, and this server is 14"
            ]
        );
        assert!(lacking(&schema, 150_000).is_empty());
    }
}
