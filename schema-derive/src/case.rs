//! Spelling of names: snake case and the words of `rename_all`.

/// Returns `OrderLine` as `order_line`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// The words of `rename_all`.
pub(crate) const RULES: [&str; 7] = [
    "snake_case",
    "kebab-case",
    "SCREAMING_SNAKE_CASE",
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
];

/// Returns a name as `rename_all` wants it; `None` for an unknown rule.
pub(crate) fn rename(rule: &str, name: &str) -> Option<String> {
    let words = words(name);
    let pascal = |word: &String| {
        let (head, tail) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        head.to_uppercase() + tail
    };
    Some(match rule {
        "snake_case" => words.join("_"),
        "kebab-case" => words.join("-"),
        "SCREAMING_SNAKE_CASE" => words.join("_").to_uppercase(),
        "lowercase" => name.to_lowercase(),
        "UPPERCASE" => name.to_uppercase(),
        "PascalCase" => words.iter().map(pascal).collect(),
        "camelCase" => {
            let rest = words.iter().skip(1).map(pascal);
            words.first().cloned().into_iter().chain(rest).collect()
        }
        _ => return None,
    })
}

/// Splits a name as `heck` does, whose words sqlx writes: a digit belongs to what stands before it.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|c: char| !c.is_alphanumeric()) {
        let (mut word, mut lower, mut upper) = (String::new(), false, false);
        let mut chars = part.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek();
            let ends_acronym =
                upper && c.is_uppercase() && next.is_some_and(|it| it.is_lowercase());
            if ends_acronym {
                words.push(std::mem::take(&mut word));
            }
            if c.is_lowercase() || c.is_uppercase() {
                (lower, upper) = (c.is_lowercase(), c.is_uppercase());
            }
            word.extend(c.to_lowercase());
            if lower && next.is_some_and(|it| it.is_uppercase()) {
                words.push(std::mem::take(&mut word));
                (lower, upper) = (false, false);
            }
        }
        words.push(word);
    }
    words.retain(|it| !it.is_empty());
    words
}
