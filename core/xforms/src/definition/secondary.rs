//! Secondary instances: lists from the form or its attachments, in flat arrays.

use crate::{
    parse::xml::text_of,
    text::{NameId, Text},
};
use roxmltree::Node;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct Row(pub u32);

const NONE: u32 = u32::MAX;
const ATTRIBUTE: u32 = 1 << 31;

struct Cell {
    name: NameId,
    parent: u32,
    /// Attributes come before elements among the children.
    first_child: u32,
    next: u32,
    /// With `ATTRIBUTE` set for an attribute; a list has fewer bytes than that.
    text_start: u32,
    text_end: u32,
}

/// Rows of the same name under one parent, by the text of one of their children.
pub(crate) type Index = HashMap<Text, Vec<Row>>;

type IndexKey = (Row, NameId, NameId);

/// Row 0 is the document; its child is the root element.
pub(crate) struct SecondaryInstance {
    pub id: Text,
    /// What this device saved last stands in its place.
    pub is_last_saved: bool,
    cells: Vec<Cell>,
    text: String,
    indexes: Mutex<HashMap<IndexKey, Option<Arc<Index>>>>,
}

pub(crate) struct SecondaryBuilder {
    cells: Vec<Cell>,
    text: String,
    last_child: Vec<u32>,
}

impl SecondaryBuilder {
    pub fn new(document: NameId) -> Self {
        let cell =
            Cell { name: document, parent: NONE, first_child: NONE, next: NONE, text_start: 0, text_end: 0 };
        SecondaryBuilder { cells: vec![cell], text: String::new(), last_child: vec![NONE] }
    }

    pub fn push(&mut self, parent: Row, name: NameId, text: &str) -> Row {
        let row = self.cells.len() as u32;
        let text_start = self.text.len() as u32;
        self.text.push_str(text);
        self.cells.push(Cell {
            name,
            parent: parent.0,
            first_child: NONE,
            next: NONE,
            text_start,
            text_end: self.text.len() as u32,
        });
        self.last_child.push(NONE);
        let last = std::mem::replace(&mut self.last_child[parent.0 as usize], row);
        if last == NONE {
            self.cells[parent.0 as usize].first_child = row;
        } else {
            self.cells[last as usize].next = row;
        }
        Row(row)
    }

    /// Copies an element and all in it; those without a name are left out. The reader of the document limits
    /// its depth.
    pub fn copy(&mut self, element: Node, parent: Row, name: &mut dyn FnMut(&str) -> Option<NameId>) {
        let Some(found) = name(element.tag_name().name()) else { return };
        let mut children = element.children().filter(Node::is_element).peekable();
        let text = if children.peek().is_none() { text_of(element) } else { String::new() };
        let row = self.push(parent, found, text.trim());
        for attribute in element.attributes() {
            if let Some(name) = name(attribute.name()) {
                self.push_attribute(row, name, attribute.value());
            }
        }
        for child in children {
            self.copy(child, row, name);
        }
    }

    /// How many elements it has so far.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Attributes of an element are pushed before its children.
    pub fn push_attribute(&mut self, parent: Row, name: NameId, text: &str) {
        let row = self.push(parent, name, text);
        self.cells[row.0 as usize].text_start |= ATTRIBUTE;
    }

    pub fn finish(mut self, id: Text) -> SecondaryInstance {
        self.cells.shrink_to_fit();
        self.text.shrink_to_fit();
        SecondaryInstance {
            id,
            is_last_saved: false,
            cells: self.cells,
            text: self.text,
            indexes: Mutex::default(),
        }
    }
}

impl SecondaryInstance {
    pub const DOCUMENT: Row = Row(0);

    fn cell(&self, row: Row) -> &Cell {
        &self.cells[row.0 as usize]
    }

    pub fn name(&self, row: Row) -> NameId {
        self.cell(row).name
    }

    pub fn text(&self, row: Row) -> &str {
        let cell = self.cell(row);
        &self.text[(cell.text_start & !ATTRIBUTE) as usize..cell.text_end as usize]
    }

    pub fn parent(&self, row: Row) -> Option<Row> {
        let parent = self.cell(row).parent;
        (parent != NONE).then_some(Row(parent))
    }

    pub fn is_attribute(&self, row: Row) -> bool {
        self.cell(row).text_start & ATTRIBUTE != 0
    }

    pub fn attributes(&self, row: Row) -> impl Iterator<Item = Row> + '_ {
        self.inner(row).take_while(|r| self.is_attribute(*r))
    }

    /// The elements inside one.
    pub fn children(&self, row: Row) -> impl Iterator<Item = Row> + '_ {
        self.inner(row).skip_while(|r| self.is_attribute(*r))
    }

    fn inner(&self, row: Row) -> impl Iterator<Item = Row> + '_ {
        let mut next = self.cell(row).first_child;
        std::iter::from_fn(move || {
            let row = (next != NONE).then_some(Row(next))?;
            next = self.cells[next as usize].next;
            Some(row)
        })
    }

    pub fn child(&self, row: Row, name: NameId) -> Option<Row> {
        self.children(row).find(|c| self.name(*c) == name)
    }

    pub fn has_name(&self, name: NameId) -> bool {
        self.cells.iter().any(|c| c.name == name)
    }

    /// Elements below the document element, for a check that a list isn't empty.
    pub fn is_empty(&self) -> bool {
        self.cells.len() <= 2
    }

    /// Looks `item` children of `parent` up by the text of their children `key`, one without any as empty;
    /// built at first use. None where such a child holds more than text.
    pub fn index(&self, parent: Row, item: NameId, key: NameId) -> Option<Arc<Index>> {
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        let built = indexes.entry((parent, item, key)).or_insert_with(|| {
            let mut index = Index::new();
            for row in self.children(parent).filter(|r| self.name(*r) == item) {
                let mut cells = self.children(row).filter(|c| self.name(*c) == key).peekable();
                if cells.peek().is_none() {
                    index.entry(Text::default()).or_default().push(row);
                }
                for cell in cells {
                    if self.children(cell).next().is_some() {
                        return None;
                    }
                    let rows = match index.get_mut(self.text(cell)) {
                        Some(rows) => rows,
                        None => index.entry(self.text(cell).into()).or_default(),
                    };
                    if rows.last() != Some(&row) {
                        rows.push(row);
                    }
                }
            }
            Some(Arc::new(index))
        });
        built.clone()
    }
}
