//! Makes both sides spell the same thing alike: names in full, types and expressions as the server
//! has them, and nothing where there is only a default.

use std::collections::BTreeMap;

use super::expression::{Context, fold};
use super::numbered;
use super::types::{is_builtin, is_text, parse_type, serial, spell};
use crate::schema::{
    Column, Constraint, ConstraintKind, DataType, Domain, Expr, Ident, Identity, Index, IndexKey,
    IndexPart, Name, PartitionBy, Quoted, Schema, Sequence, SequenceOptions, Statistics, Table,
    UserType, quote_literal,
};

/// Normalizes a schema: from a model or from a live database, and again without a change.
///
/// `extension_types` tells in which schema a type of an extension is: `citext` in `public`.
/// Returns everything that is wrong, not the first thing alone.
pub fn normalize(
    mut schema: Schema,
    extension_types: &BTreeMap<String, Ident>,
) -> Result<Schema, Vec<String>> {
    let mut errors = Vec::new();
    qualify(&mut schema, &mut errors);
    let mut types = Types {
        user: schema.types.keys().cloned().collect(),
        domains: BTreeMap::new(),
        extension: extension_types,
    };
    for (name, ty) in &mut schema.types {
        user_type(name, ty, &types, &mut errors);
    }
    for (name, ty) in &schema.types {
        if let UserType::Domain(domain) = ty {
            types.domains.insert(name.clone(), domain.base.clone());
        }
    }
    for (name, sequence) in &mut schema.sequences {
        if sequence.ty.name.is_empty() {
            sequence.ty = DataType::builtin("bigint");
        }
        types.resolve(
            &mut sequence.ty,
            name,
            &format!("sequence `{name}`"),
            &mut errors,
        );
        sequence.options = sequence_options(&sequence.options, &sequence.ty);
        no_empty(&mut sequence.comment);
    }
    let mut serials = Vec::new();
    let parents: BTreeMap<Name, Name> = schema
        .tables
        .values()
        .filter_map(|table| Some((table.name.clone(), table.partition_of.clone()?.parent)))
        .collect();
    for table in schema.tables.values_mut() {
        // Partitions take the numbers of the table that they are parts of.
        let mut root = &table.name;
        while let Some(parent) = parents.get(root) {
            root = parent;
        }
        let root = root.clone();
        table.update(|table| {
            for column in &mut table.columns {
                column_type(&table.name, column, &types, &mut errors);
                serials.extend(serial_column(&root, column));
            }
        });
    }
    numbered::from_above(&mut schema);
    for (name, sequence) in serials {
        schema.sequences.entry(name).or_insert(sequence);
    }
    let keys: BTreeMap<Name, Vec<Ident>> = schema
        .tables
        .values()
        .filter_map(|table| Some((table.name.clone(), table.primary_key()?.columns.clone())))
        .collect();
    let partition_keys = partition_keys(&schema);
    for table in schema.tables.values_mut() {
        table.update(|table| {
            Parts::of(table, &types).table(table, &keys, &partition_keys, &mut errors);
        });
    }
    let tables = &schema.tables;
    for statistics in schema.statistics.values_mut() {
        if let Some(table) = tables.get(&statistics.table) {
            Parts::of(table, &types).statistics(statistics);
        }
        no_empty(&mut statistics.comment);
    }
    for namespace in schema.namespaces.values_mut() {
        no_empty(&mut namespace.comment);
    }
    if errors.is_empty() {
        Ok(schema)
    } else {
        Err(errors)
    }
}

/// Puts bare names into `public`, and makes an entry for each schema that is used.
fn qualify(schema: &mut Schema, errors: &mut Vec<String>) {
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
    schema.hints = crate::schema::Hints {
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

fn no_empty(comment: &mut Option<String>) {
    // `COMMENT .. IS ''` removes a comment.
    if comment.as_deref() == Some("") {
        *comment = None;
    }
}

/// The types that a bare name may mean.
struct Types<'a> {
    user: Vec<Name>,
    /// The types beneath domains.
    domains: BTreeMap<Name, DataType>,
    extension: &'a BTreeMap<String, Ident>,
}

impl Types<'_> {
    fn resolve(&self, ty: &mut DataType, near: &Name, place: &str, errors: &mut Vec<String>) {
        match self.resolved(ty, near) {
            Ok(resolved) => *ty = resolved,
            Err(reason) => errors.push(format!("{place}: {reason}")),
        }
    }

    fn resolved(&self, ty: &DataType, near: &Name) -> Result<DataType, String> {
        if ty
            .schema
            .as_ref()
            .is_some_and(|schema| schema.as_str() != "pg_catalog")
        {
            return Ok(ty.clone());
        }
        let parsed = parse_type(&ty.spell(&ty.name));
        let parsed = match parsed {
            Ok(parsed) if parsed.schema.is_some() || is_builtin(&parsed) => return Ok(parsed),
            Ok(parsed) if serial(&parsed).is_some() => return Ok(parsed),
            parsed => parsed,
        };
        // The name of an enum of the model, as it is: capitals and blanks mean themselves.
        if let Some(schema) = self.schema_of(&ty.name, near) {
            return Ok(DataType {
                schema: Some(schema),
                ..ty.clone()
            });
        }
        let mut parsed = parsed?;
        let schema = self
            .schema_of(&parsed.name, near)
            .or_else(|| self.extension.get(&parsed.name).cloned());
        parsed.schema = Some(schema.unwrap_or_else(|| "public".into()));
        Ok(parsed)
    }

    fn schema_of(&self, name: &str, near: &Name) -> Option<Ident> {
        let there = |schema: &str| {
            let wanted = Name::new(schema, name);
            self.user.contains(&wanted).then(|| Ident::from(schema))
        };
        near.schema
            .as_ref()
            .and_then(|schema| there(schema.as_str()))
            .or_else(|| there("public"))
    }

    /// Returns the type that the values of a type have: beneath a domain, its base.
    fn base(&self, ty: &DataType) -> DataType {
        let mut base = ty;
        // A domain of a domain of itself cannot be; a model may still say so.
        for _ in 0..8 {
            let domain = base.user().filter(|_| !base.array);
            match domain.and_then(|name| self.domains.get(&name)) {
                Some(beneath) => base = beneath,
                None => break,
            }
        }
        base.clone()
    }

    /// As `resolved`, for a type within an expression.
    fn named(&self, ty: DataType, near: &Name) -> DataType {
        self.resolved(&ty, near).unwrap_or(ty)
    }
}

fn user_type(name: &Name, ty: &mut UserType, types: &Types<'_>, errors: &mut Vec<String>) {
    let place = format!("type `{name}`");
    match ty {
        UserType::Enum(_) => {}
        UserType::Domain(domain) => {
            types.resolve(&mut domain.base, name, &format!("domain `{name}`"), errors);
            collation(&mut domain.collation);
            domain_parts(name, domain, types);
        }
        UserType::Composite(composite) => {
            for field in &mut composite.fields {
                types.resolve(&mut field.ty, name, &place, errors);
                collation(&mut field.collation);
                no_empty(&mut field.comment);
            }
        }
        UserType::Range(range) => {
            types.resolve(&mut range.subtype, name, &place, errors);
            for (key, value) in &mut range.options {
                *key = key.to_lowercase();
                if key == "subtype" {
                    *value = spell(&range.subtype);
                }
            }
        }
    }
    no_empty(ty.comment_mut());
}

fn domain_parts(name: &Name, domain: &mut Domain, types: &Types<'_>) {
    let base = domain.base.clone();
    let column = |column: &str| (column == "value").then(|| base.clone());
    let resolve = |ty| types.named(ty, name);
    let context = |target| Context {
        column: &column,
        resolve: &resolve,
        target,
    };
    domain.default = domain
        .default
        .take()
        .map(|default| default.normalized(fold(default.sql(), &context(Some(&base)))))
        .and_then(no_null);
    for check in &mut domain.checks {
        check.expr = (check.expr).normalized(fold(check.expr.sql(), &context(None)));
        no_empty(&mut check.comment);
    }
    domain.checks.sort_by(|a, b| a.name.cmp(&b.name));
}

/// `DEFAULT NULL` is no default; but what a server keeps, such as `NULL::character varying` of a
/// column with a length, is one to it.
fn no_null(default: Expr) -> Option<Expr> {
    if default.as_str() != "NULL" {
        return Some(default);
    }
    let kept = default.is_printed() && default.sql() != "NULL";
    kept.then(|| default.normalized(default.sql()))
}

/// A collation without a schema is the server's own.
fn collation(collation: &mut Option<Name>) {
    if collation
        .as_ref()
        .is_some_and(|name| name.name.as_str() == "default")
    {
        *collation = None;
    }
    if let Some(name) = collation {
        name.schema.get_or_insert_with(|| "pg_catalog".into());
    }
}

fn column_type(table: &Name, column: &mut Column, types: &Types<'_>, errors: &mut Vec<String>) {
    let place = format!("column `{table}.{}`", column.name);
    types.resolve(&mut column.ty, table, &place, errors);
    collation(&mut column.collation);
    if let Some(storage) = &mut column.storage {
        *storage = storage.to_lowercase();
    }
    let own = storage_of(&column.ty);
    column.storage = column
        .storage
        .take()
        .filter(|storage| Some(storage.as_str()) != own && storage != "default");
    if let Some(compression) = &mut column.compression {
        *compression = compression.to_lowercase();
    }
    column.compression = column.compression.take().filter(|name| name != "default");
    column.statistics = column.statistics.filter(|target| *target != -1);
    column.options.remove("pg_attver");
    no_empty(&mut column.comment);
    if let Some(identity) = &mut column.identity {
        column.nullable = false;
        identity_parts(table, &column.name, &column.ty, identity);
    }
}

fn identity_parts(table: &Name, column: &Ident, ty: &DataType, identity: &mut Identity) {
    identity.options = sequence_options(&identity.options, ty);
    let own = sequence_name(table, column);
    identity.sequence = identity.sequence.take().filter(|name| *name != own);
}

/// Returns how values of a built-in type are stored if nobody says otherwise.
fn storage_of(ty: &DataType) -> Option<&'static str> {
    if !is_builtin(ty) {
        return None;
    }
    if ty.array {
        return Some("extended");
    }
    Some(match ty.name.as_str() {
        "numeric" | "inet" | "cidr" => "main",
        "text" | "character varying" | "character" | "bpchar" | "bytea" | "json" | "jsonb"
        | "xml" | "bit" | "bit varying" | "\"bit\"" | "path" | "polygon" | "tsvector"
        | "jsonpath" => "extended",
        name if name.ends_with("range") => "extended",
        name if name.starts_with("tsquery") => "plain",
        _ => "plain",
    })
}

/// Makes of a serial column what the server makes of it; returns its sequence.
fn serial_column(table: &Name, column: &mut Column) -> Option<(Name, Sequence)> {
    let ty = serial(&column.ty)?;
    let name = sequence_name(table, &column.name);
    column.ty = ty.clone();
    column.nullable = false;
    if column.default.is_some() {
        return None;
    }
    let quoted = quote_literal(&Quoted(&name).to_string());
    column.default = Some(Expr::printed(format!("nextval({quoted}::regclass)")));
    let sequence = Sequence {
        ty,
        owned_by: Some((table.clone(), column.name.clone())),
        ..Sequence::default()
    };
    Some((name, sequence))
}

/// Returns the type of the only column of each partition key.
fn partition_keys(schema: &Schema) -> BTreeMap<Name, DataType> {
    let mut keys = BTreeMap::new();
    for table in schema.tables.values() {
        let Some(partition_by) = &table.partition_by else {
            continue;
        };
        let column = Ident::new(partition_by.key.trim().trim_matches('"'));
        if let Some(column) = table.column(&column) {
            keys.insert(table.name.clone(), column.ty.clone());
        }
    }
    keys
}

/// What the parts of a table are read against: its columns.
struct Parts<'a> {
    name: Name,
    columns: BTreeMap<String, (DataType, Option<Name>)>,
    types: &'a Types<'a>,
}

impl<'a> Parts<'a> {
    fn of(table: &Table, types: &'a Types<'a>) -> Self {
        let columns = table.columns.iter().map(|column| {
            let name = column.name.as_str().to_owned();
            (name, (column.ty.clone(), column.collation.clone()))
        });
        Self {
            name: table.name.clone(),
            columns: columns.collect(),
            types,
        }
    }

    fn fold(&self, expr: &Expr, target: Option<&DataType>) -> Expr {
        let column = |name: &str| self.columns.get(name).map(|(ty, _)| self.types.base(ty));
        let resolve = |ty| self.types.named(ty, &self.name);
        expr.normalized(fold(
            expr.sql(),
            &Context {
                column: &column,
                resolve: &resolve,
                target,
            },
        ))
    }

    fn table(
        &self,
        table: &mut Table,
        keys: &BTreeMap<Name, Vec<Ident>>,
        partition_keys: &BTreeMap<Name, DataType>,
        errors: &mut Vec<String>,
    ) {
        no_empty(&mut table.comment);
        let heap = |name: &Ident| name.as_str() != "heap";
        table.options.access_method = table.options.access_method.take().filter(heap);
        let primary = keys.get(&table.name).cloned().unwrap_or_default();
        for column in &mut table.columns {
            self.column(column);
            if primary.contains(&column.name) {
                column.nullable = false;
            }
        }
        for constraint in &mut table.constraints {
            self.constraint(constraint, keys, errors);
        }
        for index in &mut table.indexes {
            self.index(index);
        }
        if let Some(partition_by) = &mut table.partition_by {
            self.partition_by(partition_by);
        }
        if let Some(partition) = &mut table.partition_of {
            partition.bound = bound(&partition.bound, partition_keys.get(&partition.parent));
        }
    }

    fn column(&self, column: &mut Column) {
        column.default = column
            .default
            .take()
            .map(|default| self.fold(&default, Some(&self.types.base(&column.ty))))
            .and_then(no_null);
        if let Some(generated) = &mut column.generated {
            generated.expr = self.fold(&generated.expr, None);
        }
    }

    fn constraint(
        &self,
        constraint: &mut Constraint,
        keys: &BTreeMap<Name, Vec<Ident>>,
        errors: &mut Vec<String>,
    ) {
        no_empty(&mut constraint.comment);
        constraint.deferrable |= constraint.initially_deferred;
        // What is not enforced has not been checked either; that is said once.
        constraint.not_valid &= !constraint.not_enforced;
        match &mut constraint.kind {
            ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) => {}
            ConstraintKind::Check { expr, .. } => *expr = self.fold(expr, None),
            ConstraintKind::ForeignKey(key) => {
                if !key.references.is_empty() {
                    return;
                }
                match keys.get(&key.table) {
                    Some(columns) => key.references = columns.clone(),
                    None => errors.push(format!(
                        "table `{}`: a foreign key references `{}`, whose primary key is not \
                         known; name the referenced columns",
                        self.name, key.table
                    )),
                }
            }
            ConstraintKind::Exclude(exclude) => {
                exclude.method = method(&exclude.method, "gist");
                for element in &mut exclude.elements {
                    self.part(&mut element.part, &exclude.method);
                }
                exclude.predicate = exclude.predicate.as_ref().map(|expr| self.fold(expr, None));
            }
        }
    }

    fn index(&self, index: &mut Index) {
        no_empty(&mut index.comment);
        index.method = method(&index.method, "btree");
        for part in &mut index.parts {
            self.part(part, &index.method);
        }
        index.predicate = index.predicate.as_ref().map(|expr| self.fold(expr, None));
    }

    fn part(&self, part: &mut IndexPart, method: &str) {
        if let IndexKey::Expr(expr) = &part.key {
            let expr = self.fold(expr, None);
            let column = self
                .columns
                .keys()
                .find(|name| Quoted(name.as_str()).to_string() == expr.as_str());
            part.key = match column {
                Some(column) => IndexKey::Column(column.as_str().into()),
                None => IndexKey::Expr(expr),
            };
        }
        let ordered = method == "btree";
        part.nulls_first = Some(ordered && part.nulls_first.unwrap_or(part.descending));
        part.descending &= ordered;
        collation(&mut part.collation);
        let known = match &part.key {
            IndexKey::Column(column) => self.columns.get(column.as_str()),
            IndexKey::Expr(_) => None,
        };
        if let Some((_, own)) = known
            && part.collation == *own
        {
            part.collation = None;
        }
        if let Some(opclass) = &mut part.opclass {
            *opclass = opclass.trim_start_matches("pg_catalog.").to_owned();
        }
        let default = known.and_then(|(ty, _)| opclass_of(ty, method));
        let with_options = !part.opclass_options.is_empty();
        part.opclass = part
            .opclass
            .take()
            .filter(|opclass| with_options || Some(opclass.as_str()) != default);
    }

    fn partition_by(&self, partition_by: &mut PartitionBy) {
        partition_by.strategy = partition_by.strategy.to_lowercase();
        let parts: Vec<String> = split(&partition_by.key)
            .into_iter()
            .map(|part| {
                // With a collation or operator class it is no expression.
                let bare = self.columns.keys().find(|name| {
                    name.as_str() == part || Quoted(name.as_str()).to_string() == part
                });
                match bare {
                    Some(name) => Quoted(name.as_str()).to_string(),
                    None if part.ends_with(')') => {
                        let folded = self.fold(&Expr::new(part), None).to_string();
                        // Only a call may stand there without parentheses.
                        if part.starts_with('(') {
                            format!("({folded})")
                        } else {
                            folded
                        }
                    }
                    None => part.to_owned(),
                }
            })
            .collect();
        partition_by.columns = (parts.iter())
            .filter_map(|part| {
                let word = part.split(' ').next()?.trim_matches('"');
                self.columns.contains_key(word).then(|| Ident::from(word))
            })
            .collect();
        partition_by.key = parts.join(", ");
    }

    fn statistics(&self, statistics: &mut Statistics) {
        statistics.target = statistics.target.filter(|target| *target != -1);
        let mut columns = Vec::new();
        let mut exprs = Vec::new();
        for part in std::mem::take(&mut statistics.on) {
            let folded = self.fold(&Expr::new(part), None).to_string();
            let known = |name: &&String| Quoted(name.as_str()).to_string() == folded;
            match self.columns.keys().find(known) {
                Some(name) => columns.push(Ident::from(name.as_str())),
                None => exprs.push(format!("({folded})")),
            }
        }
        for kind in &mut statistics.kinds {
            *kind = kind.to_lowercase();
        }
        let all = ["ndistinct", "dependencies", "mcv"];
        if statistics.kinds.is_empty() && columns.len() + exprs.len() > 1 {
            statistics.kinds = all.map(str::to_owned).to_vec();
        }
        statistics
            .kinds
            .sort_by_key(|kind| all.iter().position(|known| known == kind));
        // The server keeps columns first, but in the order of the table; the order means nothing.
        columns.sort();
        exprs.sort();
        statistics.on = columns
            .iter()
            .map(|name| Quoted(name).to_string())
            .chain(exprs)
            .collect();
        statistics.columns = columns;
    }
}

fn method(name: &str, default: &str) -> String {
    if name.is_empty() {
        default.to_owned()
    } else {
        name.to_lowercase()
    }
}

/// Returns the operator class that an index has for a type without being told.
fn opclass_of(ty: &DataType, method: &str) -> Option<&'static str> {
    match (method, ty.array) {
        ("gin", true) => return Some("array_ops"),
        ("btree" | "hash", false) => {}
        ("gin", false) if ty.name == "jsonb" => return Some("jsonb_ops"),
        ("gin" | "gist", false) if ty.name == "tsvector" => return Some("tsvector_ops"),
        _ => return None,
    }
    if is_text(ty) {
        return Some("text_ops");
    }
    Some(match ty.name.as_str() {
        "integer" => "int4_ops",
        "bigint" => "int8_ops",
        "smallint" => "int2_ops",
        "boolean" => "bool_ops",
        "uuid" => "uuid_ops",
        "date" => "date_ops",
        "numeric" => "numeric_ops",
        "timestamp with time zone" => "timestamptz_ops",
        "timestamp without time zone" => "timestamp_ops",
        "character" => "bpchar_ops",
        "jsonb" => "jsonb_ops",
        _ => return None,
    })
}

/// Splits at the commas that stand in no parentheses and no quotes.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut start) = (0_i32, None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// Writes a partition bound with single blanks, keywords in capitals, and days as points in time
/// where the key is one.
fn bound(text: &str, key: Option<&DataType>) -> String {
    let midnight = match key.map(|ty| ty.name.as_str()) {
        Some("timestamp with time zone") => " 00:00:00+00",
        Some("timestamp without time zone") => " 00:00:00",
        Some(_) | None => "",
    };
    let mut out = String::new();
    for (n, part) in text.split('\'').enumerate() {
        if n % 2 == 1 {
            let day = part.len() == 10 && part.chars().all(|c| c.is_ascii_digit() || c == '-');
            out.push_str(&format!("'{part}{}'", if day { midnight } else { "" }));
            continue;
        }
        let upper = part.to_uppercase();
        let upper = upper.replace('(', " (").replace(',', ", ");
        let words: Vec<&str> = upper.split_whitespace().collect();
        let words = words
            .join(" ")
            .replace("( ", "(")
            .replace(" )", ")")
            .replace(" ,", ",");
        // The blank before a quote is lost with the words.
        if !out.is_empty() && words.starts_with(|c: char| c.is_alphabetic()) {
            out.push(' ');
        }
        out.push_str(&words);
        if words.ends_with(',') {
            out.push(' ');
        }
    }
    let out = out.trim();
    // `HASH` bounds keep the words of their numbers small.
    out.replace("MODULUS", "modulus")
        .replace("REMAINDER", "remainder")
}

/// Takes away the parentheses around the whole of an expression.
pub fn strip_parens(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        let mut depth = 0_i32;
        let mut quote = None;
        for c in inner.chars() {
            match (quote, c) {
                (Some(open), c) if open == c => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(c),
                (None, '(') => depth += 1,
                (None, ')') => depth -= 1,
                (None, _) => {}
            }
            if depth < 0 {
                return text;
            }
        }
        if depth != 0 || quote.is_some() {
            return text;
        }
        text = inner.trim();
    }
    text
}

/// Returns what stands after `DEFAULT`: operators that are words need parentheses there.
pub fn as_default(default: &Expr) -> String {
    let sql = default.sql();
    let operators = [
        "all", "and", "any", "at", "between", "collate", "ilike", "in", "is", "isnull", "like",
        "not", "notnull", "or", "overlaps", "similar", "some",
    ];
    let mut outside = String::new();
    let (mut depth, mut quote) = (0_i32, None);
    for c in sql.chars() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, c) if depth == 0 => outside.push(c),
            (None, _) => {}
        }
    }
    let mut words = outside.split(|c: char| !c.is_alphanumeric() && c != '_');
    if words.any(|word| operators.contains(&word.to_lowercase().as_str())) {
        format!("({sql})")
    } else {
        sql.to_owned()
    }
}

/// Undoes a cast around an array: read again, the server would move it to the elements.
///
/// `v IN ('x', 'y')` of a `varchar` column is printed as `ANY ((ARRAY[..])::text[])`; without the
/// cast the same text comes back.
pub fn stable(printed: &str) -> String {
    let mut out = String::with_capacity(printed.len());
    let mut rest = printed;
    while let Some((before, array)) = rest.split_once(" ((ARRAY[") {
        let quantified = before.ends_with(" ANY") || before.ends_with(" ALL");
        let end = array_end(array);
        let after = end.and_then(|end| array[end..].strip_prefix("])::text[])"));
        match (end, after) {
            (Some(end), Some(after)) if quantified => {
                out.push_str(before);
                out.push_str(" (ARRAY[");
                out.push_str(&array[..end]);
                out.push_str("])");
                rest = after;
            }
            _ => {
                out.push_str(before);
                out.push_str(" ((ARRAY[");
                rest = array;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Returns where the bracket that encloses `text` is closed.
fn array_end(text: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0_i32, false);
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '[' => depth += 1,
            ']' if depth == 0 => return Some(at),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Returns the name that the server gives to the sequence of a column.
pub fn sequence_name(table: &Name, column: &Ident) -> Name {
    table.sibling(crate::schema::object_name(
        table.name.as_str(),
        column.as_str(),
        "seq",
    ))
}

/// Returns the options of a sequence without those that are the defaults of its type.
pub fn sequence_options(options: &SequenceOptions, ty: &DataType) -> SequenceOptions {
    let (least, most) = match ty.name.as_str() {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let up = options.increment.unwrap_or(1) > 0;
    let (min, max) = if up { (1, most) } else { (least, -1) };
    let start = if up {
        options.min.unwrap_or(min)
    } else {
        options.max.unwrap_or(max)
    };
    let unless = |value: Option<i64>, default: i64| value.filter(|value| *value != default);
    SequenceOptions {
        start: unless(options.start, start),
        increment: unless(options.increment, 1),
        min: unless(options.min, min),
        max: unless(options.max, max),
        cache: unless(options.cache, 1),
        cycle: options.cycle,
    }
}
