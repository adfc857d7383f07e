//! Questions that choose from a list.

use super::{
    Reader, RowContext, TableList, is_file,
    parameters::{accept, get},
    stem,
    types::{RowType, SelectKind},
};
use crate::{
    Problem,
    element::Element,
    fields::Value,
    names::{is_tag, nearest},
    question_types::question_type,
    references,
    settings::bad_name,
};

impl Reader<'_> {
    pub(super) fn select(&mut self, row_type: RowType, mut context: RowContext) -> Result<(), Problem> {
        let RowType::Select { kind, from_file, command, list, or_other } = row_type else { return Ok(()) };
        let row = context.row;
        let filter = context.fields.text("choice_filter").map(str::to_owned);
        self.check_list(kind, from_file, command, list, filter.is_some(), row)?;
        let other = if or_other { Some(self.or_other(list, filter.is_some(), &context)?) } else { None };
        check_parameters(from_file, &context).map_err(|problem| self.at(problem, row, "parameters"))?;
        let randomized = get(&context.parameters, "randomize") == Some("true");
        // Which list the question's own choices come from, as tools that read them expect it.
        let mut list_name = None;
        if filter.is_some() {
            if kind == SelectKind::External {
                context.fields.set("query", list);
            } else if self.sheets.choices.get(list).is_some() {
                list_name = Some(list.to_owned());
            }
        } else if !(randomized || is_file(list) || references::has(list)) {
            list_name = Some(list.to_owned());
        }
        let parameters = std::mem::take(&mut context.parameters);
        context.fields.set("itemset", list);
        if let Some(list_name) = &list_name {
            context.fields.set("list_name", list_name.as_str());
        }
        let mut element = self.element(kind.type_name(), context)?;
        element.parameters = parameters;
        element.list_name = list_name;
        if kind == SelectKind::Multiple {
            self.add_none(&mut element, list, row)?;
        }
        self.table_list(&mut element, kind, list, filter.is_some(), row)?;
        self.push(element);
        if let Some(other) = other {
            self.push(other);
        }
        Ok(())
    }

    fn check_list(
        &mut self,
        kind: SelectKind,
        from_file: bool,
        command: &str,
        list: &str,
        filtered: bool,
        row: usize,
    ) -> Result<(), Problem> {
        if kind == SelectKind::External {
            self.uses_external = true;
            if !filtered {
                let problem = Problem::warning(
                    "xlsform.external-without-filter",
                    "select_one_external is for filtered choices only",
                );
                self.report.push(self.at(problem, row, "choice_filter"));
            }
            if self.sheets.external.is_empty() {
                let problem =
                    Problem::error("xlsform.no-external-choices", "there is no sheet `external_choices`")
                        .hint(
                            self.similar_sheet(
                                "external_choices",
                                "it has the columns `list_name` and `name`",
                            ),
                        );
                return Err(self.at(problem, row, "type"));
            }
            if !self.sheets.external.contains(list) {
                let message = format!("the sheet external_choices has no list `{list}`");
                let problem = Problem::error("xlsform.unknown-list", message);
                let near = nearest(list, self.sheets.external.iter().map(String::as_str)).map(str::to_owned);
                return Err(self.at(with_near(problem, near.as_deref()), row, "type"));
            }
            return Ok(());
        }
        self.secondary.insert(stem(list).to_owned());
        if from_file && (!is_file(list) || list.matches('.').count() != 1) {
            let message = format!("`{command} {list}` names no file that can be chosen from");
            let problem = Problem::error("xlsform.bad-file", message);
            return Err(self.at(problem.hint("the name ends in .csv, .xml or .geojson"), row, "type"));
        }
        if self.sheets.choices.get(list).is_none() && !is_file(list) && !references::has(list) {
            return Err(self.unknown_list(list, row));
        }
        if kind == SelectKind::Multiple && !is_file(list) {
            let Some(choices) = self.sheets.choices.get(list) else {
                let message = format!("`{command}` can't choose from `{list}`: it is no list");
                return Err(self.at(Problem::error("xlsform.unknown-list", message), row, "type"));
            };
            if let Some(choice) = choices.spaced.map(|at| &choices.choices[at]) {
                let message = format!(
                    "the choice `{}` of the list `{list}` has a space in its name, which parts answers of several choices",
                    choice.name
                );
                return Err(Problem::error("xlsform.choice-space", message)
                    .sheet("choices")
                    .row(choice.row)
                    .column("name"));
            }
        }
        Ok(())
    }

    pub(super) fn unknown_list(&self, list: &str, row: usize) -> Problem {
        if self.sheets.choices.is_empty() {
            let problem =
                Problem::error("xlsform.no-choices", "there is no sheet `choices` with lists in it");
            let hint = self.similar_sheet("choices", "it has the columns `list_name`, `name` and `label`");
            return self.at(problem.hint(hint), row, "type");
        }
        let problem =
            Problem::error("xlsform.unknown-list", format!("the choices sheet has no list `{list}`"));
        self.at(with_near(problem, nearest(list, self.sheets.choices.names())), row, "type")
    }

    fn similar_sheet(&self, name: &str, otherwise: &str) -> String {
        match crate::sheet_names::similar(self.sheets.workbook, name).as_slice() {
            [] => otherwise.to_owned(),
            similar => format!("did you mean the sheet `{}` to be `{name}`?", similar.join("`, `")),
        }
    }

    /// The question that asks which other choice is meant; the list gets the choice `other`.
    fn or_other(&mut self, list: &str, filtered: bool, context: &RowContext) -> Result<Element, Problem> {
        self.or_other = true;
        let row = context.row;
        if filtered {
            let problem = Problem::error("xlsform.or-other-filter", "or_other can't go with a choice filter");
            return Err(self.at(problem, row, "choice_filter"));
        }
        let Some(choices) = self.sheets.choices.get_mut(list).filter(|list| !list.choices.is_empty()) else {
            let problem =
                Problem::error("xlsform.or-other-list", "or_other needs a list of the choices sheet");
            return Err(self.at(problem, row, "type"));
        };
        choices.add_other();
        let Some(kind) = question_type("text") else { return Err(super::unknown_type("text")) };
        let mut other = Element::question(kind, "text", format!("{}_other", context.name), row);
        other.label = Some(Value::from("Specify other."));
        other.bind_mut().set("relevant", format!("selected(../{}, 'other')", context.name));
        Ok(other)
    }

    /// The setting `add_none_option`: the choice "none" goes with no other choice.
    fn add_none(&mut self, element: &mut Element, list: &str, row: usize) -> Result<(), Problem> {
        if self.sheets.settings.yes_no("add_none_option") != Some(true) {
            return Ok(());
        }
        if element.list_name.is_none() {
            let problem =
                Problem::error("xlsform.none-option", "add_none_option needs choices of the choices sheet");
            return Err(self.at(problem, row, "type"));
        }
        if self.with_none.insert(list.to_owned()) {
            let alone = "(.='none' or not(selected(., 'none')))";
            let bind = element.bind_mut();
            let constraint = match bind.text("constraint") {
                Some(constraint) => format!("{constraint} and {alone}"),
                None => alone.to_owned(),
            };
            bind.set("constraint", constraint);
        }
        Ok(())
    }

    /// In a group with the appearance `table-list`, the first select is preceded by one that shows the choices.
    fn table_list(
        &mut self,
        element: &mut Element,
        kind: SelectKind,
        list: &str,
        filtered: bool,
        row: usize,
    ) -> Result<(), Problem> {
        match &self.table_list {
            TableList::No => return Ok(()),
            TableList::Waiting => {
                self.table_list = TableList::List(list.to_owned());
                if filtered {
                    let problem =
                        Problem::error("xlsform.table-list", "a table-list can't have a choice filter");
                    return Err(self.at(problem, row, "choice_filter"));
                }
                let Some(kind) = question_type(kind.type_name()) else { return Ok(()) };
                if self.sheets.choices.get(list).is_none() {
                    let problem = Problem::error(
                        "xlsform.table-list",
                        "a table-list needs a list of the choices sheet",
                    );
                    return Err(self.at(problem, row, "type"));
                }
                let name = format!("reserved_name_for_field_list_labels_{row}");
                let mut header = Element::question(kind, &element.type_name, name, row);
                header.control.set("appearance", "label");
                header.label = Some(Value::from(" "));
                header.itemset = Some(list.to_owned());
                self.push(header);
            }
            TableList::List(first) if first != list => {
                let message =
                    format!("the questions of a table-list choose from `{first}` and from `{list}`");
                let problem =
                    Problem::error("xlsform.table-list", message).hint("all must choose from one list");
                return Err(self.at(problem, row, "type"));
            }
            TableList::List(_) => {}
        }
        element.control.set("appearance", "list-nolabel");
        Ok(())
    }
}

fn with_near(problem: Problem, near: Option<&str>) -> Problem {
    match near {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem,
    }
}

fn check_parameters(from_file: bool, context: &RowContext) -> Result<(), Problem> {
    let parameters = &context.parameters;
    if from_file {
        accept(parameters, &["label", "randomize", "seed", "value"])?;
        for name in ["value", "label"] {
            if let Some(value) = get(parameters, name).filter(|value| !is_tag(value)) {
                return Err(bad_name(value));
            }
        }
    } else {
        accept(parameters, &["randomize", "seed"])?;
    }
    let seed = get(parameters, "seed");
    match get(parameters, "randomize") {
        Some("true" | "false") => {
            let good = |seed: &str| references::only(seed).is_some() || seed.parse::<f64>().is_ok();
            if seed.is_some_and(|seed| !good(seed)) {
                return Err(Problem::error(
                    "xlsform.bad-seed",
                    "the seed is neither a number nor a reference",
                ));
            }
            Ok(())
        }
        Some(_) => Err(Problem::error("xlsform.bad-randomize", "`randomize` is `true` or `false`")),
        None if seed.is_some() => {
            Err(Problem::error("xlsform.bad-seed", "a seed needs `randomize=true` beside it"))
        }
        None => Ok(()),
    }
}
