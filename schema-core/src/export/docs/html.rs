//! A schema as one page of HTML that needs nothing else: no file, no network, no script to be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::words::{self, Piece, Words};
use super::{foreign_keys, incoming, svg};
use crate::schema::{Constraint, ConstraintKind, Ident, Name, Schema, Table, UserType};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes a schema as a page of HTML, with an entity-relationship diagram.
pub fn html(schema: &Schema) -> String {
    let anchors = Anchors::new(schema);
    let tables: Vec<&Table> = schema.tables.values().map(|it| &**it).collect();
    let groups = svg::groups(&tables);
    let page = Page {
        schema,
        anchors: &anchors,
        incoming: incoming(schema),
    };
    // Whatever a checkout did to the ends of lines, the page and its hashes are the same.
    let (style, script) = (STYLE.replace('\r', ""), SCRIPT.replace('\r', ""));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Database schema</title>\n<style>{style}</style>\n</head>\n<body>\n",
        hash(&style),
        hash(&script),
    );
    page.header(&mut out);
    out.push_str("<div class=\"columns\">\n");
    page.nav(&mut out, &groups);
    out.push_str("<main id=\"main\">\n");
    diagram(&mut out, schema, &anchors);
    for group in &groups {
        if groups.len() > 1 {
            let name = if group.is_empty() { "no schema" } else { group };
            let _ = writeln!(
                out,
                "<h2 data-group=\"{0}\">{1}</h2>",
                Html(group),
                Html(name)
            );
            let namespace = schema.namespaces.get(&Ident::new(group.as_str()));
            comment(&mut out, namespace.and_then(|it| it.comment.as_ref()));
        } else {
            let _ = writeln!(out, "<h2 data-group=\"{}\">Tables</h2>", Html(group));
        }
        for table in tables
            .iter()
            .filter(|table| svg::group_of(&table.name) == *group)
        {
            page.table(&mut out, table);
        }
    }
    page.types(&mut out);
    page.others(&mut out);
    let _ = write!(
        out,
        "</main>\n</div>\n<footer>Written by <code>sync docs --format html</code>; <code>sync docs --check</code> fails when it is stale.</footer>\n\
         <script>{script}</script>\n</body>\n</html>\n"
    );
    out
}

/// Text as HTML: nothing in it is markup, within quotes neither.
pub(super) struct Html<'a>(pub(super) &'a str);

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // HTML and XML have no place for it.
                c if c.is_control() && c != '\n' => f.write_str("\u{fffd}")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// The places in the page that links lead to.
pub(super) struct Anchors<'a> {
    tables: BTreeMap<&'a Name, String>,
    types: BTreeMap<&'a Name, String>,
}

impl<'a> Anchors<'a> {
    fn new(schema: &'a Schema) -> Self {
        let mut taken = BTreeSet::new();
        let mut anchor = |prefix: &str, name: &Name| {
            let plain = |c: char| {
                if c.is_alphanumeric() || c == '_' {
                    c
                } else {
                    '-'
                }
            };
            let stem: String = format!("{prefix}{name}").chars().map(plain).collect();
            let mut id = stem.clone();
            let mut next = 2;
            while !taken.insert(id.clone()) {
                id = format!("{stem}-{next}");
                next += 1;
            }
            id
        };
        Self {
            tables: schema
                .tables
                .keys()
                .map(|name| (name, anchor("table-", name)))
                .collect(),
            types: schema
                .types
                .keys()
                .map(|name| (name, anchor("type-", name)))
                .collect(),
        }
    }

    /// Returns the place of a table; empty when it is not in the page.
    pub(super) fn of(&self, table: &Name) -> &str {
        self.tables
            .get(table)
            .map(String::as_str)
            .unwrap_or_default()
    }
}

/// The hash of an inline script or style, as a content security policy names it.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

fn comment(out: &mut String, text: Option<&String>) {
    if let Some(text) = text {
        let _ = writeln!(out, "<p class=\"comment\">{}</p>", Html(text.trim()));
    }
}

fn diagram(out: &mut String, schema: &Schema, anchors: &Anchors<'_>) {
    if schema.tables.is_empty() {
        out.push_str("<p>There is no table.</p>\n");
        return;
    }
    let _ = write!(
        out,
        "<section id=\"diagram\">\n<div class=\"top\"><h2>Diagram</h2><span id=\"state\" class=\"dim\" aria-live=\"polite\"></span>\
         <button type=\"button\" id=\"all\" hidden>All tables</button>\
         <button type=\"button\" id=\"out\" aria-label=\"Zoom out\" hidden>−</button>\
         <button type=\"button\" id=\"in\" aria-label=\"Zoom in\" hidden>+</button>\
         <button type=\"button\" id=\"fit\" hidden>Fit</button>\
         <button type=\"button\" id=\"full\" hidden>100%</button></div>\n\
         <div class=\"canvas\" tabindex=\"0\" role=\"region\" aria-label=\"Diagram: arrow keys scroll, + and - zoom, 0 fits\">\n{}</div>\n\
         <p class=\"dim\">● key, ○ reference. A line leads from the table that references, with its fork, to the one that is referenced; \
         a ring: there may be none. Dashed lines go far, below other tables.</p>\n</section>\n",
        svg::svg(schema, anchors)
    );
}

struct Page<'a> {
    schema: &'a Schema,
    anchors: &'a Anchors<'a>,
    incoming: BTreeMap<&'a Name, Vec<super::Incoming<'a>>>,
}

impl Page<'_> {
    fn header(&self, out: &mut String) {
        let tables = self.schema.tables.values();
        let columns: usize = tables.clone().map(|table| table.columns.len()).sum();
        let keys: usize = tables.map(|table| foreign_keys(table).count()).sum();
        let plural = crate::wording::plural;
        let _ = write!(
            out,
            "<a class=\"skip\" href=\"#main\">To the tables</a>\n<header>\n<h1>Database schema</h1>\n<p>{}, {}, {}</p>\n\
             <form role=\"search\" hidden><output for=\"search\"></output>\
             <input id=\"search\" type=\"search\" placeholder=\"Search: / \" aria-label=\"Search tables, columns, types and comments\" autocomplete=\"off\"></form>\n</header>\n",
            plural(self.schema.tables.len(), "table", "tables"),
            plural(columns, "column", "columns"),
            plural(keys, "reference", "references"),
        );
    }

    fn nav(&self, out: &mut String, groups: &[String]) {
        out.push_str("<nav aria-label=\"Tables\">\n");
        for group in groups {
            let tables = self.schema.tables.keys();
            let tables: Vec<&Name> = tables
                .filter(|name| svg::group_of(name) == *group)
                .collect();
            let name = match (groups.len(), group.as_str()) {
                (1, _) => "tables",
                (_, "") => "no schema",
                (_, name) => name,
            };
            list(
                out,
                name,
                tables
                    .into_iter()
                    .map(|table| (self.anchors.of(table), table.name.as_str())),
            );
        }
        let types = self.anchors.types.iter();
        list(
            out,
            "types",
            types.map(|(name, anchor)| (anchor.as_str(), name.name.as_str())),
        );
        out.push_str("</nav>\n");
    }

    fn words(&self, words: &Words) -> String {
        let mut out = String::new();
        for piece in &words.0 {
            let _ = match piece {
                Piece::Text(text) => write!(out, "{}", Html(text)),
                Piece::Code(text) => write!(out, "<code>{}</code>", Html(text)),
                Piece::Table(name) => match self.anchors.tables.get(name) {
                    Some(id) => write!(
                        out,
                        "<a href=\"#{id}\"><code>{}</code></a>",
                        Html(&name.to_string())
                    ),
                    None => write!(out, "<code>{}</code>", Html(&name.to_string())),
                },
            };
        }
        out
    }

    fn table(&self, out: &mut String, table: &Table) {
        let id = self.anchors.of(&table.name);
        let _ = writeln!(
            out,
            "<section class=\"table\" id=\"{id}\" data-group=\"{}\">\n<h3><a href=\"#{id}\">{}</a></h3>",
            Html(&svg::group_of(&table.name)),
            Html(&table.name.to_string()),
        );
        comment(out, table.comment.as_ref());
        self.items(
            out,
            "",
            words::table(table)
                .into_iter()
                .map(|words| (None, words, None)),
        );
        let columns = || table.columns.iter();
        let defaults: Vec<String> = columns()
            .map(|it| self.words(&words::default(it)))
            .collect();
        let comments = columns().map(|it| it.comment.as_deref().unwrap_or_default());
        let comments: Vec<String> = comments.map(|it| Html(it.trim()).to_string()).collect();
        // A heading above nothing would take the room of a narrow window.
        let mut more = vec![("default", defaults), ("about", comments)];
        more.retain(|(_, texts)| texts.iter().any(|text| !text.is_empty()));
        out.push_str("<div class=\"scroll\"><table>\n<thead><tr>");
        let heads = ["column", "type", "null"].into_iter();
        for head in heads.chain(more.iter().map(|(head, _)| *head)) {
            let _ = write!(out, "<th scope=\"col\">{head}</th>");
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for (at, column) in table.columns.iter().enumerate() {
            let primary = table
                .primary_key()
                .is_some_and(|key| key.columns.contains(&column.name));
            let foreign = foreign_keys(table).any(|(_, key)| key.columns.contains(&column.name));
            let ty = match column
                .ty
                .user()
                .and_then(|name| self.anchors.types.get(&name))
            {
                Some(id) => format!("<a href=\"#{id}\">{}</a>", Html(&column.ty.to_string())),
                None => Html(&column.ty.to_string()).to_string(),
            };
            let _ = write!(
                out,
                "<tr><td><code>{}</code>{}{}</td><td>{ty}{}</td><td>{}</td>",
                Html(column.name.as_str()),
                if primary {
                    " <span class=\"key\">PK</span>"
                } else {
                    ""
                },
                if foreign {
                    " <span class=\"key\">FK</span>"
                } else {
                    ""
                },
                self.words(&words::type_note(column)),
                if column.nullable { "yes" } else { "no" },
            );
            for (head, texts) in &more {
                let _ = write!(out, "<td class=\"{head}\">{}</td>", texts[at]);
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table></div>\n");
        let is_key = |it: &&Constraint| matches!(it.kind, ConstraintKind::ForeignKey(_));
        let constraints = table.constraints.iter();
        let told = |it: &Constraint| (it.name.clone(), words::constraint(it), it.comment.clone());
        self.items(
            out,
            "Keys and checks",
            constraints.clone().filter(|it| !is_key(it)).map(told),
        );
        self.items(out, "References", constraints.filter(is_key).map(told));
        let from = self
            .incoming
            .get(&table.name)
            .map_or(&[][..], Vec::as_slice);
        let from = from
            .iter()
            .map(|it| (None, words::incoming(it.table, it.key), None));
        self.items(out, "Referenced by", from);
        let indexes = table.indexes.iter();
        let indexes = indexes.map(|it| (it.name.clone(), words::index(it), it.comment.clone()));
        self.items(out, "Indexes", indexes);
        out.push_str("</section>\n");
    }

    fn items(
        &self,
        out: &mut String,
        heading: &str,
        items: impl Iterator<Item = (Option<Ident>, Words, Option<String>)>,
    ) {
        let mut items = items.peekable();
        if items.peek().is_none() {
            return;
        }
        if !heading.is_empty() {
            let _ = writeln!(out, "<h4>{heading}</h4>");
        }
        out.push_str("<ul>\n");
        for (name, words, comment) in items {
            let name =
                name.map(|name| format!(" <code class=\"dim\">{}</code>", Html(name.as_str())));
            let comment =
                comment.map(|it| format!("<div class=\"comment\">{}</div>", Html(it.trim())));
            let _ = writeln!(
                out,
                "<li>{}{}{}</li>",
                self.words(&words),
                name.unwrap_or_default(),
                comment.unwrap_or_default()
            );
        }
        out.push_str("</ul>\n");
    }

    fn types(&self, out: &mut String) {
        if self.schema.types.is_empty() {
            return;
        }
        out.push_str("<h2 data-group=\"types\">Types</h2>\n");
        for (name, ty) in &self.schema.types {
            let id = &self.anchors.types[name];
            let _ = writeln!(
                out,
                "<section class=\"type\" id=\"{id}\" data-group=\"types\">\n<h3><a href=\"#{id}\">{}</a></h3>",
                Html(&name.to_string())
            );
            comment(out, ty.comment());
            let _ = writeln!(out, "<p>{}</p>", self.words(&words::user_type(ty)));
            if let UserType::Composite(ty) = ty {
                let fields = ty.fields.iter().filter(|field| field.comment.is_some());
                self.items(
                    out,
                    "Fields",
                    fields.map(|field| {
                        (
                            None,
                            Words(vec![Piece::Code(field.name.to_string())]),
                            field.comment.clone(),
                        )
                    }),
                );
            }
            let mut used = Vec::new();
            for table in self.schema.tables.values() {
                for column in &table.columns {
                    if column.ty.user().as_ref() == Some(name) {
                        let column = Piece::Code(column.name.to_string());
                        let words = vec![
                            Piece::Table(table.name.clone()),
                            Piece::Text(" ".into()),
                            column,
                        ];
                        used.push((None, Words(words), None));
                    }
                }
            }
            self.items(out, "Used by", used.into_iter());
            out.push_str("</section>\n");
        }
    }

    /// Sequences that stand alone, and extensions.
    fn others(&self, out: &mut String) {
        let mut all = Vec::new();
        for (name, sequence) in &self.schema.sequences {
            if sequence.owned_by.is_none() {
                let words = vec![
                    Piece::Text("sequence ".into()),
                    Piece::Code(name.to_string()),
                ];
                all.push((None, Words(words), sequence.comment.clone()));
            }
        }
        for (name, extension) in &self.schema.extensions {
            let words = vec![
                Piece::Text("extension ".into()),
                Piece::Code(name.to_string()),
            ];
            all.push((None, Words(words), extension.comment.clone()));
        }
        if !all.is_empty() {
            out.push_str("<h2>Also there</h2>\n");
            self.items(out, "", all.into_iter());
        }
    }
}

fn list<'b>(out: &mut String, name: &str, items: impl Iterator<Item = (&'b str, &'b str)>) {
    let items: Vec<(&str, &str)> = items.collect();
    if items.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "<details open><summary>{} ({})</summary>\n<ul>",
        Html(name),
        items.len()
    );
    for (id, name) in items {
        let _ = writeln!(out, "<li><a href=\"#{id}\">{}</a></li>", Html(name));
    }
    out.push_str("</ul></details>\n");
}
