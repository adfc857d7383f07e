//! A row of the entities sheet.

use super::{Declaration, problem};
use crate::{
    Problem,
    element::{Action, Element, Event, Kind},
    fields::Fields,
    names,
    problem::Report,
    references,
    table::{SheetRow, Table},
};
use std::collections::HashSet;

/// The element of a row, where the row is right.
pub(super) fn read(record: &SheetRow, table: &Table, report: &mut Report) -> Option<Declaration> {
    let row = record.row;
    let mut sound = true;
    let mut wrong = |problem: Problem| {
        report.push(problem);
        sound = false;
    };
    for (column, _) in record.fields.iter() {
        if !["dataset", "entity_id", "create_if", "update_if", "repeat", "label"].contains(&column) {
            let known = ["list_name", "entity_id", "create_if", "update_if", "label"];
            let problem =
                problem("xlsform.entity-column", 1, format!("`{column}` is no column of this sheet"));
            wrong(match names::nearest(column, known) {
                Some(near) => problem.column(column).hint(format!("did you mean `{near}`?")),
                None => problem.column(column).hint("remove the column"),
            });
        }
    }
    let list = record.fields.text("dataset").unwrap_or_default();
    if let Err(problem) = check_list(list) {
        wrong(problem.sheet("entities").row(row).column(table.header("dataset")));
    }
    let text = |column: &str| record.fields.text(column).filter(|text| !text.is_empty());
    let (id, create_if, update_if, label) =
        (text("entity_id"), text("create_if"), text("update_if"), text("label"));
    if id.is_none() && update_if.is_some() {
        let message = format!("`{list}` has `update_if`, but no `entity_id` to say which entity to update");
        wrong(problem("xlsform.entity-id", row, message).column("entity_id"));
    }
    if id.is_some() && create_if.is_some() && update_if.is_none() {
        let message = format!("`{list}` has `entity_id` and `create_if`, but no `update_if`");
        wrong(
            problem("xlsform.entity-update-if", row, message)
                .column("update_if")
                .hint("say when to update, or remove `entity_id` to only create"),
        );
    }
    if id.is_none() && label.is_none() {
        let message = format!("`{list}` has no label: an entity that is created needs one");
        wrong(problem("xlsform.entity-label", row, message).column("label"));
    }
    let mut variables = HashSet::new();
    for (column, text) in
        [("entity_id", id), ("create_if", create_if), ("update_if", update_if), ("label", label)]
    {
        match references::parse(text.unwrap_or_default()) {
            Ok(found) => variables.extend(found.into_iter().map(|reference| reference.name.to_owned())),
            Err(_) => wrong(references::malformed().sheet("entities").row(row).column(column)),
        }
    }
    let element = element(list, id, create_if, update_if, label);
    sound.then(|| Declaration {
        list: list.to_owned(),
        row,
        element,
        variables,
        references: Vec::new(),
        met: None,
    })
}

fn element(
    list: &str,
    id: Option<&str>,
    create_if: Option<&str>,
    update_if: Option<&str>,
    label: Option<&str>,
) -> Element {
    let mut entity = Element::new(Kind::Entity, "entity", 0);
    entity.children.push(attribute("dataset", list, None));
    if id.is_none() || create_if.is_some() {
        entity.children.push(attribute("create", "1", create_if));
    }
    if let Some(id) = id {
        entity.children.push(attribute("update", "1", update_if));
        let known = format!("instance('{list}')/root/item[name={id}]");
        for (name, column) in
            [("baseVersion", "__version"), ("trunkVersion", "__trunkVersion"), ("branchId", "__branchId")]
        {
            entity.children.push(attribute(name, "", Some(&format!("{known}/{column}"))));
        }
    }
    let mut own = Element::new(Kind::Attribute, "id", 0);
    own.bind = Some(computed(id));
    if id.is_none() {
        let mut action = Action::new("setvalue", Event::FirstLoad);
        action.value = Some("uuid()".to_owned());
        own.actions.push(action);
    }
    entity.children.push(own);
    if label.is_some() {
        let mut text = Element::new(Kind::EntityLabel, "label", 0);
        text.bind = Some(computed(label));
        entity.children.push(text);
    }
    entity
}

fn attribute(name: &str, value: &str, calculation: Option<&str>) -> Element {
    let mut attribute = Element::new(Kind::Attribute, name, 0);
    value.clone_into(&mut attribute.value);
    attribute.bind = calculation.map(|calculation| computed(Some(calculation)));
    attribute
}

fn computed(calculation: Option<&str>) -> Fields {
    let mut bind = Fields::default();
    if let Some(calculation) = calculation {
        bind.set("calculate", calculation);
    }
    bind.set("readonly", "true()");
    bind.set("type", "string");
    bind
}

fn check_list(list: &str) -> Result<(), Problem> {
    let wrong = |message: String| Err(Problem::error("xlsform.entity-list", message));
    match list {
        "" => wrong("the entity has no list".to_owned()),
        list if list.starts_with("__") => {
            wrong(format!("`{list}` begins with two underscores, which are reserved"))
        }
        list if list.contains('.') => {
            wrong(format!("`{list}` has a dot in it, which would be a file's ending"))
        }
        list if !names::is_tag(list) => wrong(format!("`{list}` can't name a list of entities")),
        _ => Ok(()),
    }
}
