//! `begin` and `end` rows.

use super::{MAX_DEPTH, Reader, RowContext, TableList, names::Siblings, types::Container};
use crate::{
    Problem,
    element::{Element, Kind},
    entities,
    question_types::question_type,
    references,
};

/// A group that is open.
pub(super) struct Open {
    pub element: Element,
    pub container: Container,
    /// The list that a loop goes through.
    pub list: Option<String>,
    pub names: Siblings,
}

impl Open {
    pub fn new(element: Element, container: Container) -> Self {
        Self { element, container, list: None, names: Siblings::default() }
    }

    pub fn as_container(&self) -> entities::Container {
        entities::Container { name: self.element.name.clone(), kind: self.container }
    }
}

impl Reader<'_> {
    pub(super) fn begin(
        &mut self,
        container: Container,
        list: Option<&str>,
        context: RowContext,
    ) -> Result<(), Problem> {
        let row = context.row;
        let kind = match container {
            Container::Group => Kind::Group,
            Container::Repeat => Kind::Repeat,
            Container::Loop => Kind::Loop,
        };
        let mut element = Element::new(kind, context.name.clone(), row);
        let checked = self.check_begin(container, list, &context);
        self.keep(checked);
        let intent = context.fields.text("intent").map(str::to_owned);
        let filled = self.fill(&mut element, context);
        self.keep(filled);
        self.repeat_count(&mut element);
        self.table_list_group(&mut element);
        if let Some(intent) = intent {
            element.control.set("intent", intent);
        }
        let mut open = Open::new(element, container);
        open.list = list.map(str::to_owned);
        self.stack.push(open);
        if self.stack.len() > MAX_DEPTH {
            // All that is below is lost, and the end rows do not fit any more: one problem says it.
            self.stack.truncate(MAX_DEPTH);
            return Err(self.at(
                Problem::error("xlsform.too-deep", format!("groups are nested more than {MAX_DEPTH} deep")),
                row,
                "type",
            ));
        }
        Ok(())
    }

    fn check_begin(
        &mut self,
        container: Container,
        list: Option<&str>,
        context: &RowContext,
    ) -> Result<(), Problem> {
        let (row, name) = (context.row, context.name.as_str());
        match container {
            Container::Group => {}
            Container::Repeat => {
                if name == self.sheets.settings.name {
                    let message = format!("the repeat has the name of the form's root, `{name}`");
                    return Err(self.at(Problem::error("xlsform.repeat-name", message), row, "name"));
                }
                if !name.is_empty() && !self.repeats.insert(name.to_owned()) {
                    let message = format!("another repeat of the form is called `{name}`");
                    return Err(self.at(Problem::error("xlsform.repeat-name", message), row, "name"));
                }
                if !context.fields.has("label") && !context.fields.has("media") {
                    let problem = Problem::warning(
                        "xlsform.repeat-without-label",
                        format!("the repeat `{name}` has no label"),
                    );
                    self.report.push(self.at(problem, row, "label"));
                }
            }
            Container::Loop => {
                let Some(list) = list else {
                    let problem = Problem::error("xlsform.loop-list", "the loop names no list");
                    return Err(self.at(problem.hint("write `begin loop over list_name`"), row, "type"));
                };
                if self.sheets.choices.get(list).is_none() {
                    return Err(self.unknown_list(list, row));
                }
            }
        }
        Ok(())
    }

    /// A count that is more than a reference is computed by a node of its own.
    fn repeat_count(&mut self, element: &mut Element) {
        let Some(count) = element.control.text("jr:count") else { return };
        if references::only(count).is_some() {
            return;
        }
        let Some(kind) = question_type("calculate") else { return };
        let name = format!("{}_count", element.name);
        let mut node = Element::question(kind, "calculate", name.clone(), element.row);
        node.bind_mut().set("readonly", "true()");
        node.bind_mut().set("calculate", count);
        self.push(node);
        element.control.set("jr:count", format!("${{{name}}}"));
    }

    /// A group with the appearance `table-list` is one page; its label and hint move to a note.
    fn table_list_group(&mut self, element: &mut Element) {
        let Some(appearance) = element.appearance() else { return };
        if !appearance.split_whitespace().any(|word| word == "table-list") {
            return;
        }
        self.table_list = TableList::Waiting;
        let mut words = vec!["field-list"];
        words.extend(appearance.split_whitespace().filter(|word| *word != "table-list"));
        let appearance = words.join(" ");
        element.control.set("appearance", appearance);
        if element.label.is_none() && element.hint.is_none() {
            return;
        }
        let Some(kind) = question_type("note") else { return };
        let name = format!("generated_table_list_label_{}", element.row);
        let mut note = Element::question(kind, "note", name, element.row);
        note.label = element.label.take();
        note.hint = element.hint.take();
        element.children.push(note);
    }

    pub(super) fn end(&mut self, container: Container, mut context: RowContext) -> Result<(), Problem> {
        self.meet_entities(&mut context, true);
        let fits = self.stack.len() > 1 && self.stack.last().is_some_and(|open| open.container == container);
        if !fits {
            let (row, kind) = (context.row, container.name());
            let problem =
                Problem::error("xlsform.unmatched-end", format!("this ends a {kind} that is not open"));
            let hint = match self.stack.last() {
                Some(open) if self.stack.len() > 1 => format!(
                    "the innermost one is the {} `{}` of row {}",
                    open.container.name(),
                    open.element.name,
                    open.element.row
                ),
                _ => "no group or repeat is open here".to_owned(),
            };
            // The group that was probably meant is closed, so that what follows is looked at in its place.
            if let Some(at) = self.stack.iter().skip(1).rposition(|open| open.container == container) {
                while self.stack.len() > at + 1 {
                    self.close();
                }
            }
            return Err(self.at(problem.hint(hint), row, "type"));
        }
        self.close();
        self.table_list = TableList::No;
        Ok(())
    }

    pub(super) fn close(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        let mut element = open.element;
        if let Some(list) = &open.list
            && element.kind == Kind::Loop
        {
            let result = super::loops::expand(&mut element, list, self.sheets.choices);
            self.keep(result);
        }
        self.push(element);
    }
}
