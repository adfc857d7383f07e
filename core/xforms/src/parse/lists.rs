//! Secondary instances: inline, and from the form's attachments (spec, Secondary Instances).

use super::{
    Builder, MediaSource, geojson,
    xml::{self, attribute},
};
use crate::{
    definition::{SecondaryBuilder, SecondaryInstance},
    error::ParseProblem,
};
use roxmltree::Node;
use std::collections::HashSet;

/// A phone of 2 GB holds a list of this size beside everything else; the country's 15,000 villages have 1 MB.
const MAX_BYTES: usize = 64 << 20;
/// Elements of one list.
pub(super) const MAX_ELEMENTS: usize = 4_000_000;

/// A list, or why it can't be had.
pub(super) type Listed = Result<SecondaryInstance, (&'static str, String)>;

impl<'x> Builder<'x> {
    pub(super) fn list(&mut self, element: Node<'x, 'x>, primary: Node<'x, 'x>, media: MediaSource<'_>) {
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
            None => Ok(self.inline(id, element)),
            Some("jr://instance/last-saved") => Ok(self.last_saved(id, primary)),
            Some(source) => self.external(id, source, media),
        };
        let list = found.unwrap_or_else(|(code, message)| {
            self.problem(ParseProblem::new(code, message).attribute("src"));
            // An empty list in its place, so that its absence is reported once.
            self.inline(id, element)
        });
        self.secondary.push(list);
    }

    pub(super) fn external(&mut self, id: &str, source: &str, media: MediaSource<'_>) -> Listed {
        let name = source.rsplit('/').next().unwrap_or(source);
        let bytes = media(name)
            .ok_or_else(|| ("xforms.missing-media", format!("the list {id} needs the file {name}")))?;
        if bytes.len() > MAX_BYTES {
            return Err(("xforms.too-large", format!("the file {name} is too large for a list")));
        }
        let wrong = |detail: String| ("xforms.wrong-list", format!("the file {name} {detail}"));
        let text = String::from_utf8(bytes).map_err(|_| wrong("is not UTF-8".to_owned()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let list = if source.starts_with("jr://file-csv/") || ending == "csv" {
            self.csv(id, name, text)?
        } else if ending == "geojson" {
            geojson::read(id, text, &mut self.names).map_err(wrong)?
        } else {
            let document =
                xml::read(text).map_err(|problem| wrong(format!("can't be read: {}", problem.message)))?;
            let mut list = SecondaryBuilder::new(self.names.intern(""));
            let names = &mut self.names;
            list.copy(document.root_element(), SecondaryInstance::DOCUMENT, &mut |n| Some(names.intern(n)));
            list.finish(id.into())
        };
        if list.is_empty() {
            let message = format!("the list {id} is empty: the file {name} holds no item");
            self.warnings.push(ParseProblem::new("xforms.empty-list", message).attribute("src"));
        }
        Ok(list)
    }

    fn inline(&mut self, id: &str, element: Node<'x, 'x>) -> SecondaryInstance {
        let mut list = SecondaryBuilder::new(self.names.intern(""));
        let names = &mut self.names;
        for child in element.children().filter(Node::is_element) {
            list.copy(child, SecondaryInstance::DOCUMENT, &mut |name| Some(names.intern(name)));
        }
        list.finish(id.into())
    }

    /// Nothing has been saved yet: the form's own instance, without its values.
    fn last_saved(&mut self, id: &str, primary: Node<'x, 'x>) -> SecondaryInstance {
        let mut list = SecondaryBuilder::new(self.names.intern(""));
        let mut open = vec![(primary, SecondaryInstance::DOCUMENT)];
        while let Some((element, parent)) = open.pop() {
            let row = list.push(parent, self.names.intern(element.tag_name().name()), "");
            let children = element.children().filter(Node::is_element);
            open.extend(children.map(|child| (child, row)).collect::<Vec<_>>().into_iter().rev());
        }
        let mut list = list.finish(id.into());
        list.is_last_saved = true;
        list
    }

    /// Columns become children of `item` elements under `root` (spec, Secondary instances from CSV).
    fn csv(&mut self, id: &str, name: &str, text: &str) -> Listed {
        let wrong =
            |detail: String| ("xforms.wrong-list", format!("the file {name} is no CSV table: {detail}"));
        let first = text.lines().next().unwrap_or_default();
        let separator = *b",;\t".iter().find(|s| first.contains(char::from(**s))).unwrap_or(&b',');
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).delimiter(separator).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|e| wrong(e.to_string()))?.clone();
        self.check_columns(name, headers.iter().map(str::trim));
        let columns: Vec<_> = headers.iter().map(|h| self.names.intern(h.trim())).collect();
        let mut list = SecondaryBuilder::new(self.names.intern(""));
        let root = list.push(SecondaryInstance::DOCUMENT, self.names.intern("root"), "");
        let item = self.names.intern("item");
        let mut ragged = None;
        let mut record = csv::StringRecord::new();
        let mut line = 1;
        while reader.read_record(&mut record).map_err(|e| wrong(e.to_string()))? {
            line += 1;
            if record.len() != columns.len() {
                ragged.get_or_insert((line, record.len()));
            }
            let row = list.push(root, item, "");
            for (column, value) in columns.iter().zip(record.iter().chain(std::iter::repeat(""))) {
                list.push(row, *column, value.trim());
            }
            if list.len() > MAX_ELEMENTS {
                return Err(("xforms.too-large", format!("the file {name} has too many cells for a list")));
            }
        }
        if let Some((row, cells)) = ragged {
            let message = format!(
                "the file {name}: row {row} has {cells} cells, but there are {} columns",
                columns.len()
            );
            self.warnings.push(ParseProblem::new("xforms.ragged-list", message).attribute("src"));
        }
        Ok(list.finish(id.into()))
    }

    /// Columns must have names that expressions can say, each once.
    fn check_columns<'h>(&mut self, file: &str, columns: impl Iterator<Item = &'h str>) {
        let mut known = HashSet::new();
        for column in columns {
            let first = column.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
            let is_name =
                first && column.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
            let message = if !is_name {
                format!("the file {file}: no expression can name the column `{column}`")
            } else if !known.insert(column) {
                format!("the file {file} has two columns {column}: the first one counts")
            } else {
                continue;
            };
            self.warnings.push(ParseProblem::new("xforms.wrong-column", message).attribute("src"));
        }
    }
}
