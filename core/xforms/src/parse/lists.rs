//! Secondary instances: inline, CSV and XML.

use roxmltree::Node;

use super::xml::{self, attribute};
use super::{Builder, MediaSource};
use crate::definition::{Row, SecondaryBuilder, SecondaryInstance};
use crate::error::ParseProblem;
use crate::text::Text;

/// 4 GB of text or rows can't be addressed; a phone's limit comes much earlier.
const MAX_BYTES: usize = 256 << 20;

impl<'x> Builder<'x> {
    pub(super) fn list(&mut self, element: Node<'x, 'x>, media: MediaSource<'_>) {
        let Some(id) = attribute(element, "id") else {
            self.problem(ParseProblem::new("xforms.missing-instance", "a secondary instance has no id"));
            return;
        };
        if self.secondary.iter().any(|s| &*s.id == id) {
            let message = format!("two instances have the id {id}: the first one counts");
            self.warnings.push(ParseProblem::new("xforms.second-instance", message));
            return;
        }
        let found = match attribute(element, "src") {
            None => Ok(self.inline(id.into(), element)),
            Some("jr://instance/last-saved") => {
                let message = "the last saved instance reads as empty";
                self.warnings.push(ParseProblem::new("xforms.last-saved", message));
                Ok(self.inline(id.into(), element))
            }
            Some(source) => self.external(id, source, media),
        };
        match found {
            Ok(list) => self.secondary.push(list),
            Err(message) => {
                let problem = ParseProblem::new("xforms.missing-media", message);
                self.problem(problem.attribute("src"));
                // An empty list in its place, so that its absence is reported once.
                let empty = self.inline(id.into(), element);
                self.secondary.push(empty);
            }
        }
    }

    fn external(
        &mut self,
        id: &str,
        source: &str,
        media: MediaSource<'_>,
    ) -> Result<SecondaryInstance, String> {
        let name = source.rsplit('/').next().unwrap_or(source);
        let bytes = media(name).ok_or_else(|| format!("the list {id} needs the file {name}"))?;
        if bytes.len() > MAX_BYTES {
            return Err(format!("the file {name} is too large for a list"));
        }
        let text = String::from_utf8(bytes).map_err(|_| format!("the file {name} is not UTF-8"))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        if source.starts_with("jr://file-csv/") || name.to_ascii_lowercase().ends_with(".csv") {
            return self
                .csv(id.into(), text)
                .map_err(|detail| format!("the file {name} is no CSV table: {detail}"));
        }
        let document = xml::read(text).map_err(|problem| format!("the file {name}: {}", problem.message))?;
        let mut list = SecondaryBuilder::new(self.names.intern(""));
        self.copy(document.root_element(), SecondaryInstance::DOCUMENT, &mut list);
        Ok(list.finish(id.into()))
    }

    fn inline(&mut self, id: Text, element: Node<'x, 'x>) -> SecondaryInstance {
        let mut list = SecondaryBuilder::new(self.names.intern(""));
        for child in element.children().filter(Node::is_element) {
            self.copy(child, SecondaryInstance::DOCUMENT, &mut list);
        }
        list.finish(id)
    }

    /// Depth is limited when the XML is read.
    fn copy(&mut self, element: Node, parent: Row, list: &mut SecondaryBuilder) {
        let mut children = element.children().filter(Node::is_element).peekable();
        let text = if children.peek().is_none() { xml::text_of(element) } else { String::new() };
        let name = self.names.intern(element.tag_name().name());
        let row = list.push(parent, name, text.trim());
        for child in children {
            self.copy(child, row, list);
        }
    }

    /// Columns become children of `item` elements under `root`, as the specification lays CSV out.
    fn csv(&mut self, id: Text, text: &str) -> Result<SecondaryInstance, String> {
        let separator = if text.lines().next().is_some_and(|l| !l.contains(',') && l.contains(';')) {
            b';'
        } else {
            b','
        };
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).delimiter(separator).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|e| e.to_string())?.clone();
        let columns: Vec<_> = headers.iter().map(|h| self.names.intern(h.trim())).collect();
        let mut list = SecondaryBuilder::new(self.names.intern(""));
        let root = list.push(SecondaryInstance::DOCUMENT, self.names.intern("root"), "");
        let item = self.names.intern("item");
        for record in reader.records() {
            let record = record.map_err(|e| e.to_string())?;
            let row = list.push(root, item, "");
            for (column, value) in columns.iter().zip(record.iter().chain(std::iter::repeat(""))) {
                list.push(row, *column, value.trim());
            }
        }
        Ok(list.finish(id))
    }
}
