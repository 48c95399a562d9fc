//! Reads a SQLite database into a `Schema`: three queries, and the text of each table.

use std::collections::{BTreeMap, BTreeSet};

use super::session::SqliteSession;
use super::sql::{self, Kind, Token};
use super::types;
use crate::db::DbError;
use crate::facts::{Facts, Size};
use crate::schema::{
    Action, Column, Constraint, ConstraintKind, Expr, ForeignKey, Generated, GeneratedKind, Hints,
    Ident, Identity, Index, IndexKey, IndexPart, Key, Name, Other, Quoted, Schema, Table,
    TableOptions, quote_literal,
};
use crate::scope::Scope;

const OBJECTS: &str = "SELECT type, name, tbl_name, sql FROM sqlite_schema \
     WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name";

const COLUMNS: &str = "SELECT t.name, t.wr, t.strict, c.name, c.type, c.\"notnull\", \
     c.dflt_value, c.hidden \
     FROM pragma_table_list AS t JOIN pragma_table_xinfo(t.name) AS c \
     WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
     ORDER BY t.name, c.cid";

/// Reads the tables in scope, all that depends on them, and the facts that planning needs.
///
/// # Errors
///
/// What the database says, such as that the file is no database.
pub async fn introspect(
    session: &mut SqliteSession,
    scope: &Scope,
) -> Result<(Schema, Facts), DbError> {
    let own = session.begin_read().await?;
    let read = read(session, scope).await;
    if own {
        session.end_read().await?;
    }
    read
}

async fn read(session: &mut SqliteSession, scope: &Scope) -> Result<(Schema, Facts), DbError> {
    let objects = session.fetch_texts(OBJECTS).await?;
    let rows = session.fetch_texts(COLUMNS).await?;
    let mut facts = Facts {
        version: u32::try_from(session.version()).unwrap_or(0),
        ..Facts::default()
    };
    let mut texts: BTreeMap<&str, &str> = BTreeMap::new();
    for row in &objects {
        if let [Some(kind), Some(name), _, Some(text)] = row.as_slice() {
            facts.texts.insert(name.clone(), text.clone());
            if kind == "table" {
                texts.insert(name, text);
            }
        }
    }

    let mut tables: BTreeMap<Name, Table> = BTreeMap::new();
    for row in &rows {
        let text = |n: usize| row.get(n).and_then(Option::as_deref).unwrap_or_default();
        let name = Name::bare(text(0));
        if !scope.has(&name) {
            facts.out_of_scope.insert(name);
            continue;
        }
        let table = tables.entry(name.clone()).or_insert_with(|| Table {
            name,
            options: TableOptions {
                without_rowid: text(1) == "1",
                strict: text(2) == "1",
                ..TableOptions::default()
            },
            ..Table::default()
        });
        let kind = match text(7) {
            "2" => Some(GeneratedKind::Virtual),
            "3" => Some(GeneratedKind::Stored),
            _ => None,
        };
        table.columns.push(Column {
            name: Ident::new(text(3)),
            ty: types::parse(text(4)),
            nullable: text(5) == "0",
            default: row[6].as_deref().map(default),
            generated: kind.map(|kind| {
                Box::new(Generated {
                    expr: Expr::default(),
                    kind,
                })
            }),
            ..Column::default()
        });
    }
    let mut hints = Hints::default();
    for table in tables.values_mut() {
        if let Some(text) = texts.get(table.name.name.as_str()) {
            read_table(table, text);
            let unsaid = unsaid(text);
            if !unsaid.is_empty() {
                let object = || format!("table {}", table.name);
                let lacks = unsaid.iter().map(|words| (not_said(words), object()));
                hints.lacks.insert(table.name.clone(), lacks.collect());
                facts.unsaid.insert(table.name.clone(), unsaid);
            }
        }
    }
    resolve_references(&mut tables);

    let mut others = Vec::new();
    for row in &objects {
        let [Some(kind), Some(name), Some(on), Some(text)] = row.as_slice() else {
            continue;
        };
        match kind.as_str() {
            "index" => {
                if let Some(table) = tables.get_mut(&Name::bare(on.as_str())) {
                    let index = read_index(name, text, &table.columns);
                    table.indexes.push(index);
                }
            }
            "view" | "trigger" => others.push(other(kind, name, on, text, &tables, &objects)),
            "table" if is_virtual(text) => others.push(Other {
                kind: "virtual table".into(),
                name: Name::bare(name.as_str()),
                signature: String::new(),
                table: None,
                create: Vec::new(),
                drop: format!("DROP TABLE {}", Quoted(name.as_str())),
                depends_on: BTreeSet::new(),
                depends_on_keys: BTreeSet::new(),
                depends_on_others: BTreeSet::new(),
            }),
            _ => {}
        }
    }
    facts.sizes = sizes(session, &tables).await?;
    let schema = Schema {
        tables: (tables.into_iter())
            .map(|(name, table)| (name, table.into()))
            .collect(),
        others,
        hints,
        ..Schema::default()
    };
    Ok((schema, facts))
}

/// Reads a default. A name there is a text: `DEFAULT "x"`, `DEFAULT x`.
fn default(text: &str) -> Expr {
    let tokens = sql::tokens(text);
    let [one] = tokens.as_slice() else {
        return Expr::new(text);
    };
    let known = ["NULL", "TRUE", "FALSE"].iter().any(|word| one.is(word));
    let clock = sql::is_clock(&text.to_ascii_uppercase());
    match one.kind {
        Kind::Name => Expr::new(quote_literal(&one.name())),
        Kind::Word if !known && !clock => Expr::new(quote_literal(text)),
        Kind::Word | Kind::Text | Kind::Number | Kind::Symbol => Expr::new(text),
    }
}

/// Tells which tables have rows: a count would read all of them.
async fn sizes(
    session: &mut SqliteSession,
    tables: &BTreeMap<Name, Table>,
) -> Result<BTreeMap<Name, Size>, DbError> {
    let mut sizes = BTreeMap::new();
    let names: Vec<&Name> = tables.keys().collect();
    // A compound SELECT has 500 terms at most.
    for names in names.chunks(400) {
        let terms: Vec<String> = names
            .iter()
            .map(|name| {
                let literal = quote_literal(name.name.as_str());
                format!("SELECT {literal}, EXISTS (SELECT 1 FROM {})", Quoted(*name))
            })
            .collect();
        let rows = match session.fetch_texts(&terms.join(" UNION ALL ")).await {
            // One of them cannot be read: a key of it has a collation that its application defines.
            Err(error) if error.code == "1" => {
                for (name, term) in names.iter().zip(&terms) {
                    let rows = match session.fetch_texts(term).await {
                        Ok(rows) => rows.iter().flatten().nth(1) != Some(&Some("0".into())),
                        Err(_) => true,
                    };
                    let rows = u64::from(rows);
                    sizes.insert(
                        (*name).clone(),
                        Size {
                            rows,
                            ..Size::default()
                        },
                    );
                }
                continue;
            }
            rows => rows?,
        };
        for row in rows {
            if let [Some(name), Some(rows)] = row.as_slice() {
                let rows = rows.parse().unwrap_or(0);
                sizes.insert(
                    Name::bare(name.as_str()),
                    Size {
                        rows,
                        ..Size::default()
                    },
                );
            }
        }
    }
    let known = session
        .fetch_i64("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'")
        .await?;
    if known > 0 {
        let estimates = "SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl";
        for row in session.fetch_texts(estimates).await? {
            if let [Some(name), Some(rows)] = row.as_slice()
                && let Some(size) = sizes.get_mut(&Name::bare(name.as_str()))
                && size.rows > 0
            {
                size.rows = rows.parse().unwrap_or(0).max(1);
            }
        }
    }
    Ok(sizes)
}

fn is_virtual(text: &str) -> bool {
    let word = text.split_whitespace().nth(1);
    word.is_some_and(|word| word.eq_ignore_ascii_case("virtual"))
}

fn other(
    kind: &str,
    name: &str,
    on: &str,
    text: &str,
    tables: &BTreeMap<Name, Table>,
    objects: &[Vec<Option<String>>],
) -> Other {
    let tokens = sql::tokens(text);
    let named = |thing: &str| tokens.iter().any(|token| token.names(thing));
    let depends_on = tables
        .keys()
        .filter(|table| named(table.name.as_str()))
        .map(|table| (table.clone(), None))
        .collect();
    let depends_on_others: BTreeSet<Name> = objects
        .iter()
        .filter_map(|row| match row.as_slice() {
            [Some(kind), Some(view), ..] if kind == "view" && view != name && named(view) => {
                Some(Name::bare(view.as_str()))
            }
            _ => None,
        })
        .collect();
    let keyword = if kind == "view" { "VIEW" } else { "TRIGGER" };
    Other {
        kind: kind.into(),
        name: Name::bare(name),
        signature: String::new(),
        table: (kind == "trigger").then(|| Name::bare(on)),
        create: vec![text.into()],
        drop: format!("DROP {keyword} IF EXISTS {}", Quoted(name)),
        depends_on,
        depends_on_keys: BTreeSet::new(),
        depends_on_others,
    }
}

/// Gives references the spelling of what they name, and the key's columns where none are named.
fn resolve_references(tables: &mut BTreeMap<Name, Table>) {
    let known: Vec<(Name, Vec<Ident>, Vec<Ident>)> = tables
        .values()
        .map(|table| {
            let columns = table.columns.iter().map(|column| column.name.clone());
            let key = table.primary_key().map(|key| key.columns.clone());
            (
                table.name.clone(),
                columns.collect(),
                key.unwrap_or_default(),
            )
        })
        .collect();
    for table in tables.values_mut() {
        for constraint in &mut table.constraints {
            let ConstraintKind::ForeignKey(key) = &mut constraint.kind else {
                continue;
            };
            let same = |a: &Ident, b: &Ident| a.as_str().eq_ignore_ascii_case(b.as_str());
            let Some((name, columns, primary)) = known
                .iter()
                .find(|(name, ..)| same(&name.name, &key.table.name))
            else {
                continue;
            };
            key.table = name.clone();
            if key.references.is_empty() {
                key.references = primary.clone();
            }
            for reference in &mut key.references {
                if let Some(column) = columns.iter().find(|column| same(column, reference)) {
                    *reference = column.clone();
                }
            }
        }
    }
}

/// Reads what stands in the text of CREATE TABLE alone.
fn read_table(table: &mut Table, text: &str) {
    let tokens = sql::tokens(text);
    let Some(open) = tokens.iter().position(|token| token.is("(")) else {
        return;
    };
    let end = sql::close(&tokens, open).saturating_sub(1);
    for item in split(&tokens[open + 1..end]) {
        let Some(first) = item.first() else { continue };
        let heads = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
        if heads.iter().any(|head| first.is(head)) {
            read_constraints(table, item, None);
        } else {
            let name = first.name();
            read_constraints(table, &item[1..], Some(&name));
        }
    }
}

/// Returns the words that a schema has no place for: the conflict clauses of NOT NULL, and orders and
/// collations in keys. A check ignores its conflict clause.
fn unsaid(text: &str) -> BTreeSet<String> {
    let tokens = sql::tokens(text);
    let mut found = BTreeSet::new();
    let mut not_null = false;
    for (at, token) in tokens.iter().enumerate() {
        let word = |ahead: usize| tokens.get(at + ahead);
        let is = |ahead: usize, name: &str| word(ahead).is_some_and(|it| it.is(name));
        if ["NOT", "PRIMARY", "UNIQUE", "CHECK"]
            .iter()
            .any(|word| token.is(word))
        {
            not_null = token.is("NOT") && is(1, "NULL");
        }
        if not_null && token.is("ON") && is(1, "CONFLICT") {
            let action = word(2).map(|it| it.text.to_ascii_uppercase());
            // ABORT is what happens without the words.
            found.extend(
                action
                    .filter(|it| it != "ABORT")
                    .map(|it| format!("NOT NULL ON CONFLICT {it}")),
            );
        }
        let key = (token.is("PRIMARY") && is(1, "KEY")) || token.is("UNIQUE");
        if !key {
            continue;
        }
        let open = if token.is("UNIQUE") { 1 } else { 2 };
        if is(open, "DESC") {
            found.insert("DESC in a key".into());
        }
        if is(open, "(") {
            let end = sql::close(&tokens, at + open);
            for part in &tokens[at + open..end] {
                if part.is("DESC") {
                    found.insert("DESC in a key".into());
                }
                if part.is("COLLATE") {
                    found.insert("COLLATE in a key".into());
                }
            }
        }
    }
    found
}

/// What becomes of words that a schema has no place for, where they are wanted.
fn not_said(words: &str) -> String {
    format!("{words} is neither compared nor made: no model can say it")
}

/// Splits at the commas that stand in no brackets.
fn split<'a, 'b>(tokens: &'b [Token<'a>]) -> Vec<&'b [Token<'a>]> {
    let mut items = Vec::new();
    let (mut from, mut depth) = (0, 0);
    for (at, token) in tokens.iter().enumerate() {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
        } else if token.is(",") && depth == 0 {
            items.push(&tokens[from..at]);
            from = at + 1;
        }
    }
    items.push(&tokens[from..]);
    items
}

/// Reads the constraints of a column's or table's definition.
fn read_constraints(table: &mut Table, tokens: &[Token<'_>], column: Option<&str>) {
    let mut reader = Reader { tokens, at: 0 };
    let mut name: Option<Ident> = None;
    let own = |table: &Table| match column {
        Some(column) => vec![resolve(&table.columns, column)],
        None => Vec::new(),
    };
    while let Some(token) = reader.next() {
        if token.is("CONSTRAINT") {
            name = reader.next().map(|token| Ident::new(token.name()));
            continue;
        }
        let kind = if token.is("PRIMARY") {
            reader.skip("KEY");
            let mut columns = own(table);
            if columns.is_empty() {
                columns = reader.columns(&table.columns);
            }
            reader.skip_any(&["ASC", "DESC"]);
            let on_conflict = reader.conflict();
            if reader.skip("AUTOINCREMENT")
                && let Some(column) = table.columns.iter_mut().find(|c| columns.contains(&c.name))
            {
                column.identity = Some(Box::new(Identity {
                    always: true,
                    ..Identity::default()
                }));
            }
            ConstraintKind::PrimaryKey(Key {
                columns,
                on_conflict,
                ..Key::default()
            })
        } else if token.is("UNIQUE") {
            let mut columns = own(table);
            if columns.is_empty() {
                columns = reader.columns(&table.columns);
            }
            ConstraintKind::Unique(Key {
                columns,
                on_conflict: reader.conflict(),
                ..Key::default()
            })
        } else if token.is("CHECK") {
            let expr = Expr::new(reader.brackets());
            ConstraintKind::Check {
                expr,
                no_inherit: false,
            }
        } else if token.is("FOREIGN") {
            reader.skip("KEY");
            let columns = reader.columns(&table.columns);
            reader.skip("REFERENCES");
            reader.foreign_key(columns)
        } else if token.is("REFERENCES") {
            reader.foreign_key(own(table))
        } else {
            let column = column.and_then(|name| {
                let columns = &mut table.columns;
                columns
                    .iter_mut()
                    .find(|column| column.name.as_str().eq_ignore_ascii_case(name))
            });
            // Their names mean nothing, and are not those of what follows.
            let unnamed = ["NOT", "NULL", "DEFAULT", "COLLATE", "AS"]
                .iter()
                .any(|word| token.is(word));
            if token.is("DEFAULT") {
                // The value stands in the pragma; here it is only passed by.
                if reader.peek("(") {
                    reader.brackets();
                } else {
                    let sign = reader.next();
                    if sign.is_some_and(|sign| sign.is("-") || sign.is("+")) {
                        reader.next();
                    }
                }
            } else if token.is("COLLATE")
                && let Some(collation) = reader.next()
                && let Some(column) = column
            {
                column.collation = Some(Name::bare(collation.name()));
            } else if token.is("AS")
                && reader.peek("(")
                && let Some(column) = column
            {
                let expr = Expr::new(reader.brackets());
                if let Some(generated) = &mut column.generated {
                    generated.expr = expr;
                }
            }
            if unnamed {
                name = None;
            }
            continue;
        };
        let mut constraint = Constraint {
            name: name.take(),
            ..Constraint::new(kind)
        };
        if matches!(constraint.kind, ConstraintKind::ForeignKey(_)) {
            let not = reader.peek("NOT") && reader.peek_at(1, "DEFERRABLE");
            if not {
                reader.next();
            }
            if reader.skip("DEFERRABLE") {
                constraint.deferrable = !not;
                if reader.skip("INITIALLY") {
                    constraint.initially_deferred = !not && reader.peek("DEFERRED");
                    reader.next();
                }
            }
        }
        table.constraints.push(constraint);
    }
}

fn resolve(columns: &[Column], name: &str) -> Ident {
    let found = columns
        .iter()
        .find(|column| column.name.as_str().eq_ignore_ascii_case(name));
    found.map_or_else(|| Ident::new(name), |column| column.name.clone())
}

fn read_index(name: &str, text: &str, columns: &[Column]) -> Index {
    let tokens = sql::tokens(text);
    let unique = tokens.get(1).is_some_and(|token| token.is("UNIQUE"));
    let mut index = Index {
        name: Some(Ident::new(name)),
        unique,
        ..Index::default()
    };
    let Some(open) = tokens.iter().position(|token| token.is("(")) else {
        return index;
    };
    let end = sql::close(&tokens, open);
    for item in split(&tokens[open + 1..end.saturating_sub(1)]) {
        let mut item = item;
        let mut part = IndexPart::column("");
        if let [rest @ .., last] = item
            && (last.is("ASC") || last.is("DESC"))
        {
            part.descending = last.is("DESC");
            item = rest;
        }
        if let [rest @ .., word, collation] = item
            && word.is("COLLATE")
        {
            part.collation = Some(Name::bare(collation.name()));
            item = rest;
        }
        part.key = match item {
            [one] if matches!(one.kind, Kind::Word | Kind::Name) => {
                IndexKey::Column(resolve(columns, &one.name()))
            }
            _ => IndexKey::Expr(Expr::new(join(item))),
        };
        index.parts.push(part);
    }
    if tokens.get(end).is_some_and(|token| token.is("WHERE")) {
        index.predicate = Some(Expr::new(join(&tokens[end + 1..])));
    }
    index
}

fn join(tokens: &[Token<'_>]) -> String {
    let texts: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    texts.join(" ")
}

/// Goes through tokens from left to right.
struct Reader<'a, 'b> {
    tokens: &'b [Token<'a>],
    at: usize,
}

impl<'a> Reader<'a, '_> {
    fn next(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.get(self.at).copied();
        self.at += 1;
        token
    }

    fn peek(&self, word: &str) -> bool {
        self.peek_at(0, word)
    }

    fn peek_at(&self, ahead: usize, word: &str) -> bool {
        let token = self.tokens.get(self.at + ahead);
        token.is_some_and(|token| token.is(word))
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.peek(word);
        self.at += usize::from(found);
        found
    }

    fn skip_any(&mut self, words: &[&str]) {
        for word in words {
            self.skip(word);
        }
    }

    /// Reads what becomes of a row that is in the way.
    fn conflict(&mut self) -> Option<String> {
        if !(self.peek("ON") && self.peek_at(1, "CONFLICT")) {
            return None;
        }
        self.at += 2;
        let action = self.next()?.text.to_ascii_uppercase();
        // ABORT is what happens without the words.
        (action != "ABORT").then_some(action)
    }

    /// Returns the text in the brackets that begin here.
    fn brackets(&mut self) -> String {
        if !self.peek("(") {
            return String::new();
        }
        let end = sql::close(self.tokens, self.at);
        let text = join(&self.tokens[self.at + 1..end.saturating_sub(1)]);
        self.at = end;
        text
    }

    /// Returns the columns in the brackets that begin here.
    fn columns(&mut self, known: &[Column]) -> Vec<Ident> {
        if !self.peek("(") {
            return Vec::new();
        }
        let end = sql::close(self.tokens, self.at);
        let inner = &self.tokens[self.at + 1..end.saturating_sub(1)];
        // AUTOINCREMENT may stand in the brackets of a table's primary key.
        let columns = split(inner)
            .into_iter()
            .filter_map(|item| item.first())
            .map(|token| resolve(known, &token.name()))
            .collect();
        self.at = end;
        if inner.last().is_some_and(|token| token.is("AUTOINCREMENT")) {
            self.at -= 2;
        }
        columns
    }

    /// Reads what follows REFERENCES.
    fn foreign_key(&mut self, columns: Vec<Ident>) -> ConstraintKind {
        let table = self.next().map(|token| token.name()).unwrap_or_default();
        let mut key = ForeignKey {
            columns,
            table: Name::bare(table),
            references: self.columns(&[]),
            ..ForeignKey::default()
        };
        loop {
            if self.peek("ON") && (self.peek_at(1, "DELETE") || self.peek_at(1, "UPDATE")) {
                let deletes = self.peek_at(1, "DELETE");
                self.at += 2;
                let action = self.action();
                if deletes {
                    key.on_delete = action;
                } else {
                    key.on_update = action;
                }
            } else if self.peek("MATCH") {
                self.at += 2;
            } else {
                return ConstraintKind::ForeignKey(key);
            }
        }
    }

    fn action(&mut self) -> Action {
        if self.skip("CASCADE") {
            Action::Cascade
        } else if self.skip("RESTRICT") {
            Action::Restrict
        } else if self.skip("SET") {
            if self.skip("NULL") {
                Action::SetNull
            } else {
                self.skip("DEFAULT");
                Action::SetDefault
            }
        } else {
            self.skip_any(&["NO", "ACTION"]);
            Action::NoAction
        }
    }
}
