//! The steps of a workflow.

use super::Context;
use crate::table::Row;
use std::collections::BTreeMap;

pub(super) fn check(context: &mut Context<'_>) {
    let sheet = context.tables.sheet("case_states.csv");
    let mut workflows: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
    for row in sheet.rows() {
        workflows.entry(row.cell("workflow")).or_default().push(row);
    }
    for (name, states) in workflows {
        let any = |open: &str| states.iter().any(|state| state.cell("is_open") == open);
        if !any("yes") || !any("no") {
            let vi = format!("quy trình {name} phải có bước đang mở và bước đã kết thúc");
            let en = format!("the workflow {name} needs a step that is open and one that ends it");
            context.tell(sheet, states[0], "is_open", "workflow.no-end", vi, en);
        }
        for (place, state) in states.iter().enumerate() {
            let order = state.cell("order");
            if let Some(other) = states.iter().take(place).find(|other| other.cell("order") == order) {
                let number = other.number;
                let vi = format!("dòng {number} có cùng thứ tự");
                let en = format!("row {number} has the same order");
                context.tell(sheet, *state, "order", "workflow.order", vi, en);
            }
        }
    }
}
