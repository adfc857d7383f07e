//! Texts by language.

use super::Writer;
use crate::{
    Problem,
    element::Element,
    fields::{Fields, Value},
    form::{Form, Id},
    paths,
    problem::Report,
    references,
    survey::is_file,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Forms of a text.
const LONG: &str = "long";
const GUIDANCE: &str = "guidance";

#[derive(Clone, Copy)]
enum Source<'a> {
    /// An element's text: its references are relative to the element.
    Of(Id, &'a str),
    /// A choice's: its references are absolute.
    Choice(&'a str),
}

/// Texts of all languages, in the order they were met.
#[derive(Default)]
pub(crate) struct Translations {
    languages: Vec<Language>,
}

struct Language {
    name: String,
    texts: Vec<Text>,
    by_path: HashMap<String, usize>,
}

struct Text {
    path: String,
    /// Form and text, in XML where `true`.
    forms: Vec<(String, String, bool)>,
}

impl Translations {
    /// Gathers the texts, and turns lists that are searched into choices of the body.
    pub fn of(form: &mut Form, report: &mut Report) -> Self {
        let mut translations = Self::default();
        let mut gather = Gather { form, report, translations: &mut translations };
        gather.choices();
        redirect_searches(gather.form, gather.report);
        for id in 0..gather.form.nodes.len() {
            gather.element(id);
        }
        for id in 0..gather.form.nodes.len() {
            gather.media(id);
        }
        translations.fill();
        translations
    }

    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().map(|language| language.name.as_str())
    }

    fn put(&mut self, language: &str, path: &str, form: &str, text: String, is_xml: bool) {
        let at = match self.languages.iter().position(|known| known.name == language) {
            Some(at) => at,
            None => {
                let name = language.to_owned();
                self.languages.push(Language { name, texts: Vec::new(), by_path: HashMap::new() });
                self.languages.len() - 1
            }
        };
        let text_of = self.languages[at].text(path);
        match text_of.forms.iter_mut().find(|(known, ..)| known == form) {
            Some(known) => (known.1, known.2) = (text, is_xml),
            None => text_of.forms.push((form.to_owned(), text, is_xml)),
        }
    }

    /// Every language has every text in every form: `-` where there is none.
    fn fill(&mut self) {
        let mut order: Vec<String> = Vec::new();
        let mut forms: HashMap<String, BTreeSet<String>> = HashMap::new();
        for language in &self.languages {
            for text in &language.texts {
                let known = forms.entry(text.path.clone()).or_insert_with(|| {
                    order.push(text.path.clone());
                    BTreeSet::new()
                });
                known.extend(text.forms.iter().map(|(form, ..)| form.clone()));
            }
        }
        for language in &mut self.languages {
            for path in &order {
                let text = language.text(path);
                for form in forms.get(path).into_iter().flatten() {
                    if !text.forms.iter().any(|(known, ..)| known == form) {
                        text.forms.push((form.clone(), "-".to_owned(), false));
                    }
                }
            }
        }
    }
}

impl Language {
    fn text(&mut self, path: &str) -> &mut Text {
        let at = match self.by_path.get(path) {
            Some(at) => *at,
            None => {
                self.texts.push(Text { path: path.to_owned(), forms: Vec::new() });
                self.by_path.insert(path.to_owned(), self.texts.len() - 1);
                self.texts.len() - 1
            }
        };
        &mut self.texts[at]
    }
}

struct Gather<'a> {
    form: &'a mut Form,
    report: &'a mut Report,
    translations: &'a mut Translations,
}

impl Gather<'_> {
    fn put(&mut self, language: &str, path: &str, form: &str, source: Source) {
        let (text, context, row) = match source {
            Source::Of(id, text) => (text, Some(id), self.form.element(id).row),
            Source::Choice(text) => (text, None, 0),
        };
        let (text, is_xml) = match paths::label(self.form, text, context) {
            Ok(Some(xml)) => (xml, true),
            Ok(None) => (text.to_owned(), false),
            Err(problem) => {
                let sheet = if context.is_some() { "survey" } else { "choices" };
                let problem = problem.sheet(sheet);
                self.report.push(if row == 0 { problem } else { problem.row(row) });
                return;
            }
        };
        self.translations.put(language, path, form, text, is_xml);
    }

    fn choices(&mut self) {
        let language = self.form.settings.default_language.clone();
        let lists = std::mem::take(&mut self.form.choices.lists);
        for list in lists.iter().filter(|list| list.in_itext) {
            for (index, choice) in list.choices.iter().enumerate() {
                let path = format!("{}-{index}", list.name);
                match &choice.label {
                    Some(Value::Text(text)) => self.put(&language, &path, LONG, Source::Choice(text)),
                    Some(Value::Group(languages)) => {
                        for (language, text) in texts(languages) {
                            self.put(language, &path, LONG, Source::Choice(text));
                        }
                    }
                    None => {}
                }
                for (kind, language, file) in media_of(&choice.media, &language) {
                    self.put(&language, &path, kind, Source::Choice(file));
                }
            }
        }
        self.form.choices.lists = lists;
    }

    fn element(&mut self, id: Id) {
        let element = self.form.element(id).clone_texts();
        let default = self.form.settings.default_language.clone();
        let path = self.form.nodes[id].path.clone();
        for message in ["jr:constraintMsg", "jr:requiredMsg", "jr:noAppErrorString"] {
            let itext_id = format!("{path}:{message}");
            match element.bind.as_ref().and_then(|bind| bind.get(message)) {
                Some(Value::Group(languages)) => {
                    for (language, text) in texts(languages) {
                        self.put(language, &itext_id, LONG, Source::Of(id, text));
                    }
                }
                Some(Value::Text(text)) if message != "jr:noAppErrorString" && references::has(text) => {
                    self.put(&default, &itext_id, LONG, Source::Of(id, text));
                }
                _ => {}
            }
        }
        let hint_id = format!("{path}:hint");
        let hint_in_itext = element.guidance_hint.is_some();
        for (value, itext_id, form, in_itext) in [
            (&element.label, format!("{path}:label"), LONG, element.label_in_itext),
            (&element.hint, hint_id.clone(), LONG, hint_in_itext),
            (&element.guidance_hint, hint_id, GUIDANCE, true),
        ] {
            match value {
                Some(Value::Group(languages)) => {
                    for (language, text) in texts(languages) {
                        self.put(language, &itext_id, form, Source::Of(id, text));
                    }
                }
                Some(Value::Text(text)) if in_itext => {
                    self.put(&default, &itext_id, form, Source::Of(id, text))
                }
                _ => {}
            }
        }
    }

    fn media(&mut self, id: Id) {
        let element = self.form.element(id);
        if element.media.is_empty() || !(element.is_question() || element.is_section()) {
            return;
        }
        let media = element.media.clone();
        let default = self.form.settings.default_language.clone();
        let path = format!("{}:label", self.form.nodes[id].path);
        let media = match media.group("default") {
            Some(inner) => inner.clone(),
            None => media,
        };
        for (kind, language, file) in media_of(&media, &default) {
            if matches!(kind, "image" | "big-image" | "audio" | "video") {
                self.put(&language, &path, kind, Source::Choice(file));
            } else {
                let row = self.form.element(id).row;
                let problem = Problem::error("xlsform.bad-media", format!("`{kind}` is no kind of media"));
                self.report.push(
                    problem
                        .sheet("survey")
                        .row(row)
                        .column(kind)
                        .hint("there are image, big-image, audio and video"),
                );
            }
        }
    }
}

/// Kind, language and file.
fn media_of<'a>(media: &'a Fields, default: &str) -> Vec<(&'a str, String, &'a str)> {
    let mut all = Vec::new();
    for (kind, value) in media.iter() {
        match value {
            Value::Text(file) => all.push((kind, default.to_owned(), file.as_str())),
            Value::Group(languages) => {
                all.extend(texts(languages).map(|(language, file)| (kind, language.to_owned(), file)));
            }
        }
    }
    all
}

fn texts(languages: &Fields) -> impl Iterator<Item = (&str, &str)> {
    languages.iter().filter_map(|(language, value)| Some((language, value.text()?)))
}

/// An element's texts, apart from the form.
struct Texts {
    label: Option<Value>,
    label_in_itext: bool,
    hint: Option<Value>,
    guidance_hint: Option<Value>,
    bind: Option<Fields>,
}

impl Element {
    fn clone_texts(&self) -> Texts {
        Texts {
            label: self.label.clone(),
            label_in_itext: self.label_in_itext(),
            hint: self.hint.clone(),
            guidance_hint: self.guidance_hint.clone(),
            bind: self.bind.clone(),
        }
    }
}

/// Selects with the appearance `search(…)` look through a file while the form is filled: their choices stand in the
/// body.
fn redirect_searches(form: &mut Form, report: &mut Report) {
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
        self.xml.start("itext");
        for language in &translations.languages {
            self.xml.start("translation");
            self.xml.attribute("lang", &language.name);
            if language.name == self.form.settings.default_language {
                self.xml.attribute("default", "true()");
            }
            for text in &language.texts {
                if !self.within_limit() {
                    return;
                }
                self.text(text);
            }
            self.xml.end("translation");
        }
        self.xml.end("itext");
    }

    fn text(&mut self, text: &Text) {
        self.xml.start("text");
        self.xml.attribute("id", &text.path);
        for (form, value, is_xml) in &text.forms {
            let folder = match form.as_str() {
                LONG | GUIDANCE => None,
                _ if value == "-" => continue,
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
        self.xml.end("text");
    }
}
