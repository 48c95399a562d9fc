//! What was run, kept as a dated file: documentation, never read back.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use schema_core::db::{Done, ServerInfo};
use schema_core::report::server_line;

use crate::{Failure, files};

/// How the run ended.
pub(super) enum End<'a> {
    Finished,
    /// With the message, of which the first line is told.
    Stopped(&'a str),
}

/// Writes the statements that stand to a new file in a folder.
pub(super) fn write(
    dir: &Path,
    done: &[Done],
    end: &End<'_>,
    server: &ServerInfo,
) -> Result<PathBuf, Failure> {
    files::make_folder(dir)?;
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let stamp = stamp(seconds);
    let mut text = format!(
        "-- Run by sync on {}, {stamp} (UTC). Documentation: never read back.\n",
        server_line(server)
    );
    if let End::Stopped(message) = end {
        let reason = message.lines().next().unwrap_or_default();
        text.push_str(&format!(
            "-- The run stopped: {reason}\n-- These statements before it stand.\n"
        ));
    }
    for done in done {
        text.push_str(&format!("\n{};\n", done.sql));
    }
    let mut file = dir.join(format!("{stamp}.sql"));
    let mut n = 2;
    while file.exists() {
        file = dir.join(format!("{stamp}-{n}.sql"));
        n += 1;
    }
    files::write(&file, &text)?;
    Ok(file)
}

/// `2026-01-31T235959Z`: sorts by time, and is a file name everywhere.
fn stamp(seconds: u64) -> String {
    let (mut days, rest) = (seconds / 86_400, seconds % 86_400);
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    loop {
        let length = if leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (rest / 3_600, rest % 3_600 / 60, rest % 60);
    format!(
        "{year}-{month:02}-{:02}T{hour:02}{minute:02}{second:02}Z",
        days + 1
    )
}

#[cfg(test)]
mod tests {
    use super::stamp;

    #[test]
    fn a_stamp_is_the_date() {
        assert_eq!(stamp(0), "1970-01-01T000000Z");
        assert_eq!(stamp(951_782_400), "2000-02-29T000000Z");
        assert_eq!(stamp(1_767_225_599), "2025-12-31T235959Z");
    }
}
