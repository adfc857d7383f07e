//! A loop: a group for each choice of a list, with the choice's name and label put into the questions.

use crate::{
    Problem,
    choices::{Choice, Choices},
    element::{Element, Kind},
    fields::{Fields, Value},
    names::is_tag,
    settings::bad_name,
};

/// What a loop may make of its questions.
const MAX_ELEMENTS: usize = 200_000;

pub(super) fn expand(element: &mut Element, list: &str, choices: &Choices) -> Result<(), Problem> {
    let templates = std::mem::take(&mut element.children);
    let Some(list) = choices.get(list) else { return Ok(()) };
    let count: usize = templates.iter().map(count).sum();
    if count.saturating_mul(list.choices.len()) > MAX_ELEMENTS {
        return Err(Problem::error("xlsform.too-large", "the loop makes too many questions")
            .sheet("survey")
            .row(element.row));
    }
    for choice in list.choices.iter().filter(|choice| choice.name != "none") {
        if !is_tag(&choice.name) {
            return Err(bad_name(&choice.name).sheet("choices").row(choice.row));
        }
        let mut group = Element::new(Kind::Group, choice.name.clone(), element.row);
        group.label = choice.label.clone();
        group.media = choice.media.clone();
        for template in &templates {
            let mut question = template.clone();
            substitute(&mut question, choice).map_err(|problem| problem.sheet("survey").row(template.row))?;
            group.children.push(question);
        }
        element.children.push(group);
    }
    Ok(())
}

fn count(element: &Element) -> usize {
    1 + element.children.iter().map(count).sum::<usize>()
}

fn substitute(element: &mut Element, choice: &Choice) -> Result<(), Problem> {
    element.name = text(&element.name, choice, None)?;
    for value in [&mut element.label, &mut element.hint, &mut element.guidance_hint].into_iter().flatten() {
        match value {
            Value::Text(plain) => *plain = text(plain, choice, None)?,
            Value::Group(fields) => group(fields, choice)?,
        }
    }
    let fields = [&mut element.media, &mut element.control, &mut element.instance];
    for fields in fields.into_iter().chain(element.bind.as_mut()) {
        group(fields, choice)?;
    }
    for plain in [&mut element.default, &mut element.choice_filter].into_iter().flatten() {
        *plain = text(plain, choice, None)?;
    }
    Ok(())
}

fn group(fields: &mut Fields, choice: &Choice) -> Result<(), Problem> {
    for (language, value) in &mut fields.0 {
        if let Value::Text(plain) = value {
            *plain = text(plain, choice, Some(language))?;
        }
    }
    Ok(())
}

/// `%(name)s` and `%(label)s`; `%%` is a percent sign.
fn text(template: &str, choice: &Choice, language: Option<&str>) -> Result<String, Problem> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let Some((key, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(")s")) else {
            return Err(Problem::error(
                "xlsform.loop-percent",
                "in a loop, `%` stands for something of the choice",
            )
            .hint("write `%%` for a percent sign, `%(name)s` or `%(label)s` for the choice's"));
        };
        let Some(value) = value(key, choice, language) else {
            return Err(Problem::error(
                "xlsform.loop-percent",
                format!("the choices have no column `{key}`"),
            ));
        };
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn value<'a>(key: &str, choice: &'a Choice, language: Option<&str>) -> Option<&'a str> {
    match (key, &choice.label) {
        ("name", _) => Some(&choice.name),
        ("label", Some(Value::Text(label))) => Some(label),
        ("label", Some(Value::Group(labels))) => {
            labels.text(language.unwrap_or_default()).or_else(|| labels.iter().next()?.1.text())
        }
        ("label", None) => None,
        (key, _) => choice.extra.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str()),
    }
}
