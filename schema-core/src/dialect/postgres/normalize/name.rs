//! Writes names in full: a bare one stands in `public`.

use std::collections::BTreeMap;

use crate::schema::{ConstraintKind, Hints, Ident, Name, Schema, Table};

/// Puts bare names into `public`, and makes an entry for each schema that is used.
pub(super) fn qualify(schema: &mut Schema, errors: &mut Vec<String>) {
    schema.types = named("type", std::mem::take(&mut schema.types), errors);
    schema.sequences = named("sequence", std::mem::take(&mut schema.sequences), errors);
    schema.tables = named("table", std::mem::take(&mut schema.tables), errors);
    schema.statistics = named("statistics", std::mem::take(&mut schema.statistics), errors);
    for (name, table) in &mut schema.tables {
        table.update(|table| qualify_table(name, table));
    }
    for sequence in schema.sequences.values_mut() {
        if let Some((table, _)) = &mut sequence.owned_by {
            full(table);
        }
    }
    for statistics in schema.statistics.values_mut() {
        full(&mut statistics.table);
    }
    let hints = std::mem::take(&mut schema.hints);
    schema.hints = Hints {
        renamed_tables: hints.renamed_tables.into_iter().map(in_full).collect(),
        renamed_columns: hints
            .renamed_columns
            .into_iter()
            .map(pair_in_full)
            .collect(),
        renamed_types: hints.renamed_types.into_iter().map(in_full).collect(),
        renamed_labels: hints.renamed_labels.into_iter().map(pair_in_full).collect(),
        renamed_values: hints.renamed_values.into_iter().map(pair_in_full).collect(),
        backfills: hints.backfills.into_iter().map(pair_in_full).collect(),
        usings: hints.usings.into_iter().map(pair_in_full).collect(),
        sources: hints.sources.into_iter().map(in_full).collect(),
        fields: hints.fields.into_iter().map(pair_in_full).collect(),
        lacks: hints.lacks,
        unmanaged: hints
            .unmanaged
            .into_iter()
            .map(|name| in_full((name, ())).0)
            .collect(),
    };
    let used: Vec<Ident> = (schema.tables.keys())
        .chain(schema.types.keys())
        .chain(schema.sequences.keys())
        .chain(schema.statistics.keys())
        .filter_map(|name| name.schema.clone())
        .collect();
    for name in used {
        schema.namespaces.entry(name).or_default();
    }
}

fn qualify_table(name: &Name, table: &mut Table) {
    table.name = name.clone();
    for constraint in &mut table.constraints {
        if let ConstraintKind::ForeignKey(key) = &mut constraint.kind {
            full(&mut key.table);
        }
    }
    if let Some(partition) = &mut table.partition_of {
        full(&mut partition.parent);
    }
    table.inherits.iter_mut().for_each(full);
    table.of_type.iter_mut().for_each(full);
    let identities = table
        .columns
        .iter_mut()
        .filter_map(|column| column.identity.as_mut());
    for identity in identities {
        if let Some(sequence) = &mut identity.sequence {
            full(sequence);
        }
    }
}

fn full(name: &mut Name) {
    name.schema.get_or_insert_with(|| "public".into());
}

fn in_full<T>((mut name, value): (Name, T)) -> (Name, T) {
    full(&mut name);
    (name, value)
}

fn pair_in_full<K, T>(((mut name, part), value): ((Name, K), T)) -> ((Name, K), T) {
    full(&mut name);
    ((name, part), value)
}

fn named<T>(kind: &str, map: BTreeMap<Name, T>, errors: &mut Vec<String>) -> BTreeMap<Name, T> {
    let mut named = BTreeMap::new();
    for (name, value) in map.into_iter().map(in_full) {
        if named.contains_key(&name) {
            errors.push(format!(
                "{kind} `{name}`: it is there twice, with and without `public`"
            ));
        }
        named.insert(name, value);
    }
    named
}
