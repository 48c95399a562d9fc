//! Folds an expression to one spelling: that of the server, without what the server adds.
//!
//! `a in ('x', 'y')` and `((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character
//! varying])::text[]))` become the same text. What is not understood keeps its tokens.

mod casts;
mod grammar;
mod node;
mod numbers;
mod print;
mod simplify;
pub mod text;
mod tokens;
mod total;

use crate::schema::DataType;

use self::{
    casts::stored_as, grammar::parse, print::print, simplify::simplify, text::strip_parens,
    tokens::Token,
};

/// What is known where an expression stands.
pub struct Context<'a> {
    /// The type of a column.
    pub column: &'a dyn Fn(&str) -> Option<DataType>,
    /// The type in its full name: a bare `mood` becomes `public.mood`.
    pub resolve: &'a dyn Fn(DataType) -> DataType,
    /// The type that the value is stored as: the column's, for a default.
    pub target: Option<&'a DataType>,
}

/// Returns the one spelling of an expression, without parentheses around the whole.
pub fn fold(text: &str, context: &Context<'_>) -> String {
    let Some(tokens) = tokens::tokens(text) else {
        return text.trim().to_owned();
    };
    let Some(node) = parse(&tokens, context) else {
        let words: Vec<String> = tokens.iter().map(Token::text).collect();
        return strip_parens(&words.join(" ")).to_owned();
    };
    let mut node = simplify(node, context);
    if let Some(target) = context.target {
        node = stored_as(node, target);
    }
    let printed = print(&node);
    strip_parens(&printed).to_owned()
}

/// Tells whether an expression has a value whatever the columns hold. What is not understood may fail.
pub fn never_fails(text: &str) -> bool {
    let context = Context {
        column: &|_| None,
        resolve: &|ty| ty,
        target: None,
    };
    let tokens = tokens::tokens(text);
    let node = tokens.and_then(|tokens| parse(&tokens, &context));
    node.is_some_and(|node| total::never_fails(&node))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::postgres::types::parse_type;

    fn folded(text: &str) -> String {
        let column = |name: &str| {
            let ty = match name {
                "v" => "varchar(20)",
                "c" => "text",
                "a" => "integer",
                "b" => "bigint",
                "r" => "real",
                "n" => "numeric",
                "f" => "float8",
                "m" => "app.mood",
                "d" => "date",
                "j" => "jsonb",
                _ => return None,
            };
            parse_type(ty).ok()
        };
        fold(
            text,
            &Context {
                column: &column,
                resolve: &|ty| ty,
                target: None,
            },
        )
    }

    #[test]
    fn the_server_s_spelling_and_a_person_s_are_one() {
        for (written, stored) in [
            ("a in (1,2)", "(a = ANY (ARRAY[1, 2]))"),
            (
                "v in ('x','y')",
                "((v)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))",
            ),
            ("v in ('x')", "((v)::text = 'x'::text)"),
            (
                "n = any (array[1, 2])",
                "(n = ANY ((ARRAY[1, 2])::numeric[]))",
            ),
            (
                "n = any (array[1, 2])",
                "(n = ANY ((ARRAY[1, 2]::integer[])::numeric[]))",
            ),
            (
                "c NOT IN ('x', 'y')",
                "(c <> ALL (ARRAY['x'::text, 'y'::text]))",
            ),
            (
                "a between 1 and 5 or c like 'a%'",
                "(((a >= 1) AND (a <= 5)) OR (c ~~ 'a%'::text))",
            ),
            (
                "n > 0 and f > 0 and a > -1",
                "((n > (0)::numeric) AND (f > (0)::double precision) AND (a > '-1'::integer))",
            ),
            ("m = 'ok'", "(m = 'ok'::app.mood)"),
            ("a != 1", "(a <> 1)"),
            ("a is not distinct from 1", "(NOT (a IS DISTINCT FROM 1))"),
            (
                "coalesce(c, 'x') || lower(v)",
                "(COALESCE(c, 'x'::text) || lower((v)::text))",
            ),
            ("now() + interval '1 day'", "(now() + '1 day'::interval)"),
            ("current_timestamp", "CURRENT_TIMESTAMP"),
            (
                "now() at time zone 'utc'",
                "(now() AT TIME ZONE 'utc'::text)",
            ),
            ("nextval('s')", "nextval('public.s'::regclass)"),
            ("random()*100", "(random() * (100)::double precision)"),
            ("trim(c) <> ''", "(TRIM(BOTH FROM c) <> ''::text)"),
            (
                "extract(year from d) > 2000",
                "(EXTRACT(year FROM d) > (2000)::numeric)",
            ),
            (
                "substring(c from 1 for 2) = 'ab'",
                "(SUBSTRING(c FROM 1 FOR 2) = 'ab'::text)",
            ),
            (
                "case when a>1 then 'x' end = 'x'",
                "(CASE\n    WHEN (a > 1) THEN 'x'::text\n    ELSE NULL::text\nEND = 'x'::text)",
            ),
            ("j->>'k' = 'v'", "((j ->> 'k'::text) = 'v'::text)"),
            ("a + 2 * a < 10", "((a + (2 * a)) < 10)"),
            ("not (a = 1)", "(NOT (a = 1))"),
            ("num_nonnulls(a, c) = 1", "(num_nonnulls(a, c) = 1)"),
            ("b in (1, 2)", "(b = ANY (ARRAY[(1)::bigint, (2)::bigint]))"),
            ("b = any (array[1, 2])", "(b = ANY (ARRAY[1, 2]))"),
            ("b > '5'", "(b > '5'::bigint)"),
            ("b % 2 = 0", "((b % (2)::bigint) = 0)"),
            (
                "a ^ 2 > 1",
                "(((a)::double precision ^ (2)::double precision) > (1)::double precision)",
            ),
            ("r > 0", "(r > (0)::double precision)"),
            ("r in (1, 2)", "(r = ANY (ARRAY[(1)::real, (2)::real]))"),
            ("a > 1.5", "((a)::numeric > 1.5)"),
            (
                "a in (1, 2.5)",
                "((a)::numeric = ANY (ARRAY[(1)::numeric, 2.5]))",
            ),
            ("n * 2 > 0", "((n * (2)::numeric) > (0)::numeric)"),
            ("coalesce(n, 0)", "COALESCE(n, (0)::numeric)"),
            (
                "case when a > 1 then 1.5 else 0 end",
                "CASE\n    WHEN (a > 1) THEN 1.5\n    ELSE (0)::numeric\nEND",
            ),
            ("5 / 2::numeric", "((5)::numeric / (2)::numeric)"),
            ("f > 2000", "(f > ((2000)::numeric)::double precision)"),
        ] {
            let once = folded(stored);
            assert_eq!(folded(written), once);
            assert_eq!(folded(&once), once);
        }
    }

    #[test]
    fn only_what_refuses_no_value_never_fails() {
        for (text, expected) in [
            ("lower(c)", true),
            ("(m = ANY (ARRAY['ok'::app.mood, 'bad'::app.mood]))", true),
            ("((deleted_at IS NULL) AND (NOT archived))", true),
            ("(j ->> 'k'::text)", true),
            ("COALESCE(c, ''::text)", true),
            ("((c)::integer)", false),
            ("((j ->> 'k'::text))::integer", false),
            ("(1 / a)", false),
            ("tsrange(d, e)", false),
            ("app.lower(c)", false),
        ] {
            assert_eq!(never_fails(text), expected, "{text}");
        }
    }

    #[test]
    fn what_differs_stays_different() {
        for (one, other) in [
            ("a / 2", "(a)::numeric / (2)::numeric"),
            ("a or (a and c)", "(a or a) and c"),
            ("md5(a::text)", "md5(a)"),
            ("now() - '1 day'::interval", "now() - '1 day'::timestamptz"),
            ("'A' = c", "'a' = c"),
            ("\"A\" = 1", "a = 1"),
            ("a - 1 - 1", "a - (1 - 1)"),
            ("lower(c)", "upper(c)"),
            ("a * 1000", "a * (1000)::bigint"),
            ("a = 5", "(a)::numeric = (5)::numeric"),
            ("a = 5", "a = '5'::bigint"),
            ("b = 5", "b = '5'::bigint"),
            ("n * (10000000000)::numeric", "n * '10000000000'::numeric"),
            ("b = any (array[1, 2])", "b in (1, 2)"),
            ("r <> (0.1)::real", "r <> (0.1)::double precision"),
            ("5 / 2", "5::numeric / 2::numeric"),
            ("app.f(1)", "app.f((1)::bigint)"),
            ("app.f(NULL::integer)", "app.f(NULL::bigint)"),
            ("coalesce(a, 0)", "coalesce((a)::numeric, (0)::numeric)"),
        ] {
            assert_ne!(folded(one), folded(other));
        }
    }
}
