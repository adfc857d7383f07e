//! What starts, stops and voids a clock.

use super::Context;
use crate::{
    Event, Events, Selector,
    clocks::When,
    schema,
    table::{Row, Sheet},
};

pub(super) fn check(context: &mut Context<'_>) {
    let sheet = context.tables.sheet(schema::CLOCKS);
    for row in sheet.rows() {
        for column in ["starts", "stops", "voids", "provisional"] {
            for event in Events::read(row.cell(column)).iter().flat_map(Events::iter) {
                of_event(context, row, column, event);
            }
        }
        match When::read(row.cell("when")) {
            Some(When::Field { kind, field }) => of_field(context, row, "when", &kind, &field),
            Some(When::Happened(events)) => {
                events.iter().for_each(|event| of_event(context, row, "when", event));
            }
            _ => {}
        }
        if row.cell("amount") == "0" && row.cell("at_once") != "yes" {
            let (vi, en) =
                ("thời hạn bằng 0 chỉ dành cho việc phải làm ngay", "only what is due at once has no time");
            context.tell(sheet, row, "amount", "clock.no-time", vi, en);
        }
        if row.cell("repeat") == "yes" && row.cell("unit") == "hours" {
            let (vi, en) = ("hạn tính giờ thì không lặp lại", "what is counted in hours doesn't repeat");
            context.tell(sheet, row, "repeat", "clock.repeats-hours", vi, en);
        }
        escalation(context, row);
    }
}

fn escalation(context: &mut Context<'_>, row: Row<'_>) {
    let sheet = context.tables.sheet(schema::CLOCKS);
    let roles = context.tables.sheet("roles.csv");
    for step in row.cell("escalate").split(';').filter_map(|step| step.split_once(':')) {
        let role = step.1.trim();
        if !roles.rows().any(|row| row.cell("code") == role) {
            let (vi, en) = (format!("roles.csv không có {role:?}"), format!("roles.csv has no {role:?}"));
            context.tell(sheet, row, "escalate", "reference.role", vi, en);
        }
    }
}

fn of_event(context: &mut Context<'_>, row: Row<'_>, column: &str, event: &Event) {
    let sheet = context.tables.sheet(schema::CLOCKS);
    let workflow = row.cell("workflow");
    match event {
        Event::Field { kind, field } => {
            of_field(context, row, column, kind, field);
            if column == "starts" && context.kinds.contains_key(kind.as_str()) {
                is_moment(context, sheet, row, column, (kind, field));
            }
        }
        Event::State(state) if column == "stops" => {
            let mut states = context.tables.sheet("case_states.csv").rows();
            if !states.any(|row| row.cell("workflow") == workflow && row.cell("code") == state) {
                let vi = format!("quy trình {workflow} không có bước {state:?}");
                let en = format!("the workflow {workflow} has no state {state:?}");
                context.tell(sheet, row, column, "reference.state", vi, en);
            }
        }
        Event::State(_) => context.feature(sheet, row, column, "clocks.starts-by-state"),
        Event::Action(action) => {
            context.feature(sheet, row, column, "clocks.action");
            let mut steps = context.tables.sheet(schema::ACTIONS).rows();
            if !steps.any(|row| row.cell("workflow") == workflow && row.cell("action") == action) {
                let vi = format!("quy trình {workflow} không có việc {action:?}");
                let en = format!("the workflow {workflow} has no action {action:?}");
                context.tell(sheet, row, column, "reference.action", vi, en);
            }
        }
        Event::Record(selector) => {
            context.feature(sheet, row, column, "clocks.record");
            of_selector(context, sheet, row, column, selector);
            if let Some(at) = &selector.at {
                is_moment(context, sheet, row, column, (&selector.kind, at));
            }
        }
    }
}

fn is_moment(
    context: &mut Context<'_>,
    sheet: &Sheet,
    row: Row<'_>,
    column: &str,
    (kind, field): (&str, &str),
) {
    let declared = context.field(kind, field);
    if declared.is_some_and(|declared| !matches!(declared.cell("type"), "datetime" | "date")) {
        let (vi, en) = (format!("{field} không phải là thời điểm"), format!("{field} is no moment"));
        context.tell(sheet, row, column, "clock.no-moment", vi, en);
    }
}

/// The kind, its fields, and the words of their lists.
pub(super) fn of_selector(
    context: &mut Context<'_>,
    sheet: &Sheet,
    row: Row<'_>,
    column: &str,
    selector: &Selector,
) {
    for field in selector.fields() {
        context.names_field(sheet, row, column, &selector.kind, field);
    }
    if selector.fields().next().is_none() && !context.kinds.contains_key(selector.kind.as_str()) {
        context.no_kind(sheet, row, column, &selector.kind);
    }
    for want in &selector.wants {
        words(context, sheet, row, column, &selector.kind, want);
    }
}

pub(super) fn words(
    context: &mut Context<'_>,
    sheet: &Sheet,
    row: Row<'_>,
    column: &str,
    kind: &str,
    want: &crate::Want,
) {
    let Some(declared) = context.field(kind, &want.field) else { return };
    let list = declared.cell("list");
    for word in &want.words {
        let is_known = match declared.cell("type") {
            "bool" => word == "yes" || word == "no",
            "code" | "codes" if !list.is_empty() => {
                context.lists.get(list).is_none_or(|codes| codes.contains(word.as_str()))
            }
            _ => true,
        };
        if !is_known {
            let (field, vi, en) = (&want.field, "không bao giờ ghi", "never says");
            let (vi, en) = (format!("{kind}.{field} {vi} {word:?}"), format!("{kind}.{field} {en} {word:?}"));
            context.tell(sheet, row, column, "reference.code", vi, en);
        }
    }
}

/// Clocks run on what has a workflow; another record's field is no event of it.
fn of_field(context: &mut Context<'_>, row: Row<'_>, column: &str, kind: &str, field: &str) {
    let sheet = context.tables.sheet(schema::CLOCKS);
    context.names_field(sheet, row, column, kind, field);
    if context.kinds.get(kind).is_some_and(|kind| kind.cell("workflow").is_empty()) {
        context.feature(sheet, row, column, "clocks.other-kinds");
    }
}
