//! What a page can do: few filters, nothing that reads elsewhere or takes values for markup.

use crate::{
    BLANK_ROWS, PrintError, Prints,
    around::Around,
    page,
    said::{LINE, Values},
};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};
use rulebook::Lang;
use std::{
    io::{self, Write},
    sync::Arc,
};

/// Steps of a page: those of a household with hundreds of records are a tenth of it.
const MOST_STEPS: u64 = 400_000;
/// Bytes of a page.
const MOST_BYTES: usize = 4 << 20;

pub fn environment(lang: Lang) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(MOST_STEPS));
    environment.add_filter("upper", minijinja::filters::upper);
    environment.add_filter("length", minijinja::filters::length);
    environment.add_filter("join", minijinja::filters::join);
    environment.add_function("t", move |vi: String, en: String| lang.pick(vi, en));
    environment.add_function("rows", |count: usize| (1..=count.min(100)).collect::<Vec<_>>());
    environment
}

/// With what lies around the record.
fn with_around(prints: &Prints<'_>, around: Around) -> Environment<'static> {
    let mut environment = environment(prints.lang);
    let (lang, office, day, is_blank) =
        (prints.lang, prints.office.to_owned(), prints.day, around.is_blank());
    let around = Arc::new(around);
    let here = around.clone();
    environment.add_function("one", move |of: &str| here.one(of).map_err(wrong));
    let here = around.clone();
    environment.add_function("all", move |of: &str, rows: Option<usize>| {
        here.all(of, rows.unwrap_or(BLANK_ROWS)).map_err(wrong)
    });
    environment.add_function("approved", move |of: &str, rows: Option<usize>| {
        around.approved(of, rows.unwrap_or(BLANK_ROWS)).map_err(wrong)
    });
    environment.add_function("facts", |record: Value, fields: Vec<String>| -> Result<Value, Error> {
        let facts: Vec<String> = fields.iter().map(|name| fact(&record, name)).collect::<Result<_, _>>()?;
        Ok(Value::from_safe_string(facts.concat()))
    });
    environment.add_function("row", |label: Value, said: Value| {
        Value::from_safe_string(row(&html(&label), &html(&said), !said.is_safe()))
    });
    environment.add_function("years", |from: &str, until: &str| {
        let year = |text: &str| text.get(..4).and_then(|year| year.parse::<i32>().ok());
        year(from).zip(year(until)).map_or_else(crate::said::line, |(from, until)| (until - from).into())
    });
    environment.add_function("boxes", |record: Value, name: &str| -> Result<Value, Error> {
        Ok(Value::from_safe_string(boxes(&part(&record, "options", name)?)?))
    });
    environment.add_function("tally", |codes: Vec<String>, word: &str| {
        match codes.iter().all(String::is_empty) {
            true => crate::said::line(),
            false => codes.iter().filter(|code| *code == word).count().into(),
        }
    });
    environment.add_function("head", move |agency: &str, number: Option<&str>| {
        Value::from_safe_string(page::heading(agency, number.unwrap_or_default(), lang))
    });
    environment.add_function("placed", move |date: Option<&str>| {
        let said = match date {
            None => (!is_blank).then_some(day),
            Some(date) => date.get(..10).and_then(|date| date.parse().ok()),
        };
        Value::from_safe_string(page::placed(&office, said, lang))
    });
    environment.add_function("sign", move |title: &str, name: Option<Value>, hint: Option<&str>| {
        let name = name.filter(|name| !name.is_safe()).map(|name| html(&name)).unwrap_or_default();
        Value::from_safe_string(page::signature(title, hint, &name, lang))
    });
    environment
}

fn wrong(what: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, what)
}

fn part(record: &Value, map: &str, name: &str) -> Result<Value, Error> {
    let part = record.get_attr(map)?.get_attr(name)?;
    if part.is_undefined() { Err(wrong(format!("there is no field {name}"))) } else { Ok(part) }
}

/// A line of a paper: a field's label, and what the record says.
fn fact(record: &Value, name: &str) -> Result<String, Error> {
    let (label, said) = (part(record, "label", name)?, part(record, "of", name)?);
    let (has, options) = (part(record, "has", name)?.is_true(), part(record, "options", name)?);
    let label = html(&label);
    let label = label.trim_end_matches([':', '?', '.']);
    Ok(if options.len() > Some(0) {
        format!("<p>{label}: {}</p>", boxes(&options)?)
    } else {
        row(label, &html(&said), has)
    })
}

/// Both are markup.
fn row(label: &str, said: &str, has: bool) -> String {
    let open = if has { "said" } else { "open" };
    format!("<p class=\"{open}\"><span>{label}:</span> {said}</p>")
}

fn boxes(options: &Value) -> Result<String, Error> {
    let mut boxes = Vec::new();
    for option in options.try_iter()? {
        let sign = if option.get_attr("chosen")?.is_true() { "☒" } else { "☐" };
        boxes.push(format!("<span class=\"option\">{sign}&nbsp;{}</span>", html(&option.get_attr("label")?)));
    }
    Ok(if boxes.is_empty() { LINE.to_owned() } else { boxes.join(" ") })
}

/// A value as it stands in a page.
fn html(value: &Value) -> String {
    let text = value.to_string();
    if value.is_safe() { text } else { page::escaped(&text) }
}

pub fn render(page: &str, prints: &Prints<'_>, values: Values, around: Around) -> Result<String, PrintError> {
    let environment = with_around(prints, around);
    let template = environment.template_from_named_str("page.html", page).map_err(|error| of(&error))?;
    let mut out = Bounded(Vec::new());
    match template.render_captured_to(Value::from(values), &mut out) {
        Ok(_) => Ok(String::from_utf8_lossy(&out.0).into_owned()),
        Err(error) if error.kind() == ErrorKind::WriteFailure => Err(PrintError::TooLarge),
        Err(error) => Err(of(&error)),
    }
}

/// What the library says names the page's own words, never a value.
fn of(error: &Error) -> PrintError {
    let kind = error.kind().to_string();
    let message = error.detail().map_or(kind.clone(), |detail| format!("{kind}: {detail}"));
    PrintError::Page { line: error.line(), message }
}

struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(io::Error::other("the page is too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
