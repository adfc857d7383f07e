//! Forms of one feature each with their scripts, in a short notation (tests/javarosa/README.md).

use anyhow::{Context, Result, bail};
use std::{fmt::Write, path::Path};

/// A form and what is done to it.
#[derive(Debug, Clone, Default)]
pub struct Case {
    pub name: String,
    pub xml: String,
    /// Attached lists by file name.
    pub files: Vec<(String, String)>,
    pub script: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// A command of `docs/form-play.md`.
    Command(String),
    /// What must be so now, by our engine (and by the peer, since both must agree).
    Expect { path: String, what: Expectation },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Expectation {
    Value(String),
    Label(String),
    /// Values of the choices in their order.
    Choices(Vec<String>),
    /// How many choices there are.
    ChoiceCount(usize),
    /// `relevant`, `required`, `readonly`, `valid`: holds or doesn't.
    Flag(String, bool),
    /// There is no such node.
    Gone,
}

/// All cases of a folder, by file and place in it.
pub fn read_folder(folder: &Path) -> Result<Vec<Case>> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    let mut cases = Vec::new();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "forms")) {
        let text = std::fs::read_to_string(file)?;
        let topic = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for case in read(&text, &topic).with_context(|| file.display().to_string())? {
            if cases.iter().any(|known: &Case| known.name == case.name) {
                bail!("two forms are called {}", case.name);
            }
            cases.push(case);
        }
    }
    Ok(cases)
}

fn read(text: &str, topic: &str) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for chunk in format!("\n{text}").split("\n=== ").skip(1) {
        let (name, rest) = chunk.split_once('\n').unwrap_or((chunk, ""));
        let name = format!("{topic}: {}", name.trim());
        cases.push(case(&name, rest).with_context(|| name.clone())?);
    }
    Ok(cases)
}

fn case(name: &str, text: &str) -> Result<Case> {
    let mut parts = Parts::default();
    let mut case = Case { name: name.to_owned(), ..Case::default() };
    let mut section = "instance";
    for line in text.lines() {
        if let Some(next) = line.strip_prefix("--- ") {
            section = next.trim();
            if let Some(file) = section.strip_prefix("file ") {
                case.files.push((file.to_owned(), String::new()));
            }
            continue;
        }
        match section {
            "instance" => parts.instance.push_str(line),
            "itext" => parts.itext.push_str(line),
            "model" => parts.model.push_str(&model_line(line)),
            "body" => parts.body.push_str(&body_line(line)),
            "script" => case.script.extend(script_line(line)?),
            _ => match case.files.last_mut() {
                Some((_, content)) if section.starts_with("file ") => {
                    content.push_str(line);
                    content.push('\n');
                }
                _ => bail!("no section is called {section}"),
            },
        }
    }
    if case.script.is_empty() {
        bail!("it has no script");
    }
    case.xml = parts.xml();
    Ok(case)
}

/// The sections of a form.
#[derive(Debug, Default)]
pub struct Parts {
    pub instance: String,
    pub itext: String,
    pub model: String,
    pub body: String,
}

impl Parts {
    /// The whole XForm; its root is `data`.
    pub fn xml(&self) -> String {
        let Parts { instance, itext, model, body } = self;
        let itext = if itext.trim().is_empty() { String::new() } else { format!("<itext>{itext}</itext>") };
        format!(
            r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" xmlns:odk="http://www.opendatakit.org/xforms" xmlns:ev="http://www.w3.org/2001/xml-events" xmlns:entities="http://www.opendatakit.org/xforms/entities"><h:head><h:title>Form</h:title><model odk:xforms-version="1.0.0">{itext}<instance><data id="form" version="1">{instance}<orx:meta><orx:instanceID/></orx:meta></data></instance>{model}<bind nodeset="/data/orx:meta/orx:instanceID" type="string" readonly="true()" jr:preload="uid"/></model></h:head><h:body>{body}</h:body></h:html>"#
        )
    }
}

/// `bind a …` is a `<bind>` in which `<` and `&` need not be escaped.
fn model_line(line: &str) -> String {
    let line = line.trim();
    match line.strip_prefix("bind ") {
        Some(rest) => {
            let (path, attributes) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
            let attributes = attributes.replace('&', "&amp;").replace('<', "&lt;");
            format!(r#"<bind nodeset="{}" {attributes}/>"#, absolute(path))
        }
        None => line.to_owned(),
    }
}

/// `input a Label` is a control with that label; so is `note`, `range`, `upload`, `trigger`, `select` and `select1`
/// with their choices: `select1 a Label | x=Text of x | y=Text of y`.
fn body_line(line: &str) -> String {
    let line = line.trim();
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    if !matches!(word, "input" | "select" | "select1" | "trigger" | "upload" | "rank") {
        return format!("{line}\n");
    }
    let (path, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut parts = text.split('|').map(str::trim);
    let label = parts.next().unwrap_or_default();
    let element = match word {
        "rank" => "odk:rank",
        word => word,
    };
    let media = if word == "upload" { r#" mediatype="image/*""# } else { "" };
    let mut out = format!(r#"<{element} ref="{}"{media}>"#, absolute(path));
    if !label.is_empty() {
        // Writing to a String can't fail.
        let _ = write!(out, "<label>{label}</label>");
    }
    for choice in parts {
        let (value, label) = choice.split_once('=').unwrap_or((choice, choice));
        let _ = write!(out, "<item><label>{label}</label><value>{value}</value></item>");
    }
    let _ = write!(out, "</{element}>");
    out
}

fn absolute(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/data/{path}") }
}

fn script_line(line: &str) -> Result<Option<Line>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let (path, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    match word {
        "expect" => Ok(Some(Line::Expect { path: absolute(path), what: expectation(rest.trim())? })),
        "answer" => Ok(Some(Line::Command(format!("answer {} {rest}", absolute(path))))),
        "clear" | "add" | "remove" => Ok(Some(Line::Command(format!("{word} {}", absolute(path))))),
        "language" | "restart" => Ok(Some(Line::Command(line.to_owned()))),
        other => bail!("a script has no command {other}"),
    }
}

fn expectation(text: &str) -> Result<Expectation> {
    if let Some(value) = text.strip_prefix('=') {
        return Ok(Expectation::Value(value.trim().to_owned()));
    }
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    Ok(match word {
        "label" => Expectation::Label(rest.to_owned()),
        "choices" => match rest.parse() {
            Ok(count) => Expectation::ChoiceCount(count),
            Err(_) => Expectation::Choices(rest.split_whitespace().map(str::to_owned).collect()),
        },
        "gone" => Expectation::Gone,
        "invalid" => Expectation::Flag("valid".into(), false),
        "not" => Expectation::Flag(rest.to_owned(), false),
        "relevant" | "required" | "readonly" | "valid" => Expectation::Flag(word.to_owned(), true),
        other => bail!("nothing can be expected that is called {other}"),
    })
}
