//! The tables in which migration tools note what they ran: nobody's model, and never dropped.

use super::{Name, Schema};

/// Their names, which nobody else uses, and whose they are.
const TABLES: [(&str, &str); 16] = [
    ("__EFMigrationsHistory", "Entity Framework"),
    ("__diesel_schema_migrations", "diesel"),
    ("__drizzle_migrations", "Drizzle"),
    ("_prisma_migrations", "Prisma"),
    ("_sqlx_migrations", "sqlx"),
    ("alembic_version", "Alembic"),
    ("ar_internal_metadata", "Rails"),
    ("databasechangelog", "Liquibase"),
    ("databasechangeloglock", "Liquibase"),
    ("django_migrations", "Django"),
    ("flyway_schema_history", "Flyway"),
    ("goose_db_version", "goose"),
    ("knex_migrations", "Knex"),
    ("refinery_schema_history", "refinery"),
    ("schema_migrations", "Rails, dbmate or golang-migrate"),
    ("seaql_migrations", "SeaORM"),
];

/// Returns the tool whose bookkeeping a table is.
pub fn bookkeeper(table: &Name) -> Option<&'static str> {
    let known = TABLES.iter().find(|(name, _)| *name == table.name.as_str());
    known.map(|(_, tool)| *tool)
}

/// Takes bookkeeping out of a schema, but for tables that are to stay.
pub(crate) fn take(
    schema: &mut Schema,
    stays: impl Fn(&Name) -> bool,
) -> Vec<(Name, &'static str)> {
    let names = schema.tables.keys().filter(|name| !stays(name));
    let kept: Vec<_> = names
        .filter_map(|name| Some((name.clone(), bookkeeper(name)?)))
        .collect();
    for (name, _) in &kept {
        schema.tables.remove(name);
        schema.sequences.retain(|_, sequence| {
            let owner = sequence.owned_by.as_ref().map(|(table, _)| table);
            owner != Some(name)
        });
        schema.statistics.retain(|_, it| it.table != *name);
    }
    kept
}
