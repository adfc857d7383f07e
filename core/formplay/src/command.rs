//! One line, read.

use crate::error::PlayError;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Command {
    Answer { path: String, value: String },
    Clear(String),
    Add(String),
    Remove(String),
    Go(String),
    Language(String),
    Languages,
    Get(String),
    Choices(String),
    Page,
    Outline,
    State,
    Validate,
    Submission,
    Requests,
    Fulfil { path: String, value: String },
    Warnings,
    Draft,
    Restart,
    Evaluate { expression: String, path: Option<String> },
    Help,
}

pub(crate) const HELP: [&str; 21] = [
    "answer PATH VALUE",
    "clear PATH",
    "add REPEAT_PATH",
    "remove INSTANCE_PATH",
    "go PAGE|PATH|next|back|start|end",
    "language NAME",
    "languages",
    "get PATH",
    "choices PATH",
    "page",
    "outline",
    "state",
    "validate",
    "submission",
    "requests",
    "fulfil PATH [VALUE]",
    "warnings",
    "draft",
    "restart",
    "evaluate EXPRESSION [AT PATH]",
    "help",
];

/// `None` for an empty line and for a comment.
pub(crate) fn read(line: &str) -> Option<Result<Command, PlayError>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    Some(command(&word.to_ascii_lowercase(), rest.trim_start()))
}

fn command(word: &str, rest: &str) -> Result<Command, PlayError> {
    let one = |usage| {
        let (argument, after) = argument(rest).ok_or(PlayError::Usage(usage))?;
        if after.is_empty() { Ok(argument) } else { Err(PlayError::Usage(usage)) }
    };
    // Names of languages and pages may hold blanks.
    let all = |usage| {
        if rest.is_empty() { Err(PlayError::Usage(usage)) } else { Ok(unquote(rest)) }
    };
    let none = |command: Command, usage| {
        if rest.is_empty() { Ok(command) } else { Err(PlayError::Usage(usage)) }
    };
    match word {
        "answer" | "set" => {
            let (path, value) = argument(rest).ok_or(PlayError::Usage("answer PATH VALUE"))?;
            Ok(Command::Answer { path, value: unquote(value) })
        }
        "clear" => one("clear PATH").map(Command::Clear),
        "add" => one("add REPEAT_PATH").map(Command::Add),
        "remove" => one("remove INSTANCE_PATH").map(Command::Remove),
        "go" | "goto" => all("go PAGE|PATH|next|back|start|end").map(Command::Go),
        "next" | "back" | "start" | "end" => none(Command::Go(word.to_owned()), "go next|back|start|end"),
        "language" => all("language NAME").map(Command::Language),
        "languages" => none(Command::Languages, "languages"),
        "get" => one("get PATH").map(Command::Get),
        "choices" => one("choices PATH").map(Command::Choices),
        "page" => none(Command::Page, "page"),
        "outline" => none(Command::Outline, "outline"),
        "state" => none(Command::State, "state"),
        "validate" => none(Command::Validate, "validate"),
        "submission" => none(Command::Submission, "submission"),
        "requests" => none(Command::Requests, "requests"),
        "fulfil" => {
            let (path, value) = argument(rest).ok_or(PlayError::Usage("fulfil PATH [VALUE]"))?;
            Ok(Command::Fulfil { path, value: unquote(value) })
        }
        "warnings" => none(Command::Warnings, "warnings"),
        "draft" => none(Command::Draft, "draft"),
        "restart" => none(Command::Restart, "restart"),
        "evaluate" | "eval" => evaluate(rest),
        "help" => none(Command::Help, "help"),
        other => Err(PlayError::UnknownCommand(other.to_owned())),
    }
}

/// `AT` in capitals: an element may be called `at`, and ` AT ` means nothing in an expression outside of its
/// strings. A quoted expression ends where its quotes do.
fn evaluate(rest: &str) -> Result<Command, PlayError> {
    let usage = || PlayError::Usage("evaluate EXPRESSION [AT PATH]");
    if rest.is_empty() {
        return Err(usage());
    }
    match rest.rsplit_once(" AT ") {
        Some((expression, path)) if !path.contains(['\'', '"']) => Ok(Command::Evaluate {
            expression: expression.trim().to_owned(),
            path: Some(path.trim().to_owned()),
        }),
        _ => Ok(Command::Evaluate { expression: rest.to_owned(), path: None }),
    }
}

/// The first word, or what stands in quotes, and the rest.
fn argument(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let end = match text.chars().next()? {
        quote @ ('"' | '\'') => {
            let inside = &text[1..];
            let end = inside.find(quote)?;
            return Some((inside[..end].to_owned(), inside[end + 1..].trim_start()));
        }
        _ => text.find(char::is_whitespace).unwrap_or(text.len()),
    };
    Some((text[..end].to_owned(), text[end..].trim_start()))
}

/// `"…"` is a JSON string, `'…'` is what stands inside; anything else is itself.
fn unquote(text: &str) -> String {
    if text.starts_with('"')
        && let Ok(value) = serde_json::from_str(text)
    {
        return value;
    }
    match text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
        Some(inside) => inside.to_owned(),
        None => text.to_owned(),
    }
}
