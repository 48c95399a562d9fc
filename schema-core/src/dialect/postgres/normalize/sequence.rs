//! Normalizes sequences, and the columns that take numbers from one.

use crate::{
    dialect::postgres::types::serial,
    schema::{
        Column, DataType, Expr, Ident, Identity, Name, Quoted, Sequence, SequenceOptions,
        quote_literal, sequence_name,
    },
};

/// Makes of a serial column what the server makes of it; returns its sequence.
pub(super) fn serial_column(table: &Name, column: &mut Column) -> Option<(Name, Sequence)> {
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

pub(super) fn identity_parts(table: &Name, column: &Ident, ty: &DataType, identity: &mut Identity) {
    identity.options = sequence_options(&identity.options, ty);
    let own = sequence_name(table, column);
    identity.sequence = identity.sequence.take().filter(|name| *name != own);
}

/// Returns the options of a sequence without those that are the defaults of its type.
pub fn sequence_options(options: &SequenceOptions, ty: &DataType) -> SequenceOptions {
    let (least, most) = ty.numbers();
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
