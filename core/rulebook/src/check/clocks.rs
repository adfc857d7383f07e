//! What starts and stops a clock.

use super::Context;
use crate::{
    clocks::{Event, When},
    schema,
    table::Row,
};

pub(super) fn check(context: &mut Context<'_>) {
    let sheet = context.tables.sheet(schema::CLOCKS);
    for row in sheet.rows() {
        for column in ["starts", "stops"] {
            if let Some(event) = Event::read(row.cell(column)) {
                of_event(context, row, column, &event);
            }
        }
        if let Some(When::Field { kind, field }) = When::read(row.cell("when")) {
            of_field(context, row, "when", &kind, &field);
        }
        if row.cell("amount") == "0" && row.cell("at_once") != "yes" {
            let (vi, en) =
                ("thời hạn bằng 0 chỉ dành cho việc phải làm ngay", "only what is due at once has no time");
            context.tell(sheet, row, "amount", "clock.no-time", vi, en);
        }
    }
}

fn of_event(context: &mut Context<'_>, row: Row<'_>, column: &str, event: &Event) {
    let sheet = context.tables.sheet(schema::CLOCKS);
    let workflow = row.cell("workflow");
    match event {
        Event::Field { kind, field } => {
            of_field(context, row, column, kind, field);
            let timed = |field: Row<'_>| field.cell("type") == "datetime";
            let declared = context.field(kind, field);
            if column == "starts"
                && context.kinds.contains_key(kind.as_str())
                && declared.is_some_and(|f| !timed(f))
            {
                let (vi, en) = (format!("{field} không phải là thời điểm"), format!("{field} is no moment"));
                context.tell(sheet, row, column, "clock.no-moment", vi, en);
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
        Event::Action(_) => context.feature(sheet, row, column, "clocks.action"),
        Event::Record(_) => context.feature(sheet, row, column, "clocks.record"),
    }
}

/// Clocks run on what has a workflow; what other records say is not looked at by this program.
fn of_field(context: &mut Context<'_>, row: Row<'_>, column: &str, kind: &str, field: &str) {
    let sheet = context.tables.sheet(schema::CLOCKS);
    context.names_field(sheet, row, column, kind, field);
    if context.kinds.get(kind).is_some_and(|kind| kind.cell("workflow").is_empty()) {
        context.feature(sheet, row, column, "clocks.other-kinds");
    }
}
