//! The steps of a workflow: between which states, by whom, with which form; that every state is reached and ends.

use super::{Context, clocks};
use crate::{Pack, actions::Test, schema, table::Row};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(context: &mut Context<'_>, packs: &[Pack]) {
    let sheet = context.tables.sheet(schema::ACTIONS);
    let mut workflows: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
    for row in sheet.rows() {
        workflows.entry(row.cell("workflow")).or_default().push(row);
    }
    // A program has its tables without the forms: what it names there can't be looked for.
    let forms_of = |pack: &Pack| -> BTreeSet<String> {
        pack.files().filter_map(|(path, _)| Some(schema::form_of(path)?.0.to_owned())).collect()
    };
    let forms: Vec<BTreeSet<String>> = packs.iter().map(forms_of).collect();
    for row in sheet.own().filter(|_| forms.iter().all(|forms| !forms.is_empty())) {
        let form = row.cell("form");
        if !form.is_empty() && !forms.iter().any(|forms| forms.contains(form)) {
            let (vi, en) = (format!("gói không có phiếu {form:?}"), format!("the pack has no form {form:?}"));
            context.tell(sheet, row, "form", "reference.form", vi, en);
        }
    }
    for (name, steps) in workflows {
        of_workflow(context, name, &steps);
    }
    conditions(context);
}

fn of_workflow(context: &mut Context<'_>, name: &str, steps: &[Row<'_>]) {
    let sheet = context.tables.sheet(schema::ACTIONS);
    let states: Vec<Row<'_>> =
        context.tables.sheet("case_states.csv").rows().filter(|row| row.cell("workflow") == name).collect();
    let codes: BTreeSet<&str> = states.iter().map(|state| state.cell("code")).collect();
    for step in steps {
        let named = |column: &str| step.words(column).filter(|state| *state != "*").collect::<Vec<_>>();
        for (column, state) in
            ["from_states", "to_state"].into_iter().flat_map(|c| named(c).into_iter().map(move |s| (c, s)))
        {
            if !codes.contains(state) {
                let vi = format!("quy trình {name} không có bước {state:?}");
                let en = format!("the workflow {name} has no state {state:?}");
                context.tell(sheet, *step, column, "reference.state", vi, en);
            }
        }
        if step.cell("settles") == "yes" && !step.cell("to_state").is_empty() {
            let vi = "việc giải quyết khác nhau không tự chuyển bước";
            let en = "what settles a disagreement leads to no state of its own";
            context.tell(sheet, *step, "to_state", "workflow.settles", vi, en);
        }
    }
    if !steps.iter().any(|step| step.cell("settles") == "yes") {
        let vi = format!(
            "quy trình {name} phải có một việc giải quyết khi hai người chuyển bước khác nhau (settles)"
        );
        let en =
            format!("the workflow {name} needs an action for when two people took different steps (settles)");
        context.tell(sheet, steps[0], "settles", "workflow.never-settled", vi, en);
    }
    let open: Vec<&str> = codes_where(&states, "yes");
    let closed: Vec<&str> = codes_where(&states, "no");
    let leads = |from: &str| -> Vec<&str> {
        let is_open = open.contains(&from);
        let takes = |step: &&Row<'_>| {
            step.words("from_states").any(|state| state == from || (state == "*" && is_open))
        };
        steps.iter().filter(takes).map(|step| step.cell("to_state")).filter(|to| !to.is_empty()).collect()
    };
    let first = states.iter().min_by_key(|row| row.cell("order").parse::<u32>().unwrap_or(u32::MAX));
    // Cases from before stand in states that no action leads to any more, as long as one leads on from there.
    let left = steps.iter().flat_map(|step| step.words("from_states"));
    let begun = first.map(|row| row.cell("code")).into_iter().chain(left);
    let reached = spread(begun.filter(|state| codes.contains(state)).collect(), leads);
    let state_sheet = context.tables.sheet("case_states.csv");
    for state in &states {
        let code = state.cell("code");
        if !reached.contains(code) {
            let vi = "không có việc nào đưa tới bước này, cũng không có việc nào đi tiếp từ đây";
            let en = "no action leads to this state, and none leads on from it";
            context.tell(state_sheet, *state, "code", "workflow.never-reached", vi, en);
        } else if open.contains(&code)
            && !spread(vec![code], leads).iter().any(|state| closed.contains(state))
        {
            let vi = "từ bước này không có đường kết thúc";
            let en = "from this state there is no way to an end";
            context.tell(state_sheet, *state, "code", "workflow.no-way-out", vi, en);
        }
    }
}

fn codes_where<'a>(states: &[Row<'a>], is_open: &str) -> Vec<&'a str> {
    states.iter().filter(|row| row.cell("is_open") == is_open).map(|row| row.cell("code")).collect()
}

/// All states that are come to from these.
fn spread<'a>(from: Vec<&'a str>, leads: impl Fn(&str) -> Vec<&'a str>) -> BTreeSet<&'a str> {
    let (mut reached, mut waiting) = (BTreeSet::new(), from);
    while let Some(state) = waiting.pop() {
        if reached.insert(state) {
            waiting.extend(leads(state));
        }
    }
    reached
}

fn conditions(context: &mut Context<'_>) {
    let sheet = context.tables.sheet(schema::CONDITIONS);
    for row in sheet.rows() {
        if let Some(test) = Test::read(row.cell("test")) {
            of_test(context, row, &test);
        }
    }
}

fn of_test(context: &mut Context<'_>, row: Row<'_>, test: &Test) {
    let sheet = context.tables.sheet(schema::CONDITIONS);
    match test {
        Test::Some { of, .. } | Test::None(of) => clocks::of_selector(context, sheet, row, "test", of),
        Test::Latest { of, is } => {
            clocks::of_selector(context, sheet, row, "test", of);
            for want in is {
                context.names_field(sheet, row, "test", &of.kind, &want.field);
                clocks::words(context, sheet, row, "test", &of.kind, want);
            }
        }
        Test::Field { kind, is } => {
            context.names_field(sheet, row, "test", kind, &is.field);
            clocks::words(context, sheet, row, "test", kind, is);
        }
        Test::NoClock(crate::OpenClocks::All) => {}
        Test::NoClock(crate::OpenClocks::These(codes)) => {
            codes.iter().for_each(|code| of_clock(context, row, code));
        }
        Test::Over(code) => {
            context.feature(sheet, row, "test", "conditions.over");
            of_clock(context, row, code);
        }
        Test::If { then, when } => {
            context.feature(sheet, row, "test", "conditions.if");
            of_test(context, row, then);
            of_test(context, row, when);
        }
    }
}

fn of_clock(context: &mut Context<'_>, row: Row<'_>, code: &str) {
    let sheet = context.tables.sheet(schema::CONDITIONS);
    let mut clocks = context.tables.sheet(schema::CLOCKS).rows();
    if !clocks.any(|row| row.cell("id") == code) {
        let (vi, en) = (format!("không có hạn {code:?}"), format!("there is no deadline {code:?}"));
        context.tell(sheet, row, "test", "reference.clock", vi, en);
    }
}
