//! Columns whose type changes: which of their values the new type refuses.

use super::{Before, Question};
use crate::change::{Change, ColumnChange};
use crate::dialect::{self, postgres::fit::Fit, postgres::types::spell};
use crate::plan::Plan;
use crate::schema::{DataType, Ident, Name, Quoted, UserType};

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
    let old = base(before, plan, &from.ty, false);
    let new = base(before, plan, &column.ty, true);
    let types = (&old, &new);
    let fit = dialect::fit(&plan.facts, plan.family, &value, types, labels.as_deref());
    // What the checks of a domain demand besides, the server tells.
    let fit = match fit {
        Fit::Always if new != column.ty => Fit::Unknown,
        Fit::Always | Fit::Unless(_) | Fit::Unknown => fit,
    };
    Some((table.clone(), column.name.clone(), fit))
}

/// What the author of a model computes a column of another type from: the server is asked to compute
/// it for all rows, without writing.
pub(super) struct Using {
    /// The column.
    pub(super) object: String,
    /// Asks for 1 when a row would get a value that the column refuses, else for 0; fails where the
    /// expression fails.
    pub(super) sql: String,
    /// Shows these rows.
    pub(super) find: String,
    /// Whether the plan makes nothing that the expression could need: then what fails now fails
    /// when it is applied.
    pub(super) is_final: bool,
}

/// Returns the type changes by an expression.
pub(super) fn usings(before: &Before<'_>, plan: &Plan) -> Vec<Using> {
    let makes = plan.changes.iter().any(|change| {
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
                | Change::CreateTable { .. }
                | Change::RenameTable { .. }
                | Change::DropOther { .. }
        )
    });
    let using = |change: &Change| {
        let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::Type {
                using: Some(using), ..
            },
        } = change
        else {
            return None;
        };
        let old = Quoted(&before.table(table)?).to_string();
        let of_table = |other: &Change| {
            matches!(other, Change::AddColumn { table: owner, .. } | Change::AlterColumn { table: owner, .. }
                if owner == table && other != change)
        };
        let value = format!("(({using})::{})", spell(&column.ty));
        // A cast cuts off what an assignment refuses.
        let length = matches!(&*column.ty.name, "character varying" | "character")
            && !column.ty.array
            && column.ty.modifiers.parse::<u32>().is_ok();
        let mut against = Vec::new();
        if !column.nullable {
            against.push(format!("{value} IS NULL"));
        }
        if length {
            let most = &column.ty.modifiers;
            against.push(format!("length(rtrim(({using})::text, ' ')) > {most}"));
        }
        let against = against.join(" OR ");
        Some(Using {
            object: format!("{table}.{}", column.name),
            sql: if against.is_empty() {
                format!("SELECT (count({value}) < 0)::int::int8 FROM {old}")
            } else {
                format!("SELECT EXISTS (SELECT 1 FROM {old} WHERE {against})::int::int8")
            },
            find: format!("SELECT * FROM {old} WHERE {against} LIMIT 20"),
            is_final: !makes
                && !before.renames_columns(table)
                && !plan.changes.iter().any(of_table),
        })
    };
    plan.changes.iter().filter_map(using).collect()
}

/// Returns what a domain is made of, as it is or as it will be; another type as it is.
fn base(before: &Before<'_>, plan: &Plan, ty: &DataType, will_be: bool) -> DataType {
    let mut ty = ty.clone();
    // Domains of domains end somewhere.
    for _ in 0..16 {
        let Some(name) = ty.user() else { break };
        let mut found = before.live.types.get(&name);
        for change in &plan.changes {
            if let Change::CreateType { name: made, ty } = change
                && will_be
                && *made == name
            {
                found = Some(ty);
            } else if let Change::RenameType { to, ty, .. } = change
                && *to == name
            {
                found = Some(ty);
            }
        }
        let Some(UserType::Domain(domain)) = found else {
            break;
        };
        ty = DataType {
            array: ty.array || domain.base.array,
            ..domain.base.clone()
        };
    }
    ty
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
        cures: vec!["#[sync(using = \"...\")]".into(), "correct the rows".into()],
    })
}
