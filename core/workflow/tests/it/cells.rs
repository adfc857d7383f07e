//! Who may take which step in which state: every cell of the tables of child protection and of the general workflow.

use crate::common::{ADULT, CHILD, RULEBOOK, id, ms, person};
use model::{Role, UserId};
use rulebook::StepFrom;
use std::collections::BTreeMap;
use workflow::{Refusal, Taken, Verdict, fold};

fn step(action: &str, role: &str) -> Taken {
    Taken {
        id: id(9),
        action: action.to_owned(),
        at: ms("2026-12-01 09:00"),
        author: Some(UserId(person(role))),
        role: Some(Role::new(role.to_owned())),
        after: None,
        reason: String::new(),
        about: None,
        approved: None,
        version: None,
        chosen: None,
        settles: Vec::new(),
    }
}

/// What becomes of a step that is taken in a state: the verdict, and where the case stands then.
fn taken(workflow: &str, action: &str, role: &str, state: &str) -> (Verdict, String) {
    let found = fold(&RULEBOOK, workflow, state, &[step(action, role)], &BTreeMap::new());
    (found.verdicts[&id(9)], found.state)
}

#[test]
fn every_step_counts_for_whom_and_where_its_row_says_and_nowhere_else() {
    for workflow in [CHILD, ADULT] {
        every_cell_of(workflow);
    }
}

fn every_cell_of(workflow: &str) {
    let (mut allowed, mut cells) = (0, 0);
    for role in RULEBOOK.roles().iter().map(|role| role.code.as_str()).chain(["a role of later"]) {
        for row in RULEBOOK.steps(workflow) {
            for state in RULEBOOK.states(workflow) {
                let leads = match &row.from {
                    StepFrom::Open => state.is_open,
                    StepFrom::States(from) => from.contains(&state.code),
                };
                let stays = || state.code.clone();
                let expected = if !row.roles.iter().any(|may| may == role) {
                    (Verdict::Refused(Refusal::Role), stays())
                } else if !leads {
                    (Verdict::Refused(Refusal::NotFromHere), stays())
                } else {
                    allowed += 1;
                    (Verdict::Counts, row.to.clone().unwrap_or_else(stays))
                };
                let cell = format!("{workflow}: {role} × {} × {}", row.code, state.code);
                assert_eq!(taken(workflow, &row.code, role, &state.code), expected, "{cell}");
                cells += 1;
            }
        }
    }
    assert_eq!(
        cells,
        (RULEBOOK.roles().len() + 1) * RULEBOOK.steps(workflow).len() * RULEBOOK.states(workflow).len()
    );
    assert!(allowed > 100 && allowed < cells / 2, "{allowed} of {cells}");
}

/// The same by hand, where it matters: whoever decides, and who never does.
#[test]
fn who_decides_is_who_the_law_names() {
    let may = |role: &str| {
        let steps = RULEBOOK.steps(CHILD);
        let anywhere = |action: &str| {
            RULEBOOK
                .states(CHILD)
                .iter()
                .any(|state| taken(CHILD, action, role, &state.code).0 == Verdict::Counts)
        };
        steps.into_iter().map(|step| step.code.as_str()).filter(|code| anywhere(code)).collect::<Vec<_>>()
    };
    assert_eq!(may("collaborator"), ["protect", "care_visit"]);
    assert_eq!(may("hotline"), ["protect"]);
    for role in ["facility_head", "counsellor", "accountant", "auditor", "administrator"] {
        assert!(may(role).is_empty(), "{role}");
    }
    for action in ["approve_plan", "return_plan", "end_separation", "close"] {
        for role in RULEBOOK.roles() {
            let decides = matches!(role.code.as_str(), "commune_chairman" | "commune_deputy");
            assert_eq!(may(&role.code).contains(&action), decides, "{action} by {}", role.code);
        }
    }
    assert!(!may("commune_chairman").contains(&"assess_initial"), "who directs it doesn't do it");
}

/// A plan isn't approved by being handed in, and nothing goes on once the case is over.
#[test]
fn no_step_leads_past_another() {
    let leads = |action: &str| {
        let step = RULEBOOK.steps(CHILD).into_iter().find(|step| step.code == action).unwrap();
        let role = step.roles.first().unwrap();
        let states = RULEBOOK.states(CHILD);
        let from = states.iter().filter(|state| taken(CHILD, action, role, &state.code).0 == Verdict::Counts);
        from.map(|state| state.code.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(leads("assess_initial"), ["intake", "initial_assessment"]);
    assert_eq!(leads("submit_plan"), ["plan"]);
    assert_eq!(leads("approve_plan"), ["approval"]);
    assert_eq!(leads("close"), ["review"]);
    for step in RULEBOOK.steps(CHILD) {
        assert!(!leads(&step.code).contains(&"closed"), "{}", step.code);
    }
}

/// The general workflow, by hand: a collaborator collects and notes, only a head approves and closes.
#[test]
fn a_head_decides_in_the_general_workflow() {
    let may = |role: &str| {
        let steps = RULEBOOK.steps(ADULT);
        let anywhere = |action: &str| {
            let states = RULEBOOK.states(ADULT);
            states.iter().any(|state| taken(ADULT, action, role, &state.code).0 == Verdict::Counts)
        };
        steps.into_iter().map(|step| step.code.as_str()).filter(|code| anywhere(code)).collect::<Vec<_>>()
    };
    assert_eq!(may("collaborator"), ["collect", "note_progress", "attempt_contact"]);
    for role in ["hotline", "accountant", "auditor", "administrator"] {
        assert!(may(role).is_empty(), "{role}");
    }
    let heads = ["commune_chairman", "commune_deputy", "centre_head", "facility_head"];
    for action in ["approve_plan", "return_plan", "close", "close_to_followup"] {
        for role in RULEBOOK.roles() {
            let decides = heads.contains(&role.code.as_str());
            assert_eq!(may(&role.code).contains(&action), decides, "{action} by {}", role.code);
        }
    }
}
