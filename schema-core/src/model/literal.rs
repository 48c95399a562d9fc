//! Whether a literal is a value of a built-in type, as PostgreSQL reads it: known while compiling.

use super::prove::{integer, is};
use crate::schema::Literal;

/// Tells whether a literal is a value of the type. Of a type that is not known here all are.
pub(super) const fn fits(ty: &str, value: Literal) -> bool {
    match value {
        Literal::Int(number) => match range(ty) {
            Some((least, most)) => least <= number && number <= most,
            None => numeric(ty) || !known(ty),
        },
        Literal::Number(digits) => match modifiers(ty) {
            _ if integer(ty) => false,
            Some(room) if numeric(ty) => has_room(room, digits),
            Some(_) | None => numeric(ty) || !known(ty),
        },
        Literal::Bool(_) => is(ty, "boolean") || is(ty, "bool"),
        Literal::Bytes(_) => is(ty, "bytea") || !known(ty),
        Literal::Text(text) => text_fits(ty, text),
    }
}

/// Returns the least and the greatest of a whole number's type, or of `numeric` without decimals.
const fn range(ty: &str) -> Option<(i128, i128)> {
    if is(ty, "smallint") || is(ty, "int2") {
        Some((i16::MIN as i128, i16::MAX as i128))
    } else if is(ty, "integer") || is(ty, "int4") || is(ty, "int") {
        Some((i32::MIN as i128, i32::MAX as i128))
    } else if is(ty, "bigint") || is(ty, "int8") {
        Some((i64::MIN as i128, i64::MAX as i128))
    } else if let (true, Some((digits, decimals))) = (numeric(ty), modifiers(ty)) {
        let whole = digits.saturating_sub(decimals);
        match whole < 38 {
            true => {
                let most = 10_i128.pow(whole) - 1;
                Some((-most, most))
            }
            false => None,
        }
    } else {
        None
    }
}

const fn numeric(ty: &str) -> bool {
    let exact = is(ty, "numeric") || is(ty, "decimal") || integer(ty);
    let float = is(ty, "real") || is(ty, "double precision") || is(ty, "float");
    exact || float || is(ty, "float4") || is(ty, "float8")
}

/// Tells whether the values of a type are known here.
const fn known(ty: &str) -> bool {
    let bool = is(ty, "boolean") || is(ty, "bool");
    numeric(ty) || bool || letters(ty) || is(ty, "bytea") || is(ty, "uuid") || json(ty) || day(ty)
}

const fn letters(ty: &str) -> bool {
    let long = is(ty, "text") || is(ty, "varchar") || is(ty, "character varying");
    long || is(ty, "char") || is(ty, "character") || is(ty, "citext")
}

const fn json(ty: &str) -> bool {
    is(ty, "json") || is(ty, "jsonb")
}

/// Tells whether a type is a date, or a date and a time.
const fn day(ty: &str) -> bool {
    let stamp = is(ty, "timestamp") || is(ty, "timestamptz") || is(ty, "timestamp with time zone");
    stamp || is(ty, "timestamp without time zone") || is(ty, "date")
}

const fn text_fits(ty: &str, text: &str) -> bool {
    if letters(ty) {
        return match modifiers(ty) {
            Some((length, _)) => letter_count(text) <= length as usize,
            None => true,
        };
    }
    if is(ty, "uuid") {
        return count(text, Kind::Hex) == 32 && count(text, Kind::Other) == 0;
    }
    if json(ty) {
        return begins_json(text);
    }
    if day(ty) {
        return count(text, Kind::Digit) > 0 || day_word(text);
    }
    !integer(ty) && !is(ty, "boolean") && !is(ty, "bool")
}

/// Tells whether a text is one of the days that have a name.
const fn day_word(text: &str) -> bool {
    let far = is(text, "infinity") || is(text, "-infinity") || is(text, "epoch");
    let near = is(text, "now") || is(text, "today") || is(text, "tomorrow");
    far || near || is(text, "yesterday")
}

/// Tells whether a text stands in brackets, as arrays do.
pub(super) const fn bracketed(text: &str) -> bool {
    let bytes = text.as_bytes().trim_ascii();
    match (bytes.first(), bytes.last()) {
        (Some(b'{'), Some(b'}')) => true,
        // `[0:1]={1,2}` says where it begins.
        (Some(b'['), Some(b']' | b'}')) => bytes.len() > 1,
        (Some(_) | None, Some(_) | None) => false,
    }
}

/// Tells whether a text begins as JSON does.
const fn begins_json(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut n = 0;
    while n < bytes.len() && bytes[n].is_ascii_whitespace() {
        n += 1;
    }
    if n == bytes.len() {
        return false;
    }
    matches!(bytes[n], b'{' | b'[' | b'"' | b'-' | b'0'..=b'9')
        || is(text, "true")
        || is(text, "false")
        || is(text, "null")
}

/// Tells whether `numeric` with so many digits and decimals keeps a number as it is.
const fn has_room((digits, decimals): (u32, u32), number: &str) -> bool {
    let bytes = number.as_bytes();
    let (mut n, mut whole, mut after, mut point) = (0, 0, 0, false);
    while n < bytes.len() {
        match bytes[n] {
            b'.' => point = true,
            // What is written with an exponent is left to the database.
            b'e' | b'E' => return true,
            b'0'..=b'9' if point => after += 1,
            b'0' if whole == 0 => {}
            b'0'..=b'9' => whole += 1,
            _ => {}
        }
        n += 1;
    }
    // Zeros at the end say nothing.
    while n > 0 && after > 0 && bytes[n - 1] == b'0' {
        (n, after) = (n - 1, after - 1);
    }
    whole + decimals <= digits && after <= decimals
}

/// Returns the numbers in the parentheses of a type: a length, or digits and decimals.
const fn modifiers(ty: &str) -> Option<(u32, u32)> {
    let bytes = ty.as_bytes();
    let (mut n, mut numbers, mut at, mut open) = (0, [0_u32; 2], 0, false);
    while n < bytes.len() {
        match bytes[n] {
            b'(' => open = true,
            b',' if open && at == 0 => at = 1,
            b')' => return Some((numbers[0], numbers[1])),
            digit @ b'0'..=b'9' if open => {
                numbers[at] = numbers[at]
                    .saturating_mul(10)
                    .saturating_add((digit - b'0') as u32);
            }
            b' ' => {}
            _ if open => return None,
            _ => {}
        }
        n += 1;
    }
    None
}

/// What a sign may be.
#[derive(Clone, Copy)]
enum Kind {
    Digit,
    Hex,
    /// What stands nowhere in a UUID.
    Other,
}

/// Returns how many signs of a kind are in a text.
const fn count(text: &str, kind: Kind) -> usize {
    let bytes = text.as_bytes();
    let (mut n, mut found) = (0, 0);
    while n < bytes.len() {
        let hit = match kind {
            Kind::Digit => bytes[n].is_ascii_digit(),
            Kind::Hex => bytes[n].is_ascii_hexdigit(),
            Kind::Other => !bytes[n].is_ascii_hexdigit() && !matches!(bytes[n], b'-' | b'{' | b'}'),
        };
        if hit {
            found += 1;
        }
        n += 1;
    }
    found
}

/// Returns how many characters a text has.
const fn letter_count(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut n, mut found) = (0, 0);
    while n < bytes.len() {
        // What goes on within a character is no beginning of one.
        if bytes[n] & 0xC0 != 0x80 {
            found += 1;
        }
        n += 1;
    }
    found
}
