//! Numbers, lists and places, as sentences have them; text that a terminal does not obey.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::schema::Name;

/// `1 column`, `2 columns`, `1,500,000 columns`.
pub fn plural(n: usize, one: &str, many: &str) -> String {
    let number = thousands(n.try_into().unwrap_or(u64::MAX));
    format!("{number} {}", if n == 1 { one } else { many })
}

/// `1,500,000`: a number that a person reads.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Shows the characters that a terminal would obey by their numbers, `\u{1b}`; lines stay lines.
pub fn visible(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().map(|c| match obeyed(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    });
    Cow::Owned(shown.collect())
}

/// The same on one line.
pub fn on_one_line(text: &str) -> String {
    visible(text).replace('\n', " ")
}

/// Says where something is not that the database has alone, by the places of the models (`sources`):
/// what is desired may be another database.
pub fn nowhere(sources: &BTreeMap<Name, String>) -> &'static str {
    match sources.is_empty() {
        true => "not in the desired schema",
        false => "in no model",
    }
}

/// What helps where rows are in the way: a word of a model, or what a person does by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cure {
    /// Rows get a value instead of NULL.
    Backfill,
    /// A column gets a default.
    Default,
    /// A column may be NULL.
    Optional,
    /// A new value is computed from the old one.
    Using,
}

impl Cure {
    /// Says it for models, whose places are `sources`, or for another database. Nothing where
    /// correcting the rows is all that is left.
    pub fn words(self, sources: &BTreeMap<Name, String>) -> Option<String> {
        let words = match (self, sources.is_empty()) {
            (Self::Backfill, false) => "#[sync(backfill = \"...\")]",
            (Self::Backfill, true) => return None,
            (Self::Default, false) => "#[sync(default = \"...\")]",
            (Self::Default, true) => "give it a default in the desired schema",
            (Self::Optional, false) => "make the field an Option",
            (Self::Optional, true) => "let it be NULL in the desired schema",
            (Self::Using, false) => "#[sync(using = \"...\")]",
            (Self::Using, true) => {
                "change the type by hand first: ALTER TABLE .. ALTER COLUMN .. TYPE .. USING .."
            }
        };
        Some(words.to_owned())
    }

    /// Says all that helps a new column without a default.
    pub fn of_no_value(sources: &BTreeMap<Name, String>) -> Vec<String> {
        let by_hand = "add it by hand first, and fill it: ALTER TABLE .. ADD COLUMN, UPDATE";
        let by_hand = sources.is_empty().then(|| by_hand.to_owned());
        let cures = [Self::Default, Self::Backfill, Self::Optional];
        let words = cures.iter().filter_map(|cure| cure.words(sources));
        words.chain(by_hand).collect()
    }

    /// Says it, and that the rows may be corrected.
    pub fn or_rows(self, sources: &BTreeMap<Name, String>, rows: &str) -> Vec<String> {
        (self.words(sources).into_iter())
            .chain([rows.to_owned()])
            .collect()
    }
}

/// Names the first objects of a list: `a, b, c, d, e and 3 more`.
pub fn some_of(objects: impl ExactSizeIterator<Item = String>) -> String {
    const NAMED: usize = 5;
    let more = objects.len().saturating_sub(NAMED);
    let named: Vec<String> = objects.take(NAMED).collect();
    let named = named.join(", ");
    match more {
        0 => named,
        more => format!("{named} and {} more", thousands(more as u64)),
    }
}

/// The first lines of a list, each on a line of its own below what stands before.
pub fn some_lines(lines: impl ExactSizeIterator<Item = String>) -> String {
    const TOLD: usize = 10;
    let more = lines.len().saturating_sub(TOLD);
    let mut told: String = lines.take(TOLD).map(|line| format!("\n  {line}")).collect();
    if more > 0 {
        told.push_str(&format!("\n  and {} more", thousands(more as u64)));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_sign_between_thousands() {
        for (n, told) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_345, "12,345"),
            (1_500_000, "1,500,000"),
        ] {
            assert_eq!(thousands(n), told);
        }
        assert_eq!(plural(1, "row", "rows"), "1 row");
        assert_eq!(plural(1_000, "row", "rows"), "1,000 rows");
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        assert_eq!(visible("a\u{1b}[31m\r\nb"), "a\\u{1b}[31m\\u{d}\nb");
        assert_eq!(on_one_line("a\nb"), "a b");
    }

    #[test]
    fn a_long_list_says_how_many_more_there_are() {
        let list = |n: u32| some_of((0..n).map(|at| at.to_string()));
        assert_eq!(list(1), "0");
        assert_eq!(list(5), "0, 1, 2, 3, 4");
        assert_eq!(list(7), "0, 1, 2, 3, 4 and 2 more");
        let lines = some_lines((0..12).map(|at| at.to_string()));
        assert!(lines.starts_with("\n  0\n  1\n") && lines.ends_with("\n  9\n  and 2 more"));
    }
}
