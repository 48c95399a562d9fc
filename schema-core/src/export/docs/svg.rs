//! The entity-relationship diagram of a page, as SVG.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::html::{Anchors, Html};
use super::layout::{self, Item, Line, Rect};
use super::{foreign_keys, optional, single};
use crate::schema::{ForeignKey, Name, Schema, Table};

/// Above so many tables only the columns of keys are drawn.
const FEW: usize = 40;
/// More columns than these are counted, not drawn.
const ROWS: usize = 14;
/// More characters of a name than these are cut; the title has it whole.
const LONG: usize = 30;
/// The width of a character: 0.6 of the size of the letters, in every usual font of one width.
const CHAR: f64 = 7.25;
const ROW: f64 = 18.0;
const HEAD: f64 = 26.0;
const PAD: f64 = 9.0;
/// The name of a schema is read when the whole is in view.
const FRAME_TEXT: u32 = 40;
/// Around the whole.
const EDGE: f64 = 24.0;

/// A line of a box.
struct Row {
    name: String,
    ty: String,
}

/// Writes the diagram; nothing when there is no table.
pub(super) fn svg(schema: &Schema, anchors: &Anchors<'_>) -> String {
    if schema.tables.is_empty() {
        return String::new();
    }
    let tables: Vec<&Table> = schema.tables.values().map(|it| &**it).collect();
    let at: BTreeMap<&Name, usize> = tables
        .iter()
        .enumerate()
        .map(|(at, it)| (&it.name, at))
        .collect();
    let groups = groups(&tables);
    let rows: Vec<Vec<Row>> = tables
        .iter()
        .map(|table| rows(table, tables.len()))
        .collect();
    let items: Vec<Item> = tables
        .iter()
        .zip(&rows)
        .map(|(table, rows)| Item {
            width: width(table, rows),
            height: HEAD + ROW * rows.len() as f64 + if rows.is_empty() { 0.0 } else { 6.0 },
            cluster: groups
                .iter()
                .position(|group| *group == group_of(&table.name))
                .unwrap_or_default(),
        })
        .collect();
    let mut keys: Vec<(&Table, &ForeignKey)> = Vec::new();
    let mut edges: Vec<(usize, usize)> = Vec::new();
    for (from, table) in tables.iter().enumerate() {
        for (_, key) in foreign_keys(table) {
            if let Some(&to) = at.get(&key.table) {
                keys.push((table, key));
                edges.push((from, to));
            }
        }
    }
    let place = layout::layout(&items, &edges);
    let (width, height) = (place.width + 2.0 * EDGE, place.height + 2.0 * EDGE);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"group\" aria-label=\"Entity-relationship diagram\" \
         viewBox=\"{0} {0} {width} {height}\" width=\"{width}\" height=\"{height}\">\n{MARKERS}",
        -EDGE
    );
    for (group, rect) in &place.clusters {
        let name = groups.get(*group).map(String::as_str).unwrap_or_default();
        frame(
            &mut out,
            rect,
            if name.is_empty() { "no schema" } else { name },
        );
    }
    for (line, (table, key)) in place.lines.iter().zip(&keys) {
        let ends = (anchors.of(&table.name), anchors.of(&key.table));
        self::line(&mut out, line, table, key, ends);
    }
    for ((table, rows), rect) in tables.iter().zip(&rows).zip(&place.items) {
        table_box(&mut out, table, rows, rect, anchors.of(&table.name));
    }
    out.push_str("</svg>\n");
    out
}

/// What the ends of lines look like: exactly one, at most one, many.
const MARKERS: &str = "<defs>\
<marker id=\"one\" markerUnits=\"userSpaceOnUse\" markerWidth=\"14\" markerHeight=\"14\" refX=\"12\" refY=\"7\" orient=\"auto-start-reverse\"><path d=\"M7 2V12\"/></marker>\
<marker id=\"maybe\" markerUnits=\"userSpaceOnUse\" markerWidth=\"22\" markerHeight=\"14\" refX=\"20\" refY=\"7\" orient=\"auto-start-reverse\"><circle cx=\"8\" cy=\"7\" r=\"4\"/><path d=\"M15 2V12\"/></marker>\
<marker id=\"many\" markerUnits=\"userSpaceOnUse\" markerWidth=\"14\" markerHeight=\"14\" refX=\"12\" refY=\"7\" orient=\"auto-start-reverse\"><path d=\"M2 7 12 2M2 7 12 12\"/></marker>\
</defs>\n";

/// Returns the names of the schemas, sorted.
pub(super) fn groups(tables: &[&Table]) -> Vec<String> {
    let mut groups: Vec<String> = tables.iter().map(|table| group_of(&table.name)).collect();
    groups.sort();
    groups.dedup();
    groups
}

/// Returns the schema of a name; empty where there is none.
pub(super) fn group_of(name: &Name) -> String {
    name.schema
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn rows(table: &Table, tables: usize) -> Vec<Row> {
    let key = table.primary_key();
    let mut rows = Vec::new();
    let mut more = 0;
    for column in &table.columns {
        let primary = key.is_some_and(|key| key.columns.contains(&column.name));
        let reference = foreign_keys(table).find(|(_, key)| key.columns.contains(&column.name));
        if rows.len() == ROWS || tables > FEW && !primary && reference.is_none() {
            more += 1;
            continue;
        }
        let mark = match (primary, reference.is_some()) {
            (true, _) => "● ",
            (false, true) => "○ ",
            (false, false) => "  ",
        };
        let ty = match reference {
            Some((_, key)) => format!("→ {}", key.table.name),
            None => column.ty.to_string(),
        };
        rows.push(Row {
            name: format!("{mark}{}", cut(column.name.as_str(), LONG)),
            ty: cut(&ty, LONG),
        });
    }
    if more > 0 {
        rows.push(Row {
            name: format!("  … {more} more"),
            ty: String::new(),
        });
    }
    rows
}

fn cut(text: &str, most: usize) -> String {
    let text = text.replace(char::is_control, " ");
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{kept}…")
}

/// Wide signs, such as those of Chinese and emoji, count twice.
fn chars(text: &str) -> f64 {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..);
    text.chars().map(|c| if wide(c) { 2.0 } else { 1.0 }).sum()
}

fn width(table: &Table, rows: &[Row]) -> f64 {
    let head = chars(&cut(table.name.name.as_str(), LONG)) * 1.08;
    let widest = rows.iter().map(|row| {
        let gap = if row.ty.is_empty() { 0.0 } else { 2.0 };
        chars(&row.name) + gap + chars(&row.ty)
    });
    let widest = widest.fold(head, f64::max);
    (widest * CHAR + 2.0 * PAD).ceil().max(110.0)
}

fn frame(out: &mut String, rect: &Rect, name: &str) {
    let _ = writeln!(
        out,
        "<g class=\"group\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\"/><text x=\"{}\" y=\"{}\" font-size=\"{FRAME_TEXT}\">{}</text></g>",
        rect.x,
        rect.y,
        rect.width,
        rect.height,
        rect.x + layout::FRAME,
        rect.y + layout::HEAD,
        Html(name)
    );
}

fn line(out: &mut String, line: &Line, table: &Table, key: &ForeignKey, ends: (&str, &str)) {
    let columns = |names: &[crate::schema::Ident]| {
        let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
        names.join(", ")
    };
    let _ = writeln!(
        out,
        "<path class=\"line{}\" data-from=\"{}\" data-to=\"{}\" d=\"{}\" marker-start=\"url(#{})\" marker-end=\"url(#{})\"><title>{}</title></path>",
        if line.routed { "" } else { " far" },
        ends.0,
        ends.1,
        path(line),
        if single(table, key) { "maybe" } else { "many" },
        if optional(table, key) { "maybe" } else { "one" },
        Html(&format!(
            "{} ({}) → {} ({})",
            table.name,
            columns(&key.columns),
            key.table,
            columns(&key.references)
        ))
    );
}

/// Rounds the corners of a routed line; bends a direct one so that it leaves and meets boxes straight.
fn path(line: &Line) -> String {
    let points = &line.points;
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return String::new();
    };
    let mut out = format!("M{} {}", first.0, first.1);
    if points.len() == 2 {
        let bend = ((last.0 - first.0).abs() / 2.0).max(40.0).round();
        let bend = if last.0 < first.0 { -bend } else { bend };
        let _ = write!(
            out,
            "C{} {} {} {} {} {}",
            first.0 + bend,
            first.1,
            last.0 - bend,
            last.1,
            last.0,
            last.1
        );
        return out;
    }
    for (at, point) in points.iter().enumerate().skip(1) {
        match points.get(at + 1) {
            Some(next) if at + 2 < points.len() => {
                let (x, y) = ((point.0 + next.0) / 2.0, (point.1 + next.1) / 2.0);
                let _ = write!(out, "Q{} {} {x} {y}", point.0, point.1);
            }
            Some(next) => {
                let _ = write!(out, "Q{} {} {} {}", point.0, point.1, next.0, next.1);
                break;
            }
            None => {}
        }
    }
    out
}

fn table_box(out: &mut String, table: &Table, rows: &[Row], rect: &Rect, anchor: &str) {
    let title = match &table.comment {
        Some(comment) => format!("{}: {comment}", table.name),
        None => table.name.to_string(),
    };
    let _ = write!(
        out,
        "<a class=\"box\" data-table=\"{anchor}\" href=\"#{anchor}\" transform=\"translate({} {})\"><title>{}</title>\
         <rect width=\"{w}\" height=\"{}\" rx=\"5\"/><path class=\"head\" d=\"M.5 {HEAD}V5.5a5 5 0 0 1 5-5H{}a5 5 0 0 1 5 5V{HEAD}z\"/>\
         <text class=\"name\" x=\"{PAD}\" y=\"17.5\">{}</text>",
        rect.x,
        rect.y,
        Html(&title),
        rect.height,
        rect.width - 5.5,
        Html(&cut(table.name.name.as_str(), LONG)),
        w = rect.width,
    );
    for (at, row) in rows.iter().enumerate() {
        let y = HEAD + ROW * at as f64 + 15.0;
        let _ = write!(
            out,
            "<text x=\"{PAD}\" y=\"{y}\" xml:space=\"preserve\">{}</text>",
            Html(&row.name)
        );
        if !row.ty.is_empty() {
            let _ = write!(
                out,
                "<text class=\"type\" x=\"{}\" y=\"{y}\">{}</text>",
                rect.width - PAD,
                Html(&row.ty)
            );
        }
    }
    out.push_str("</a>\n");
}
