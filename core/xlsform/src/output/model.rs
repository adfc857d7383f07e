//! The model: submission, instance, binds and actions.

use super::{Attributes, Writer, itext::Translations};
use crate::{
    element::{Action, Kind},
    fields::{Fields, Value},
    form::Id,
    paths::Style,
    references,
};

impl Writer<'_> {
    pub(super) fn model(&mut self, translations: &Translations) {
        self.xml.start("model");
        self.xml.attribute("odk:xforms-version", "1.0.0");
        if let Some(version) = self.form.entity_version {
            self.xml.attribute("entities:entities-version", version);
        }
        self.submission();
        self.itext(translations);
        self.xml.start("instance");
        self.instance(0, false);
        self.xml.end("instance");
        self.instances();
        for id in 0..self.form.nodes.len() {
            if !self.within_limit() {
                return;
            }
            self.bind(id);
            self.actions(id, false);
        }
        self.xml.end("model");
    }

    fn submission(&mut self) {
        let settings = &self.form.settings;
        let mut attributes = Attributes::default();
        if let Some(url) = settings.text("submission_url") {
            attributes.set("action", url);
            attributes.set("method", "post");
        }
        for (setting, attribute) in [
            ("public_key", "base64RsaPublicKey"),
            ("auto_send", "orx:auto-send"),
            ("auto_delete", "orx:auto-delete"),
        ] {
            if let Some(value) = settings.text(setting) {
                attributes.set(attribute, value);
            }
        }
        if settings.yes_no("client_editable") == Some(true) {
            attributes.set("odk:client-editable", "true");
        }
        if !attributes.0.is_empty() {
            self.xml.start("submission");
            self.attributes(0, &attributes);
            self.xml.end("submission");
        }
    }

    /// The element's node with all below it. A repeat is preceded by its template, unless it stands in a repeat that
    /// was (`in_template`).
    fn instance(&mut self, id: Id, in_template: bool) {
        if !self.within_limit() {
            return;
        }
        let form = self.form;
        let element = form.element(id);
        self.check_prefix(id, &element.name);
        match element.kind {
            Kind::External(_) | Kind::Attribute => return,
            Kind::Question(_) => {
                self.xml.start(&element.name);
                self.instance_attributes(id, Attributes::default());
                let fixed = element
                    .default
                    .as_deref()
                    .filter(|default| !crate::lexer::is_dynamic(default, &element.type_name));
                if let Some(default) = fixed {
                    self.xml.text(default);
                }
                self.xml.end(&element.name);
                return;
            }
            Kind::EntityLabel => {
                self.xml.empty(&element.name, &[]);
                return;
            }
            Kind::Survey | Kind::Group | Kind::Repeat | Kind::Loop | Kind::Entity => {}
        }
        self.xml.start(&element.name);
        let mut attributes = Attributes::default();
        for child in &form.nodes[id].children {
            let child = form.element(*child);
            if child.kind == Kind::Attribute {
                attributes.set(&child.name, child.value.as_str());
            }
        }
        self.instance_attributes(id, attributes);
        for child in &form.nodes[id].children {
            self.child_instance(*child, in_template);
        }
        self.xml.end(&element.name);
    }

    fn child_instance(&mut self, child: Id, in_template: bool) {
        let form = self.form;
        let element = form.element(child);
        if element.flat {
            for grandchild in &form.nodes[child].children {
                self.flat_instance(*grandchild);
            }
        } else if element.kind == Kind::Repeat && !in_template {
            self.template(child);
            self.instance(child, true);
        } else {
            self.instance(child, in_template);
        }
    }

    fn flat_instance(&mut self, id: Id) {
        if self.form.element(id).flat {
            for child in &self.form.nodes[id].children {
                self.flat_instance(*child);
            }
        } else {
            self.instance(id, false);
        }
    }

    fn template(&mut self, id: Id) {
        if !self.within_limit() {
            return;
        }
        let form = self.form;
        let element = form.element(id);
        self.xml.start(&element.name);
        self.xml.attribute("jr:template", "");
        for child in &form.nodes[id].children {
            if form.element(*child).kind == Kind::Repeat {
                self.template(*child);
            } else {
                self.instance(*child, false);
            }
        }
        self.xml.end(&element.name);
    }

    fn instance_attributes(&mut self, id: Id, mut attributes: Attributes) {
        let form = self.form;
        let element = form.element(id);
        self.with_expressions(id, &element.instance, &mut attributes);
        if element.kind == Kind::Survey {
            let settings = &form.settings;
            if let Some(instance) = settings.fields.group("instance") {
                self.with_expressions(id, instance, &mut attributes);
            }
            if let Some(own) = settings.fields.group("attribute") {
                for (name, value) in own.iter().filter_map(|(name, value)| Some((name, value.text()?))) {
                    attributes.set(name, value);
                }
            }
            attributes.set("id", settings.id.as_str());
            for (setting, attribute) in [
                ("instance_xmlns", "xmlns"),
                ("version", "version"),
                ("prefix", "odk:prefix"),
                ("delimiter", "odk:delimiter"),
            ] {
                if let Some(value) = settings.text(setting) {
                    attributes.set(attribute, value);
                }
            }
        }
        self.attributes(id, &attributes);
    }

    fn bind(&mut self, id: Id) {
        let form = self.form;
        let element = form.element(id);
        let bind = match element.kind {
            Kind::Survey => form.settings.fields.group("bind"),
            _ => element.bind.as_ref(),
        };
        let Some(bind) = bind.filter(|_| !element.flat) else { return };
        let mut attributes = Attributes::default();
        attributes.set("nodeset", form.nodes[id].path.as_str());
        for (name, value) in bind.iter() {
            if name == "calculate" && !element.trigger.is_empty() {
                // It is set when the trigger's answer changes.
                continue;
            }
            let value = self.bind_value(id, name, value, bind);
            attributes.set(name, value);
        }
        self.xml.start("bind");
        self.attributes(id, &attributes);
        self.xml.end("bind");
    }

    fn bind_value(&mut self, id: Id, name: &str, value: &Value, _bind: &Fields) -> String {
        let expression = matches!(name, "readonly" | "required" | "relevant" | "constraint" | "calculate");
        let message = matches!(name, "jr:constraintMsg" | "jr:requiredMsg");
        match value {
            Value::Text(text) if expression => match text.as_str() {
                "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" => "true()".to_owned(),
                "no" | "No" | "NO" | "false" | "False" | "FALSE" => "false()".to_owned(),
                text => self.expression(text, id, Style::default()),
            },
            Value::Text(text) if !(message && references::has(text)) => {
                self.expression(text, id, Style::default())
            }
            _ => format!("jr:itext('{}:{name}')", self.form.nodes[id].path),
        }
    }

    /// Actions of the model, or those that stand in a repeat's control.
    pub(super) fn actions(&mut self, id: Id, in_repeat: bool) {
        let form = self.form;
        let element = form.element(id);
        for action in &element.actions {
            if (action.event == crate::element::Event::NewRepeat) == in_repeat {
                self.action(id, action);
            }
        }
    }

    fn action(&mut self, id: Id, action: &Action) {
        let element = self.form.element(id);
        let mut attributes = Attributes::default();
        attributes.set("ref", self.form.nodes[id].path.as_str());
        attributes.set("event", action.event.name());
        if action.element == "setvalue" {
            let value = match &element.default {
                Some(default) => Some(self.expression(default, id, Style::default())),
                None => action.value.clone(),
            };
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                attributes.set("value", value);
            }
        }
        if let Some(quality) = &action.quality {
            attributes.set("odk:quality", quality.as_str());
        }
        self.xml.start(action.element);
        self.attributes(id, &attributes);
        self.xml.end(action.element);
    }
}
