//! The body: controls, groups and repeats.

use super::{Attributes, Writer};
use crate::{
    Problem,
    element::{Element, Kind},
    fields::Value,
    form::Id,
    paths::{self, Style},
    question_types::Control,
    references,
    survey::{extension, is_file, stem},
};

impl Writer<'_> {
    pub(super) fn children_controls(&mut self, id: Id) {
        let form = self.form;
        for child in &form.nodes[id].children {
            if !self.within_limit() {
                return;
            }
            match form.element(*child).kind {
                Kind::Group | Kind::Loop => self.group(*child),
                Kind::Repeat => self.repeat(*child),
                Kind::Question(_) => self.question(*child),
                _ => {}
            }
        }
    }

    fn group(&mut self, id: Id) {
        let form = self.form;
        let element = form.element(id);
        if element.bodyless {
            return;
        }
        let mut attributes = Attributes::default();
        self.with_expressions(id, &element.control, &mut attributes);
        if let Some(appearance) = element.appearance() {
            attributes.set("appearance", appearance);
        }
        if !element.flat {
            attributes.set("ref", form.nodes[id].path.as_str());
        }
        self.xml.start("group");
        self.attributes(id, &attributes);
        if element.label.is_some() {
            self.label(id);
        }
        self.children_controls(id);
        self.xml.end("group");
    }

    fn repeat(&mut self, id: Id) {
        let form = self.form;
        let path = form.nodes[id].path.as_str();
        self.xml.start("group");
        self.xml.attribute("ref", path);
        self.label(id);
        let mut attributes = Attributes::default();
        attributes.set("nodeset", path);
        self.with_expressions(id, &form.element(id).control, &mut attributes);
        self.xml.start("repeat");
        self.attributes(id, &attributes);
        self.children_controls(id);
        // What is set in a new repeat; repeats inside of it set their own.
        self.new_repeat_actions(id);
        self.xml.end("repeat");
        self.xml.end("group");
    }

    fn new_repeat_actions(&mut self, id: Id) {
        let form = self.form;
        for child in &form.nodes[id].children {
            if form.element(*child).kind == Kind::Repeat {
                continue;
            }
            self.actions(*child, true);
            self.new_repeat_actions(*child);
        }
    }

    fn question(&mut self, id: Id) {
        let form = self.form;
        let element = form.element(id);
        let computed =
            element.bind.as_ref().is_some_and(|bind| bind.has("calculate")) || !element.trigger.is_empty();
        let silent = element.label.is_none() && element.hint.is_none();
        if element.type_name == "calculate" || (computed && silent) {
            if let Some((target, _)) = form.set_values.get(&element.name).and_then(|targets| targets.first())
            {
                let message = format!(
                    "`${{{}}}` is not shown, so its answer can't trigger `${{{target}}}`",
                    element.name
                );
                self.fail(
                    id,
                    Problem::error("xlsform.hidden-trigger", message)
                        .hint("trigger it by a question with a label"),
                );
            }
            return;
        }
        let tag = element.control().tag();
        if tag.is_empty() {
            return;
        }
        if let Err(problem) = check_labels(element) {
            self.fail(id, problem);
            return;
        }
        self.xml.start(tag);
        let mut attributes = Attributes::default();
        attributes.set("ref", form.nodes[id].path.as_str());
        if let Control::Upload(media) = element.control() {
            attributes.set("mediatype", media);
        }
        self.with_expressions(id, &element.control, &mut attributes);
        if let Some(query) = &element.query {
            let query = self.query(id, query);
            attributes.set("query", query);
        }
        self.attributes(id, &attributes);
        if element.label.is_some()
            || !element.media.is_empty()
            || element.hint.is_some()
            || element.guidance_hint.is_some()
        {
            self.label(id);
        }
        self.hint(id);
        self.tags(element);
        self.items(id);
        self.triggered(id);
        self.xml.end(tag);
    }

    /// `select_one_external`: a query of `itemsets.csv`.
    fn query(&mut self, id: Id, list: &str) -> String {
        let items = format!("instance('{list}')/root/item");
        match &self.form.element(id).choice_filter {
            Some(filter) => {
                let style = Style { current: true, ..Style::default() };
                format!("{items}[{}]", self.expression(filter, id, style))
            }
            None => items,
        }
    }

    fn label(&mut self, id: Id) {
        let element = self.form.element(id);
        let itext_id = format!("{}:label", self.form.nodes[id].path);
        self.labelled("label", id, element.label.as_ref(), element.label_in_itext().then_some(itext_id));
    }

    fn hint(&mut self, id: Id) {
        let element = self.form.element(id);
        if element.hint.is_none() && element.guidance_hint.is_none() {
            return;
        }
        let in_itext = matches!(element.hint, Some(Value::Group(_))) || element.guidance_hint.is_some();
        let itext_id = format!("{}:hint", self.form.nodes[id].path);
        self.labelled("hint", id, element.hint.as_ref(), in_itext.then_some(itext_id));
    }

    fn labelled(&mut self, tag: &str, id: Id, value: Option<&Value>, itext_id: Option<String>) {
        self.xml.start(tag);
        if let Some(itext_id) = itext_id {
            self.xml.attribute("ref", &format!("jr:itext('{itext_id}')"));
        } else if let Some(Value::Text(text)) = value {
            self.rich(text, Some(id), id);
        }
        self.xml.end(tag);
    }

    /// Text whose references become outputs.
    fn rich(&mut self, text: &str, context: Option<Id>, owner: Id) {
        match paths::label(self.form, text, context) {
            Ok(Some(xml)) => self.xml.raw(&xml),
            Ok(None) => self.xml.text(text),
            Err(problem) => self.fail(owner, problem),
        }
    }

    fn tags(&mut self, element: &Element) {
        for (name, label) in element.tags.iter() {
            if !self.within_limit() {
                return;
            }
            self.xml.start("tag");
            self.xml.attribute("key", name);
            self.xml.start("label");
            match label {
                Some(Value::Text(text)) => self.xml.text(text),
                Some(Value::Group(_)) => self.xml.attribute("ref", &format!("jr:itext('/{name}:label')")),
                None => {}
            }
            self.xml.end("label");
            self.xml.end("tag");
        }
    }

    fn items(&mut self, id: Id) {
        let form = self.form;
        let element = form.element(id);
        match (element.control(), &element.itemset) {
            (Control::Select | Control::Select1 | Control::Rank, None) => self.inline_items(id),
            (Control::Range, Some(list)) => {
                let items = self.list_items(list);
                self.itemset(&items);
            }
            (Control::Select | Control::Select1 | Control::Rank | Control::Geo, Some(list)) => {
                let items = self.filtered_items(id, list);
                self.itemset(&items);
            }
            _ => {}
        }
    }

    fn itemset(&mut self, items: &Items) {
        self.xml.start("itemset");
        self.xml.attribute("nodeset", &items.nodeset);
        self.xml.empty("value", &[("ref", &items.value)]);
        self.xml.empty("label", &[("ref", &items.label)]);
        self.xml.end("itemset");
    }

    fn list_items(&self, list: &str) -> Items {
        let in_itext = self.form.choices.get(list).is_some_and(|list| list.in_itext);
        Items::new(
            format!("instance('{list}')/root/item"),
            "name",
            if in_itext { "jr:itext(itextId)" } else { "label" },
        )
    }

    fn filtered_items(&mut self, id: Id, list: &str) -> Items {
        let form = self.form;
        let element = form.element(id);
        let repeat = references::has(list);
        let mut own_filter = None;
        let mut items = if is_file(list) {
            // A reference in a file's name is not replaced; one to nothing is a mistake all the same.
            self.expression(list, id, Style::default());
            file_items(element, list)
        } else if repeat {
            let style = Style { from_parent: true, ..Style::default() };
            let path = self.expression(list, id, style);
            let path = path.trim();
            if element.control() == Control::Geo {
                own_filter = Some("./geometry != ''".to_owned());
                Items::new(path.to_owned(), "geometry", "geometry")
            } else {
                let (nodeset, name) = path.rsplit_once('/').unwrap_or(("", path));
                own_filter = Some(format!("./{name} != ''"));
                Items::new(nodeset.to_owned(), name, name)
            }
        } else {
            self.list_items(list)
        };
        let filter = match &element.choice_filter {
            Some(filter) => {
                let style = Style { current: true, from_parent: repeat };
                let filter = self.expression(filter, id, style);
                Some(if repeat {
                    filter.replace(&format!("current()/{}", items.nodeset), ".").replace(&items.nodeset, ".")
                } else {
                    filter
                })
            }
            None => own_filter,
        };
        if let Some(filter) = filter {
            items.nodeset = format!("{}[{filter}]", items.nodeset);
        }
        if element.parameter("randomize") == Some("true") {
            items.nodeset = match element.parameter("seed") {
                Some(seed) => {
                    let seed = self.expression(seed, id, Style::default());
                    format!("randomize({}, {})", items.nodeset, seed.trim())
                }
                None => format!("randomize({})", items.nodeset),
            };
        }
        items
    }

    /// The choices of a list that is searched.
    fn inline_items(&mut self, id: Id) {
        let form = self.form;
        let element = form.element(id);
        let Some(list) = element.list_name.as_deref().and_then(|list| form.choices.get(list)) else { return };
        for (index, choice) in list.choices.iter().enumerate().filter(|_| list.searched) {
            if !self.within_limit() {
                return;
            }
            self.xml.start("item");
            self.xml.start("label");
            match &choice.label {
                _ if list.in_itext => {
                    self.xml.attribute("ref", &format!("jr:itext('{}-{index}')", list.name))
                }
                Some(Value::Text(text)) if element.label.is_some() => self.rich(text, None, id),
                _ => {}
            }
            self.xml.end("label");
            self.xml.element("value", &choice.name);
            self.xml.end("item");
        }
    }

    /// What an answer to this question sets.
    fn triggered(&mut self, id: Id) {
        let form = self.form;
        let name = form.element(id).name.as_str();
        for (action, by_trigger) in [("setvalue", &form.set_values), ("odk:setgeopoint", &form.set_geopoints)]
        {
            for (target, value) in by_trigger.get(name).into_iter().flatten() {
                let target = match form.by_name(target) {
                    Ok(target) => target,
                    Err(_) => {
                        self.fail(id, references::ambiguous(target));
                        continue;
                    }
                };
                let mut attributes = Attributes::default();
                attributes.set("ref", form.nodes[target].path.as_str());
                attributes.set("event", "xforms-value-changed");
                if action == "setvalue" && !value.is_empty() {
                    let value = self.expression(value, id, Style::default());
                    attributes.set("value", value);
                }
                self.xml.start(action);
                self.attributes(id, &attributes);
                self.xml.end(action);
            }
        }
    }
}

/// An `itemset`: what is chosen from, and what of an item is its value and its label.
struct Items {
    nodeset: String,
    value: String,
    label: String,
}

impl Items {
    fn new(nodeset: String, value: &str, label: &str) -> Self {
        Self { nodeset, value: value.to_owned(), label: label.to_owned() }
    }
}

fn file_items(element: &Element, file: &str) -> Items {
    let (value, label) = if extension(file) == ".geojson" { ("id", "title") } else { ("name", "label") };
    Items::new(
        format!("instance('{}')/root/item", stem(file)),
        element.parameter("value").unwrap_or(value),
        element.parameter("label").unwrap_or(label),
    )
}

/// A control must say something.
fn check_labels(element: &Element) -> Result<(), Problem> {
    if element.label.is_none() && element.media.is_empty() && element.hint.is_none() {
        let problem =
            Problem::error("xlsform.no-label", format!("`{}` has neither a label nor a hint", element.name));
        return Err(match element.guidance_hint {
            Some(_) => problem.hint("a guidance hint alone may never be seen"),
            None => problem,
        }
        .column("label"));
    }
    if element.media.has("big-image") && !element.media.has("image") {
        return Err(
            Problem::error("xlsform.big-image", "a big-image needs an image beside it").column("image")
        );
    }
    Ok(())
}
