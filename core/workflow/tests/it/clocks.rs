//! Legal clocks across nights, weekends and Tết.

use crate::common::{RULEBOOK, at, one_head, state_of};
use casework::{cases, clocks::deadlines};
use model::{CaseId, HouseholdId, RecordState, kind};
use rulebook::{Certainty, Lang, Rulebook};
use serde_json::{Value, json};

fn report(received: &str, more: &[(&str, Value)]) -> RecordState {
    let mut fields = vec![
        ("workflow", json!("child-protection")),
        ("state", json!("intake")),
        ("received_at", json!(received)),
    ];
    fields.extend_from_slice(more);
    state_of(&fields)
}

fn running(case: &RecordState, now: &str) -> Vec<String> {
    let all = deadlines(&RULEBOOK, kind::CASE, case, at(now));
    let line = |d: &casework::clocks::Deadline<'_>| {
        format!("{} {}{}", d.code, d.due_text(Lang::En), if d.overdue { " overdue" } else { "" })
    };
    all.iter().map(line).collect()
}

#[test]
fn an_emergency_runs_twelve_hours_through_the_night() {
    let case = report("2026-11-24T20:30:00+07:00", &[("severity", json!("high"))]);
    assert_eq!(
        running(&case, "2026-11-24T21:00:00+07:00"),
        ["cp_assess_initial at once", "cp_emergency 25/11/2026 08:30"]
    );
    assert_eq!(
        running(&case, "2026-11-25T08:30:01+07:00"),
        ["cp_assess_initial at once overdue", "cp_emergency 25/11/2026 08:30 overdue"]
    );
    // The same moment read off a clock in UTC.
    assert_eq!(running(&case, "2026-11-25T01:30:00Z")[1], "cp_emergency 25/11/2026 08:30");
    let emergency = &deadlines(&RULEBOOK, kind::CASE, &case, at("2026-11-24T21:00:00+07:00"))[1];
    assert!(emergency.ground.contains("Điều 31") && emergency.certainty == Certainty::Confirmed);
    assert!(emergency.responsible.vi.contains("Chủ tịch"));
}

#[test]
fn what_is_unknown_never_lowers_urgency() {
    let codes = |more: &[(&str, Value)]| {
        let case = report("2026-11-24T08:00:00+07:00", more);
        let all = deadlines(&RULEBOOK, kind::CASE, &case, at("2026-11-24T09:00:00+07:00"));
        all.iter().map(|d| d.code).collect::<Vec<_>>()
    };
    let (always, urgent, plan) = ("cp_assess_initial", "cp_emergency", "cp_plan");
    assert_eq!(codes(&[]), [always, urgent, plan]);
    assert_eq!(codes(&[("severity", json!("something new"))]), [always, urgent, plan]);
    assert_eq!(codes(&[("severity", json!("low")), ("urgency", json!("unknown"))]), [always, urgent, plan]);
    assert_eq!(codes(&[("severity", json!("low")), ("urgency", json!("yes"))]), [always, urgent, plan]);
    assert_eq!(codes(&[("severity", json!("medium")), ("urgency", json!("no"))]), [always, plan]);
    assert_eq!(codes(&[("severity", json!("high")), ("urgency", json!("no"))]), [always, urgent]);
}

#[test]
fn five_working_days_leave_out_the_weekend() {
    // Received on a Wednesday.
    let case = report("2026-11-25T15:00:00+07:00", &[("severity", json!("low"))]);
    assert_eq!(running(&case, "2026-11-26T00:00:00+07:00")[1], "cp_plan 02/12/2026 23:59");
    // Received on a Saturday: Monday is the first day.
    let case = report("2026-11-28T15:00:00+07:00", &[("severity", json!("low"))]);
    assert_eq!(running(&case, "2026-11-29T00:00:00+07:00")[1], "cp_plan 04/12/2026 23:59");
}

#[test]
fn five_working_days_leave_out_tet() {
    // Thursday 12/02/2026; Tết from Monday 16 to Friday 20.
    let case = report("2026-02-12T10:00:00+07:00", &[("severity", json!("medium"))]);
    assert_eq!(running(&case, "2026-02-13T00:00:00+07:00")[1], "cp_plan 26/02/2026 23:59");
    assert!(running(&case, "2026-02-26T23:00:00+07:00")[1].ends_with("23:59"));
    assert!(running(&case, "2026-02-27T00:00:00+07:00")[1].ends_with("overdue"));
}

/// `packs/quoc_gia/calendar.csv`: the culture day of 24/11/2026 is off; Saturday 22/8/2026 is worked for Monday 31/8.
#[test]
fn working_days_follow_the_calendar_and_not_the_week_alone() {
    let plan = |received: &str| {
        let case = report(received, &[("severity", json!("low"))]);
        running(&case, received)[1].clone()
    };
    assert_eq!(plan("2026-11-20T09:00:00+07:00"), "cp_plan 30/11/2026 23:59");
    // Thursday 20/8: Friday, the worked Saturday, Monday, Tuesday, Wednesday.
    assert_eq!(plan("2026-08-20T09:00:00+07:00"), "cp_plan 26/08/2026 23:59");
    // Thursday 27/8: Friday; then 31/8, 1/9 and 2/9 are off.
    assert_eq!(plan("2026-08-27T09:00:00+07:00"), "cp_plan 08/09/2026 23:59");
}

#[test]
fn a_deadline_that_counts_days_of_a_year_without_an_official_calendar_is_provisional() {
    let case = report("2026-12-28T09:00:00+07:00", &[("severity", json!("low"))]);
    let now = at("2026-12-28T10:00:00+07:00");
    let texts = |lang| {
        deadlines(&RULEBOOK, kind::CASE, &case, now).iter().map(|d| d.due_text(lang)).collect::<Vec<_>>()
    };
    assert_eq!(texts(Lang::Vi)[1], "05/01/2027 23:59 (tạm tính)");
    assert_eq!(texts(Lang::En)[1], "05/01/2027 23:59 (provisional)");
    // Hours run whatever the calendar says.
    let urgent = report("2026-12-31T20:00:00+07:00", &[("severity", json!("high"))]);
    assert_eq!(running(&urgent, "2026-12-31T21:00:00+07:00")[1], "cp_emergency 01/01/2027 08:00");
}

#[test]
fn where_phones_disagree_the_more_pressing_value_counts() {
    let mut case = report("2026-11-24T12:00:00+07:00", &[("severity", json!("low"))]);
    let mut add = |field: &str, value: Value| {
        case.fields.get_mut(field).unwrap().heads.extend(one_head(900, value).heads);
    };
    add("received_at", json!("2026-11-24T06:00:00+07:00"));
    add("severity", json!("high"));
    add("state", json!("closed"));
    assert_eq!(running(&case, "2026-11-24T13:00:00+07:00")[1], "cp_emergency 24/11/2026 18:00");
}

#[test]
fn clocks_end_with_the_step_that_meets_them_and_with_the_case() {
    let case = |state: &str| {
        let more = [("severity", json!("low")), ("plan_submitted_at", json!("2026-11-26T10:00:00+07:00"))];
        let mut case = report("2026-11-24T08:00:00+07:00", &more);
        case.fields.insert("state".into(), one_head(1, json!(state)));
        case
    };
    let now = "2026-11-26T11:00:00+07:00";
    assert_eq!(
        running(&case("plan"), now),
        ["cp_plan_approval 30/11/2026 23:59", "cp_plan 01/12/2026 23:59"]
    );
    assert!(running(&case("implement"), now).is_empty());
    assert!(running(&case("closed"), now).is_empty());
    assert_eq!(running(&case("a state of a later version"), now).len(), 3);
    assert!(!RULEBOOK.is_open("case", &case("closed")));
    assert!(
        RULEBOOK.is_open("case", &case("plan"))
            && RULEBOOK.is_open("case", &case("a state of a later version"))
    );
}

#[test]
fn law_holds_from_its_day_on() {
    let case = report("2017-06-30T08:00:00+07:00", &[("severity", json!("high"))]);
    assert!(running(&case, "2017-06-30T09:00:00+07:00").is_empty());
    assert!(running(&report("not a time", &[]), "2026-11-24T09:00:00+07:00").is_empty());
}

#[test]
fn an_ordinary_case_follows_the_other_workflow() {
    let household = HouseholdId(crate::common::id(1));
    let now = at("2026-11-24T09:00:00+07:00");
    let edit = cases::open(&RULEBOOK, CaseId(crate::common::id(2)), household, "Cần hỗ trợ sinh kế", now);
    assert_eq!(edit.parent.unwrap().to_string(), format!("household:{household}"));
    let fields: Vec<_> = edit.fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let mut case = state_of(&fields);
    assert_eq!(
        RULEBOOK.title(&CaseId(crate::common::id(2)).reference(), &case, [], Lang::Vi),
        "Quản lý trường hợp · Cần hỗ trợ sinh kế"
    );
    assert_eq!(RULEBOOK.state_label("case", &case, Lang::Vi), "Thu thập thông tin, đánh giá nhu cầu");
    assert!(deadlines(&RULEBOOK, kind::CASE, &case, now).is_empty());

    case.fields.insert("returned".into(), one_head(1, json!(true)));
    case.fields.insert("returned_home_at".into(), one_head(2, json!("2026-08-31T10:00:00+07:00")));
    assert_eq!(
        running(&case, "2026-11-24T09:00:00+07:00"),
        ["ad_returned_followup 01/03/2027 23:59 (provisional)"]
    );
}

#[test]
fn a_case_about_a_child_is_never_called_by_a_name() {
    let case = report("2026-11-24T08:00:00+07:00", &[("name", json!("Giàng Thị Dung"))]);
    assert_eq!(
        RULEBOOK.title(&CaseId(crate::common::id(2)).reference(), &case, [], Lang::Vi),
        "Bảo vệ trẻ em · 24/11/2026"
    );
    assert_eq!(RULEBOOK.state_label("case", &case, Lang::En), "Report received");
}

/// The decision on a removal is made once the child was removed; then the removal's own time runs.
#[test]
fn a_clock_is_met_by_what_a_field_says() {
    let mut case = report("2026-11-24T08:00:00+07:00", &[("removal", json!(true))]);
    let removal = |case: &RecordState| {
        let mut all = running(case, "2026-11-24T12:00:00+07:00");
        all.retain(|line| line.starts_with("cp_removal"));
        all
    };
    assert_eq!(removal(&case), ["cp_removal_decision 24/11/2026 20:00"]);
    case.fields.insert("removed_at".into(), one_head(1, json!("2026-11-24T11:00:00+07:00")));
    assert_eq!(removal(&case), ["cp_removal_end 09/12/2026 23:59"]);
    case.fields.insert("removed_at".into(), one_head(2, Value::Null));
    assert_eq!(removal(&case), ["cp_removal_decision 24/11/2026 20:00"], "taken back");
}

/// A clock of a law that is for days past runs once the law is in force.
#[test]
fn a_clock_runs_from_when_it_may_be_acted_by() {
    let table = include_str!("../../../../packs/quoc_gia/clocks.csv");
    let row = table.lines().find(|line| line.starts_with("cp_plan,")).unwrap();
    let later = table.replace(row, &format!("{row}2026-12-05"));
    let rulebook = Rulebook::with(&[("clocks.csv", &later)]).unwrap();
    let case = report("2026-12-02T08:00:00+07:00", &[]);
    let runs = |now: &str| {
        deadlines(&rulebook, kind::CASE, &case, at(now)).iter().any(|deadline| deadline.code == "cp_plan")
    };
    assert!(!runs("2026-12-04T23:59:00+07:00"));
    assert!(runs("2026-12-05T00:00:00+07:00"));
}

#[test]
fn what_the_law_leaves_open_is_told_beside_its_article() {
    let case = report("2026-11-24T08:00:00+07:00", &[]);
    let all = deadlines(&RULEBOOK, kind::CASE, &case, at("2026-11-24T09:00:00+07:00"));
    let ground = |code: &str| all.iter().find(|one| one.code == code).unwrap().ground_text(Lang::Vi);
    assert_eq!(ground("cp_assess_initial"), "Nghị định 56/2017/NĐ-CP Điều 26 khoản 2 (theo thông lệ)");
    assert_eq!(ground("cp_plan"), "Nghị định 56/2017/NĐ-CP Điều 28 khoản 1 (mốc bắt đầu chưa xác nhận)");
    assert_eq!(ground("cp_emergency"), "Nghị định 56/2017/NĐ-CP Điều 26 khoản 3, Điều 31 khoản 2");
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
    let due = |said: &[(&str, &str)]| {
        let fields: Vec<_> = said.iter().map(|(name, value)| (*name, json!(value))).collect();
        let all = deadlines(&rulebook, "wheelchair", &state_of(&fields), at("2026-11-24T09:00:00+07:00"));
        all.iter().map(|deadline| (deadline.code.to_owned(), deadline.due_text(Lang::Vi))).collect::<Vec<_>>()
    };
    let asked = ("asked_at", "2026-11-20T08:00:00+07:00");
    assert_eq!(due(&[asked]), [("lend".to_owned(), "30/11/2026 23:59".to_owned())]);
    assert_eq!(due(&[asked, ("lent_at", "2026-11-22T08:00:00+07:00")]), []);
    assert_eq!(due(&[asked, ("workflow", "adult")]), [], "its own word counts");
}
