//! Columns that number themselves, and rows for which their sequences have no number.

use super::Question;
use super::before::Before;
use crate::change::Change;
use crate::schema::{DataType, Expr, Name, Quoted, Sequence, SequenceOptions, quote_literal};
use crate::wording::thousands;

/// No table has as many rows.
const PLENTY: i128 = 1 << 40;

/// So many rows are counted without a look at how large the table is.
const FEW: i128 = 1_000_000;

/// The least that a row takes on disk, with its pointer.
const ROW_BYTES: u32 = 28;

/// The numbers of a sequence for a column.
struct Numbers {
    /// The last one.
    last: i64,
    increment: i64,
    /// How many there are at most.
    most: i128,
}

/// Rows that would get no number in a new column.
pub(super) fn without_number(before: &Before<'_>, change: &Change) -> Option<Question> {
    let Change::AddColumn {
        table,
        column,
        backfill,
    } = change
    else {
        return None;
    };
    let now = before.table(table).filter(|_| !column.inherited)?;
    let ty = before.plain(&column.ty, &before.after);
    let (numbers, left) = if let Some(identity) = &column.identity {
        let numbers = Numbers::of(&identity.options, &ty, &ty)?;
        let left = numbers.most.to_string();
        (numbers, left)
    } else {
        let value = backfill.as_ref().or(column.default.as_ref())?;
        let (name, sequence) = asked(before, value)?;
        let numbers = Numbers::of(&sequence.options, &sequence.ty, &ty)?;
        let old = before.sequences.get(name).unwrap_or(name);
        let left = match before.live.sequences.contains_key(old) {
            true => numbers.left_of(old),
            false => numbers.most.to_string(),
        };
        (numbers, left)
    };
    // Where there are too few pages for so many rows, none is counted.
    let large = match numbers.most > FEW {
        true => format!(" WHERE {} / {ROW_BYTES} > {left}", bytes(before, &now)),
        false => String::new(),
    };
    let sign = if numbers.last < 0 { "-" } else { "" };
    let last = thousands(numbers.last.unsigned_abs());
    Some(Question {
        object: format!("{table}.{}", column.name),
        rows: format!("FROM {}{large} OFFSET {left}", Quoted(&now)),
        show: "*".into(),
        message: format!("its numbers end at {sign}{last}: {{n}} would get none"),
        cures: vec!["give it a type, and a sequence, with more numbers".into()],
    })
}

impl Numbers {
    /// Returns those that a sequence of a type has for a column of another, where a table may have more
    /// rows than that.
    fn of(options: &SequenceOptions, sequence: &DataType, column: &DataType) -> Option<Self> {
        let (lowest, highest) = options.bounds(sequence);
        let (least, greatest) = column.numbers();
        let last = match options.is_down() {
            true => lowest.max(least),
            false => highest.min(greatest),
        };
        let increment = options.increment.filter(|it| *it != 0).unwrap_or(1);
        let way = i128::from(last) - i128::from(options.first());
        let most = (way / i128::from(increment) + 1).max(0);
        (most < PLENTY && !options.cycle).then_some(Self {
            last,
            increment,
            most,
        })
    }

    /// Says as SQL how many a sequence has left that is there.
    fn left_of(&self, sequence: &Name) -> String {
        let Self {
            last, increment, ..
        } = self;
        format!(
            "(SELECT greatest(0, div({last}::numeric - last_value, {increment}) \
             + (NOT is_called)::int)::bigint FROM {})",
            Quoted(sequence)
        )
    }
}

/// Returns the sequence that a value is the next number of.
fn asked<'a>(before: &'a Before<'_>, value: &Expr) -> Option<(&'a Name, &'a Sequence)> {
    let inner = value.sql().strip_prefix("nextval(")?.strip_suffix(')')?;
    let inner = inner.strip_suffix("::regclass").unwrap_or(inner);
    let is_it = |name: &Name| {
        let bare = Quoted(&name.name).to_string();
        [Quoted(name).to_string(), bare].map(|it| quote_literal(&it) == inner) != [false, false]
    };
    let mut sequences = before.after.sequences.iter();
    sequences.find(|(name, _)| is_it(name))
}

/// Says as SQL how large a table is on disk, with those below.
fn bytes(before: &Before<'_>, table: &Name) -> String {
    let all = before.with_those_below(table);
    format!(
        "(SELECT sum(pg_relation_size(part)) FROM unnest(ARRAY[{}]) part)",
        all
    )
}
