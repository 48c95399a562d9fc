//! What a schema asks for and only later versions of the server have.

use crate::schema::{ConstraintKind, GeneratedKind, Ident, Schema, Table};

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
