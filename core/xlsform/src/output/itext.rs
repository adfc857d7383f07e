//! Texts by language.

use super::{MAX_XML, Writer};
use crate::{
    Problem,
    fields::Value,
    form::{Form, Id},
    paths,
    problem::Report,
    references,
    survey::is_file,
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

/// Forms of a text.
const LONG: &str = "long";
const GUIDANCE: &str = "guidance";

/// Texts of all languages, in the order they were met.
#[derive(Default)]
pub(crate) struct Translations<'a> {
    languages: Vec<Language<'a>>,
    by_name: HashMap<&'a str, usize>,
    /// Ids of texts, each with the forms that any language has.
    ids: Vec<(String, Vec<&'a str>)>,
    by_id: HashMap<String, usize>,
    /// Of all texts, in bytes.
    size: usize,
}

struct Language<'a> {
    name: &'a str,
    /// Places in `ids`, and the text in each of its forms.
    texts: Vec<(usize, Vec<Text<'a>>)>,
    by_id: HashMap<usize, usize>,
}

struct Text<'a> {
    form: &'a str,
    text: Cow<'a, str>,
    is_xml: bool,
}

impl<'a> Translations<'a> {
    pub fn of(form: &'a Form, report: &mut Report) -> Self {
        let mut gather =
            Gather { form, default: &form.settings.default_language, report, all: Self::default() };
        gather.choices();
        for id in 0..form.nodes.len() {
            gather.element(id);
        }
        for id in 0..form.nodes.len() {
            gather.media(id);
        }
        gather.all
    }

    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().map(|language| language.name)
    }

    /// Ids as the languages have them, one after the other.
    fn order(&self) -> Vec<usize> {
        let mut seen = vec![false; self.ids.len()];
        let all = self.languages.iter().flat_map(|language| &language.texts).map(|(id, _)| *id);
        all.filter(|id| !std::mem::replace(&mut seen[*id], true)).collect()
    }

    fn put(&mut self, language: &'a str, id: &str, text: Text<'a>) {
        self.size += text.text.len();
        let at = *self.by_name.entry(language).or_insert_with(|| {
            self.languages.push(Language { name: language, texts: Vec::new(), by_id: HashMap::new() });
            self.languages.len() - 1
        });
        let id = match self.by_id.get(id) {
            Some(known) => *known,
            None => {
                self.ids.push((id.to_owned(), Vec::new()));
                self.by_id.insert(id.to_owned(), self.ids.len() - 1);
                self.ids.len() - 1
            }
        };
        let forms = &mut self.ids[id].1;
        if !forms.contains(&text.form) {
            forms.push(text.form);
        }
        let language = &mut self.languages[at];
        let at = *language.by_id.entry(id).or_insert_with(|| {
            language.texts.push((id, Vec::new()));
            language.texts.len() - 1
        });
        let texts = &mut language.texts[at].1;
        match texts.iter_mut().find(|known| known.form == text.form) {
            Some(known) => *known = text,
            None => texts.push(text),
        }
    }
}

struct Gather<'a, 'r> {
    form: &'a Form,
    default: &'a str,
    report: &'r mut Report,
    all: Translations<'a>,
}

impl<'a> Gather<'a, '_> {
    /// `context`: the element that the references of the text are relative to; `None`: a choice's, they are absolute.
    fn put(&mut self, language: &'a str, id: &str, form: &'a str, text: &'a str, context: Option<Id>) {
        if self.all.size > MAX_XML {
            return;
        }
        let (text, is_xml) = match paths::label(self.form, text, context) {
            Ok(Some(xml)) => (Cow::Owned(xml), true),
            Ok(None) => (Cow::Borrowed(text), false),
            Err(problem) => {
                let problem = problem.sheet(if context.is_some() { "survey" } else { "choices" });
                let row = context.map_or(0, |id| self.form.element(id).row);
                self.report.push(if row == 0 { problem } else { problem.row(row) });
                return;
            }
        };
        self.all.put(language, id, Text { form, text, is_xml });
        if self.all.size > MAX_XML {
            self.report.push(Problem::error("xlsform.too-large", "the form's texts are too large"));
        }
    }

    /// A text with languages, or in the default one.
    fn texts(&mut self, id: &str, form: &'a str, value: &'a Value, context: Option<Id>) {
        match value {
            Value::Text(text) => self.put(self.default, id, form, text, context),
            Value::Group(languages) => {
                for (language, text) in languages.iter() {
                    if let Some(text) = text.text() {
                        self.put(language, id, form, text, context);
                    }
                }
            }
        }
    }

    fn choices(&mut self) {
        for list in self.form.choices.lists.iter().filter(|list| list.in_itext) {
            for (index, choice) in list.choices.iter().enumerate() {
                let id = format!("{}-{index}", list.name);
                if let Some(label) = &choice.label {
                    self.texts(&id, LONG, label, None);
                }
                for (kind, file) in choice.media.iter() {
                    self.texts(&id, kind, file, None);
                }
            }
        }
    }

    fn element(&mut self, id: Id) {
        let node = &self.form.nodes[id];
        let (element, path) = (&node.element, &node.path);
        for message in ["jr:constraintMsg", "jr:requiredMsg", "jr:noAppErrorString"] {
            let Some(value) = element.bind.as_ref().and_then(|bind| bind.get(message)) else { continue };
            let in_itext = match value {
                Value::Group(_) => true,
                Value::Text(text) => message != "jr:noAppErrorString" && references::has(text),
            };
            if in_itext {
                self.texts(&format!("{path}:{message}"), LONG, value, Some(id));
            }
        }
        let guided = element.guidance_hint.is_some();
        for (value, name, form, in_itext) in [
            (&element.label, "label", LONG, element.label_in_itext()),
            (&element.hint, "hint", LONG, guided),
            (&element.guidance_hint, "hint", GUIDANCE, true),
        ] {
            if let Some(value) = value
                && (in_itext || value.group().is_some())
            {
                self.texts(&format!("{path}:{name}"), form, value, Some(id));
            }
        }
    }

    fn media(&mut self, id: Id) {
        let node = &self.form.nodes[id];
        let element = &node.element;
        if element.media.is_empty() || !(element.is_question() || element.is_section()) {
            return;
        }
        let text_id = format!("{}:label", node.path);
        for (kind, file) in element.media.group("default").unwrap_or(&element.media).iter() {
            if matches!(kind, "image" | "big-image" | "audio" | "video") {
                self.texts(&text_id, kind, file, None);
            } else {
                let problem = Problem::error("xlsform.bad-media", format!("`{kind}` is no kind of media"));
                self.report.push(
                    problem
                        .sheet("survey")
                        .row(element.row)
                        .column(kind)
                        .hint("there are image, big-image, audio and video"),
                );
            }
        }
    }
}

/// Selects with the appearance `search(…)` look through a file while the form is filled: their choices stand in the
/// body.
pub(super) fn redirect_searches(form: &mut Form, report: &mut Report) {
    // Question and list, of those that search and those that do not.
    let mut searching: Vec<(Id, Option<String>)> = Vec::new();
    let mut others: Vec<(Id, Option<String>)> = Vec::new();
    for id in 0..form.nodes.len() {
        let element = form.element(id);
        if !element.control().is_choice() {
            continue;
        }
        let list = element.list_name.clone();
        if !element.appearance().is_some_and(searches) {
            others.push((id, list));
            continue;
        }
        let row = element.row;
        let at = |problem: Problem| problem.sheet("survey").row(row).column("appearance");
        let itemset = element.itemset.clone().unwrap_or_default();
        if is_file(&itemset) {
            let problem =
                Problem::error("xlsform.search-file", "`search()` can't be used with a select from a file");
            report.push(at(problem.hint("take `search()` away, or choose from a list of the choices sheet")));
            continue;
        }
        let Some(choices) = form.choices.get_mut(&itemset) else {
            let problem =
                Problem::error("xlsform.search-list", "`search()` needs a list of the choices sheet");
            report.push(at(problem));
            continue;
        };
        choices.searched = true;
        form.nodes[id].element.itemset = None;
        searching.push((id, list));
    }
    let other_lists: HashSet<&Option<String>> = others.iter().map(|(_, list)| list).collect();
    for (id, list) in searching.iter().filter(|(_, list)| other_lists.contains(list)) {
        let users: Vec<&str> = others
            .iter()
            .filter(|(_, other)| other == list)
            .take(5)
            .map(|(id, _)| form.element(*id).name.as_str())
            .collect();
        let list = list.as_deref().unwrap_or_default();
        let message = format!(
            "the list `{list}` is searched here, and used without `search()` by {}",
            users.join(", ")
        );
        let problem =
            Problem::error("xlsform.search-shared", message).hint("give the search a list of its own");
        report.push(problem.sheet("survey").row(form.element(*id).row).column("appearance"));
    }
}

/// `search(…)` in an appearance.
fn searches(appearance: &str) -> bool {
    appearance.split_once("search(").is_some_and(|(_, rest)| rest.contains(')'))
}

impl Writer<'_> {
    pub(super) fn itext(&mut self, translations: &Translations) {
        if translations.languages.is_empty() {
            return;
        }
        let order = translations.order();
        self.xml.start("itext");
        for language in &translations.languages {
            self.xml.start("translation");
            self.xml.attribute("lang", language.name);
            if language.name == self.form.settings.default_language {
                self.xml.attribute("default", "true()");
            }
            for (id, texts) in &language.texts {
                self.text(&translations.ids[*id], texts);
            }
            // Every language has every text in every form: `-` where there is none.
            for id in order.iter().filter(|id| !language.by_id.contains_key(id)) {
                if !self.within_limit() {
                    return;
                }
                self.text(&translations.ids[*id], &[]);
            }
            self.xml.end("translation");
        }
        self.xml.end("itext");
    }

    fn text(&mut self, (id, forms): &(String, Vec<&str>), texts: &[Text]) {
        self.xml.start("text");
        self.xml.attribute("id", id);
        for text in texts {
            self.value(text.form, &text.text, text.is_xml);
        }
        for form in forms.iter().filter(|form| !texts.iter().any(|text| text.form == **form)) {
            self.value(form, "-", false);
        }
        self.xml.end("text");
    }

    fn value(&mut self, form: &str, value: &str, is_xml: bool) {
        let folder = match form {
            LONG | GUIDANCE => None,
            _ if value == "-" => return,
            "image" | "big-image" => Some("images"),
            other => Some(other),
        };
        self.xml.start("value");
        if form != LONG {
            self.xml.attribute("form", form);
        }
        match (folder, is_xml) {
            (None, true) => self.xml.raw(value),
            (None, false) => self.xml.text(value),
            (Some(folder), true) => self.xml.raw(&format!(" jr://{folder}/{} ", value.trim())),
            (Some(folder), false) => self.xml.text(&format!("jr://{folder}/{value}")),
        }
        self.xml.end("value");
    }
}
