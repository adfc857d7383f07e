//! Texts in several languages, and labels with outputs.

use super::{
    Builder,
    binds::itext_id,
    xml::{attribute, child, is},
};
use crate::{
    definition::{Itext, ItextEntry, NodeId, ROOT, Segment, Template, TextRef},
    error::ParseProblem,
    text::Text,
};
use roxmltree::Node;
use std::collections::{HashMap, HashSet};

/// So many texts without a translation are named.
const MISSING_NAMED: usize = 10;

impl<'x> Builder<'x> {
    fn translations(&self) -> Vec<Node<'x, 'x>> {
        let children = self.itext_xml.into_iter().flat_map(|i| i.children());
        children.filter(|n| is(*n, "translation")).collect()
    }

    pub(super) fn collect_itext_ids(&mut self) {
        for translation in self.translations() {
            let texts = translation.children().filter(|n| is(*n, "text"));
            self.itext_ids.extend(texts.filter_map(|t| attribute(t, "id")).map(Text::from));
        }
    }

    pub(super) fn itext(&mut self) -> Itext {
        let mut itext = Itext::default();
        for (i, translation) in self.translations().into_iter().enumerate() {
            itext.languages.push(attribute(translation, "lang").unwrap_or_default().into());
            if attribute(translation, "default").is_some() {
                itext.default = i;
            }
            let mut entries = HashMap::new();
            for text in translation.children().filter(|n| is(*n, "text")) {
                let Some(id) = attribute(text, "id") else { continue };
                let entry = self.itext_entry(text, id);
                entries.insert(id.into(), entry);
            }
            itext.entries.push(entries);
        }
        self.check_translated(&itext);
        itext
    }

    fn check_translated(&mut self, itext: &Itext) {
        let ids: HashSet<&Text> = itext.entries.iter().flat_map(HashMap::keys).collect();
        for (language, entries) in itext.languages.iter().zip(&itext.entries) {
            let mut missing: Vec<&str> =
                ids.iter().filter(|id| !entries.contains_key(**id)).map(|id| &***id).collect();
            if !missing.is_empty() {
                missing.sort_unstable();
                let (first, more) = missing.split_at(missing.len().min(MISSING_NAMED));
                let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
                let names = first.join(", ");
                let message =
                    format!("not translated into {language} (the default language is shown): {names}{more}");
                self.warnings.push(ParseProblem::new("xforms.untranslated", message));
            }
        }
    }

    fn itext_entry(&mut self, text: Node<'x, 'x>, id: &str) -> ItextEntry {
        let context = match self.itext_context.get(id) {
            Some(node) => *node,
            // `/data/q:label` tells its node, if nothing in the body does.
            None => id.rsplit_once(':').and_then(|(path, _)| self.node_at(path, ROOT)).unwrap_or(ROOT),
        };
        let mut entry = ItextEntry::default();
        for value in text.children().filter(|n| is(*n, "value")) {
            let file = || value.text().map(|t| t.trim().rsplit('/').next().unwrap_or_default().into());
            match attribute(value, "form") {
                None | Some("long") => entry.text = Some(self.template_of(value, context, "itext")),
                Some("short") => entry.short = Some(self.template_of(value, context, "itext")),
                Some("guidance" | "print") => {
                    entry.guidance = Some(self.template_of(value, context, "itext"));
                }
                Some("image") => entry.image = file(),
                Some("big-image") => entry.big_image = file(),
                Some("audio") => entry.audio = file(),
                Some("video") => entry.video = file(),
                Some(form) => {
                    let message = format!("the text {id} has a form {form}, which isn't shown");
                    self.warnings.push(ParseProblem::new("xforms.unknown-text-form", message));
                }
            }
        }
        entry
    }

    /// Text with its `<output value="…">`s (or `ref`), read at `context`.
    pub(super) fn template_of(
        &mut self,
        element: Node<'x, 'x>,
        context: NodeId,
        attribute_name: &str,
    ) -> Template {
        let mut segments = Vec::new();
        self.segments(element, context, attribute_name, &mut segments);
        trim_ends(&mut segments);
        Template(segments)
    }

    /// Elements other than outputs are styles: written out, they are read as markup with the rest.
    fn segments(
        &mut self,
        element: Node<'x, 'x>,
        context: NodeId,
        attribute_name: &str,
        segments: &mut Vec<Segment>,
    ) {
        for part in element.children() {
            if let Some(text) = part.text().filter(|t| part.is_text() && !t.is_empty()) {
                segments.push(Segment::Text(text.into()));
            } else if is(part, "output") {
                if let Some(source) = attribute(part, "value").or_else(|| attribute(part, "ref")) {
                    segments.push(Segment::Output(self.expr(source, context, attribute_name)));
                }
            } else if part.is_element() {
                let name = part.tag_name().name();
                let style = attribute(part, "style").map(|s| format!(" style=\"{}\"", s.replace('"', "'")));
                segments.push(Segment::Text(format!("<{name}{}>", style.unwrap_or_default()).into()));
                self.segments(part, context, attribute_name, segments);
                segments.push(Segment::Text(format!("</{name}>").into()));
            }
        }
    }

    /// The text of a `<label>`, `<hint>` and the like: by reference, or inline.
    pub(super) fn text_ref(&mut self, owner: Node<'x, 'x>, name: &str, context: NodeId) -> Option<TextRef> {
        let element = child(owner, name)?;
        match attribute(element, "ref") {
            None => Some(TextRef::Inline(self.template_of(element, context, name))),
            Some(reference) => Some(match itext_id(reference) {
                Some(id) => self.itext_ref(&id, context, name),
                None => TextRef::Expr(self.expr(reference, context, name)),
            }),
        }
    }
}

/// Indentation around a text is no part of it; spaces between words and outputs are.
fn trim_ends(segments: &mut Vec<Segment>) {
    if let Some(Segment::Text(first)) = segments.first_mut() {
        *first = first.trim_start().into();
    }
    if let Some(Segment::Text(last)) = segments.last_mut() {
        *last = last.trim_end().into();
    }
    segments.retain(|s| !matches!(s, Segment::Text(text) if text.is_empty()));
}
