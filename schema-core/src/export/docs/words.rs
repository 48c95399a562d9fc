//! What is said about the parts of a table, in pieces that each format writes in its own way.

use crate::schema::{
    Column, Constraint, ConstraintKind, Exclude, ForeignKey, GeneratedKind, Ident, Index, IndexKey,
    IndexPart, Key, Match, Name, Parameters, ReplicaIdentity, Table, UserType,
};

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Words.
    Text(String),
    /// SQL, or a name.
    Code(String),
    /// A table, to be linked.
    Table(Name),
}

/// A sentence in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Words(pub(super) Vec<Piece>);

impl Words {
    fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Text(text.into()));
        self
    }

    fn code(mut self, text: impl ToString) -> Self {
        self.0.push(Piece::Code(text.to_string()));
        self
    }

    fn table(mut self, name: &Name) -> Self {
        self.0.push(Piece::Table(name.clone()));
        self
    }

    fn flag(self, on: bool, text: &str) -> Self {
        if on { self.text(text) } else { self }
    }

    fn some<T: ToString>(self, before: &str, value: Option<&T>) -> Self {
        match value {
            Some(value) => self.text(before).code(value.to_string()),
            None => self,
        }
    }

    fn list<T: ToString>(mut self, items: &[T]) -> Self {
        for (at, item) in items.iter().enumerate() {
            self = self.flag(at > 0, ", ").code(item.to_string());
        }
        self
    }

    fn columns(self, columns: &[Ident]) -> Self {
        self.text("(").list(columns).text(")")
    }

    fn include(self, columns: &[Ident]) -> Self {
        if columns.is_empty() {
            return self;
        }
        self.text(", includes ").list(columns)
    }

    fn with(self, options: &Parameters) -> Self {
        if options.is_empty() {
            return self;
        }
        let options: Vec<String> = options.iter().map(|(k, v)| format!("{k} = {v}")).collect();
        self.text(", with ").list(&options)
    }
}

/// The value that a column gets when nobody gives one.
pub(super) fn default(column: &Column) -> Words {
    let words = Words::default();
    if let Some(generated) = &column.generated {
        let kind = match generated.kind {
            GeneratedKind::Stored => ", stored",
            GeneratedKind::Virtual => ", when read",
        };
        return words.text("= ").code(&generated.expr).text(kind);
    }
    if let Some(identity) = &column.identity {
        return words.text(if identity.always {
            "identity, always"
        } else {
            "identity"
        });
    }
    words.some("", column.default.as_ref())
}

/// What else there is to a column's type.
pub(super) fn type_note(column: &Column) -> Words {
    Words::default()
        .some(" collated ", column.collation.as_ref())
        .flag(column.not_null_unvalidated, " (old rows not checked)")
}

/// What a constraint demands.
pub(super) fn constraint(constraint: &Constraint) -> Words {
    let words = Words::default();
    let words = match &constraint.kind {
        ConstraintKind::PrimaryKey(it) => key(words.text("primary key "), it),
        ConstraintKind::Unique(it) => key(words.text("unique "), it),
        ConstraintKind::Check { expr, no_inherit } => words
            .text("check ")
            .code(expr)
            .flag(*no_inherit, ", not inherited"),
        ConstraintKind::ForeignKey(it) => foreign_key(words, it),
        ConstraintKind::Exclude(it) => exclude(words, it),
    };
    let words = match (constraint.deferrable, constraint.initially_deferred) {
        (_, true) => words.text(", deferred to the end of the transaction"),
        (true, false) => words.text(", deferrable"),
        (false, false) => words,
    };
    words
        .flag(constraint.not_valid, ", old rows not checked")
        .flag(constraint.not_enforced, ", not enforced")
}

fn key(words: Words, key: &Key) -> Words {
    words
        .columns(&key.columns)
        .flag(key.without_overlaps, " without overlaps")
        .flag(key.nulls_not_distinct, ", nulls are equal")
        .include(&key.include)
        .with(&key.with)
}

fn foreign_key(words: Words, key: &ForeignKey) -> Words {
    let words = words
        .columns(&key.columns)
        .text(" references ")
        .table(&key.table);
    let words = if key.references.is_empty() {
        words
    } else {
        words.text(" ").columns(&key.references)
    };
    let words = words.flag(key.period, " over the period");
    let words = match key.on_delete.word() {
        Some(action) => words.text(format!(", on delete {action}")),
        None => words,
    };
    let words = if key.on_delete_columns.is_empty() {
        words
    } else {
        words.text(" ").columns(&key.on_delete_columns)
    };
    let words = match key.on_update.word() {
        Some(action) => words.text(format!(", on update {action}")),
        None => words,
    };
    match key.matching {
        Match::Simple => words,
        Match::Full => words.text(", all columns or none"),
    }
}

/// How another table references this one.
pub(super) fn incoming(from: &Table, key: &ForeignKey) -> Words {
    let words = Words::default().table(&from.name).text(" ");
    let words = words.columns(&key.columns);
    match key.on_delete.word() {
        Some(action) => words.text(format!(", on delete {action}")),
        None => words,
    }
}

fn exclude(words: Words, exclude: &Exclude) -> Words {
    let mut words = words.text(format!("exclude using {} (", exclude.method));
    for (at, element) in exclude.elements.iter().enumerate() {
        words = part(words.flag(at > 0, ", "), &element.part);
        words = words.text(" with ").code(&element.operator);
    }
    words
        .text(")")
        .include(&exclude.include)
        .some(" where ", exclude.predicate.as_ref())
        .with(&exclude.with)
}

/// What an index is made of.
pub(super) fn index(index: &Index) -> Words {
    let mut words = Words::default().text(if index.unique {
        "unique index ("
    } else {
        "index ("
    });
    for (at, it) in index.parts.iter().enumerate() {
        words = part(words.flag(at > 0, ", "), it);
    }
    let plain = matches!(index.method.as_str(), "" | "btree");
    let words = words.text(")");
    let words = if plain {
        words
    } else {
        words.text(format!(" using {}", index.method))
    };
    words
        .some(" where ", index.predicate.as_ref())
        .flag(index.nulls_not_distinct, ", nulls are equal")
        .include(&index.include)
        .with(&index.with)
        .flag(index.invalid, ", invalid: a build was cut off")
}

fn part(words: Words, part: &IndexPart) -> Words {
    let words = match &part.key {
        IndexKey::Column(column) => words.code(column),
        IndexKey::Expr(expr) => words.code(expr),
    };
    let words = words
        .some(" collated ", part.collation.as_ref())
        .some(" ", part.opclass.as_ref())
        .flag(part.descending, " desc");
    match part.nulls_first {
        Some(first) if first != part.descending => {
            words.text(if first { " nulls first" } else { " nulls last" })
        }
        Some(_) | None => words,
    }
}

/// What is particular about a table, a sentence each.
pub(super) fn table(table: &Table) -> Vec<Words> {
    let words = Words::default;
    let mut all = Vec::new();
    if let Some(by) = &table.partition_by {
        let what = words().text(format!("partitioned by {} of ", by.strategy));
        all.push(what.code(by.key.sql()));
    }
    if let Some(of) = &table.partition_of {
        let what = words().text("partition of ").table(&of.parent);
        all.push(what.text(" ").code(&of.bound));
    }
    for parent in &table.inherits {
        all.push(words().text("inherits ").table(parent));
    }
    if let Some(of_type) = &table.of_type {
        all.push(words().text("table of type ").code(of_type));
    }
    let options = &table.options;
    let flags = [
        (options.unlogged, "unlogged: lost after a crash"),
        (options.row_security, "row-level security is on"),
        (
            options.row_security_forced,
            "row-level security binds the owner too",
        ),
        (options.strict, "strict"),
        (options.without_rowid, "without rowid"),
    ];
    for (_, text) in flags.iter().filter(|(on, _)| *on) {
        all.push(words().text(*text));
    }
    match &options.replica_identity {
        ReplicaIdentity::Default => {}
        ReplicaIdentity::Full => all.push(words().text("replica identity: the whole row")),
        ReplicaIdentity::Nothing => all.push(words().text("replica identity: nothing")),
        ReplicaIdentity::Index(name) => {
            all.push(words().text("replica identity: the index ").code(name));
        }
    }
    if !options.with.is_empty() {
        let with: Vec<String> = options
            .with
            .iter()
            .map(|(k, v)| format!("{k} = {v}"))
            .collect();
        all.push(words().text("with ").list(&with));
    }
    if let Some(tablespace) = &options.tablespace {
        all.push(words().text("in the tablespace ").code(tablespace));
    }
    all
}

/// What a user's type is.
pub(super) fn user_type(ty: &UserType) -> Words {
    let words = Words::default();
    match ty {
        UserType::Enum(ty) => words.text("enum of ").list(&ty.labels),
        UserType::Domain(ty) => {
            let mut words = words.text("domain over ").code(&ty.base);
            words = words.flag(ty.not_null, ", not null");
            words = words.some(", default ", ty.default.as_ref());
            for check in &ty.checks {
                words = words.text(", check ").code(&check.expr);
            }
            words
        }
        UserType::Composite(ty) => {
            let mut words = words.text("row of ");
            for (at, field) in ty.fields.iter().enumerate() {
                words = words.flag(at > 0, ", ").code(&field.name);
                words = words.text(format!(" {}", field.ty));
            }
            words
        }
        UserType::Range(ty) => words.text("range over ").code(&ty.subtype),
    }
}
