//! Who may do what, by the table.

use chrono::NaiveDate;
use model::{DeviceId, FieldState, Head, RecordRef, RecordState, Role, Said, Stamp, kind};
use rulebook::{Act, Asking, Rulebook};
use serde_json::{Value, json};
use uuid::Uuid;

const MINE: DeviceId = DeviceId(Uuid::from_u128(1));
const OF_ANOTHER: DeviceId = DeviceId(Uuid::from_u128(2));

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 30).unwrap()
}

pub fn state(device: DeviceId, fields: &[(&str, Value)]) -> RecordState {
    let mut state = RecordState::default();
    for (name, value) in fields {
        let (change, at) = (model::ChangeId(Uuid::from_u128(7)), Stamp(1, 0));
        let head = Head { change, at, device, said: Said::Value(value.clone()) };
        let field = FieldState { heads: vec![head], ..FieldState::default() };
        state.fields.insert((*name).to_owned(), field);
    }
    state
}

/// What isn't allowed, as `action field`.
fn denied(
    role: &Role,
    kind: &'static str,
    before: Option<&RecordState>,
    said: &[(&str, Value)],
) -> Vec<String> {
    let rulebook = Rulebook::built_in().unwrap();
    let record = RecordRef::new(kind, Uuid::from_u128(9));
    let asking = Asking { role, day: day(), is_member: true, is_own: &|device| device == MINE };
    let said = said.iter().map(|(name, value)| (*name, value)).collect();
    let act = Act { record: &record, before, said, opens: false };
    let text = |denied: rulebook::Denied| format!("{} {}", denied.action, denied.field.unwrap_or_default());
    rulebook.denied(&asking, &act).into_iter().map(text).collect()
}

#[test]
fn a_collaborator_visits_but_takes_nobody_out() {
    let household = state(OF_ANOTHER, &[("name", json!("Nông Thị Giả")), ("commune", json!("06040"))]);
    let who = &Role::new("collaborator");
    let none: [&str; 0] = [];
    assert_eq!(denied(who, kind::VISIT, None, &[("date", json!("2026-11-30"))]), none);
    assert_eq!(denied(who, kind::HOUSEHOLD, Some(&household), &[("phone", json!("0912"))]), none);
    assert_eq!(
        denied(who, kind::HOUSEHOLD, Some(&household), &[("removed", json!("?"))]),
        ["remove removed"]
    );
    assert_eq!(
        denied(who, kind::HOUSEHOLD, Some(&household), &[("commune", json!("06045"))]),
        ["move commune"]
    );
    // Saying again what stands there changes nothing.
    assert_eq!(denied(who, kind::HOUSEHOLD, Some(&household), &[("commune", json!("06040"))]), none);
    let own = state(MINE, &[("text", json!("Nhớ hỏi lại"))]);
    assert_eq!(denied(who, kind::NOTE, Some(&own), &[("removed", json!("nhầm"))]), none);
}

#[test]
fn a_case_is_moved_restricted_and_shared_by_those_who_manage() {
    let case = state(OF_ANOTHER, &[("state", json!("assess")), ("reason", json!("già yếu"))]);
    let none: [&str; 0] = [];
    for (role, may) in [
        (Role::new("collaborator"), false),
        (Role::new("case_manager"), true),
        (Role::new("centre_head"), true),
    ] {
        let handed = denied(&role, kind::CASE, Some(&case), &[("worker", json!("mai"))]);
        let restricted = denied(&role, kind::CASE, Some(&case), &[("restricted", json!(true))]);
        let member = denied(&role, kind::CASE_MEMBER, None, &[("user", json!(Uuid::nil()))]);
        if may {
            assert_eq!([handed, restricted, member].concat(), none, "{}", role.as_str());
        } else {
            assert_eq!(
                [handed, restricted, member].concat(),
                ["change worker", "restrict restricted", "assign "]
            );
        }
        // Where it stands its steps say.
        let closed = denied(&role, kind::CASE, Some(&case), &[("state", json!("closed"))]);
        assert_eq!(closed, ["change state"], "{}", role.as_str());
    }
}

#[test]
fn a_case_that_moves_by_steps_is_of_no_other_workflow() {
    let manager = &Role::new("case_manager");
    let none: [&str; 0] = [];
    let said = |workflow: &str| [("workflow", json!(workflow))];
    let mut child = state(MINE, &[("workflow", json!("child-protection"))]);
    assert_eq!(denied(manager, kind::CASE, Some(&child), &said("adult")), ["change workflow"]);
    assert_eq!(denied(manager, kind::CASE, Some(&child), &said("child-protection")), none);
    // What moves by its field may still turn out to be a child's.
    let adult = state(MINE, &[("workflow", json!("no-such-steps"))]);
    assert_eq!(denied(manager, kind::CASE, Some(&adult), &said("child-protection")), none);
    // Two said it differently before: one of them is settled on.
    let heads = &mut child.fields.get_mut("workflow").unwrap().heads;
    let other = Head { said: Said::Value(json!("adult")), ..heads[0].clone() };
    heads.push(other);
    assert_eq!(denied(manager, kind::CASE, Some(&child), &said("adult")), none);
}

#[test]
fn nobody_opens_a_restricted_case_up_or_rewrites_a_submission() {
    let case = state(MINE, &[("restricted", json!(true))]);
    let submission = state(MINE, &[("xml", json!("<data/>"))]);
    for role in Rulebook::built_in().unwrap().roles() {
        let role = Role::new(role.code.clone());
        let opened = denied(&role, kind::CASE, Some(&case), &[("restricted", json!(false))]);
        assert_eq!(opened, ["restrict restricted"], "{}", role.as_str());
        let rewritten = denied(&role, kind::SUBMISSION, Some(&submission), &[("xml", json!("<other/>"))]);
        assert_eq!(rewritten, ["change xml"], "{}", role.as_str());
    }
}

#[test]
fn who_is_not_known_may_do_nothing_and_what_is_not_known_is_nobodys_business() {
    let other = Role::new("shaman");
    assert_eq!(denied(&other, kind::VISIT, None, &[("date", json!("2026-11-30"))]), ["add "]);
    assert_eq!(denied(&Role::new("administrator"), kind::HOUSEHOLD, None, &[("name", json!("x"))]), ["add "]);
    let none: [&str; 0] = [];
    assert_eq!(denied(&other, "drone", None, &[("height", json!(3))]), none);
}

#[test]
fn a_table_is_checked_against_kinds_fields_and_roles() {
    let table = "kind,field,action,role,when,from,to,article\n\
                 drone,*,add,centre_head,any,,,\nhousehold,wings,change,centre_head,any,,,\nperson,*,add,shaman,any,,,\n";
    let problems = Rulebook::with(&[("permissions.csv", table)]).unwrap_err().to_string();
    for what in ["no kind \"drone\"", "no field household.wings", "no \"shaman\""] {
        assert!(problems.contains(what), "{problems}");
    }
}

#[test]
fn a_row_holds_on_its_days_only() {
    let table = "kind,field,action,role,when,from,to,article\n*,*,add,centre_head,any,2026-12-01,,\n";
    let rulebook = Rulebook::with(&[("permissions.csv", table)]).unwrap();
    assert!(!rulebook.may_add(&Role::new("centre_head"), day(), kind::VISIT, false));
    assert!(rulebook.may_add(&Role::new("centre_head"), day().succ_opt().unwrap(), kind::VISIT, false));
}

/// The groups b, đ, e, g, i, k, l, m of the Law on Children, article 10.1; an office may say more of them.
#[test]
fn eight_groups_of_children_lie_in_restricted_cases_only() {
    let head = Role::new("case_manager");
    let opened = |groups: &[&str], more: &[(&str, Value)]| {
        let mut said = vec![("groups", json!(groups)), ("parent", json!("household:1"))];
        said.extend(more.iter().cloned());
        denied(&head, "case", None, &said)
    };
    for group in
        ["abandoned", "hiv", "offender", "drugs", "violence", "exploited", "sexual_abuse", "trafficked"]
    {
        assert_eq!(opened(&[group], &[]), ["open groups"], "{group}");
        assert_eq!(opened(&["orphan", group], &[]), ["open groups"], "{group} among others");
        assert_eq!(opened(&[group], &[("restricted", json!(true))]), [] as [&str; 0], "{group}");
    }
    let rest = ["orphan", "nobody", "disabled", "working", "ill", "migrant"];
    assert_eq!(opened(&rest, &[]), [] as [&str; 0]);

    let open = state(MINE, &[("groups", json!(["disabled"]))]);
    let said = [("groups", json!(["disabled", "hiv"]))];
    assert_eq!(denied(&head, "case", Some(&open), &said), ["open groups"]);
    let restricted = state(MINE, &[("restricted", json!(true))]);
    assert_eq!(denied(&head, "case", Some(&restricted), &said), [] as [&str; 0]);
}
