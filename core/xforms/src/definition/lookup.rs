//! Labels of questions and choices without a session: for pages that show what was answered once.

use super::{
    Control, Definition, Element, ElementKind, Itemset, Row, SecondaryInstance, Segment, Template, TextRef,
};
use crate::{
    session::find_language,
    text::{NameId, Text},
    xpath::{
        ast::{Axis, Expr, Path, Start, Test},
        function::Function,
    },
};

/// Stands where a label would quote an answer.
const ANSWER: &str = "…";

/// Where the choices of a select lie in a secondary instance.
struct Choices<'a> {
    list: &'a SecondaryInstance,
    parent: Row,
    item: NameId,
    value: NameId,
}

impl Definition {
    /// The label of the question at a path without positions (`/data/member/name`). `language` is the form's
    /// name for it or its code in brackets; one that the form doesn't have falls back to its default.
    /// An answer that the label quotes is shown as `…`.
    pub fn question_label(&self, path: &str, language: &str) -> Option<String> {
        let (element, _) = self.question(path)?;
        self.static_text(element.label.as_ref()?, self.language(language)).filter(|l| !l.is_empty())
    }

    /// The label of the group or repeat at a path without positions, as [`Self::question_label`].
    pub fn group_label(&self, path: &str, language: &str) -> Option<String> {
        let stands = |element: &&Element| match &element.kind {
            ElementKind::Control(_) => false,
            ElementKind::Group { node, .. } => node.is_some_and(|node| &*self.node(node).path == path),
            ElementKind::Repeat { scope, .. } => &*self.node(self.scope(*scope).node).path == path,
        };
        // Around a repeat XLSForm writes a group of the same node, which has the label.
        let mut labelled =
            self.body.elements.iter().filter(stands).filter_map(|element| element.label.as_ref());
        labelled.find_map(|label| self.static_text(label, self.language(language)).filter(|l| !l.is_empty()))
    }

    /// Whether people are asked what stands at a path; else it is calculated or fixed.
    pub fn asks(&self, path: &str) -> bool {
        self.question(path).is_some()
    }

    /// The label of one choice of a select, filtered out or not; of a list in the form or in a file.
    pub fn choice_label(&self, path: &str, value: &str, language: &str) -> Option<String> {
        let (_, control) = self.question(path)?;
        let language = self.language(language);
        if let Some(choice) = control.choices.fixed().iter().find(|c| &*c.value == value) {
            return self.static_text(choice.label.as_ref()?, language);
        }
        let itemset = control.choices.itemset()?;
        let choices = self.choices_in(itemset)?;
        let index = choices.list.index(choices.parent, choices.item, choices.value);
        self.row_label(itemset, choices.list, *index?.get(value)?.first()?, language)
    }

    /// Values that a select can ever offer, in the order of the form; of a list whose items are answers, none.
    pub fn choice_values(&self, path: &str) -> Vec<String> {
        let values = self.question(path).map(|(_, control)| self.values_offered(control));
        values.into_iter().flatten().map(str::to_owned).collect()
    }

    pub(crate) fn values_offered<'a>(&'a self, control: &'a Control) -> Vec<&'a str> {
        let mut values: Vec<&str> = control.choices.fixed().iter().map(|c| &*c.value).collect();
        if let Some(Choices { list, parent, item, value }) =
            control.choices.itemset().and_then(|itemset| self.choices_in(itemset))
        {
            let rows = list.children(parent).filter(|row| list.name(*row) == item);
            values.extend(rows.filter_map(|row| Some(list.text(list.child(row, value)?))));
        }
        values
    }

    fn question(&self, path: &str) -> Option<(&Element, &Control)> {
        let found = self.body.control_of.iter().find(|(node, _)| &*self.node(**node).path == path);
        let element = self.element(*found?.1);
        match &element.kind {
            ElementKind::Control(control) => Some((element, control)),
            _ => None,
        }
    }

    fn language(&self, wanted: &str) -> usize {
        find_language(self, wanted).unwrap_or(self.itext.default)
    }

    fn static_text(&self, text: &TextRef, language: usize) -> Option<String> {
        match text {
            TextRef::Inline(template) => Some(spelled(template)),
            TextRef::Itext(id) => self.static_itext(id, language),
            TextRef::Expr(expr) => match &self.expr(*expr).expr {
                Expr::Literal(text) => Some(text.to_string()),
                Expr::Call(Function::Itext, arguments, _) => match arguments.as_slice() {
                    [Expr::Literal(id)] => self.static_itext(id, language),
                    _ => None,
                },
                _ => None,
            },
        }
    }

    fn static_itext(&self, id: &str, language: usize) -> Option<String> {
        let in_language = |language: usize| self.itext.entries.get(language)?.get(id)?.text.as_ref();
        in_language(language).or_else(|| in_language(self.itext.default)).map(spelled)
    }

    /// A list's items without their filter: which are offered depends on answers, what they mean does not.
    fn choices_in(&self, itemset: &Itemset) -> Option<Choices<'_>> {
        let mut nodeset = &self.expr(itemset.nodeset).expr;
        while let Expr::Call(Function::Randomize, arguments, _) = nodeset {
            nodeset = arguments.first()?;
        }
        let Expr::Path(path) = nodeset else { return None };
        let Start::Secondary(instance) = &path.start else { return None };
        let list = self.secondary(*instance);
        let (item, around) =
            children_named(path)?.split_last().map(|(item, around)| (*item, around.to_vec()))?;
        let parent =
            around.into_iter().try_fold(SecondaryInstance::DOCUMENT, |row, name| list.child(row, name));
        let value = child_named(&self.expr(itemset.value).expr)?;
        Some(Choices { list, parent: parent?, item, value })
    }

    fn row_label(
        &self,
        itemset: &Itemset,
        list: &SecondaryInstance,
        row: Row,
        language: usize,
    ) -> Option<String> {
        let cell = |expr: &Expr| list.child(row, child_named(expr)?).map(|cell| list.text(cell));
        match &self.expr(itemset.label?).expr {
            Expr::Call(Function::Itext, arguments, _) => {
                self.static_itext(cell(arguments.first()?)?, language)
            }
            expr => cell(expr).map(str::to_owned),
        }
    }
}

fn spelled(template: &Template) -> String {
    let part = |segment: &Segment| -> Text {
        match segment {
            Segment::Text(text) => text.clone(),
            Segment::Output(_) => ANSWER.into(),
        }
    };
    template.0.iter().map(part).collect::<Vec<_>>().concat()
}

/// The names of a path that only goes down, `root/item`.
fn children_named(path: &Path) -> Option<Vec<NameId>> {
    let name = |step: &crate::xpath::ast::Step| match (step.axis, step.test) {
        (Axis::Child, Test::Name(name)) => Some(name),
        _ => None,
    };
    path.steps.iter().map(name).collect()
}

/// The `name` of an item's expression that is just a child of it.
fn child_named(expr: &Expr) -> Option<NameId> {
    match expr {
        Expr::Path(path) if matches!(path.start, Start::Context) => match children_named(path)?.as_slice() {
            [name] => Some(*name),
            _ => None,
        },
        _ => None,
    }
}
