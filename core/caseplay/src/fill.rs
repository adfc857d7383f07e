//! A form, filled by the names of its questions.

use crate::{
    PlayError,
    command::{day, moment},
};
use chrono::{DateTime, FixedOffset};
use serde_json::{Map, Value};
use xforms::{DataType, Definition, Env, NodeInfo, Session, Submission};

/// An answer with its question.
struct Answer {
    name: String,
    path: String,
    text: String,
}

/// Fills a form and finishes it.
///
/// # Errors
/// What it doesn't ask or take, and what is left to answer.
pub(crate) fn fill(mut session: Session, answers: &Map<String, Value>) -> Result<Submission, PlayError> {
    let definition = session.definition().clone();
    let nodes: Vec<NodeInfo> = definition.nodes().collect();
    let mut found = Vec::new();
    collect(&mut session, &definition, &nodes, ("", ""), answers, &mut found)?;
    let place = |answer: &Answer| nodes.iter().position(|node| node.path == without_places(&answer.path));
    found.sort_by_key(place);
    // What an answer makes the form ask may stand before it.
    while !found.is_empty() {
        let before = found.len();
        for answer in std::mem::take(&mut found) {
            if session.is_relevant(&answer.path) {
                session.answer_text(&answer.path, &answer.text)?;
            } else {
                found.push(answer);
            }
        }
        if found.len() == before {
            return Err(PlayError::NotAsked(found.swap_remove(0).name));
        }
    }
    session.finish().map_err(|left| PlayError::Unfinished(left.problems))
}

pub(crate) fn env(now: DateTime<FixedOffset>, seed: u64, name: &str) -> Env {
    Env::fixed(now, seed).property("username", name)
}

/// The answers below a node, `plain` being its path and `placed` that of the instance; instances of repeats are added.
fn collect(
    session: &mut Session,
    definition: &Definition,
    nodes: &[NodeInfo],
    (plain, placed): (&str, &str),
    answers: &Map<String, Value>,
    found: &mut Vec<Answer>,
) -> Result<(), PlayError> {
    for (name, value) in answers {
        let below = |node: &&NodeInfo| {
            let rest = node.path.strip_prefix(plain);
            rest.is_some_and(|rest| rest == name || rest.ends_with(&format!("/{name}")))
        };
        let unknown = || PlayError::UnknownQuestion(name.clone());
        let instances = value.as_array().filter(|all| all.iter().any(Value::is_object));
        if let Some(instances) = instances {
            let repeat = nodes.iter().filter(|node| node.is_repeat).find(below).ok_or_else(unknown)?;
            let around = format!("{placed}{}", &repeat.path[plain.len()..]);
            for (count, answers) in (1..).zip(instances) {
                let instance = format!("{around}[{count}]");
                if session.node(&instance).is_none() {
                    session.add_repeat(&around)?;
                }
                let answers = answers.as_object().ok_or_else(unknown)?;
                collect(session, definition, nodes, (&repeat.path, &instance), answers, found)?;
            }
            continue;
        }
        let question = nodes.iter().filter(|node| node.is_question).find(below).ok_or_else(unknown)?;
        let path = format!("{placed}{}", &question.path[plain.len()..]);
        let is_choice = !definition.choice_values(&question.path).is_empty();
        let wrong = || PlayError::WrongValue(name.clone(), value.to_string());
        let text = stored(question.data_type, is_choice, value).ok_or_else(wrong)?;
        found.push(Answer { name: name.clone(), path, text });
    }
    Ok(())
}

fn stored(kind: DataType, is_choice: bool, value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(all) => {
            all.iter().map(|one| stored(kind, is_choice, one)).collect::<Option<Vec<_>>>()?.join(" ")
        }
        Value::String(text) => match kind {
            DataType::DateTime => moment(text)?.to_rfc3339(),
            DataType::Date => day(text)?.to_string(),
            _ if is_choice => text.replace('|', " "),
            _ => text.clone(),
        },
        Value::Object(_) => return None,
    })
}

fn without_places(path: &str) -> String {
    let step = |step: &str| step.split('[').next().unwrap_or(step).to_owned();
    path.split('/').map(step).collect::<Vec<_>>().join("/")
}
