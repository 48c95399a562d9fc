//! Spelling of names: snake case and the words of `rename_all`.

/// Returns `OrderLine` as `order_line`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_")
}

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

fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let chars: Vec<char> = name.chars().collect();
    for (n, c) in chars.iter().enumerate() {
        let before = n.checked_sub(1).map(|n| chars[n]);
        let after_lower = before.is_some_and(|it| it.is_lowercase() || it.is_ascii_digit());
        let ends_acronym = before.is_some_and(|it| it.is_uppercase())
            && chars.get(n + 1).is_some_and(|it| it.is_lowercase());
        if *c == '_' || (c.is_uppercase() && (after_lower || ends_acronym)) {
            words.push(String::new());
        }
        if *c != '_'
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|it| !it.is_empty());
    words
}
