//! The form as XForm XML.

mod body;
mod instances;
mod itext;
mod model;

pub(crate) use instances::media;

use crate::{
    Problem,
    fields::Value,
    form::{Form, Id},
    names::is_tag,
    paths::{self, Style},
    problem::Report,
    translations::report_codes,
    xml::Xml,
};

/// A larger form is a mistake, or hostile.
const MAX_XML: usize = 256 * 1024 * 1024;

const NAMESPACES: [(&str, &str); 7] = [
    ("xmlns", "http://www.w3.org/2002/xforms"),
    ("xmlns:h", "http://www.w3.org/1999/xhtml"),
    ("xmlns:ev", "http://www.w3.org/2001/xml-events"),
    ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
    ("xmlns:jr", "http://openrosa.org/javarosa"),
    ("xmlns:orx", "http://openrosa.org/xforms"),
    ("xmlns:odk", "http://www.opendatakit.org/xforms"),
];

/// Writes the form. With errors in the report afterwards, the XML is not whole.
pub(crate) fn write(form: &mut Form, report: &mut Report) -> String {
    itext::redirect_searches(form, report);
    let form = &*form;
    let translations = itext::Translations::of(form, report);
    report_codes(translations.languages(), report);
    let namespaces = namespaces(form);
    let mut writer = Writer { form, report, xml: Xml::new(), namespaces };
    writer.html(&translations);
    writer.xml.finish()
}

pub(crate) struct Writer<'a> {
    pub form: &'a Form,
    pub report: &'a mut Report,
    pub xml: Xml,
    /// Declarations on the root: name such as `xmlns:jr`, and address.
    namespaces: Vec<(String, String)>,
}

/// Attributes of one element; a later value takes the place of an earlier one.
#[derive(Default)]
struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some(attribute) => attribute.1 = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }
}

/// The usual ones, the settings' and that of entities.
fn namespaces(form: &Form) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        NAMESPACES.iter().map(|(name, uri)| ((*name).to_owned(), (*uri).to_owned())).collect();
    let own = form.settings.text("namespaces").unwrap_or_default();
    let entities = "entities=http://www.opendatakit.org/xforms/entities";
    let entities = form.entity_version.map(|_| entities);
    for declaration in own.split_whitespace().chain(entities) {
        let mut parts = declaration.split('=');
        let (Some(prefix), Some(uri), None) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let name = format!("xmlns:{prefix}");
        if !prefix.is_empty() && !all.iter().any(|(known, _)| *known == name) {
            all.push((name, uri.replace(['"', '\''], "")));
        }
    }
    all
}

impl Writer<'_> {
    fn html(&mut self, translations: &itext::Translations) {
        self.xml.start("h:html");
        for (name, uri) in &self.namespaces {
            self.xml.attribute(name, uri);
        }
        self.xml.start("h:head");
        self.xml.element("h:title", &self.form.settings.title);
        self.model(translations);
        self.xml.end("h:head");
        self.xml.start("h:body");
        if let Some(style) = self.form.settings.text("style") {
            self.xml.attribute("class", style);
        }
        self.children_controls(0);
        self.xml.end("h:body");
        self.xml.end("h:html");
    }

    /// An expression with its references replaced; a problem is reported, and nothing written.
    fn expression(&mut self, text: &str, context: Id, style: Style) -> String {
        let result = paths::expression(self.form, text, Some(context), style);
        result.unwrap_or_else(|problem| {
            self.fail(context, problem);
            String::new()
        })
    }

    fn fail(&mut self, id: Id, problem: Problem) {
        let row = self.form.element(id).row;
        let problem = problem.sheet("survey");
        self.report.push(if row == 0 { problem } else { problem.row(row) });
    }

    /// Reports a name whose prefix no namespace is declared for: no reader would take the form.
    fn check_prefix(&mut self, id: Id, name: &str) {
        let Some((prefix, _)) = name.split_once(':') else { return };
        if self.namespaces.iter().any(|(known, _)| known.strip_prefix("xmlns:") == Some(prefix)) {
            return;
        }
        let message = format!("`{name}`: the prefix `{prefix}` has no namespace");
        let problem = Problem::error("xlsform.unknown-prefix", message);
        let hint = format!(
            "declare it in the settings, under `namespaces`: {prefix}=\"http://example.org/{prefix}\""
        );
        self.fail(id, problem.hint(hint));
    }

    /// Writes the attributes of a start tag. Names that are none of XML's are reported.
    fn attributes(&mut self, id: Id, attributes: &Attributes) {
        for (name, value) in &attributes.0 {
            self.check_prefix(id, name);
            if is_tag(name) {
                self.xml.attribute(name, value);
            } else {
                let message = format!("`{name}` can't name an attribute");
                self.fail(
                    id,
                    Problem::error("xlsform.bad-attribute", message).hint("check the column's header"),
                );
            }
        }
    }

    /// Attributes whose values are expressions.
    fn with_expressions(&mut self, id: Id, fields: &crate::fields::Fields, attributes: &mut Attributes) {
        for (name, value) in fields.iter() {
            match value {
                Value::Text(text) => {
                    let text = self.expression(text, id, Style::default());
                    attributes.set(name, text);
                }
                Value::Group(_) => {
                    let problem = Problem::error("xlsform.bad-column", "this column can't have languages");
                    self.fail(id, problem.column(name));
                }
            }
        }
    }

    /// `false`, and a problem: the form grows beyond all measure.
    fn within_limit(&mut self) -> bool {
        if self.xml.len() <= MAX_XML {
            return true;
        }
        if !self.report.has_errors() {
            self.report.push(Problem::error("xlsform.too-large", "the form's XML would be too large"));
        }
        false
    }
}
