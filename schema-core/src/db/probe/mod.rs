//! Questions to the data before the first statement: what would fail is refused with the rows.

mod domain;
mod kept;
mod labels;
mod numbers;
mod partition;
mod stored;
mod types;
mod within;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use self::stored::{Origin, Rows, Stored};
use super::{DbError, Session};
use crate::change::{Change, ColumnChange, descendants, replay};
use crate::dialect::postgres::fit::Fit;
use crate::plan::{Plan, Refusal};
use crate::schema::{
    Column, Constraint, ConstraintKind, Exclude, Expr, Family, Ident, Index, IndexKey, Name,
    Quoted, Schema, Table,
};
use crate::wording::thousands;

/// How long the rows are looked at for one that is in the way.
const LOOK: Duration = Duration::from_secs(10);

/// How long such rows are counted, and how many at most.
const COUNT: Duration = Duration::from_secs(5);
const MOST: i64 = 1_000;

/// A question to the rows, and what is refused when there are such.
pub(crate) struct Question {
    /// What it is about.
    pub(crate) object: String,
    /// Rows in the way, as `FROM .. WHERE ..`.
    pub(crate) rows: String,
    /// What is selected to show them.
    pub(crate) show: String,
    /// The refusal; `{n}` is the number.
    pub(crate) message: String,
    /// What can be done about it.
    pub(crate) cures: Vec<String>,
}

/// Asks what the plan depends on, and adds refusals for what is in the way. What cannot be asked,
/// or takes too long, is said.
pub(super) async fn probe(session: &mut Session, live: &Schema, plan: &mut Plan) {
    if plan.changes.is_empty() {
        return;
    }
    if plan.family == Family::Sqlite {
        let questions = crate::dialect::sqlite::questions(live, plan);
        return ask(session, questions, plan).await;
    }
    let before = Before::new(live, plan);
    let stored = stored(&before, plan);
    let questions = questions(&before, plan, &stored);
    compute(session, &stored, plan).await;
    ask(session, questions, plan).await;
    numbers::numbers(&before, session, plan).await;
    unasked(&before, plan);
}

/// Asks whether there are rows in the way, and counts them.
async fn ask(session: &mut Session, questions: Vec<Question>, plan: &mut Plan) {
    for question in questions {
        let Question { object, rows, .. } = &question;
        // Existence first: where there is such a row it is often found long before all are read.
        let found = session
            .ask(&format!("SELECT EXISTS (SELECT 1 {rows})::int::int8"), LOOK)
            .await;
        match found {
            Ok(0) => {}
            Ok(_) => {
                let count = format!(
                    "SELECT count(*) FROM (SELECT 1 {rows} LIMIT {}) counted",
                    MOST + 1
                );
                let count = session.ask(&count, COUNT).await;
                let figure = figure(count.unwrap_or(0));
                plan.refusals.push(Refusal {
                    message: question.message.replace("{n}", &figure),
                    find: Some(format!("SELECT {} {rows} LIMIT 20", question.show)),
                    object: question.object,
                    cures: question.cures,
                });
            }
            // A value that cannot be computed has been refused.
            Err(error) if is_of_values(&error, VALUES) && is_refused(plan, object) => {}
            Err(error) => plan.notes.push(unanswered(object, error)),
        }
    }
}

/// Classes of SQLSTATE that tell what is wrong with a value.
const VALUES: &[&str] = &["22", "23"];

fn is_of_values(error: &DbError, classes: &[&str]) -> bool {
    // What may not be read says nothing of values.
    error.code != "42501" && classes.iter().any(|it| error.code.starts_with(it))
}

/// Tells whether something of the same table is refused.
fn is_refused(plan: &Plan, object: &str) -> bool {
    let of = |object: &str| object.rsplit_once('.').map(|it| it.0.to_owned());
    let table = of(object);
    table.is_some() && plan.refusals.iter().any(|it| of(&it.object) == table)
}

/// Lets the server compute what columns get.
async fn compute(session: &mut Session, stored: &BTreeMap<Name, Stored>, plan: &mut Plan) {
    for computed in types::computed(plan, stored) {
        let refusal = |message: String, find: Option<String>| Refusal {
            object: computed.object.clone(),
            message,
            find,
            cures: vec![computed.cure.into()],
        };
        let word = computed.word;
        match session.ask(&computed.sql, LOOK).await {
            Ok(0) => {}
            Ok(_) => {
                let message =
                    format!("{word} gives a value that the column refuses: NULL, or too long");
                plan.refusals.push(refusal(message, Some(computed.find)));
            }
            Err(error) if is_of_values(&error, computed.is_final) => {
                let message = format!("{word} fails: {}", error.message);
                plan.refusals.push(refusal(message, None));
            }
            Err(error) => plan.notes.push(unanswered(&computed.object, error)),
        }
    }
}

fn unanswered(object: &str, error: DbError) -> String {
    let reason = if error.code == "57014" {
        format!("that takes longer than {} s", LOOK.as_secs())
    } else {
        // Without hints.
        error.message.lines().next().unwrap_or_default().to_owned()
    };
    format!(
        "{object}: its rows are not checked beforehand: {reason}; if they are in the way, the apply fails there and rolls that step back"
    )
}

/// Says which type changes cannot be asked about.
fn unasked(before: &Before<'_>, plan: &mut Plan) {
    let mut notes = Vec::new();
    for change in &plan.changes {
        if let Some((table, column, Fit::Unknown)) = types::retyped(before, plan, change) {
            notes.push(format!(
                "{table}.{column}: whether its values fit the new type is not checked beforehand; if they do not, the apply fails there and rolls that step back"
            ));
        }
    }
    plan.notes.extend(notes);
}

/// Says a number; 0 is one that could not be counted.
fn figure(n: i64) -> String {
    match n {
        0 => "rows".into(),
        1 => "1 row".into(),
        _ if n > MOST => format!("more than {} rows", thousands(MOST.unsigned_abs())),
        _ => format!("{} rows", thousands(n.unsigned_abs())),
    }
}

/// Names as they are before the plan's renames.
struct Before<'a> {
    live: &'a Schema,
    /// The live schema, with the partitioned tables that the plan makes.
    parted: Cow<'a, Schema>,
    /// The schema after the plan.
    after: Schema,
    tables: BTreeMap<Name, Name>,
    columns: BTreeMap<(Name, Ident), Ident>,
    sequences: BTreeMap<Name, Name>,
    /// Types that other ones take the place of, or that change.
    replaced: BTreeSet<Name>,
    /// Types by the names under which they step aside.
    aside: BTreeMap<Name, Name>,
}

impl<'a> Before<'a> {
    fn new(live: &'a Schema, plan: &Plan) -> Self {
        let mut before = Self {
            live,
            parted: Cow::Borrowed(live),
            // One that cannot be performed is refused as it is.
            after: replay(live.clone(), &plan.changes).unwrap_or_default(),
            tables: BTreeMap::new(),
            columns: BTreeMap::new(),
            sequences: BTreeMap::new(),
            replaced: BTreeSet::new(),
            aside: BTreeMap::new(),
        };
        for change in &plan.changes {
            if let Change::RenameType { from, to, .. } = change {
                before.replaced.insert(from.clone());
                before.aside.insert(to.clone(), from.clone());
            } else if let Change::ReplaceEnum { name, .. }
            | Change::DropType { name, .. }
            | Change::AlterComposite { name, .. } = change
            {
                before.replaced.insert(name.clone());
            }
            if let Change::RenameTable { from, to } = change {
                before.tables.insert(to.clone(), from.clone());
            } else if let Change::RenameSequence { from, to } = change {
                before.sequences.insert(to.clone(), from.clone());
            } else if let Change::CreateTable { table } = change
                && table.partition_by.is_some()
            {
                let parted = before.parted.to_mut();
                parted
                    .tables
                    .insert(table.name.clone(), table.clone().into());
            } else if let Change::RenameColumn { table, from, to } = change {
                before
                    .columns
                    .insert((table.clone(), to.clone()), from.clone());
            }
        }
        before
    }

    fn table(&self, name: &Name) -> Option<Name> {
        let name = self.tables.get(name).unwrap_or(name);
        self.live.tables.contains_key(name).then(|| name.clone())
    }

    /// A partitioned table, as it divides rows after the plan.
    fn parent(&self, name: &Name) -> Option<&Table> {
        let old = self.tables.get(name).unwrap_or(name);
        self.parted.tables.get(old).map(|table| &**table)
    }

    fn column(&self, table: &Name, column: &Ident) -> Option<Ident> {
        let old = self
            .columns
            .get(&(table.clone(), column.clone()))
            .unwrap_or(column);
        let table = self.table(table)?;
        self.live
            .tables
            .get(&table)?
            .column(old)
            .map(|column| column.name.clone())
    }

    fn renames_columns(&self, table: &Name) -> bool {
        self.columns.keys().any(|(owner, _)| owner == table)
    }
}

/// Returns the rows of all tables that are there and that the plan is about, as it leaves them.
fn stored(before: &Before<'_>, plan: &Plan) -> BTreeMap<Name, Stored> {
    let tables: BTreeSet<&Name> = plan.changes.iter().filter_map(Change::table).collect();
    let below = (tables.iter()).flat_map(|table| descendants(&before.after, table));
    let mut all: BTreeSet<Name> = below.chain(tables.iter().copied().cloned()).collect();
    // And those that they refer to, or that refer to them.
    let mut beside = Vec::new();
    for (name, table) in &before.after.tables {
        for constraint in &table.constraints {
            if let ConstraintKind::ForeignKey(key) = &constraint.kind
                && (all.contains(name) || all.contains(&key.table))
            {
                beside.extend([name.clone(), key.table.clone()]);
            }
        }
    }
    all.extend(beside);
    let rows = |table: Name| Some((table.clone(), Stored::new(before, plan, &table)?));
    all.into_iter().filter_map(rows).collect()
}

fn questions(before: &Before<'_>, plan: &Plan, stored: &BTreeMap<Name, Stored>) -> Vec<Question> {
    let mut out = Vec::new();
    for change in &plan.changes {
        out.extend(question(before, plan, stored, change));
        out.extend(partition::in_default(before, plan, change));
        out.extend(partition::left_behind(before, plan, change));
        out.extend(partition::referred(before, plan, change));
        // The rows of one that is made anew are there.
        if let Change::CreateTable { table } = change
            && before.table(&table.name).is_some()
        {
            for constraint in &table.constraints {
                let added = Change::AddConstraint {
                    table: table.name.clone(),
                    constraint: constraint.clone(),
                };
                out.extend(question(before, plan, stored, &added));
            }
        }
    }
    out.extend(values(stored));
    out.extend(domain::written(before, plan, stored));
    out.extend(kept::questions(before, plan, stored));
    out
}

/// Rows that would get NULL in a column that does not take it.
fn values(stored: &BTreeMap<Name, Stored>) -> Vec<Question> {
    let mut out = Vec::new();
    for (table, rows) in stored {
        let own = rows.writes.iter().enumerate().filter(|(_, it)| it.is_own);
        for (at, write) in own {
            let column = &write.column;
            let cure = match write.origin {
                Origin::Backfill | Origin::Filled => "#[sync(backfill = \"...\")]",
                Origin::Computed if write.is_other => "make the field an Option",
                Origin::Computed
                | Origin::Default
                | Origin::Using
                | Origin::Cast
                | Origin::Renamed => continue,
            };
            let Some(value) = (write.value.as_ref()).filter(|_| !column.nullable) else {
                continue;
            };
            let from = rows.rows_before(at, value);
            out.extend(from.map(|from| Question {
                object: format!("{table}.{}", column.name),
                rows: format!("FROM {} WHERE {value} IS NULL", from.from()),
                show: "*".into(),
                message: "is NOT NULL: {n} would get NULL".into(),
                cures: vec![cure.into(), "fix the rows".into()],
            }));
        }
    }
    out
}

/// Rows with NULL in a column that is to take none.
fn nulls(stored: &BTreeMap<Name, Stored>, table: &Name, column: &Column) -> Option<Question> {
    let rows = stored.get(table)?;
    let from = rows.rows(&Quoted(&column.name).to_string())?;
    Some(Question {
        object: format!("{table}.{}", column.name),
        rows: format!(
            "FROM {} WHERE {} IS NULL",
            from.from(),
            rows.column(&from, &column.name)
        ),
        show: "*".into(),
        message: "cannot become NOT NULL: {n} with NULL".into(),
        cures: vec!["#[sync(backfill = \"...\")]".into(), "fix the rows".into()],
    })
}

fn question(
    before: &Before<'_>,
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
    change: &Change,
) -> Option<Question> {
    if let Change::AddColumn {
        table,
        column,
        backfill: None,
    } = change
    {
        return missing_value(before, table, column);
    }
    if let Change::AlterColumn {
        table,
        column,
        change: ColumnChange::SetNotNull { backfill: None } | ColumnChange::ValidateNotNull { .. },
    } = change
    {
        return nulls(stored, table, column);
    }
    if let Change::CreateIndex { table, index } = change
        && index.unique
    {
        return duplicates(table, stored.get(table)?, Demand::of(index));
    }
    if let Change::ValidateConstraint { table, constraint } = change {
        return against(before, stored, table, constraint);
    }
    if let Change::AlterConstraint { table, from, to } = change {
        let begins = from.not_enforced && !to.not_enforced && !to.not_valid;
        return begins.then(|| against(before, stored, table, to))?;
    }
    let Change::AddConstraint { table, constraint } = change else {
        return labels::removed(before, plan, change)
            .or_else(|| domain::altered(before, change))
            .or_else(|| partition::out_of_bound(before, change))
            .or_else(|| types::misfits(before, plan, change));
    };
    // What is only made again holds already, if it was proven.
    let again = plan.changes.iter().any(|other| {
        matches!(other, Change::DropConstraint { table: owner, constraint: gone }
            if owner == table && gone.kind == constraint.kind && !gone.not_valid && !gone.not_enforced)
    });
    let again = again && !kept::touched(stored, table, &constraint.kind);
    if again || constraint.not_valid || constraint.not_enforced {
        return None;
    }
    against(before, stored, table, constraint)
}

/// Rows against a constraint, as the plan leaves them.
fn against(
    before: &Before<'_>,
    stored: &BTreeMap<Name, Stored>,
    table: &Name,
    constraint: &Constraint,
) -> Option<Question> {
    let name = constraint.name.clone().unwrap_or_default();
    let rows = stored.get(table)?;
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
            // A period is unique where it does not overlap.
            if key.without_overlaps {
                return None;
            }
            let keys = key.columns.iter().cloned().map(IndexKey::Column);
            let demand = Demand {
                name,
                keys: keys.collect(),
                predicate: None,
                nulls_not_distinct: key.nulls_not_distinct,
            };
            duplicates(table, rows, demand)
        }
        ConstraintKind::Check { expr, .. } => {
            let from = rows.rows(expr.sql())?;
            let now = rows.expression(&from, expr);
            Some(Question {
                object: format!("{table}.{name}"),
                rows: format!("FROM {} WHERE NOT ({now})", from.from()),
                show: "*".into(),
                message: format!("check ({expr}) cannot be added: {{n}} against it"),
                cures: vec!["fix the rows, or the check".into()],
            })
        }
        ConstraintKind::ForeignKey(key) => {
            let child = rows.rows(&names(&key.columns))?;
            let from: Vec<String> = (key.columns.iter())
                .map(|column| format!("c.{}", rows.column(&child, column)))
                .collect();
            let set: Vec<String> = from.iter().map(|it| format!("{it} IS NOT NULL")).collect();
            // A table that the plan makes has no rows, but for one that is made anew.
            let lost = if before.table(&key.table).is_none() {
                if !before.after.tables.contains_key(&key.table) {
                    return None;
                }
                String::new()
            } else {
                let parents = stored.get(&key.table)?;
                let parent = parents.rows(&names(&key.references))?;
                let equal: Vec<String> = (from.iter().zip(&key.references))
                    .map(|(from, to)| format!("p.{} = {from}", parents.column(&parent, to)))
                    .collect();
                let parent = parent.named("p");
                match (key.period, from.last(), equal.split_last()) {
                    // The rows that are referred to cover a period together.
                    (true, Some(period), Some((last, equal))) => {
                        let of = last.split(" = ").next().unwrap_or_default();
                        let equal: String = equal.iter().map(|it| format!(" AND {it}")).collect();
                        format!(
                            " AND NOT coalesce({period} <@ (SELECT range_agg({of}) FROM {parent} WHERE true{equal}), false)"
                        )
                    }
                    (_, _, _) => format!(
                        " AND NOT EXISTS (SELECT 1 FROM {parent} WHERE {})",
                        equal.join(" AND ")
                    ),
                }
            };
            Some(Question {
                object: format!("{table}.{name}"),
                rows: format!(
                    "FROM {} WHERE {}{lost}",
                    child.named("c"),
                    set.join(" AND "),
                ),
                show: "c.*".into(),
                message: format!(
                    "foreign key to {} cannot be added: {{n}} without one",
                    key.table
                ),
                cures: vec!["delete or correct the rows".into()],
            })
        }
        ConstraintKind::Exclude(exclude) => excluded(rows, table, &name, exclude),
    }
}

/// Names of columns, to be looked for.
fn names(columns: &[Ident]) -> String {
    let names: Vec<String> = columns.iter().map(|it| Quoted(it).to_string()).collect();
    names.join(", ")
}

/// Pairs of rows that exclude each other.
fn excluded(rows: &Stored, table: &Name, name: &Ident, exclude: &Exclude) -> Option<Question> {
    let mut reads = vec!["tableoid, ctid".to_owned()];
    for element in &exclude.elements {
        reads.push(key_sql(&element.part.key));
    }
    reads.extend(exclude.predicate.iter().map(|it| it.sql().to_owned()));
    let from = rows.rows(&reads.join(", "))?;
    let mut values = Vec::new();
    let mut collide = Vec::new();
    for (at, element) in exclude.elements.iter().enumerate() {
        let key = read_key(rows, &from, &element.part.key);
        values.push(format!("{key} AS k{at}"));
        collide.push(format!("a.k{at} {} b.k{at}", element.operator));
    }
    let only = exclude
        .predicate
        .as_ref()
        .map(|predicate| format!(" WHERE ({})", rows.expression(&from, predicate)))
        .unwrap_or_default();
    let side = format!(
        "(SELECT tableoid AS part, ctid AS place, {} FROM {}{only})",
        values.join(", "),
        from.from()
    );
    Some(Question {
        object: format!("{table}.{name}"),
        rows: format!(
            "FROM {side} a JOIN {side} b ON (a.part, a.place) < (b.part, b.place) AND {}",
            collide.join(" AND ")
        ),
        show: "*".into(),
        message: "exclusion cannot be added: pairs that exclude each other: {n}".into(),
        cures: vec!["delete or correct one row of each pair".into()],
    })
}

/// Returns a key as SQL, with the names of after the plan.
fn key_sql(key: &IndexKey) -> String {
    match key {
        IndexKey::Column(column) => Quoted(column).to_string(),
        IndexKey::Expr(expr) => format!("({expr})"),
    }
}

/// Returns a key with the names that columns have in rows.
fn read_key(rows: &Stored, from: &Rows, key: &IndexKey) -> String {
    match key {
        IndexKey::Column(column) => rows.column(from, column),
        IndexKey::Expr(expr) => format!("({})", rows.expression(from, expr)),
    }
}

fn missing_value(before: &Before<'_>, table: &Name, column: &Column) -> Option<Question> {
    let needs = !column.nullable
        && column.default.is_none()
        && column.identity.is_none()
        && column.generated.is_none();
    if !needs {
        return None;
    }
    let old = before.table(table)?;
    Some(Question {
        object: format!("{table}.{}", column.name),
        rows: format!("FROM {}", Quoted(&old)),
        show: "*".into(),
        message: "cannot be added as NOT NULL without a default: {n} would have no value".into(),
        cures: vec![
            "#[sync(default = \"...\")]".into(),
            "#[sync(backfill = \"...\")]".into(),
            "make the field an Option".into(),
        ],
    })
}

/// What a key or an index wants to be unique.
struct Demand {
    name: Ident,
    keys: Vec<IndexKey>,
    predicate: Option<Expr>,
    nulls_not_distinct: bool,
}

impl Demand {
    fn of(index: &Index) -> Self {
        Self {
            name: index.name.clone().unwrap_or_default(),
            keys: index.parts.iter().map(|part| part.key.clone()).collect(),
            predicate: index.predicate.clone(),
            nulls_not_distinct: index.nulls_not_distinct,
        }
    }
}

fn duplicates(table: &Name, rows: &Stored, demand: Demand) -> Option<Question> {
    let Demand {
        name,
        keys,
        predicate,
        nulls_not_distinct,
    } = demand;
    let mut reads: Vec<String> = keys.iter().map(key_sql).collect();
    reads.extend(predicate.iter().map(|it| it.sql().to_owned()));
    let from = rows.rows(&reads.join(", "))?;
    let keys: Vec<String> = keys.iter().map(|key| read_key(rows, &from, key)).collect();
    let predicate = predicate.map(|it| rows.expression(&from, &it));
    let list = keys.join(", ");
    let mut conditions: Vec<String> = Vec::new();
    if !nulls_not_distinct {
        conditions.extend(keys.iter().map(|key| format!("{key} IS NOT NULL")));
    }
    conditions.extend(predicate.map(|predicate| format!("({predicate})")));
    let only = if conditions.is_empty() {
        String::new()
    } else {
        format!("WHERE {} ", conditions.join(" AND "))
    };
    Some(Question {
        object: format!("{table}.{name}"),
        rows: format!(
            "FROM (SELECT {list}, count(*) AS rows_with_it FROM {} {only}GROUP BY {list} HAVING count(*) > 1) d",
            from.from(),
        ),
        show: "*".into(),
        message: format!("cannot be unique over ({list}): values that stand more than once: {{n}}"),
        cures: vec!["delete or merge the duplicates".into()],
    })
}
