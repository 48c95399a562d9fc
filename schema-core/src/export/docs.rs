//! A schema as documentation: one Markdown file with a diagram of its tables.

use std::fmt::Write;

use crate::schema::{
    Action, Constraint, ConstraintKind, Index, IndexKey, Name, Schema, Table, UserType,
};

/// Writes a schema as Markdown, with a Mermaid entity-relationship diagram.
pub fn markdown(schema: &Schema) -> String {
    let mut out = String::from(
        "# Database schema\n\nWritten by `sync docs` from the models; `sync docs --check` fails when it is stale.\n\n",
    );
    out.push_str("| table | columns | about |\n| --- | --- | --- |\n");
    for table in schema.tables.values() {
        let about = table.comment.as_deref().unwrap_or_default();
        let first = about.lines().next().unwrap_or_default();
        let _ = writeln!(
            out,
            "| [{0}](#{1}) | {2} | {3} |",
            table.name,
            anchor(&table.name),
            table.columns.len(),
            cell(first)
        );
    }
    out.push_str("\n## Diagram\n\n```mermaid\nerDiagram\n");
    diagram(&mut out, schema);
    out.push_str("```\n");
    for table in schema.tables.values() {
        table_text(&mut out, table);
    }
    types(&mut out, schema);
    out
}

fn anchor(name: &Name) -> String {
    name.to_string().to_lowercase().replace(['.', ' '], "-")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Mermaid takes letters, digits, `_` and `-` in names.
fn word(text: impl ToString) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || c == '_' {
            c
        } else {
            '_'
        }
    };
    text.to_string().chars().map(plain).collect()
}

fn diagram(out: &mut String, schema: &Schema) {
    for table in schema.tables.values() {
        let _ = writeln!(out, "    {} {{", word(&table.name));
        let key = table.primary_key();
        for column in &table.columns {
            let primary = key.is_some_and(|key| key.columns.contains(&column.name));
            let foreign = table
                .constraints
                .iter()
                .any(|constraint| match &constraint.kind {
                    ConstraintKind::ForeignKey(key) => key.columns.contains(&column.name),
                    ConstraintKind::PrimaryKey(_)
                    | ConstraintKind::Unique(_)
                    | ConstraintKind::Check { .. }
                    | ConstraintKind::Exclude(_) => false,
                });
            let mark = match (primary, foreign) {
                (true, true) => " PK, FK",
                (true, false) => " PK",
                (false, true) => " FK",
                (false, false) => "",
            };
            let _ = writeln!(
                out,
                "        {} {}{mark}",
                word(&column.ty),
                word(&column.name)
            );
        }
        out.push_str("    }\n");
    }
    for table in schema.tables.values() {
        for constraint in &table.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else {
                continue;
            };
            let optional = key
                .columns
                .iter()
                .any(|column| table.column(column).is_some_and(|column| column.nullable));
            let end = if optional { "|o" } else { "||" };
            let columns: Vec<String> = key.columns.iter().map(ToString::to_string).collect();
            let _ = writeln!(
                out,
                "    {} {end}--o{{ {} : \"{}\"",
                word(&key.table),
                word(&table.name),
                columns.join(", ")
            );
        }
    }
}

fn table_text(out: &mut String, table: &Table) {
    let _ = writeln!(out, "\n## {}\n", table.name);
    if let Some(comment) = &table.comment {
        let _ = writeln!(out, "{comment}\n");
    }
    out.push_str("| column | type | null | default | about |\n| --- | --- | --- | --- | --- |\n");
    for column in &table.columns {
        let computed = column
            .generated
            .as_ref()
            .map(|generated| format!("= {}", generated.expr));
        let default = computed
            .or_else(|| column.identity.as_ref().map(|_| "identity".to_owned()))
            .or_else(|| column.default.as_ref().map(ToString::to_string));
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} |",
            column.name,
            cell(&column.ty.to_string()),
            if column.nullable { "yes" } else { "no" },
            default
                .map(|text| format!("`{}`", cell(&text)))
                .unwrap_or_default(),
            cell(column.comment.as_deref().unwrap_or_default()),
        );
    }
    if !table.constraints.is_empty() {
        out.push('\n');
    }
    for constraint in &table.constraints {
        let _ = writeln!(out, "- {}", constraint_text(constraint));
    }
    if !table.indexes.is_empty() {
        out.push('\n');
    }
    for index in &table.indexes {
        let _ = writeln!(out, "- {}", index_text(index));
    }
}

fn names(columns: &[crate::schema::Ident]) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
    names.join(", ")
}

fn constraint_text(constraint: &Constraint) -> String {
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) => format!("primary key ({})", names(&key.columns)),
        ConstraintKind::Unique(key) => format!("unique ({})", names(&key.columns)),
        ConstraintKind::Check { expr, .. } => format!("check `{expr}`"),
        ConstraintKind::ForeignKey(key) => {
            let action = match key.on_delete {
                Action::NoAction => "",
                Action::Restrict => ", on delete restrict",
                Action::Cascade => ", on delete cascade",
                Action::SetNull => ", on delete set null",
                Action::SetDefault => ", on delete set default",
            };
            format!(
                "({}) references [{}](#{}) ({}){action}",
                names(&key.columns),
                key.table,
                anchor(&key.table),
                names(&key.references)
            )
        }
        ConstraintKind::Exclude(exclude) => format!("exclude using {}", exclude.method),
    }
}

fn index_text(index: &Index) -> String {
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let key = match &part.key {
                IndexKey::Column(column) => column.to_string(),
                IndexKey::Expr(expr) => expr.to_string(),
            };
            format!("`{key}`{}", if part.descending { " desc" } else { "" })
        })
        .collect();
    let kind = if index.unique {
        "unique index"
    } else {
        "index"
    };
    let name = index
        .name
        .as_ref()
        .map(|name| format!(" `{name}`"))
        .unwrap_or_default();
    let filter = index
        .predicate
        .as_ref()
        .map(|predicate| format!(" where `{predicate}`"));
    format!(
        "{kind}{name} ({}){}",
        parts.join(", "),
        filter.unwrap_or_default()
    )
}

fn types(out: &mut String, schema: &Schema) {
    if schema.types.is_empty() {
        return;
    }
    out.push_str("\n## Types\n\n");
    for (name, ty) in &schema.types {
        let text = match ty {
            UserType::Enum(ty) => {
                let labels: Vec<String> =
                    ty.labels.iter().map(|label| format!("`{label}`")).collect();
                format!("enum of {}", labels.join(", "))
            }
            UserType::Domain(ty) => {
                let checks: Vec<String> = ty
                    .checks
                    .iter()
                    .map(|check| format!(", `{}`", check.expr))
                    .collect();
                format!("domain over {}{}", ty.base, checks.concat())
            }
            UserType::Composite(ty) => {
                let fields: Vec<String> = ty
                    .fields
                    .iter()
                    .map(|field| format!("`{}` {}", field.name, field.ty))
                    .collect();
                format!("row of {}", fields.join(", "))
            }
            UserType::Range(ty) => format!("range over {}", ty.subtype),
        };
        let _ = writeln!(out, "- `{name}`: {text}");
    }
}
