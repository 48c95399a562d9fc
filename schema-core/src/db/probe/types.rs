//! Columns whose type changes: which of their values the new type refuses.

use std::collections::BTreeMap;

use super::Question;
use super::before::Before;
use super::stored::{Origin, Stored, Write};
use crate::change::{Change, ColumnChange, mentions};
use crate::dialect::{self, postgres::fit::Fit, postgres::types::spell};
use crate::plan::Plan;
use crate::schema::{Expr, Ident, Name, Quoted, UserType};
use crate::wording::Cure;

/// Returns a column whose type changes, and which of its values fit the new one. With `using` the
/// author of the model knows what becomes of them.
pub(super) fn retyped(
    before: &Before<'_>,
    plan: &Plan,
    change: &Change,
) -> Option<(Name, Ident, Fit)> {
    let Change::AlterColumn {
        table,
        column,
        change: ColumnChange::Type { from, using: None },
    } = change
    else {
        return None;
    };
    let name = before.column(table, &column.name)?;
    let labels = column.ty.user().and_then(|ty| labels(before, plan, &ty));
    let value = Quoted(&name).to_string();
    let old = before.plain(&from.ty, before.live);
    let new = before.plain(&column.ty, &before.after);
    // What becomes of labels is asked of the type, and of domains within another one of those.
    let aside = from.ty.user().and_then(|old| before.aside.get(&old));
    let is_itself = aside.is_some() && aside == column.ty.user().as_ref();
    if is_itself && labels.is_some() || before.is_same_composite(&from.ty, &column.ty) {
        return Some((table.clone(), column.name.clone(), Fit::Always));
    }
    let types = (&old, &new);
    let fit = dialect::fit(&plan.facts, plan.family, &value, types, labels.as_deref());
    // What the checks of a domain demand besides is asked by itself.
    let fit = match fit {
        Fit::Always if before.known_type(&column.ty).is_none() => Fit::Unknown,
        Fit::Always | Fit::Unless(_) | Fit::Unknown => fit,
    };
    Some((table.clone(), column.name.clone(), fit))
}

/// A value that a plan writes from an expression: the server is asked to compute it for all rows,
/// without writing.
pub(super) struct Computed {
    /// The column.
    pub(super) object: String,
    /// What the expression is called.
    pub(super) word: &'static str,
    /// What can be done about it.
    pub(super) cure: &'static str,
    /// Asks for 1 when a row would get a value that the column refuses, else for 0; fails where the
    /// expression fails.
    pub(super) sql: String,
    /// Shows these rows.
    pub(super) find: String,
    /// Classes of SQLSTATE that are about the values or the expression: where the plan makes what an
    /// expression may need, none.
    pub(super) is_final: &'static [&'static str],
}

/// What a plan makes that an expression may need.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Makes {
    Nothing,
    /// Or renames.
    Tables,
    /// Types and labels, or what other objects stand for.
    Types,
}

/// Returns what a plan makes that an expression may need.
pub(super) fn makes(plan: &Plan) -> Makes {
    let any = |test: &dyn Fn(&Change) -> bool| plan.changes.iter().any(test);
    let makes_types = any(&|change| {
        matches!(
            change,
            Change::CreateType { .. }
                | Change::RenameType { .. }
                | Change::RenameLabel { .. }
                | Change::AddLabel { .. }
                | Change::ReplaceEnum { .. }
                | Change::AlterDomain { .. }
                | Change::AlterComposite { .. }
                | Change::CreateExtension { .. }
                | Change::CreateFunction { .. }
                | Change::DropOther { .. }
        )
    });
    let makes_tables = any(&|change| {
        matches!(
            change,
            Change::CreateTable { .. } | Change::RenameTable { .. }
        )
    });
    match (makes_types, makes_tables) {
        (true, _) => Makes::Types,
        (false, true) => Makes::Tables,
        (false, false) => Makes::Nothing,
    }
}

/// Returns what is computed from expressions.
pub(super) fn computed(plan: &Plan, stored: &BTreeMap<Name, Stored>) -> Vec<Computed> {
    let makes = makes(plan);
    let mut out = Vec::new();
    for (table, rows) in stored {
        for at in 0..rows.writes.len() {
            out.extend(compute(plan, table, rows, at, makes));
        }
    }
    out
}

fn compute(plan: &Plan, table: &Name, rows: &Stored, at: usize, makes: Makes) -> Option<Computed> {
    let Write {
        column,
        value,
        origin,
        given,
        is_other,
        is_own,
        ..
    } = &rows.writes[at];
    let given = given.as_ref().filter(|_| *is_other && *is_own)?;
    let (word, cure) = match origin {
        Origin::Using => ("`using`", "correct #[sync(using = \"...\")], or the rows"),
        Origin::Backfill | Origin::Filled => (
            "`backfill`",
            "correct #[sync(backfill = \"...\")], or the rows",
        ),
        Origin::Computed => ("its expression", "correct the expression, or the rows"),
        Origin::Default => ("its default", "correct the default"),
        Origin::Cast | Origin::Renamed => return None,
    };
    // A column that comes with a type is computed in that only when the type is there.
    let (value, is_known) = match value {
        Some(value) => (value.clone(), true),
        None if *origin == Origin::Using => (format!("(({given})::{})", spell(&column.ty)), false),
        None => return None,
    };
    let from = rows.rows_before(at, &value)?;
    let reads = (rows.names()).any(|name| mentions(&Expr::new(value.clone()), name));
    let is_constant = *origin == Origin::Default && !given.as_str().contains('(');
    // What reads nothing of a row is the same for all of them; a constant is computed without one.
    let from = match reads {
        true => from.from(),
        false if is_constant && !rows.is_parted => "(SELECT 1) one".into(),
        false => format!("(SELECT 1 FROM {} LIMIT 1) one", from.from()),
    };
    // A cast cuts off what an assignment refuses.
    let length = matches!(&*column.ty.name, "character varying" | "character")
        && !column.ty.array
        && column.ty.modifiers.parse::<u32>().is_ok();
    let mut against = Vec::new();
    let fills = |change: &Change| {
        matches!(change, Change::AlterColumn { table: owner, column: filled, change: ColumnChange::SetNotNull { .. } }
            if owner == table && filled.name == column.name)
    };
    // Of others NULL is asked for by itself.
    if *origin == Origin::Using && !column.nullable && !plan.changes.iter().any(fills) {
        against.push(format!("{value} IS NULL"));
    }
    if length && *origin != Origin::Computed {
        let most = &column.ty.modifiers;
        let missing = match origin {
            Origin::Filled => format!("{} IS NULL AND ", Quoted(&column.name)),
            Origin::Using
            | Origin::Backfill
            | Origin::Computed
            | Origin::Default
            | Origin::Cast
            | Origin::Renamed => String::new(),
        };
        against.push(format!(
            "{missing}length(rtrim(({given})::text, ' ')) > {most}"
        ));
    }
    let against = against.join(" OR ");
    Some(Computed {
        object: format!("{table}.{}", column.name),
        word,
        cure,
        sql: if against.is_empty() {
            format!("SELECT (count({value}) < 0)::int::int8 FROM {from}")
        } else {
            format!("SELECT EXISTS (SELECT 1 FROM {from} WHERE {against})::int::int8")
        },
        find: format!("SELECT * FROM {from} WHERE {against} LIMIT 20"),
        is_final: match (origin, makes) {
            (_, Makes::Types) => &[],
            _ if !is_known => &[],
            // The server has read it.
            (Origin::Computed, _) => &["22", "23"],
            // A parameter that nobody has set.
            (Origin::Default, Makes::Nothing) => &["22", "23", "42704"],
            (Origin::Default, _) => &["22", "23"],
            // No other table has columns that it may name.
            (_, Makes::Tables) => &["22", "23", "42703"],
            (_, Makes::Nothing) => &["22", "23", "42"],
        },
    })
}

/// Returns the labels that an enum will have.
fn labels(before: &Before<'_>, plan: &Plan, name: &Name) -> Option<Vec<String>> {
    let mut labels = match before.live.types.get(name) {
        Some(UserType::Enum(ty)) => Some(ty.labels.clone()),
        Some(UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_)) | None => None,
    };
    for change in &plan.changes {
        if let Change::CreateType {
            name: made,
            ty: UserType::Enum(ty),
        } = change
            && made == name
        {
            labels = Some(ty.labels.clone());
        } else if let Change::ReplaceEnum { name: made, to, .. } = change
            && made == name
        {
            labels = Some(to.clone());
        } else if let (Change::AddLabel { ty, label, .. }, Some(labels)) = (change, &mut labels)
            && ty == name
        {
            labels.push(label.clone());
        }
    }
    labels
}

pub(super) fn misfits(before: &Before<'_>, plan: &Plan, change: &Change) -> Option<Question> {
    let (table, column, fit) = retyped(before, plan, change)?;
    let condition = match fit {
        Fit::Unless(condition) => condition,
        Fit::Always | Fit::Unknown => return None,
    };
    let old = before.table(&table)?;
    let line = crate::change::display::line(change);
    Some(Question {
        object: format!("{table}.{column}"),
        rows: format!("FROM {} WHERE {condition}", Quoted(&old)),
        show: "*".into(),
        message: format!(
            "cannot become another type ({}): {{n}} with a value that does not fit",
            line.text
        ),
        cures: Cure::Using.or_rows(&plan.sources, "correct the rows"),
    })
}
