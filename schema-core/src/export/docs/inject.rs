//! Puts generated text between two markers of a file that people write.

/// The line before the generated text.
pub const BEGIN: &str = "<!-- sync docs: begin -->";
/// The line after the generated text.
pub const END: &str = "<!-- sync docs: end -->";

/// Why a file cannot take the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InjectError {
    /// A marker is not there.
    #[error(
        "has no line `{0}`; write both markers where the list of tables belongs: `{BEGIN}` and `{END}`"
    )]
    Missing(&'static str),
    /// A marker is there more than once.
    #[error("has the line `{0}` more than once; keep one")]
    Repeated(&'static str),
    /// The end is before the beginning.
    #[error("has its markers in the wrong order; `{BEGIN}` comes first")]
    Order,
}

/// Returns `file` with `text` between its markers; all else stays as it is, the ends of lines too.
///
/// ```
/// use schema_core::export::docs::inject;
///
/// let guide = "# Guide\n<!-- sync docs: begin -->\nold\n<!-- sync docs: end -->\nBye.\n";
/// assert_eq!(
///     inject(guide, "new\n").unwrap(),
///     "# Guide\n<!-- sync docs: begin -->\n\nnew\n\n<!-- sync docs: end -->\nBye.\n",
/// );
/// ```
///
/// # Errors
///
/// A marker is missing, there twice, or at the wrong place.
pub fn inject(file: &str, text: &str) -> Result<String, InjectError> {
    let begin = marker(file, BEGIN)?;
    let end = marker(file, END)?;
    let start = begin + BEGIN.len();
    if end < start {
        return Err(InjectError::Order);
    }
    let newline = if file[start..].starts_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let text = text.trim_end().replace('\n', newline);
    // The marker may be indented, in a list.
    let indent = &file[file[..end].rfind('\n').map_or(0, |at| at + 1)..end];
    let indent = if indent.trim().is_empty() { indent } else { "" };
    Ok(format!(
        "{}{newline}{newline}{text}{newline}{newline}{indent}{}",
        &file[..start],
        &file[end..]
    ))
}

/// Finds the line that is a marker.
fn marker(file: &str, marker: &'static str) -> Result<usize, InjectError> {
    let mut found = None;
    let mut at = 0;
    for line in file.split_inclusive('\n') {
        if line.trim() == marker {
            if found.is_some() {
                return Err(InjectError::Repeated(marker));
            }
            found = Some(at + line.len() - line.trim_start().len());
        }
        at += line.len();
    }
    found.ok_or(InjectError::Missing(marker))
}
