//! How large a query may be, beside the limit on a request's body.

/// Nested selections. The introspection query of usual tools has 15.
pub(crate) const DEPTH_MAX: usize = 16;

/// Fields resolved, as far as can be foreseen: rows of a page count as often as were asked for.
pub(crate) const COMPLEXITY_MAX: usize = 60_000;

/// Brackets within brackets, in a query's text. The parser works recursively, so that a text of
/// nothing but brackets would end the process before any other limit is looked at.
const BRACKETS_MAX: usize = 48;

/// How many rows a page is expected to have, for the complexity of a query.
pub(crate) fn rows(first: Option<i32>) -> usize {
    usize::try_from(first.unwrap_or(50)).unwrap_or(1).clamp(1, 500)
}

/// Why a query's text is nested too deeply to be parsed at all; None: it is not.
pub(crate) fn nesting_problem(query: &str) -> Option<String> {
    let depth = bracket_depth(query);
    (depth > BRACKETS_MAX).then(|| {
        format!("The query is nested too deeply: {depth} levels of brackets; at most {DEPTH_MAX} levels of fields are allowed.")
    })
}

/// The deepest nesting of brackets outside strings and comments.
fn bracket_depth(query: &str) -> usize {
    let mut rest = query;
    let (mut depth, mut deepest) = (0_usize, 0);
    while let Some(found) = rest.find(['{', '}', '(', ')', '[', ']', '"', '#']) {
        let (here, behind) = (&rest[found..], &rest[found + 1..]);
        rest = match here.as_bytes()[0] {
            b'#' => behind.find('\n').map_or("", |end| &behind[end..]),
            b'"' if here.starts_with("\"\"\"") => after_block(&here[3..]),
            b'"' => after_string(behind),
            b'{' | b'(' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
                behind
            }
            _ => {
                depth = depth.saturating_sub(1);
                behind
            }
        };
    }
    deepest
}

/// What follows a string that has begun; a string ends with its line at the latest.
fn after_string(text: &str) -> &str {
    let mut is_escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' if !is_escaped => return &text[at + 1..],
            '\n' | '\r' => return &text[at..],
            _ => is_escaped = character == '\\' && !is_escaped,
        }
    }
    ""
}

/// What follows a block string that has begun.
fn after_block(text: &str) -> &str {
    let mut from = 0;
    while let Some(found) = text[from..].find("\"\"\"") {
        let at = from + found;
        if !text[..at].ends_with('\\') {
            return &text[at + 3..];
        }
        from = at + 3;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_are_not_nested() {
        assert_eq!(bracket_depth("{ a(b: \"{{{\\\"{{\") { c } } # {{{{\n{ d }"), 2);
        assert_eq!(bracket_depth("{ a(b: \"\"\"{{{ \\\"\"\" {{\"\"\") }"), 2);
        assert_eq!(bracket_depth("{ a(b: \"{{{\n{ c }"), 3);
        assert_eq!(bracket_depth("}}}{"), 1);
    }

    #[test]
    fn a_text_of_brackets_is_refused_before_it_is_parsed() {
        assert!(nesting_problem(&"{a".repeat(100_000)).is_some());
        assert!(nesting_problem(&"[".repeat(49)).is_some());
        assert!(nesting_problem(&"{ a(b: {c: [1]}) { d } }".repeat(1_000)).is_none());
    }
}
