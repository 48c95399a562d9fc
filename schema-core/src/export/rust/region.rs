//! The generated part of a file, between two lines; what stands outside them is the user's.

use sha2::{Digest, Sha256};

const BEGIN: &str = "// sync introspect: generated ";
const BEGIN_REST: &str = "; what is written above this line or below `end` is kept";
const END: &str = "// sync introspect: end";

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// It is as it would be written.
    Same,
    /// It is to be written so.
    Write(String),
    /// Its generated part was changed by hand.
    Edited,
    /// Somebody else wrote it.
    Foreign,
}

/// Wraps generated text in its two lines.
pub fn mark(text: &str) -> String {
    format!("{}{BEGIN_REST}\n{text}{END}\n", begin(text))
}

/// Tells whether the file has a generated part.
pub fn is_marked(file: &str) -> bool {
    Parts::of(file).is_some()
}

/// Puts generated text into the place of that of before.
pub fn update(file: &str, text: &str) -> Update {
    let Some(parts) = Parts::of(file) else {
        return Update::Foreign;
    };
    if same(parts.generated, text) {
        return Update::Same;
    }
    if parts.begin != begin(parts.generated) {
        return Update::Edited;
    }
    Update::Write(parts.with(text))
}

/// As [`update`], whatever was changed by hand in the generated part, or in a file of somebody else.
pub fn overwrite(file: &str, text: &str) -> String {
    match Parts::of(file) {
        Some(parts) => parts.with(text),
        None => ended_like(file, &mark(text)),
    }
}

/// Returns text whose lines end as the first one of a file does.
pub fn ended_like(file: &str, text: &str) -> String {
    let first = file.split_inclusive('\n').next();
    match first.is_some_and(|line| line.ends_with("\r\n")) {
        true => text.replace('\n', "\r\n"),
        false => text.to_owned(),
    }
}

struct Parts<'a> {
    before: &'a str,
    /// From the first of the two lines on.
    marked: &'a str,
    begin: &'a str,
    generated: &'a str,
    after: &'a str,
}

impl<'a> Parts<'a> {
    fn of(file: &'a str) -> Option<Self> {
        let start = match file.starts_with(BEGIN) {
            true => 0,
            false => file.find(&format!("\n{BEGIN}"))? + 1,
        };
        let (before, marked) = file.split_at(start);
        let (line, rest) = marked.split_once('\n')?;
        let begin = line.split(';').next()?;
        let end = match rest.starts_with(END) {
            true => 0,
            false => rest.find(&format!("\n{END}"))? + 1,
        };
        let (generated, rest) = rest.split_at(end);
        let after = rest.split_once('\n').map_or("", |it| it.1);
        Some(Self {
            before,
            marked,
            begin,
            generated,
            after,
        })
    }

    fn with(&self, text: &str) -> String {
        let text = ended_like(self.marked, &mark(text));
        format!("{}{text}{}", self.before, self.after)
    }
}

/// Another `rustfmt` may break lines elsewhere, which changes nothing.
fn bones(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != ',')
        .collect()
}

fn same(one: &str, other: &str) -> bool {
    bones(one) == bones(other)
}

fn begin(text: &str) -> String {
    let hash = Sha256::digest(bones(text).as_bytes());
    let hex: String = hash[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{BEGIN}{hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_outside_is_kept() {
        let first = format!("use a;\n{}impl A {{}}\n", mark("struct A;\n"));
        assert_eq!(update(&first, "struct A;\n"), Update::Same);
        let Update::Write(second) = update(&first, "struct B;\n") else {
            panic!("not written");
        };
        assert!(second.starts_with("use a;\n// sync") && second.ends_with("end\nimpl A {}\n"));
        let by_hand = second.replace("struct B", "pub struct B");
        assert_eq!(update(&by_hand, "struct C;\n"), Update::Edited);
        assert_eq!(update("struct A;", "struct B;\n"), Update::Foreign);
        assert_eq!(overwrite("struct A;", "struct B;\n"), mark("struct B;\n"));
    }

    #[test]
    fn lines_end_as_they_did() {
        let dos = |text: &str| text.replace('\n', "\r\n");
        let file = |text: &str| format!("use a;\n\n{}impl A {{}}\n", mark(text));
        let before = dos(&file("struct A;\n"));
        assert_eq!(update(&before, "struct A;\n"), Update::Same);
        let after = dos(&file("struct B;\n"));
        assert_eq!(update(&before, "struct B;\n"), Update::Write(after.clone()));
        assert_eq!(overwrite(&before, "struct B;\n"), after);
        let foreign = overwrite("struct A;\r\n", "struct B;\n");
        assert_eq!(foreign, dos(&mark("struct B;\n")));
    }
}
