//! Secondary instances: lists of choices, files beside the form, the last saved submission.

use super::Writer;
use crate::{
    Problem,
    element::{Element, Kind},
    fields::Value,
    form::Id,
    references,
    survey::{extension, is_file, stem},
};
use std::collections::HashMap;

impl Writer<'_> {
    pub(super) fn instances(&mut self) {
        let form = self.form;
        let mut seen = Seen::default();
        let mut last_saved = false;
        for id in 0..form.nodes.len() {
            let element = form.element(id);
            for (name, source) in files_of(element) {
                self.file_instance(id, name, source, &mut seen);
            }
            last_saved |= element.is_question() && uses_last_saved(element);
        }
        if last_saved {
            self.file_instance(0, "__last-saved".into(), "jr://instance/last-saved".into(), &mut seen);
        }
        for list in form.choices.lists.iter().filter(|list| !list.searched) {
            if !self.within_limit() {
                return;
            }
            match seen.get(&list.name) {
                Some(known) => {
                    let problem = two_sources(&list.name, &known.source, "the choices sheet");
                    self.fail(0, problem);
                }
                None => self.list_instance(list),
            }
        }
    }

    fn file_instance(&mut self, id: Id, name: String, source: String, seen: &mut Seen) {
        let declared = matches!(self.form.element(id).kind, Kind::External(_));
        match seen.get_mut(&name) {
            Some(known) if known.source != source => {
                let problem = two_sources(&name, &known.source, &source);
                self.fail(id, problem);
            }
            Some(known) if known.declared && declared => {
                let message = format!("the external list `{name}` is there twice");
                self.fail(id, Problem::error("xlsform.instance-twice", message));
            }
            Some(known) => known.declared |= declared,
            None => {
                self.xml.empty("instance", &[("id", &name), ("src", &source)]);
                seen.insert(name, File { source, declared });
            }
        }
    }

    fn list_instance(&mut self, list: &crate::choices::List) {
        self.xml.start("instance");
        self.xml.attribute("id", &list.name);
        self.xml.start("root");
        for (index, choice) in list.choices.iter().enumerate() {
            self.xml.start("item");
            if list.in_itext {
                self.xml.element("itextId", &format!("{}-{index}", list.name));
            }
            self.xml.element("name", &choice.name);
            if let Some(Value::Text(label)) = choice.label.as_ref().filter(|_| !list.in_itext) {
                self.xml.element("label", label);
            }
            for (name, value) in &choice.extra {
                if crate::names::is_tag(name) {
                    self.xml.element(name, value);
                } else {
                    let message = format!("the column `{name}` can't name an element");
                    self.report.push(
                        Problem::error("xlsform.choice-column", message)
                            .sheet("choices")
                            .row(1)
                            .column(name)
                            .hint("a header begins with a letter or `_`, then come letters, digits, `_`, `-` and `.`"),
                    );
                    return;
                }
            }
            if let Some(option) = &choice.sms_option {
                self.xml.element("sms_option", option);
            }
            self.xml.end("item");
        }
        self.xml.end("root");
        self.xml.end("instance");
    }
}

/// Instances that are there already, by name.
type Seen = HashMap<String, File>;

struct File {
    source: String,
    /// By a row `csv-external` or `xml-external`.
    declared: bool,
}

fn two_sources(name: &str, one: &str, other: &str) -> Problem {
    Problem::error("xlsform.instance-twice", format!("two lists are called `{name}`: {one} and {other}"))
        .hint("give one of them another name")
}

/// Name and address of the files that an element reads.
fn files_of(element: &Element) -> Vec<(String, String)> {
    let mut files = Vec::new();
    match element.kind {
        Kind::External(extension) => {
            let folder = if extension == "csv" { "file-csv" } else { "file" };
            files.push((element.name.clone(), format!("jr://{folder}/{}.{extension}", element.name)));
        }
        _ if element.is_question() || element.is_section() => {
            for name in pulled(element) {
                let source = format!("jr://file-csv/{name}.csv");
                files.push((name, source));
            }
            if element.control().is_choice()
                && let Some(file) = element.itemset.as_deref().filter(|list| is_file(list))
            {
                let folder = if extension(file) == ".csv" { "file-csv" } else { "file" };
                files.push((stem(file).to_owned(), format!("jr://{folder}/{file}")));
            }
        }
        _ => {}
    }
    files
}

const EXPRESSIONS: [&str; 5] = ["calculate", "constraint", "readonly", "required", "relevant"];

fn expressions(element: &Element) -> impl Iterator<Item = &str> {
    let bind = element.bind.as_ref();
    EXPRESSIONS
        .iter()
        .filter_map(move |name| bind?.text(name))
        .chain(element.choice_filter.as_deref())
        .chain(element.default.as_deref())
}

/// The files that `pulldata('file', …)` reads.
fn pulled(element: &Element) -> Vec<String> {
    let mut names = Vec::new();
    for text in expressions(element).filter(|text| text.contains("pulldata(")) {
        for (at, call) in text.match_indices("pulldata") {
            let Some(rest) = text[at + call.len()..].trim_start().strip_prefix('(') else { continue };
            if let Some((name, _)) = rest.split_once(',') {
                names.push(name.replace(['\'', '"'], "").trim().to_owned());
            }
        }
    }
    names
}

fn uses_last_saved(element: &Element) -> bool {
    expressions(element).any(references::has_last_saved)
}

/// The files that the form reads, each once.
pub(crate) fn media(form: &crate::form::Form) -> Vec<String> {
    let mut names: Vec<String> = (0..form.nodes.len())
        .flat_map(|id| files_of(form.element(id)))
        .filter_map(|(_, source)| source.rsplit('/').next().map(str::to_owned))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}
