//! The order of changes: one stable sort by phase, parents before children.

use std::collections::BTreeSet;

use super::added_columns;
use super::anew::Anew;
use super::around::around_others;
use super::below::Partitions;
use super::called;
use super::depth::Depth;
use super::give_way::give_way;
use super::names::{NAMED, NOT_NULL, claimed, early, frees, named_late, out_of_the_way, renames};
use super::numbers::{is_aside, named_at_the_end};
use crate::change::{
    Change, ColumnChange, Object, all_above, constraint_uses, descendants, index_uses, lineage,
    mentions, says_leaving,
};
use crate::diff::Diff;
use crate::schema::{
    Constraint, ConstraintKind, DataType, Domain, Expr, Ident, Index, IndexKey, Name, Other,
    Quoted, ReplicaIdentity, Schema, SequenceOptions, Table, UserType, quote_literal,
};

/// Puts changes in an order that a database can perform.
pub(super) fn order(diff: &mut Diff) -> Vec<Change> {
    let changes = named_at_the_end(std::mem::take(&mut diff.changes), &diff.live);
    let changes = out_of_the_way(changes, &diff.live);
    let changes = give_way(changes, &diff.live, &diff.desired);
    let (live, desired) = (&diff.live, &diff.desired);
    let mut depth = Depth::new(live, desired, &changes);
    for change in &changes {
        if let Change::RenameType { from, to, .. } = change
            && let Some(deep) = depth.types.get(from)
        {
            depth.types.insert(to.clone(), *deep);
            if let Some(deep) = depth.rows.get(from) {
                depth.rows.insert(to.clone(), *deep);
            }
        }
    }
    let partitions = Partitions::new(&changes, live, desired);
    let aside = Aside::new(&changes);
    let anew = Anew::new(diff, &changes, &aside);
    let names = added_columns(&changes);
    let come = with_those_below(&names, live);
    let claimed = claimed(&changes, desired);
    let early = early(&changes, live, &claimed);
    let of_domains = defaults_of_domains(&changes);
    let ruled = ruled(&changes, live);
    let rows = Rows::new(&changes);
    let made = keys_made(&changes);
    let numbering = numbering(&changes);
    let identifying = identifying(&changes, live);
    let late: Vec<bool> = (changes.iter())
        .map(|change| named_late(change, &changes, live))
        .collect();
    let mut ranked: Vec<((u32, i64), Change)> = changes
        .into_iter()
        .zip(late)
        .map(|(change, late)| {
            let mut rank = rank(&change, &depth, &names, &come, &partitions);
            if late {
                // Before the next one is demanded under that name.
                let deep = change.table().and_then(|name| depth.tables.get(name));
                rank = (NOT_NULL, 4 * deep.copied().unwrap_or(0) + 1);
            }
            // Functions of a replaced type go while it has its name.
            if aside.late && aside.has(&change) {
                rank.0 = 37;
            }
            if let Some(place) = rows.place(&change, &depth) {
                rank = place;
            }
            if matches!(&change, Change::DropTable { table } if ruled.contains(&table.name)) {
                rank.1 -= 1000;
            }
            if let Change::CreateSequence { name, .. } = &change
                && of_domains.contains(&quote_literal(&Quoted(name).to_string()))
            {
                rank = (37, 1);
            }
            if frees(&change, &early, &claimed) {
                // Early, where its name is needed; partitions before their parents still.
                rank = (35, rank.1 + i64::from(rank.0) * 1000);
            }
            if lets_go_of_any(&change, &identifying) {
                // When the rows are identified by another index, or by none.
                rank = (72, i64::MAX);
            }
            if takes_from_any(&change, &numbering) {
                rank = (94, 3);
            }
            if let Change::DropTable { table } = &change
                && rank.0 == 91
                && (all_above(live, table).iter()).any(|above| rows.shrinking.contains(*above))
            {
                // What it has of its own may be about a column that goes above it.
                rank = (33, 2000 + rank.1);
            }
            if let Some(after) = after_above(&change, desired, &made) {
                rank = after;
            }
            (anew.together(rank, &change), change)
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let changes = renames(ranked);
    called::in_place(around_others(changes, &names, &aside, diff))
}

/// The columns of replica identities that become others: they allow no NULL until then.
fn identifying(changes: &[Change], live: &Schema) -> BTreeSet<(Name, Ident)> {
    let mut columns = BTreeSet::new();
    for change in changes {
        if let Change::AlterTable { table, from, to } = change
            && from.replica_identity != to.replica_identity
            && let ReplicaIdentity::Index(name) = &from.replica_identity
            && let Some(before) = live.tables.get(table)
        {
            let named = |part: &Option<Ident>| part.as_ref() == Some(name);
            let index = before.indexes.iter().find(|index| named(&index.name));
            let key = before.constraints.iter().find(|key| named(&key.name));
            let used = before.columns.iter().filter(|column| {
                index.is_some_and(|index| index_uses(index, &column.name))
                    || key.is_some_and(|key| constraint_uses(key, &column.name))
            });
            columns.extend(used.map(|column| (table.clone(), column.name.clone())));
        }
    }
    columns
}

/// Tells whether a column of these is to allow NULL.
fn lets_go_of_any(change: &Change, columns: &BTreeSet<(Name, Ident)>) -> bool {
    matches!(change, Change::AlterColumn { table, column, change: ColumnChange::DropNotNull { .. } }
        if columns.contains(&(table.clone(), column.name.clone())))
}

/// The sequences of identities that come to columns which are there.
fn numbering(changes: &[Change]) -> Vec<Name> {
    let come = changes.iter().filter_map(|change| {
        if let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::Identity { from: None, .. },
        } = change
        {
            let identity = column.identity.as_ref()?;
            Some(identity.name_of_sequence(table, &column.name))
        } else {
            None
        }
    });
    come.collect()
}

/// Tells whether a column is to take numbers from one of these sequences.
fn takes_from_any(change: &Change, sequences: &[Name]) -> bool {
    matches!(change, Change::AlterColumn { column, change: ColumnChange::Default { to: Some(_), .. }, .. }
        if sequences.iter().any(|name| column.takes_from(name)))
}

/// The keys and unique indexes that are made, by table: what they are over.
fn keys_made(changes: &[Change]) -> Vec<(Name, Vec<Ident>)> {
    let made = changes.iter().filter_map(|change| {
        if let Change::AddConstraint { table, constraint } = change {
            Some((table.clone(), key_columns(constraint)?))
        } else if let Change::CreateIndex { table, index } = change
            && index.unique
        {
            let columns = index.parts.iter().map(|part| match &part.key {
                IndexKey::Column(column) => Some(column.clone()),
                IndexKey::Expr(_) => None,
            });
            Some((table.clone(), columns.collect::<Option<_>>()?))
        } else {
            None
        }
    });
    made.collect()
}

fn key_columns(constraint: &Constraint) -> Option<Vec<Ident>> {
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => Some(key.columns.clone()),
        ConstraintKind::Check { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => None,
    }
}

/// Returns the place of a partition's own key that waits for a key or an index above over the same
/// columns: that would take it for its part, and the partition is to have another one for that.
fn after_above(
    change: &Change,
    desired: &Schema,
    made: &[(Name, Vec<Ident>)],
) -> Option<(u32, i64)> {
    let Change::AddConstraint { table, constraint } = change else {
        return None;
    };
    let (columns, partition) = key_columns(constraint).zip(desired.tables.get(table))?;
    let above = || lineage(desired, table).skip(1);
    let comes = made
        .iter()
        .any(|(on, over)| *over == columns && above().any(|name| name == on));
    let of_key = |it: &Constraint| it.inherited && key_columns(it).as_ref() == Some(&columns);
    let of_index = |index: &Index| {
        let key = match &constraint.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => key,
            ConstraintKind::Check { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_) => return false,
        };
        index.inherited && index.can_be_key(key)
    };
    if !comes || constraint.inherited {
        None
    } else if partition.indexes.iter().any(of_index) {
        Some((71, 999))
    } else {
        (partition.constraints.iter().any(of_key)).then_some((70, 3))
    }
}

/// The columns that come to the tables below those which get them.
fn with_those_below(added: &BTreeSet<(Name, Ident)>, live: &Schema) -> BTreeSet<(Name, Ident)> {
    let below = added.iter().flat_map(|(table, column)| {
        let below = descendants(live, table).into_iter();
        below.map(move |table| (table, column.clone()))
    });
    below.collect()
}

/// The tables that go with rules over others that go: they go first.
fn ruled(changes: &[Change], live: &Schema) -> BTreeSet<Name> {
    let goes = |name: &Name| {
        let gone =
            |change: &Change| matches!(change, Change::DropTable { table } if table.name == *name);
        changes.iter().any(gone)
    };
    let rules = live.others.iter().filter(|other| other.kind == "rule");
    let over_another = |rule: &&Other| {
        let mut names = rule.depends_on.iter().map(|(name, _)| name);
        names.any(|name| Some(name) != rule.table.as_ref() && goes(name))
    };
    (rules.filter(over_another))
        .filter_map(|rule| rule.table.clone())
        .collect()
}

/// What holds rows of tables whose columns change their types: the server alters none of those while
/// it is there.
struct Rows {
    /// Tables, and types that are made of their rows.
    of: BTreeSet<Name>,
    /// Tables that get columns: what is new may be about those of their rows.
    growing: BTreeSet<Name>,
    /// Tables that lose columns: what goes may be about those of their rows.
    shrinking: BTreeSet<Name>,
}

impl Rows {
    fn new(changes: &[Change]) -> Self {
        let mut of: BTreeSet<Name> = (changes.iter())
            .filter_map(|change| {
                if let Change::AlterColumn {
                    table,
                    change: ColumnChange::Type { .. },
                    ..
                } = change
                {
                    Some(table.clone())
                } else {
                    None
                }
            })
            .collect();
        for change in changes {
            if let Change::CreateType { name, ty } = change
                && (ty.parts().iter()).any(|it| it.user().is_some_and(|it| of.contains(&it)))
            {
                of.insert(name.clone());
            }
        }
        let (mut growing, mut shrinking) = (BTreeSet::new(), BTreeSet::new());
        for change in changes {
            if let Change::AddColumn { table, .. } = change {
                growing.insert(table.clone());
            } else if let Change::DropColumn { table, .. } = change {
                shrinking.insert(table.clone());
            }
        }
        Self {
            of,
            growing,
            shrinking,
        }
    }

    fn place(&self, change: &Change, depth: &Depth) -> Option<(u32, i64)> {
        let held = |table: &Table, altered: &BTreeSet<Name>| {
            let mut types = table.columns.iter().filter_map(|it| it.ty.user());
            types.any(|it| it != table.name && (self.of.contains(&it) || altered.contains(&it)))
        };
        if let Change::DropTable { table } = change {
            held(table, &self.shrinking).then_some((34, -3000))
        } else if let Change::CreateTable { table } = change {
            let deep = depth.tables.get(&table.name).copied().unwrap_or(0);
            held(table, &self.growing).then_some((65, 3001 + deep))
        } else if let Change::CreateType { name, .. } = change {
            self.of.contains(name).then_some((65, 3000))
        } else if let Change::AlterColumn {
            change: ColumnChange::Default { to: Some(expr), .. },
            ..
        } = change
        {
            let mut shrinking = self.shrinking.iter();
            let casts = shrinking.any(|it| mentions(expr, &it.name));
            // A row of it has fewer values by then.
            casts.then_some((90, i64::MAX - 2))
        } else {
            None
        }
    }
}

/// The defaults of domains that are made or altered, which may take from new sequences.
fn defaults_of_domains(changes: &[Change]) -> String {
    let mut defaults = String::new();
    for change in changes {
        if let Change::CreateType {
            ty: UserType::Domain(domain),
            ..
        }
        | Change::AlterDomain { to: domain, .. } = change
        {
            let text = domain.default.iter().map(Expr::sql);
            defaults.extend(text.chain(["; "]));
        }
    }
    defaults
}

/// Types that wait for their end under another name.
pub(super) struct Aside {
    types: BTreeSet<Name>,
    /// Functions and the like have to be out of the way before.
    pub(super) late: bool,
}

impl Aside {
    fn new(changes: &[Change]) -> Self {
        let mut dropped = BTreeSet::new();
        let mut late = false;
        for change in changes {
            if let Change::DropType { name, .. } = change {
                dropped.insert(name.clone());
            }
            late |= matches!(change, Change::DropOther { .. });
        }
        let moved = changes.iter().filter_map(|change| {
            if let Change::RenameType { to, .. } = change {
                dropped.contains(to).then(|| to.clone())
            } else {
                None
            }
        });
        let types = moved.collect();
        Self { types, late }
    }

    pub(super) fn has(&self, change: &Change) -> bool {
        matches!(change, Change::RenameType { to, .. } if self.types.contains(to))
    }
}

/// Tells whether a domain demands less, and nothing else.
pub(super) fn only_lets_go(from: &Domain, to: &Domain) -> bool {
    to.checks.iter().all(|check| from.checks.contains(check))
        && (to.default.is_none() || to.default == from.default)
        && (from.not_null || !to.not_null)
}

/// Tells whether a sequence says numbers that are none of a type.
fn exceeds(options: &SequenceOptions, ty: &DataType) -> bool {
    let (least, greatest) = ty.numbers();
    let said = [options.start, options.min, options.max];
    said.into_iter()
        .flatten()
        .any(|number| number < least || number > greatest)
}

fn rank(
    change: &Change,
    depth: &Depth,
    added: &BTreeSet<(Name, Ident)>,
    come: &BTreeSet<(Name, Ident)>,
    partitions: &Partitions,
) -> (u32, i64) {
    let table = |name: &Name| depth.tables.get(name).copied().unwrap_or(0);
    let table_made = |name: &Name| {
        let made = depth.tables_made.get(name).copied();
        made.unwrap_or_else(|| table(name))
    };
    let ty = |name: &Name| depth.types.get(name).copied().unwrap_or(0);
    let row = |name: &Name| depth.rows.get(name).copied().unwrap_or(0);
    let row_made = |name: &Name| depth.rows_made.get(name).copied().unwrap_or(0);
    match change {
        Change::DropOther { .. } => (0, 0),
        Change::CreateNamespace { .. } => (10, 0),
        Change::CreateExtension { .. } | Change::AlterExtension { .. } => (11, 0),
        // What is made of a type goes by its name.
        Change::RenameType { to, .. } => (20, -ty(to)),
        Change::RenameLabel { .. } => (21, 0),
        Change::RenameTable { .. } => (22, 0),
        Change::RenameSequence { .. } => (23, 0),
        // No column of a typed table changes, nor does its type without it.
        Change::AlterRowType { to: None, .. } => (23, 1),
        Change::RenameColumn { .. } => (24, 0),
        Change::DropParent { .. } => (29, 0),
        // What it says of others holds until they are gone.
        Change::DropConstraint { constraint, .. } if says_leaving(constraint) => (33, 2),
        // Between the moments when a partition is taken off and put back for it.
        Change::DropConstraint { table, constraint }
            if partitions.drops_meanwhile(table, constraint.name.as_ref()) =>
        {
            (33, 4)
        }
        Change::DropIndex { table, index }
            if partitions.drops_meanwhile(table, index.name.as_ref()) =>
        {
            (33, 5)
        }
        Change::DetachPartition { table: name, .. } if partitions.stepping.contains(name) => {
            (33, 3)
        }
        Change::AttachPartition { table: name, .. } if partitions.stepping.contains(name) => {
            (33, 6)
        }
        Change::DropConstraint { table, .. } if partitions.left.contains(table) => (33, 0),
        // It is its own once the table above has let go of it.
        Change::DropConstraint {
            table: name,
            constraint,
        } if constraint.inherited => (33, 3 + table(name)),
        Change::DropConstraint { table, constraint } => match &constraint.kind {
            // Partitions leave with it, unless it holds them.
            ConstraintKind::ForeignKey(key)
                if partitions.deserted.contains(table)
                    && !partitions.deserted.contains(&key.table) =>
            {
                (31, 1)
            }
            ConstraintKind::ForeignKey(_) => (30, 0),
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclude(_) => (33, 0),
        },
        // What was begun is brought to its end before the table above is altered.
        Change::DetachPartition { partition, .. } if partition.detach_pending => (31, 0),
        // It follows its parent's columns until it takes its new place.
        Change::DetachPartition { table, .. } if partitions.moved.contains(table) => (63, 1),
        Change::DetachPartition { .. } => (31, 0),
        Change::DropStatistics { .. } => (32, 0),
        Change::DropIndex { .. } => (33, 1),
        // Nor does one that only goes hold anything, and what it is computed from may go or change.
        // What a table says again goes once that above is gone.
        Change::DropColumn {
            table: name,
            column,
            ..
        } if column.generated.is_some() => (34, table(name) - 1000),
        // A column that comes again, computed otherwise, holds nothing of its own.
        Change::DropColumn {
            table: name,
            column,
            ..
        } if added.contains(&(name.clone(), column.name.clone())) => (34, table(name) - 500),
        Change::RenameConstraint { .. } => (NAMED, 0),
        Change::RenameIndex { .. } => (NAMED, 1),
        // What new types are made of comes first.
        Change::AddLabel { .. } => (38, 0),
        Change::ReplaceEnum { .. } => (39, 0),
        // Its values hold rows of a table that is made.
        Change::CreateType { name, .. } | Change::AlterComposite { name, .. }
            if depth.rows_made.contains_key(name) =>
        {
            (50, row_made(name))
        }
        Change::CreateType { name, .. } => {
            let made = depth.types_made.get(name).copied();
            (40, made.unwrap_or_else(|| ty(name)))
        }
        // What gets a field of another lets go of that first.
        Change::AlterComposite { name, .. } => {
            (44, depth.types_made.get(name).copied().unwrap_or(0))
        }
        // What it calls may go.
        Change::AlterDomain { from, to, .. } if only_lets_go(from, to) => (34, 2),
        Change::AlterDomain { .. } => (45, 0),
        Change::AlterColumn {
            table: name,
            column,
            change,
        } => match change {
            // It may be above that it comes anew.
            ColumnChange::Generated { to: Some(to), .. }
                if column.generated.as_ref() == Some(to) =>
            {
                (62, 1000)
            }
            // What it is computed from may go.
            ColumnChange::Generated { .. } => (34, -1001),
            ColumnChange::Identity { to: None, .. } => (46, 1),
            // The sequence that it takes from may go.
            ColumnChange::Default { to: None, .. }
                if !come.contains(&(name.clone(), column.name.clone())) =>
            {
                (34, 1)
            }
            // It may be its parent's until that lets go of it.
            ColumnChange::DropNotNull { .. }
                if column.inherited
                    && !(partitions.demanded).contains(&(name.clone(), column.name.clone())) =>
            {
                (NOT_NULL, 4 * table(name))
            }
            // A new column may get its name. What is demanded above goes there first.
            ColumnChange::DropNotNull { .. } => (46, 2 + table(name)),
            ColumnChange::Type { .. }
                if partitions
                    .merged
                    .contains(&(name.clone(), column.name.clone())) =>
            {
                (50, i64::MAX)
            }
            ColumnChange::Type { .. } => (60, 3),
            ColumnChange::Default { .. } => (60, 4),
            // Between the check that goes and the one that comes.
            ColumnChange::Values { .. } => (NOT_NULL, 4 * table(name)),
            // A computed column may come anew from above before.
            ColumnChange::Storage { .. }
            | ColumnChange::Compression { .. }
            | ColumnChange::Statistics { .. }
            | ColumnChange::Options { .. }
                if column.generated.is_some() =>
            {
                (63, 3)
            }
            ColumnChange::Storage { .. } => (60, 5),
            ColumnChange::Compression { .. }
            | ColumnChange::Statistics { .. }
            | ColumnChange::Options { .. } => (60, 6),
            ColumnChange::SetNotNull { .. }
                if partitions
                    .named
                    .contains(&(name.clone(), column.name.clone())) =>
            {
                (NOT_NULL, -4 * table(name))
            }
            // Where it comes from above too, nothing can be made anew.
            ColumnChange::ReopenNotNull => (NOT_NULL, -4 * table(name)),
            ColumnChange::SetNotNull { .. }
            | ColumnChange::Fill { .. }
            | ColumnChange::ValidateNotNull { .. }
            | ColumnChange::InheritNotNull { .. } => (NOT_NULL, 4 * table(name) + 2),
            // It has it from above by then.
            ColumnChange::OwnNotNull => (NOT_NULL, 4 * table(name) + 3),
            ColumnChange::RenameNotNull { .. } => (NAMED, 2),
            // Its sequence gives way, as any other does.
            ColumnChange::Identity { to: Some(to), .. }
                if to.sequence.as_ref().is_some_and(Name::is_aside) =>
            {
                (23, 0)
            }
            // After the sequence of a serial column is gone: its name is the identity's.
            ColumnChange::Identity { to, .. } if is_aside(to.as_deref()) => (93, 1),
            ColumnChange::Identity { from, .. } if is_aside(from.as_deref()) => (94, 1),
            // The column could not become of a type that has no such numbers.
            ColumnChange::Identity {
                from: Some(from),
                to: Some(_),
            } if exceeds(&from.options, &column.ty) => (60, 2),
            ColumnChange::Identity { .. } => (94, 0),
        },
        Change::CreateSequence { .. } => (47, 0),
        // Its place is found when all the others have theirs.
        Change::CreateFunction { .. } => (49, 0),
        // It has its parent's columns as they are when it is made.
        Change::CreateTable { table: new } if partitions.added.contains(&new.name) => {
            (65, table(&new.name))
        }
        Change::CreateTable { table: new } => (50, table(&new.name).max(row_made(&new.name))),
        Change::AddColumn {
            table: name,
            column,
            ..
        } => {
            let late = column.generated.is_some();
            // What a table that inherits says itself has to be there before it comes from above.
            let deep = table(name);
            let own = deep > 0 && !column.inherited;
            (if late { 62 } else { 51 }, if own { -deep } else { deep })
        }
        // It goes on without its table.
        Change::AlterSequence { from, to, .. }
            if from.owned_by.is_some() && to.owned_by.is_none() =>
        {
            (34, 3)
        }
        // It may become that of a table which comes last.
        Change::AlterSequence { .. } => (66, 0),
        Change::AttachPartition {
            table: name,
            partition,
        } if partitions.added.contains(&partition.parent) => {
            (65, 1 + table(&partition.parent).max(table(name)))
        }
        Change::AttachPartition { table: name, .. } => (64, table(name)),
        // The parent demands it of what is attached.
        Change::AddConstraint { constraint, .. } if constraint.inherited => (63, 1),
        Change::AddConstraint {
            table: name,
            constraint,
        } => match constraint.kind {
            ConstraintKind::PrimaryKey(_) => (70, 0),
            ConstraintKind::Unique(_) => (70, 1),
            ConstraintKind::Exclude(_) => (70, 2),
            // One of a table below becomes one with that of a table above.
            ConstraintKind::Check { .. } => (70, 1000 - table_made(name)),
            // A table above takes what is there for its own.
            ConstraintKind::ForeignKey(_) => (73, table_made(name)),
        },
        // A table above takes what is there for its own.
        Change::CreateIndex { table: name, .. } => (71, table_made(name)),
        Change::AlterIndex { .. } => (71, 1000),
        Change::CreateStatistics { .. } | Change::AlterStatistics { .. } => (72, 0),
        Change::AlterConstraint { to, .. } => match to.kind {
            // A table may be told of its index by the name that it gets.
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::Exclude(_) => (71, 1001),
            ConstraintKind::Check { .. } | ConstraintKind::ForeignKey(_) => (74, 0),
        },
        Change::ValidateConstraint { table, constraint }
            if constraint.inherited && partitions.filled.contains(table) =>
        {
            (63, 2)
        }
        // A key that is not complete yet serves no foreign key.
        Change::ValidateConstraint { constraint, .. } => match constraint.kind {
            ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) => (70, 4),
            ConstraintKind::Check { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_) => (75, 0),
        },
        // A logged table references logged ones alone.
        Change::AlterTable {
            table: name, to, ..
        } => {
            let deep = depth.keys.get(name).copied().unwrap_or(0);
            (72, 1000 + if to.unlogged { -deep } else { deep })
        }
        // It may be that of an identity, which comes late.
        Change::SetComment {
            object: Object::Sequence(_),
            ..
        } => (94, 2),
        Change::SetComment { .. } | Change::TieIndex { .. } => (80, 0),
        // Before what those below change of theirs.
        Change::DropColumn {
            table: name,
            kept_below: true,
            ..
        } => (58, table(name)),
        Change::DropColumn { table: name, .. } if partitions.filled.contains(name) => (63, 0),
        Change::DropColumn { table: name, .. } => (90, table(name)),
        Change::AddParent { .. } => (90, i64::MAX - 1),
        Change::AlterRowType { .. } => (90, i64::MAX),
        Change::DropTable { table: old } => (91, -table(&old.name).max(row(&old.name))),
        // Its values hold rows of a table that goes.
        Change::DropType { name, .. } if depth.rows.contains_key(name) => (91, -row(name)),
        // The default of a domain may take from a sequence.
        Change::DropType { name, .. } => (92, -ty(name)),
        Change::DropSequence { .. } => (93, 0),
        Change::DropExtension { .. } => (95, 0),
        Change::DropNamespace { .. } => (96, 0),
        Change::CreateOther { .. } => (99, 0),
    }
}
