//! Durations as they are typed: `500ms`, `2s`, `5m`, `1h`.

use std::time::Duration;

/// Reads a duration.
///
/// # Errors
///
/// What is expected instead.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let expected = || "expected a number and a unit: 500ms, 2s, 5m, 1h".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| expected())?;
    let millis = match &text[digits.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(expected()),
    };
    number
        .checked_mul(millis)
        .map(Duration::from_millis)
        .ok_or_else(|| "is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known() {
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(parse("5m"), Ok(Duration::from_secs(300)));
        for wrong in ["", "5", "s", "5 s", "5d", "-1s", "1é"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
