//! Tokens of the expressions in cells: enough to tell a computed default from plain text, and to find
//! `instance(…)` paths in labels. The XForms engine reads expressions in full.

use crate::names::{name_length, qualified_length};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    /// `*`, `+`, `-`, ` mod `, ` div `.
    Arithmetic,
    Union,
    CloseParenthesis,
    PathSeparator,
    Literal,
    Whitespace,
    /// `${name}`, `${last-saved#name}`.
    Reference,
    /// `name(`.
    Call,
    /// `name[`.
    PredicateStart,
    PredicateEnd,
    Other,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// Every byte of `text` is in one token.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = Token> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let (kind, length) = next(rest);
        let token = Token { kind, start, end: start + length };
        start = token.end;
        Some(token)
    })
}

/// The kind and the length of the token that `rest` (not empty) begins with. The order is that of precedence.
fn next(rest: &str) -> (Kind, usize) {
    let date = date_length(rest);
    if date > 0 {
        let time = rest[date..].strip_prefix('T').map_or(0, time_length);
        return (Kind::Other, if time > 0 { date + 1 + time } else { date });
    }
    let found = [(Kind::Other, time_length(rest)), (Kind::Number, number_length(rest))];
    if let Some(found) = found.into_iter().find(|(_, length)| *length > 0) {
        return found;
    }
    for (kind, word) in [
        (Kind::Arithmetic, " mod "),
        (Kind::Arithmetic, " div "),
        (Kind::Other, " and "),
        (Kind::Other, " or "),
        (Kind::Other, "!="),
        (Kind::Other, ".."),
    ] {
        if rest.starts_with(word) {
            return (kind, word.len());
        }
    }
    let first = rest.chars().next().unwrap_or_default();
    match first {
        '*' | '+' | '-' => return (Kind::Arithmetic, 1),
        '|' => return (Kind::Union, 1),
        ')' => return (Kind::CloseParenthesis, 1),
        '/' => return (Kind::PathSeparator, 1),
        ']' => return (Kind::PredicateEnd, 1),
        '\'' | '"' => {
            if let Some(end) = rest[1..].find(first) {
                return (Kind::Literal, end + 2);
            }
        }
        c if c.is_whitespace() => {
            return (Kind::Whitespace, rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()));
        }
        '$' => {
            let length = reference_length(rest);
            if length > 0 {
                return (Kind::Reference, length);
            }
        }
        _ => {}
    }
    let name = qualified_length(rest);
    if name > 0 {
        return match rest.as_bytes().get(name) {
            Some(b'(') => (Kind::Call, name + 1),
            Some(b'[') => (Kind::PredicateStart, name + 1),
            _ => (Kind::Other, name),
        };
    }
    (Kind::Other, first.len_utf8())
}

/// Bytes of `${name}` or `${last-saved#name}` at the start; 0: none.
pub(crate) fn reference_length(rest: &str) -> usize {
    let Some(inner) = rest.strip_prefix("${") else { return 0 };
    let name = inner.strip_prefix("last-saved#").unwrap_or(inner);
    let length = name_length(name);
    if length > 0 && name[length..].starts_with('}') { rest.len() - name.len() + length + 1 } else { 0 }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn pattern(text: &str, shape: &str) -> bool {
    let mut bytes = text.bytes();
    shape.bytes().all(|s| bytes.next().is_some_and(|b| if s == b'0' { b.is_ascii_digit() } else { b == s }))
}

fn date_length(rest: &str) -> usize {
    let sign = usize::from(rest.starts_with('-'));
    if pattern(&rest[sign..], "0000-00-00") { sign + 10 } else { 0 }
}

fn time_length(rest: &str) -> usize {
    if !pattern(rest, "00:00:00") {
        return 0;
    }
    let zone = &rest[8..];
    if pattern(zone, "+00:00") || pattern(zone, "-00:00") {
        14
    } else {
        8 + usize::from(zone.starts_with('Z'))
    }
}

fn number_length(rest: &str) -> usize {
    let sign = usize::from(rest.starts_with('-'));
    let whole = digits(&rest[sign..]);
    let after = &rest[sign + whole..];
    let fraction = after.strip_prefix('.').map_or(0, digits);
    match (whole, after.starts_with('.')) {
        (0, true) if fraction > 0 => sign + 1 + fraction,
        (0, _) => 0,
        (_, true) => sign + whole + 1 + fraction,
        (_, false) => sign + whole,
    }
}

/// Whether a default must be computed when a form is opened, as it holds a reference, a call or arithmetic. A hyphen
/// in a date or a place is no subtraction.
pub(crate) fn is_dynamic(default: &str, question_type: &str) -> bool {
    let hyphens = matches!(question_type, "date" | "dateTime" | "geopoint" | "geotrace" | "geoshape");
    for token in tokens(default) {
        match token.kind {
            Kind::Arithmetic if hyphens && &default[token.start..token.end] == "-" => return false,
            Kind::Arithmetic | Kind::Union | Kind::Reference | Kind::Call => return true,
            _ => {}
        }
    }
    false
}

/// Where `instance(…)/path[…]/…` expressions stand in `text`, as ranges of bytes. They end at whitespace outside of
/// a predicate.
pub(crate) fn instance_paths(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    if !text.contains("instance(") {
        return found;
    }
    let (mut inside, mut in_path, mut in_predicate) = (false, false, false);
    let mut start = 0;
    let mut last: Option<(Kind, &str, usize)> = None;
    for token in tokens(text) {
        let source = &text[token.start..token.end];
        let mut kept = false;
        if !inside && token.kind == Kind::Call && source == "instance(" {
            (inside, kept) = (true, true);
            start = token.start;
        } else if inside {
            let (last_kind, last_source, _) = last.unwrap_or((Kind::Other, "", 0));
            match token.kind {
                Kind::Literal if last_kind == Kind::Call && last_source == "instance(" => kept = true,
                Kind::CloseParenthesis if last_kind == Kind::Literal => kept = true,
                Kind::PathSeparator if matches!(last_kind, Kind::CloseParenthesis | Kind::PredicateEnd) => {
                    (kept, in_path) = (true, true);
                }
                Kind::Whitespace if in_path => in_path = false,
                Kind::PredicateStart if in_path => (kept, in_path, in_predicate) = (true, false, true),
                _ if in_path => kept = true,
                Kind::PredicateEnd if in_predicate => (kept, in_predicate) = (true, false),
                _ if in_predicate => kept = true,
                _ => {}
            }
        }
        if kept {
            last = Some((token.kind, source, token.end));
        } else if inside {
            inside = false;
            found.extend(last.map(|(_, _, end)| (start, end)));
        }
    }
    if inside {
        found.extend(last.map(|(_, _, end)| (start, end)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_computed_or_plain() {
        for dynamic in ["today()", "${a}", "1 + 1", "a | b", "7 * 2", "a-b - c"] {
            assert!(is_dynamic(dynamic, "text"), "{dynamic}");
        }
        for plain in ["a", "2026-11-24", "12:30:00", "-5", "foo-bar", "it's", "https://example.org/x", "a.b"]
        {
            assert!(!is_dynamic(plain, "text"), "{plain}");
        }
        assert!(!is_dynamic("24 - 11", "date"));
    }

    #[test]
    fn instance_paths_end_at_whitespace() {
        let text = "is instance('a')/root/item[name = ${x}]/label, is it";
        let found = instance_paths(text);
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].0..found[0].1], "instance('a')/root/item[name = ${x}]/label,");
    }
}
