//! Evaluates XPath for other programs: a question a line on standard input, an answer a line on standard output.
//!
//! A question is `{"form": XForm, "expression": …, "context": "/data/a", "offset": minutes from UTC}`; an
//! answer `{"boolean": …}`, `{"number": "12.5"}` (as text: JSON has no NaN), `{"text": …}`,
//! `{"nodes": [[path, value], …]}` or `{"error": …}`.

use chrono::{FixedOffset, Utc};
use serde_json::{Value, json};
use std::{
    io::{BufRead, Write},
    sync::Arc,
};
use xforms::{Definition, Env, Session, XPathValue};

fn main() -> std::io::Result<()> {
    let mut last: Option<(String, Arc<Definition>)> = None;
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let answer = answer(&line?, &mut last).unwrap_or_else(|error| json!({ "error": error }));
        writeln!(out, "{answer}")?;
    }
    Ok(())
}

/// Questions about the same form follow each other: it is read once.
fn answer(line: &str, last: &mut Option<(String, Arc<Definition>)>) -> Result<Value, String> {
    let question: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let text = |key: &str| question[key].as_str().ok_or(format!("{key} is missing"));
    let form = text("form")?;
    let definition = match last {
        Some((known, definition)) if known == form => definition.clone(),
        _ => {
            let definition = Definition::parse(form).map_err(|e| printed(&e))?;
            *last = Some((form.to_owned(), definition.clone()));
            definition
        }
    };
    let minutes = question["offset"].as_i64().unwrap_or(0) as i32;
    let offset = FixedOffset::east_opt(minutes * 60).ok_or("no such offset")?;
    let session = Session::start(definition, Env::fixed(Utc::now().with_timezone(&offset), rand_seed()));
    let found = session.evaluate(text("expression")?, Some(text("context")?)).map_err(|e| printed(&e))?;
    Ok(match found.value {
        XPathValue::Boolean(value) => json!({ "boolean": value }),
        XPathValue::Number(number) => json!({ "number": number.to_string() }),
        XPathValue::Text(text) => json!({ "text": text }),
        XPathValue::Nodes(nodes) => {
            json!({ "nodes": nodes.iter().map(|n| [&n.path, &n.value]).collect::<Vec<_>>() })
        }
    })
}

fn printed(errors: &xforms::ParseErrors) -> String {
    errors.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Another one at each call, so that `random()` and `uuid()` differ.
fn rand_seed() -> u64 {
    Utc::now().timestamp_nanos_opt().unwrap_or_default() as u64
}
