//! Tokens of XPath 1.0 (§3.7) with their byte offsets.

use super::SyntaxError;

/// Bytes; the longest expressions that XLSForms yield have some tens of thousands.
const MAX_LENGTH: usize = 256 << 10;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    Number(f64),
    Literal(&'a str),
    /// A name, with its prefix if it has one.
    Name(&'a str),
    Slash,
    DoubleSlash,
    Dot,
    DoubleDot,
    At,
    DoubleColon,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    Comma,
    Star,
    Plus,
    Minus,
    Pipe,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

pub(crate) struct Spanned<'a> {
    pub token: Token<'a>,
    pub at: usize,
}

pub(crate) fn tokenize(source: &str) -> Result<Vec<Spanned<'_>>, SyntaxError> {
    if source.len() > MAX_LENGTH {
        let message = format!("the expression is longer than {} KiB", MAX_LENGTH >> 10);
        return Err(SyntaxError::new(MAX_LENGTH, message));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let (token, length) = one(source, at, c)?;
        tokens.push(Spanned { token, at });
        at += length;
    }
    Ok(tokens)
}

fn one(source: &str, at: usize, c: char) -> Result<(Token<'_>, usize), SyntaxError> {
    let rest = &source[at..];
    let second = rest.as_bytes().get(1).copied();
    Ok(match (c, second) {
        ('/', Some(b'/')) => (Token::DoubleSlash, 2),
        ('/', _) => (Token::Slash, 1),
        ('.', Some(b'.')) => (Token::DoubleDot, 2),
        ('.', Some(b'0'..=b'9')) => number(rest, at)?,
        ('.', _) => (Token::Dot, 1),
        ('@', _) => (Token::At, 1),
        (':', Some(b':')) => (Token::DoubleColon, 2),
        ('(', _) => (Token::Open, 1),
        (')', _) => (Token::Close, 1),
        ('[', _) => (Token::OpenBracket, 1),
        (']', _) => (Token::CloseBracket, 1),
        (',', _) => (Token::Comma, 1),
        ('*', _) => (Token::Star, 1),
        ('+', _) => (Token::Plus, 1),
        ('-', _) => (Token::Minus, 1),
        ('|', _) => (Token::Pipe, 1),
        ('=', _) => (Token::Equal, 1),
        ('!', Some(b'=')) => (Token::NotEqual, 2),
        ('<', Some(b'=')) => (Token::LessEqual, 2),
        ('<', _) => (Token::Less, 1),
        ('>', Some(b'=')) => (Token::GreaterEqual, 2),
        ('>', _) => (Token::Greater, 1),
        ('\'' | '"', _) => literal(rest, at, c)?,
        ('0'..='9', _) => number(rest, at)?,
        _ if is_name_start(c) => name(rest),
        ('$', _) => {
            return Err(SyntaxError::new(at, "variables are unknown to forms: name the node by its path"));
        }
        _ => return Err(SyntaxError::new(at, format!("`{c}` can't stand here"))),
    })
}

fn literal(rest: &str, at: usize, quote: char) -> Result<(Token<'_>, usize), SyntaxError> {
    match rest[1..].find(quote) {
        Some(end) => Ok((Token::Literal(&rest[1..=end]), end + 2)),
        None => Err(SyntaxError::new(at, format!("the text has no closing {quote}"))),
    }
}

fn number(rest: &str, at: usize) -> Result<(Token<'_>, usize), SyntaxError> {
    let mut dotted = false;
    let length = rest
        .bytes()
        .take_while(|b| b.is_ascii_digit() || (*b == b'.' && !std::mem::replace(&mut dotted, true)))
        .count();
    let value = rest[..length].parse().map_err(|_| SyntaxError::new(at, "not a number"))?;
    Ok((Token::Number(value), length))
}

fn is_name_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn is_name_part(c: char) -> bool {
    is_name_start(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}')
}

fn local_name(text: &str) -> usize {
    text.char_indices().find(|(_, c)| !is_name_part(*c)).map_or(text.len(), |(i, _)| i)
}

fn name(rest: &str) -> (Token<'_>, usize) {
    let mut length = local_name(rest);
    let tail = &rest[length..];
    if tail.starts_with(':') && !tail.starts_with("::") {
        if tail[1..].starts_with(is_name_start) {
            length += 1 + local_name(&tail[1..]);
        } else if tail[1..].starts_with('*') {
            length += 2;
        }
    }
    (Token::Name(&rest[..length]), length)
}
