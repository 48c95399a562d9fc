//! Random schemas: the laws that need no database.

use proptest::prelude::*;
use schema_core::change::replay;
use schema_core::diff::{Extra, diff};
use schema_core::facts::Facts;
use schema_core::plan::{PlanOptions, plan};
use schema_core::schema::{
    Column, Constraint, ConstraintKind, DataType, EnumType, Expr, Family, ForeignKey, Ident, Index,
    IndexPart, Key, Name, Schema, Table, UserType,
};

fn column() -> impl Strategy<Value = Column> {
    (
        0..4usize,
        0..3usize,
        any::<bool>(),
        any::<bool>(),
        proptest::option::of("[a-z]{3}"),
    )
        .prop_map(|(name, ty, nullable, default, comment)| Column {
            name: Ident::new(["a", "b", "c", "d"][name]),
            ty: DataType::builtin(["integer", "text", "bigint"][ty]),
            nullable,
            default: default.then(|| Expr::new("1")),
            comment,
            ..Column::default()
        })
}

fn table(name: &'static str) -> impl Strategy<Value = Table> {
    let columns = proptest::collection::vec(column(), 1..4);
    (columns, any::<[bool; 5]>()).prop_map(move |(mut columns, flags)| {
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        columns.dedup_by(|a, b| a.name == b.name);
        let first = columns[0].name.clone();
        let last = columns[columns.len() - 1].name.clone();
        let key = |column: &Ident| Key {
            columns: vec![column.clone()],
            ..Key::default()
        };
        let mut constraints = Vec::new();
        if flags[0] {
            columns[0].nullable = false;
            constraints.push(Constraint::new(ConstraintKind::PrimaryKey(key(&first))));
        }
        if flags[1] {
            constraints.push(Constraint::new(ConstraintKind::Unique(key(&last))));
        }
        if flags[2] {
            let expr = Expr::new(format!("({last} > 0)"));
            constraints.push(Constraint::new(ConstraintKind::Check {
                expr,
                no_inherit: false,
            }));
        }
        let mut indexes = Vec::new();
        if flags[3] {
            let mut part = IndexPart::column(last.clone());
            part.descending = flags[4];
            part.nulls_first = Some(flags[4]);
            indexes.push(Index {
                parts: vec![part],
                ..Index::default()
            });
        }
        Table {
            name: Name::new("public", name),
            columns,
            constraints,
            indexes,
            ..Table::default()
        }
    })
}

fn schema() -> impl Strategy<Value = Schema> {
    let tables = (
        proptest::option::of(table("t")),
        proptest::option::of(table("u")),
        proptest::option::of(table("v")),
    );
    (tables, any::<[bool; 3]>(), 0..4usize).prop_map(|((t, u, v), flags, labels)| {
        let mut schema = Schema::default();
        for table in [t, u, v].into_iter().flatten() {
            schema.tables.insert(table.name.clone(), table.into());
        }
        if labels > 0 {
            let labels = ["x", "y", "z"][..labels]
                .iter()
                .map(|label| (*label).into())
                .collect();
            let ty = UserType::Enum(EnumType {
                labels,
                comment: None,
            });
            schema.types.insert(Name::new("public", "mood"), ty);
        }
        // Foreign keys, in cycles too, to tables with a primary key.
        let keys: Vec<(Name, Ident)> = schema
            .tables
            .values()
            .filter_map(|table| Some((table.name.clone(), table.primary_key()?.columns[0].clone())))
            .collect();
        for (at, table) in schema.tables.values_mut().enumerate() {
            if let Some((parent, column)) = keys.get(at).filter(|_| flags[at % 3]) {
                let key = ForeignKey {
                    columns: vec![table.columns[0].name.clone()],
                    table: parent.clone(),
                    references: vec![column.clone()],
                    ..ForeignKey::default()
                };
                table
                    .constraints
                    .push(Constraint::new(ConstraintKind::ForeignKey(key)));
            }
        }
        schema
    })
}

/// Names what nobody named, as a database would.
fn named(schema: &Schema) -> Schema {
    diff(&Schema::default(), schema, Extra::Prune).desired
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_schema_does_not_differ_from_itself(schema in schema()) {
        let live = named(&schema);
        prop_assert_eq!(diff(&live, &schema, Extra::Prune).changes, vec![]);
    }

    #[test]
    fn replaying_the_plan_gives_the_desired(live in schema(), desired in schema()) {
        let live = named(&live);
        let options = PlanOptions { extra: Extra::Prune, ..PlanOptions::default() };
        let plan = plan(Family::Postgres, &live, &desired, &Facts::default(), &options);
        prop_assert_eq!(&plan.refusals, &vec![]);
        let replayed = replay(live, &plan.changes).map_err(|error| {
            TestCaseError::fail(error.to_string())
        })?;
        prop_assert_eq!(diff(&replayed, &desired, Extra::Prune).changes, vec![]);
    }

    #[test]
    fn without_prune_nothing_is_dropped(live in schema(), desired in schema()) {
        let live = named(&live);
        let options = PlanOptions::default();
        let plan = plan(Family::Postgres, &live, &desired, &Facts::default(), &options);
        let replayed = replay(live.clone(), &plan.changes).map_err(|error| {
            TestCaseError::fail(error.to_string())
        })?;
        for (name, table) in &live.tables {
            let after = &replayed.tables[name];
            for column in &table.columns {
                prop_assert!(after.column(&column.name).is_some());
            }
        }
    }
}
