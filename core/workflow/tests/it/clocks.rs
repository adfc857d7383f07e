//! Legal clocks across nights, weekends and Tết, and what meets them.

use crate::common::{ADULT, CHAIRMAN, CHILD, Case, OFFICER, RULEBOOK, at, said};
use rulebook::{Certainty, Lang, Rulebook};
use serde_json::{Value, json};
use workflow::{
    clocks::{self, Facts},
    of_fields,
};

const EMERGENCY: &str = "cp_emergency";

/// A report with an assessment by form 02 right after it.
fn low(received: &str) -> Case {
    let mut case = Case::report(received);
    case.assessed(received, "low");
    case
}

#[test]
fn an_emergency_runs_twelve_hours_through_the_night() {
    let case = Case::report("2026-11-24 20:30");
    assert_eq!(
        case.lines("2026-11-24 21:00"),
        ["cp_acknowledge at once", "cp_assess_initial at once", "cp_emergency 25/11/2026 08:30 unsettled"]
    );
    assert_eq!(
        case.lines("2026-11-25 08:31"),
        [
            "cp_acknowledge at once overdue",
            "cp_assess_initial at once",
            "cp_emergency 25/11/2026 08:30 overdue unsettled"
        ]
    );
    let running = case.running("2026-11-24 21:00");
    let emergency = running.iter().find(|one| one.code == EMERGENCY).unwrap();
    assert!(emergency.ground.contains("Điều 31") && emergency.certainty == Certainty::Confirmed);
    assert!(emergency.responsible.vi.contains("Chủ tịch"));
    // The same moment read off a clock in UTC.
    let utc = "2026-11-25T01:30:00Z".parse().unwrap();
    let running = clocks::running(&RULEBOOK, &case.standing("2026-11-25 08:30").clocks, utc);
    let emergency = running.iter().find(|one| one.code == EMERGENCY).unwrap();
    assert_eq!((emergency.due_text(Lang::En).as_str(), emergency.overdue), ("25/11/2026 08:30", false));
}

/// Whatever the receiver thinks: only form 02 rules it out (Decree 56/2017 art. 26.2).
#[test]
fn what_is_unknown_never_lowers_urgency() {
    for (severity, urgency) in [
        (Value::Null, Value::Null),
        (json!("something new"), Value::Null),
        (json!("low"), json!("unknown")),
        (json!("low"), json!("yes")),
        (json!("low"), json!("no")),
        (json!("medium"), json!("no")),
        (json!("high"), json!("no")),
    ] {
        let mut case = Case::report("2026-11-24 08:00");
        case.say("severity", severity);
        case.say("urgency", urgency);
        let codes: Vec<_> = case.running("2026-11-24 08:30").iter().map(|one| one.code).collect();
        assert_eq!(codes, ["cp_acknowledge", "cp_assess_initial", EMERGENCY]);
    }
}

#[test]
fn an_emergency_is_for_the_time_being_until_it_is_assessed() {
    let now = "2026-11-30 11:30";
    let with = |assessments: &[(&str, &str)]| {
        let mut case = Case::report("2026-11-30 09:00");
        for (form, risk) in assessments {
            let fields =
                [("form", json!(form)), ("risk", json!(risk)), ("done_at", said("2026-11-30 11:00"))];
            case.below("assessment", "2026-11-30 11:00", &fields);
        }
        case
    };
    let runs = |assessments: &[(&str, &str)]| with(assessments).runs(EMERGENCY, now);
    let (stands, unsettled) = (
        Some("cp_emergency 30/11/2026 21:00".into()),
        Some("cp_emergency 30/11/2026 21:00 unsettled".into()),
    );
    assert_eq!(runs(&[]), unsettled);
    assert_eq!(runs(&[("initial", "high")]), stands);
    for risk in ["low", "medium"] {
        assert_eq!(runs(&[("initial", risk)]), None, "{risk}");
        assert_eq!(
            with(&[("initial", risk)]).became(EMERGENCY, now).unwrap(),
            "no longer applies since 30/11/2026 11:00"
        );
        assert_eq!(runs(&[("specific", risk)]), unsettled, "another form");
    }
    assert_eq!(runs(&[("initial", "")]), unsettled, "it concludes nothing");
    assert_eq!(runs(&[("initial", "low"), ("initial", "high")]), stands, "another one finds danger");
}

/// Two phones wrote another conclusion into the same assessment.
#[test]
fn nothing_is_ruled_out_while_one_says_otherwise() {
    let mut case = Case::report("2026-11-30 09:00");
    let assessment = case.assessed("2026-11-30 11:00", "low");
    case.beside_below(assessment, "risk", "2026-11-30 11:20", json!("high"));
    assert_eq!(case.runs(EMERGENCY, "2026-11-30 11:30").unwrap(), "cp_emergency 30/11/2026 21:00 unsettled");
    assert!(case.runs("cp_plan", "2026-11-30 11:30").is_some(), "and the plan is due, in case it is low");
}

#[test]
fn harm_that_was_stopped_meets_an_emergency_and_the_police_alone_does_not() {
    let (received, now) = ("2026-11-28 22:40", "2026-11-29 09:00");
    let after = |fields: &[(&str, Value)]| {
        let mut case = Case::report(received);
        case.below("protection", "2026-11-29 08:20", fields);
        case.became(EMERGENCY, now).unwrap()
    };
    let at = ("at", said("2026-11-29 08:15"));
    let kind = |kind: &str| ("type", json!(kind));
    let is = |name: &'static str, yes: bool| (name, json!(yes));
    let runs = "for the time being, until it is assessed";
    let done = "done 29/11/2026 08:15";
    assert_eq!(after(&[kind("police"), at.clone(), is("done", true)]), runs);
    assert_eq!(after(&[kind("medical"), at.clone(), is("done", true)]), runs);
    assert_eq!(after(&[kind("police"), at.clone(), is("done", true), is("harm_stopped", false)]), runs);
    assert_eq!(after(&[kind("police"), at.clone(), is("done", true), is("harm_stopped", true)]), done);
    assert_eq!(after(&[kind("shelter"), at.clone(), is("done", false)]), runs);
    assert_eq!(after(&[kind("shelter"), at.clone()]), runs);
    assert_eq!(after(&[kind("shelter"), at.clone(), is("done", true)]), done);
    // Without a time it is when it was written down.
    assert_eq!(after(&[kind("shelter"), is("done", true)]), "done 29/11/2026 08:20");
    // A record that was taken out says nothing.
    assert_eq!(after(&[kind("shelter"), at, is("done", true), is("removed", true)]), runs);

    let mut case = Case::report(received);
    let late = [kind("shelter"), ("at", said("2026-11-29 11:10")), is("done", true)];
    case.below("protection", "2026-11-29 11:20", &late);
    assert_eq!(
        case.became(EMERGENCY, "2026-11-29 12:00").unwrap(),
        "done 29/11/2026 11:10, late by 30 minutes"
    );
}

#[test]
fn it_runs_on_where_phones_disagree_whether_the_child_is_safe() {
    let mut case = Case::report("2026-11-28 22:40");
    let fields = [("type", json!("shelter")), ("at", said("2026-11-29 08:15")), ("done", json!(true))];
    let shelter = case.below("protection", "2026-11-29 08:15", &fields);
    let now = "2026-11-29 09:00";
    assert_eq!(case.runs(EMERGENCY, now), None);
    case.beside_below(shelter, "done", "2026-11-29 08:30", json!(false));
    assert!(case.runs(EMERGENCY, now).is_some());
    case.below[shelter].1.fields.get_mut("done").unwrap().heads.truncate(1);
    // When it was done the later one counts: it may have been late.
    case.beside_below(shelter, "at", "2026-11-29 08:30", said("2026-11-29 10:50"));
    assert_eq!(
        case.became(EMERGENCY, "2026-11-29 11:00").unwrap(),
        "done 29/11/2026 10:50, late by 10 minutes"
    );
}

#[test]
fn five_working_days_leave_out_the_weekend() {
    let plan = |received: &str| low(received).runs("cp_plan", received).unwrap();
    // Received on a Wednesday.
    assert_eq!(plan("2026-11-25 15:00"), "cp_plan 02/12/2026 23:59");
    // Received on a Saturday: Monday is the first day.
    assert_eq!(plan("2026-11-28 15:00"), "cp_plan 04/12/2026 23:59");
}

#[test]
fn five_working_days_leave_out_tet() {
    // Thursday 12/02/2026; Tết from Monday 16 to Friday 20.
    let case = low("2026-02-12 10:00");
    let plan = |now: &str| case.runs("cp_plan", now).unwrap();
    assert_eq!(plan("2026-02-13 00:00"), "cp_plan 26/02/2026 23:59");
    assert_eq!(plan("2026-02-26 23:00"), "cp_plan 26/02/2026 23:59 soon");
    assert_eq!(plan("2026-02-27 00:00"), "cp_plan 26/02/2026 23:59 overdue soon");
}

/// `packs/quoc_gia/calendar.csv`: the culture day of 24/11/2026 is off; Saturday 22/8/2026 is worked for Monday 31/8.
#[test]
fn working_days_follow_the_calendar_and_not_the_week_alone() {
    let plan = |received: &str| low(received).runs("cp_plan", received).unwrap();
    assert_eq!(plan("2026-11-20 09:00"), "cp_plan 30/11/2026 23:59");
    // Thursday 20/8: Friday, the worked Saturday, Monday, Tuesday, Wednesday.
    assert_eq!(plan("2026-08-20 09:00"), "cp_plan 26/08/2026 23:59");
    // Thursday 27/8: Friday; then 31/8, 1/9 and 2/9 are off.
    assert_eq!(plan("2026-08-27 09:00"), "cp_plan 08/09/2026 23:59");
}

#[test]
fn a_deadline_that_counts_days_of_a_year_without_an_official_calendar_is_provisional() {
    let case = low("2026-12-28 09:00");
    let text = |lang| {
        let running = case.running("2026-12-28 10:00");
        running.iter().find(|one| one.code == "cp_plan").unwrap().due_text(lang)
    };
    assert_eq!(text(Lang::Vi), "05/01/2027 23:59 (tạm tính)");
    assert_eq!(text(Lang::En), "05/01/2027 23:59 (provisional)");
    // Hours run whatever the calendar says.
    let urgent = Case::report("2026-12-31 20:00");
    assert_eq!(
        urgent.runs(EMERGENCY, "2026-12-31 21:00").unwrap(),
        "cp_emergency 01/01/2027 08:00 unsettled"
    );
}

#[test]
fn where_phones_disagree_the_earliest_receipt_counts() {
    let mut case = Case::report("2026-11-28 22:40");
    case.say_beside("received_at", said("2026-11-29 05:50"));
    assert_eq!(case.runs(EMERGENCY, "2026-11-29 06:00").unwrap(), "cp_emergency 29/11/2026 10:40 unsettled");
    case.say_beside("received_at", said("2026-11-28 21:00"));
    assert_eq!(case.runs(EMERGENCY, "2026-11-29 06:00").unwrap(), "cp_emergency 29/11/2026 09:00 unsettled");
    // A state that one wrote into the case from before ends nothing.
    case.say_beside("state", json!("closed"));
    assert!(case.runs(EMERGENCY, "2026-11-29 06:00").is_some());
}

/// What is due at once is late after the time of its row, not at midnight.
#[test]
fn an_at_once_duty_is_not_late_at_midnight() {
    let case = Case::report("2026-12-31 23:50");
    let initial = |now: &str| case.runs("cp_assess_initial", now).unwrap();
    assert_eq!(initial("2027-01-01 00:10"), "cp_assess_initial at once");
    assert_eq!(initial("2027-01-01 23:50"), "cp_assess_initial at once");
    assert_eq!(initial("2027-01-01 23:51"), "cp_assess_initial at once overdue");
    assert_eq!(case.runs("cp_acknowledge", "2027-01-01 00:50").unwrap(), "cp_acknowledge at once");
    assert_eq!(case.runs("cp_acknowledge", "2027-01-01 00:51").unwrap(), "cp_acknowledge at once overdue");
}

#[test]
fn clocks_end_with_the_step_that_meets_them_and_with_the_case() {
    let mut case = low("2026-11-24 08:00");
    let now = "2026-11-26 11:00";
    let codes = |case: &Case| case.running(now).iter().map(|one| one.code.to_owned()).collect::<Vec<_>>();
    assert_eq!(codes(&case), ["cp_assess_initial", "cp_plan"]);
    case.did("assess_initial", OFFICER, "2026-11-24 08:40");
    assert_eq!(codes(&case), ["cp_plan"]);
    assert_eq!(case.became("cp_assess_initial", now).unwrap(), "done 24/11/2026 08:40");
    case.did("assess_specific", OFFICER, "2026-11-25 09:00");
    case.did("submit_plan", OFFICER, "2026-11-26 10:00");
    assert_eq!(case.lines(now), ["cp_plan_approval 30/11/2026 23:59"]);
    case.did("close_death", CHAIRMAN, "2026-11-26 10:30");
    assert!(codes(&case).is_empty());
    assert_eq!(case.became("cp_plan_approval", now).unwrap(), "ended with the case");

    // A case from before stands where its field says, and meets nothing by that.
    let from_before = |state: &str| {
        let mut case = low("2026-11-24 08:00");
        case.say("state", json!(state));
        codes(&case)
    };
    assert_eq!(from_before("implement"), ["cp_assess_initial", "cp_plan"]);
    assert_eq!(from_before("a state of a later version"), ["cp_assess_initial", "cp_plan"]);
    assert!(from_before("closed").is_empty());
}

/// A step that has no effect meets nothing.
#[test]
fn what_was_not_allowed_meets_no_clock() {
    let mut case = low("2026-11-30 09:00");
    case.did("assess_initial", "auditor", "2026-11-30 09:30");
    case.did("submit_plan", OFFICER, "2026-11-30 10:00");
    assert!(case.runs("cp_assess_initial", "2026-11-30 11:00").is_some());
    assert!(case.runs("cp_plan", "2026-11-30 11:00").is_some());
    assert!(case.runs("cp_plan_approval", "2026-11-30 11:00").is_none());
}

#[test]
fn a_new_round_starts_the_approval_anew() {
    let mut case = low("2026-11-30 09:00");
    case.say("state", json!("plan"));
    case.did("submit_plan", OFFICER, "2026-12-01 10:00");
    let approval = |case: &Case, now: &str| case.runs("cp_plan_approval", now);
    assert_eq!(approval(&case, "2026-12-02 10:00").unwrap(), "cp_plan_approval 03/12/2026 23:59 soon");
    case.did("approve_plan", CHAIRMAN, "2026-12-02 11:00");
    assert_eq!(approval(&case, "2026-12-02 12:00"), None);
    case.did("review", OFFICER, "2027-03-01 10:00");
    case.did("again", OFFICER, "2027-03-01 11:00");
    assert_eq!(approval(&case, "2027-03-02 10:00"), None);
    case.did("submit_plan", OFFICER, "2027-03-04 10:00");
    assert_eq!(
        approval(&case, "2027-03-04 11:00").unwrap(),
        "cp_plan_approval 08/03/2027 23:59 (provisional)"
    );
    // What was sent back is met, and handed in again begins anew.
    case.did("return_plan", CHAIRMAN, "2027-03-05 09:00");
    assert_eq!(approval(&case, "2027-03-05 11:00"), None);
    case.did("submit_plan", OFFICER, "2027-03-05 15:00");
    assert_eq!(
        approval(&case, "2027-03-05 16:00").unwrap(),
        "cp_plan_approval 09/03/2027 23:59 (provisional)"
    );
}

#[test]
fn law_holds_from_its_day_on() {
    assert!(Case::report("2017-06-30 08:00").lines("2017-06-30 09:00").is_empty());
    let unreadable = Case::new(CHILD, &[("received_at", json!("not a time")), ("state", json!("intake"))]);
    // When it was said is all that is known: the beginning of time, before the law.
    assert!(unreadable.lines("2026-11-24 09:00").is_empty());
}

#[test]
fn a_case_from_before_begins_where_its_field_says() {
    let mut case = Case::new(ADULT, &[("state", json!("implement"))]);
    assert_eq!(case.standing("2026-11-24 09:00").progress.unwrap().state, "implement");
    assert!(case.lines("2026-11-24 09:00").is_empty());
    case.say("returned", json!(true));
    case.say("returned_home_at", said("2026-08-31 10:00"));
    // Sunday 28/02 rolls; the year has no official calendar yet.
    assert_eq!(case.lines("2026-11-24 09:00"), ["ad_returned_followup 01/03/2027 23:59 (provisional)"]);
    case.say("state", json!("closed"));
    assert!(case.lines("2026-11-24 09:00").is_empty());
}

/// The decision on a removal is made once the child was removed; then the removal's own time runs.
#[test]
fn a_clock_is_met_by_what_a_field_says() {
    let mut case = Case::report("2026-11-24 08:00");
    case.say("removal", json!(true));
    let removal = |case: &Case| {
        let mut all = case.lines("2026-11-24 12:00");
        all.retain(|line| line.starts_with("cp_removal"));
        all
    };
    assert_eq!(removal(&case), ["cp_removal_decision 24/11/2026 20:00"]);
    case.say("removed_at", said("2026-11-24 11:00"));
    assert_eq!(removal(&case), ["cp_removal_end 09/12/2026 23:59"]);
    case.say("removed_at", Value::Null);
    assert_eq!(removal(&case), ["cp_removal_decision 24/11/2026 20:00"], "taken back");
}

#[test]
fn a_removal_is_reminded_of_and_a_second_one_runs_again() {
    let mut case = Case::report("2026-11-28 22:40");
    let decided = |case: &mut Case, form: &str, from: &str| {
        case.below("decision", from, &[("form", json!(form)), ("effective_at", said(from))])
    };
    decided(&mut case, "separation", "2026-11-29 09:30");
    let end = |case: &Case, now: &str| case.runs("cp_removal_end", now);
    assert_eq!(end(&case, "2026-12-10 23:59").unwrap(), "cp_removal_end 14/12/2026 23:59");
    assert_eq!(end(&case, "2026-12-11 00:00").unwrap(), "cp_removal_end 14/12/2026 23:59 soon");
    assert_eq!(end(&case, "2026-12-15 00:00").unwrap(), "cp_removal_end 14/12/2026 23:59 overdue soon");
    case.did("end_separation", CHAIRMAN, "2026-12-05 09:00");
    assert_eq!(end(&case, "2026-12-06 09:00"), None);
    decided(&mut case, "separation", "2026-12-10 09:00");
    assert_eq!(end(&case, "2026-12-10 10:00").unwrap(), "cp_removal_end 25/12/2026 23:59");
    decided(&mut case, "separation_prolonged", "2026-12-24 09:00");
    assert_eq!(
        case.became("cp_removal_end", "2026-12-26 09:00").unwrap(),
        "no longer applies since 24/12/2026 09:00"
    );
}

/// A month that is too short for its day shortens no later one.
#[test]
fn what_repeats_is_counted_from_its_beginning() {
    let mut case = Case::report("2026-08-01 08:00");
    case.below("placement", "2026-08-31 10:00", &[("from", said("2026-08-31 10:00"))]);
    let next = |case: &Case, now: &str| case.runs("cp_care_report", now).unwrap();
    let report = |case: &mut Case, at: &str| {
        case.below("care_report", at, &[("at", said(at)), ("reason", json!("six_months"))]);
    };
    assert_eq!(next(&case, "2026-09-01 09:00"), "cp_care_report 28/02/2027 23:59");
    assert_eq!(next(&case, "2027-02-14 09:00"), "cp_care_report 28/02/2027 23:59 soon");
    report(&mut case, "2027-02-27 09:00");
    assert_eq!(next(&case, "2027-03-01 09:00"), "cp_care_report 31/08/2027 23:59");
    report(&mut case, "2027-08-30 09:00");
    assert_eq!(next(&case, "2027-09-01 09:00"), "cp_care_report 29/02/2028 23:59");
    // Late for this one: the next stays where it is.
    report(&mut case, "2028-03-20 09:00");
    assert_eq!(next(&case, "2028-03-21 09:00"), "cp_care_report 31/08/2028 23:59");
    // Several were left out: none of them is asked for any more.
    report(&mut case, "2030-01-10 09:00");
    assert_eq!(next(&case, "2030-01-11 09:00"), "cp_care_report 28/02/2030 23:59");
    // Somebody else cares for the child: all begins anew.
    case.below("placement", "2030-01-20 10:00", &[("from", said("2030-01-20 10:00"))]);
    assert_eq!(next(&case, "2030-01-21 09:00"), "cp_care_report 20/07/2030 23:59");
}

/// A clock of a law that is for days past runs once the law is in force.
#[test]
fn a_clock_runs_from_when_it_may_be_acted_by() {
    let table = include_str!("../../../../packs/quoc_gia/clocks.csv");
    let row = table.lines().find(|line| line.starts_with("cp_plan,")).unwrap();
    let later = table.replace(row, &format!("{row}2026-12-05"));
    let mut case = low("2026-12-02 08:00");
    case.rulebook = Rulebook::with(&[("clocks.csv", &later)]).unwrap();
    assert!(case.runs("cp_plan", "2026-12-04 23:59").is_none());
    assert!(case.runs("cp_plan", "2026-12-05 00:00").is_some());
}

#[test]
fn what_the_law_leaves_open_is_told_beside_its_article() {
    let mut case = low("2026-11-24 08:00");
    let now = "2026-11-24 09:00";
    let ground = |case: &Case, code: &str| {
        case.running(now).iter().find(|one| one.code == code).unwrap().ground_text(Lang::Vi)
    };
    assert_eq!(ground(&case, "cp_assess_initial"), "Nghị định 56/2017/NĐ-CP Điều 26 khoản 2 (theo thông lệ)");
    assert_eq!(
        ground(&case, "cp_plan"),
        "Nghị định 56/2017/NĐ-CP Điều 28 khoản 1 (mốc bắt đầu chưa xác nhận)"
    );
    case.below.clear();
    assert_eq!(ground(&case, EMERGENCY), "Nghị định 56/2017/NĐ-CP Điều 26 khoản 3, Điều 31 khoản 2");
}

#[test]
fn a_clock_runs_for_whatever_moves_by_its_workflow() {
    let plus = |table: &str, row: &str| {
        let pack = rulebook::Pack::built_in();
        format!("{}{row}\n", String::from_utf8_lossy(pack.file(table).unwrap()))
    };
    let tables = [
        ("codes.csv", plus("codes.csv", "workflow,lending,Cho mượn,Lending,3,")),
        (
            "kinds.csv",
            plus(
                "kinds.csv",
                "wheelchair,person,inherit,Xe lăn,Wheelchair,Xe lăn,Wheelchairs,${asked_at},,,lending,,,,40",
            ),
        ),
        (
            "fields.csv",
            plus(
                "fields.csv",
                "wheelchair,asked_at,datetime,,Ngày đề nghị,Asked at,,value,open,,fact,,,,\n\
                 wheelchair,lent_at,datetime,,Ngày giao,Lent at,,value,open,,fact,,,,",
            ),
        ),
        (
            "case_states.csv",
            plus(
                "case_states.csv",
                "asked,lending,1,yes,Đã đề nghị,Asked,Thông tư 02/2020/TT-BLĐTBXH\nclosed,lending,2,no,Đã xong,Done,Thông tư 02/2020/TT-BLĐTBXH",
            ),
        ),
        (
            "clocks.csv",
            plus(
                "clocks.csv",
                "lend,lending,field:wheelchair.asked_at,field:wheelchair.lent_at,,10,days,,no,always,,no,,,,,yes,\
                 Giao xe lăn,Lend the wheelchair,Xã,Commune,Thông tư 02/2020/TT-BLĐTBXH,practice,2026-01-01,,",
            ),
        ),
    ];
    let tables: Vec<_> = tables.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let rulebook = Rulebook::with(&tables).unwrap();
    let due = |fields: &[(&str, Value)]| {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let all = clocks::alone(&rulebook, "wheelchair", &of_fields(&fields), at("2026-11-24 09:00"));
        all.iter().map(|deadline| (deadline.code.to_owned(), deadline.due_text(Lang::Vi))).collect::<Vec<_>>()
    };
    let asked = ("asked_at", said("2026-11-20 08:00"));
    assert_eq!(due(std::slice::from_ref(&asked)), [("lend".to_owned(), "30/11/2026 23:59".to_owned())]);
    assert_eq!(due(&[asked.clone(), ("lent_at", said("2026-11-22 08:00"))]), []);
    assert_eq!(due(&[asked, ("workflow", json!("adult"))]), [], "its own word counts");
    let state = of_fields(&[("asked_at".to_owned(), said("2026-11-20 08:00"))].into());
    let facts = Facts { rulebook: &rulebook, kind: "household", state: &state, below: &[], progress: None };
    assert!(clocks::of(&facts, at("2026-11-24 09:00").date_naive()).is_empty(), "nothing that moves");
}
