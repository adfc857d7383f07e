//! What is done when all rows of the survey are read.

use super::{Reader, Survey, questions::geometry_is_known};
use crate::{
    Problem,
    element::{Element, Kind},
    names::nearest,
    question_types::question_type,
    references,
};
use std::collections::HashSet;

impl Reader<'_> {
    pub(super) fn finish(mut self) -> Survey {
        if self.or_other && self.sheets.translated {
            let problem = Problem::warning(
                "xlsform.or-other-untranslated",
                "or_other makes a choice and a question that have no translations",
            );
            self.report
                .push(problem.sheet("survey").hint("write the choice `other` and its question yourself"));
        }
        self.check_triggers();
        self.check_geometries();
        for index in 1..self.stack.len() {
            let open = &self.stack[index];
            let (kind, name, row) = (open.container.name(), open.element.name.clone(), open.element.row);
            let problem =
                Problem::error("xlsform.unmatched-begin", format!("the {kind} `{name}` has no end"));
            self.report.push(self.at(problem.hint(format!("add a row `end_{kind}`")), row, "type"));
        }
        while self.stack.len() > 1 {
            self.close();
        }
        let mut root = match self.stack.pop() {
            Some(open) => open.element,
            None => Element::new(Kind::Survey, self.sheets.settings.name.clone(), 0),
        };
        if self.sheets.settings.text("flat").is_some() {
            flatten(&mut root.children, "");
        }
        self.instance_id();
        self.instance_name();
        let meta = std::mem::take(&mut self.meta);
        let entity_version = std::mem::take(&mut self.sheets.entities).place(&mut root, self.report);
        match root.children.iter_mut().find(|child| child.kind == Kind::Group && child.name == "meta") {
            Some(existing) => existing.children.extend(meta),
            None if meta.is_empty() => {}
            None => root.children.push(Element::meta(meta)),
        }
        check_siblings(&root, self.report);
        Survey {
            root,
            counts: self.counts,
            settings: self.settings,
            uses_external: self.uses_external,
            entity_version,
        }
    }

    fn check_triggers(&mut self) {
        for (name, row) in std::mem::take(&mut self.triggers) {
            if self.report.is_full() || self.questions.contains(&name) {
                continue;
            }
            let mut problem = references::unknown(&name, self.questions.iter().map(String::as_str));
            if self.counts.contains_key(&name) {
                problem = Problem::error(
                    "xlsform.bad-trigger",
                    format!("`${{{name}}}` is a group, not a question"),
                );
            }
            self.report.push(self.at(problem, row, "trigger"));
        }
    }

    fn check_geometries(&mut self) {
        for (target, row) in std::mem::take(&mut self.geometries) {
            if self.report.is_full() || geometry_is_known(&target, self) {
                continue;
            }
            let message = format!("`reference-geometry` names no list, file or repeat: `{target}`");
            let problem = Problem::error("xlsform.bad-parameter", message);
            let near = nearest(&target, self.sheets.choices.names()).map(str::to_owned);
            let problem = match near {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem.hint("name a list, or a repeat as `${repeat}`"),
            };
            self.report.push(self.at(problem, row, "parameters"));
        }
    }

    fn instance_id(&mut self) {
        let settings = self.sheets.settings;
        if settings.yes_no("omit_instanceID") == Some(true) {
            if settings.text("public_key").is_some() {
                self.report.push(
                    Problem::error("xlsform.no-instance-id", "an encrypted form needs an instanceID")
                        .sheet("settings")
                        .row(2)
                        .column("omit_instanceID"),
                );
            }
            return;
        }
        let Some(kind) = question_type("calculate") else { return };
        let mut element = Element::question(kind, "calculate", "instanceID", 0);
        let bind = element.bind_mut();
        bind.set("readonly", "true()");
        bind.set("jr:preload", settings.text("instance_id").unwrap_or("uid"));
        self.meta.push(element);
        *self.counts.entry("instanceID".to_owned()).or_default() += 1;
    }

    fn instance_name(&mut self) {
        let Some(expression) = self.sheets.settings.text("instance_name") else { return };
        let Some(kind) = question_type("calculate") else { return };
        let mut element = Element::question(kind, "calculate", "instanceName", 0);
        element.bind_mut().set("calculate", expression);
        self.meta.push(element);
    }
}

/// The setting `flat`: groups make no elements; what they need to be relevant goes to their questions.
fn flatten(children: &mut [Element], above: &str) {
    for child in children {
        let own = child.bind.as_ref().and_then(|bind| bind.text("relevant")).unwrap_or_default();
        let relevant = match (above, own) {
            ("", own) => own.to_owned(),
            (above, "") => above.to_owned(),
            (above, own) => format!("{above} and ({own})"),
        };
        if !child.children.is_empty() {
            child.flat = true;
            flatten(&mut child.children, &relevant);
        } else if !relevant.is_empty() {
            child.bind_mut().set("relevant", relevant);
        }
    }
}

/// Names that the compiler made must not be those of others either.
fn check_siblings(element: &Element, report: &mut crate::problem::Report) {
    let mut seen = HashSet::new();
    for child in &element.children {
        if !seen.insert(child.name.as_str()) && !report.has_errors() {
            let message = format!("two questions of `{}` are called `{}`", element.name, child.name);
            report.push(
                Problem::error("xlsform.name-twice", message)
                    .sheet("survey")
                    .row(child.row)
                    .hint("or_other, loops and counts of repeats make questions of their own"),
            );
        }
        check_siblings(child, report);
    }
}
