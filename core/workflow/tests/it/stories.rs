//! Reports from the first call on, with the hours that the law gives.

use crate::common::{CHAIRMAN, Case, OFFICER, RULEBOOK, at, said};
use model::Role;
use rulebook::Lang;
use serde_json::json;
use workflow::{
    clocks,
    guard::{self, Asking, Choice},
};

const DEPUTY: &str = "commune_deputy";

/// What a role may do now; `look` sees it.
fn choices<T>(case: &Case, role: &str, now: &str, look: impl FnOnce(&[Choice<'_>]) -> T) -> T {
    let standing = case.standing(now);
    let progress = standing.progress.as_ref().unwrap();
    let facts = clocks::Facts {
        rulebook: &RULEBOOK,
        kind: "case",
        state: &case.state,
        below: &case.below,
        progress: Some(progress),
    };
    let running = clocks::running(&RULEBOOK, &standing.clocks, at(now));
    let (role, user) = (Role::new(role.to_owned()), model::UserId(crate::common::person(role)));
    let asking = Asking { role: &role, user, day: at(now).date_naive(), partial: &standing.partial };
    look(&guard::choices(&RULEBOOK, "child-protection", &facts, progress, &running, &asking))
}

fn offered(case: &Case, role: &str, now: &str) -> Vec<String> {
    choices(case, role, now, |all| all.iter().map(|choice| choice.step.code.clone()).collect())
}

/// Harm by a stepfather, reported on a Saturday night.
#[test]
fn a_child_in_danger() {
    let mut case = Case::report("2026-11-28 22:40");
    case.say_beside("received_at", said("2026-11-29 05:50"));
    let emergency = |case: &Case, now: &str| case.runs("cp_emergency", now);
    assert_eq!(emergency(&case, "2026-11-28 22:41").unwrap(), "cp_emergency 29/11/2026 10:40 unsettled");
    assert_eq!(case.runs("cp_acknowledge", "2026-11-28 22:41").unwrap(), "cp_acknowledge at once");
    case.did("acknowledge", OFFICER, "2026-11-28 22:52");
    assert_eq!(case.became("cp_acknowledge", "2026-11-28 23:00").unwrap(), "done 28/11/2026 22:52");

    let protection = |case: &mut Case, when: &str, fields: &[(&str, serde_json::Value)]| {
        let at = [("at", said(when)), ("done", json!(true))];
        case.below("protection", when, &[fields, &at].concat());
        case.did("protect", OFFICER, when);
    };
    protection(&mut case, "2026-11-28 23:05", &[("type", json!("police"))]);
    assert!(emergency(&case, "2026-11-28 23:06").is_some(), "that the police know stops nothing");
    case.assessed("2026-11-29 06:30", "high");
    case.did("assess_initial", OFFICER, "2026-11-29 06:30");
    assert_eq!(emergency(&case, "2026-11-29 07:00").unwrap(), "cp_emergency 29/11/2026 10:40");
    assert_eq!(case.became("cp_assess_initial", "2026-11-29 07:00").unwrap(), "done 29/11/2026 06:30");
    let agreed = [("type", json!("shelter")), ("agreed_by", json!("mother"))];
    protection(&mut case, "2026-11-29 08:15", &agreed);
    assert_eq!(case.became("cp_emergency", "2026-11-29 08:16").unwrap(), "done 29/11/2026 08:15");

    case.say("removal", json!(true));
    let decision = |case: &Case, now: &str| case.runs("cp_removal_decision", now);
    assert_eq!(decision(&case, "2026-11-29 09:00").unwrap(), "cp_removal_decision 29/11/2026 10:40");
    let separation = [("form", json!("separation")), ("effective_at", said("2026-11-29 09:30"))];
    case.below("decision", "2026-11-29 09:30", &separation);
    case.did("separate", CHAIRMAN, "2026-11-29 09:30");
    assert_eq!(case.became("cp_removal_decision", "2026-11-29 10:00").unwrap(), "done 29/11/2026 09:30");
    let end = |now: &str| case.runs("cp_removal_end", now).unwrap();
    assert_eq!(end("2026-12-10 23:00"), "cp_removal_end 14/12/2026 23:59");
    assert_eq!(end("2026-12-11 00:00"), "cp_removal_end 14/12/2026 23:59 soon");
    let running = case.running("2026-11-29 10:00");
    let last_day = running.iter().find(|one| one.code == "cp_removal_end").unwrap();
    assert!(!last_day.start_certain && last_day.ground_text(Lang::Vi).contains("mốc bắt đầu chưa xác nhận"));
    // An emergency has no deadline for its plan (Decree 56/2017 art. 28.1).
    let codes: Vec<_> = running.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["cp_removal_end"]);
}

/// Reported on a Monday, and found to be no emergency.
#[test]
fn a_child_whose_risk_is_low() {
    let mut case = Case::report("2026-11-30 09:00");
    assert_eq!(
        case.runs("cp_emergency", "2026-11-30 10:00").unwrap(),
        "cp_emergency 30/11/2026 21:00 unsettled"
    );
    assert_eq!(case.runs("cp_plan", "2026-11-30 10:00"), None);
    case.assessed("2026-11-30 11:00", "low");
    case.did("assess_initial", OFFICER, "2026-11-30 11:00");
    assert_eq!(
        case.became("cp_emergency", "2026-11-30 11:01").unwrap(),
        "no longer applies since 30/11/2026 11:00"
    );
    assert_eq!(case.lines("2026-11-30 11:01"), ["cp_plan 07/12/2026 23:59"]);
    case.did("assess_specific", OFFICER, "2026-12-01 10:00");
    case.below("plan", "2026-12-03 15:30", &[("name", json!("Kế hoạch 1"))]);
    case.did("submit_plan", OFFICER, "2026-12-03 16:00");
    assert_eq!(case.became("cp_plan", "2026-12-03 16:01").unwrap(), "done 03/12/2026 16:00");
    assert_eq!(case.lines("2026-12-03 16:01"), ["cp_plan_approval 07/12/2026 23:59"]);

    // In time it asks for no reason, late it does.
    let approval = |now: &str| {
        choices(&case, CHAIRMAN, now, |all| {
            let choice = all.iter().find(|choice| choice.step.code == "approve_plan").unwrap();
            (choice.late, choice.asks_why, choice.unmet.is_empty())
        })
    };
    assert_eq!(approval("2026-12-07 23:00"), (false, false, true));
    assert_eq!(approval("2026-12-08 09:00"), (true, true, true));
    assert!(!offered(&case, OFFICER, "2026-12-08 09:00").iter().any(|code| code == "approve_plan"));
    case.did("approve_plan", CHAIRMAN, "2026-12-08 09:30");
    assert_eq!(
        case.became("cp_plan_approval", "2026-12-08 10:00").unwrap(),
        "done 08/12/2026 09:30, late by 10 hours"
    );
    assert!(case.lines("2026-12-08 10:00").is_empty());
}

#[test]
fn a_report_before_a_long_weekend() {
    let mut case = Case::report("2026-11-20 09:00");
    case.assessed("2026-11-20 15:00", "low");
    case.did("assess_initial", OFFICER, "2026-11-20 15:00");
    // Tuesday 24/11 is off.
    assert_eq!(case.lines("2026-11-20 15:01"), ["cp_plan 30/11/2026 23:59"]);
}

/// Each thing that is left open is named; nothing of it keeps a case open whose child has died.
#[test]
fn a_plan_ends_once_nothing_is_open() {
    let mut case = Case::report("2026-06-01 09:00");
    case.assessed("2026-06-01 11:00", "low");
    case.say("state", json!("review"));
    let left = |case: &Case| {
        choices(case, CHAIRMAN, "2026-09-01 09:00", |all| {
            let close = all.iter().find(|choice| choice.step.code == "close").unwrap();
            let death = all.iter().find(|choice| choice.step.code == "close_death").unwrap();
            assert!(death.unmet.is_empty() && death.asks_why && close.asks_why);
            close.unmet.iter().map(|unmet| unmet.condition.id.clone()).collect::<Vec<_>>()
        })
    };
    assert_eq!(left(&case), ["cp_no_risk", "cp_stable", "cp_no_open_clock"]);
    let review = |case: &mut Case, when: &str, risk: &str, stable: bool| {
        let fields = [
            ("form", json!("review")),
            ("done_at", said(when)),
            ("risk", json!(risk)),
            ("stable", json!(stable)),
        ];
        case.below("assessment", when, &fields)
    };
    review(&mut case, "2026-08-01 09:00", "low", true);
    assert_eq!(left(&case), ["cp_no_open_clock"]);
    // The last one says otherwise, in whichever order they came.
    review(&mut case, "2026-08-20 09:00", "medium", false);
    assert_eq!(left(&case), ["cp_no_risk", "cp_stable", "cp_no_open_clock"]);
    let last = review(&mut case, "2026-08-25 09:00", "low", true);
    case.beside_below(last, "risk", "2026-08-26 09:00", json!("high"));
    assert_eq!(left(&case), ["cp_no_risk", "cp_no_open_clock"], "while phones disagree it isn't gone");
    case.below[last].1.fields.get_mut("risk").unwrap().heads.truncate(1);
    let text = choices(&case, CHAIRMAN, "2026-09-01 09:00", |all| {
        all.iter().find(|choice| choice.step.code == "close").unwrap().unmet[0].text(Lang::Vi)
    });
    assert_eq!(
        text,
        "Còn hạn theo luật chưa làm xong (Nghị định 56/2017/NĐ-CP Điều 30 (theo thông lệ)): \
         Đánh giá nguy cơ ban đầu, biện pháp an toàn tạm thời (Mẫu số 02); \
         Xây dựng kế hoạch hỗ trợ, can thiệp (Mẫu số 04)"
    );
}

#[test]
fn who_is_not_impartial_is_offered_nothing_and_the_next_one_is() {
    let mut case = Case::report("2026-11-30 09:00");
    case.say("state", json!("approval"));
    let now = "2026-12-01 09:00";
    assert!(offered(&case, CHAIRMAN, now).iter().any(|code| code == "approve_plan"));
    case.is_partial(CHAIRMAN, "2026-12-01 08:00");
    assert!(offered(&case, CHAIRMAN, now).is_empty());
    assert!(offered(&case, DEPUTY, now).iter().any(|code| code == "approve_plan"));
}

/// Where people took different steps nothing leads on but the choice; what protects goes on.
#[test]
fn while_it_is_undecided_only_protection_and_the_choice_are_offered() {
    let mut case = Case::report("2026-11-30 09:00");
    case.say("state", json!("approval"));
    let now = "2026-12-02 09:00";
    assert!(!offered(&case, CHAIRMAN, now).iter().any(|code| code == "settle"));
    case.step("approve_plan", DEPUTY, "2026-12-01 09:00", None, &[]);
    case.step("return_plan", CHAIRMAN, "2026-12-01 10:00", None, &[]);
    let all = offered(&case, CHAIRMAN, now);
    assert!(all.iter().any(|code| code == "settle") && all.iter().any(|code| code == "protect"), "{all:?}");
    for moving in ["approve_plan", "return_plan", "close_death"] {
        assert!(!all.iter().any(|code| code == moving), "{moving}");
    }
}
