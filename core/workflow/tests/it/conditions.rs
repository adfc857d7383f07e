//! What keeps a general case from being closed: a condition that is asked under another, and one that waits for a deadline.

use crate::common::{ADULT, Case, RULEBOOK, at, said};
use rulebook::Lang;
use serde_json::json;
use workflow::{clocks, guard};

/// What is told of each condition of a step that doesn't hold, by its id.
fn unmet(case: &Case, action: &str, now: &str) -> Vec<(String, String)> {
    let standing = case.standing(now);
    let facts = clocks::Facts {
        rulebook: &RULEBOOK,
        kind: "case",
        state: &case.state,
        below: &case.below,
        progress: standing.progress.as_ref(),
    };
    let running = clocks::running(&RULEBOOK, &standing.clocks, at(now));
    let step = RULEBOOK.step(ADULT, action, at(now).date_naive()).row.unwrap();
    let unmet = guard::unmet(&RULEBOOK, step, &facts, &running);
    unmet.iter().map(|one| (one.condition.id.clone(), one.text(Lang::En))).collect()
}

fn ids(case: &Case, now: &str) -> Vec<String> {
    unmet(case, "close", now).into_iter().map(|(id, _)| id).collect()
}

/// Minutes that all sides signed.
fn agreed(case: &mut Case, when: &str, client: &str) {
    let signed =
        [("signed_manager", json!(true)), ("signed_client", json!(client)), ("signed_head", json!(true))];
    case.below("minutes", when, &[&signed[..], &[("at", said(when)), ("agreed", json!(true))]].concat());
}

fn proposed(case: &mut Case, when: &str, reason: &str) -> usize {
    case.below("closing", when, &[("at", said(when)), ("reason", json!(reason))])
}

#[test]
fn what_is_asked_goes_by_the_reason() {
    let now = "2026-12-10 09:00";
    for (reason, missing) in [
        ("client_request", &[][..]),
        ("decision_of_head", &[]),
        ("mutual_agreement", &[]),
        ("died_or_missing", &[]),
        ("moved_away", &["ad_handed_over"]),
        ("goal_met", &["ad_evaluated", "ad_goals"]),
        ("no_contact_1_month", &["ad_attempts", "ad_not_reached", "ad_month_over", "ad_supervisor"]),
    ] {
        let mut case = Case::new(ADULT, &[("state", json!("collect_assess"))]);
        agreed(&mut case, "2026-12-09 09:00", "signed");
        assert!(ids(&case, now).contains(&"ad_proposed".to_owned()), "{reason}");
        proposed(&mut case, "2026-12-09 10:00", reason);
        assert_eq!(ids(&case, now), missing, "{reason}");
    }
}

/// Where two phones say two reasons of one form, what either asks for is asked.
#[test]
fn of_two_reasons_both_are_asked() {
    let now = "2026-12-10 09:00";
    let mut case = Case::new(ADULT, &[("state", json!("collect_assess"))]);
    agreed(&mut case, "2026-12-09 09:00", "signed");
    let closing = proposed(&mut case, "2026-12-09 10:00", "client_request");
    assert!(ids(&case, now).is_empty());
    case.beside_below(closing, "reason", "2026-12-09 10:05", json!("moved_away"));
    assert_eq!(ids(&case, now), ["ad_handed_over"]);
    // The form that was filled in last counts, whatever an earlier one says.
    proposed(&mut case, "2026-12-09 11:00", "client_request");
    assert!(ids(&case, now).is_empty());
}

/// Circular 02/2020 art. 8.3 a, Civil Code art. 148.5: from 31/01/2027 to Sunday 28/02, which rolls to Monday 01/03.
#[test]
fn a_month_without_contact_is_over_on_the_day_after_it() {
    let mut case = Case::new(ADULT, &[("state", json!("implement"))]);
    for day in ["2027-02-15 09:00", "2027-02-22 09:00", "2027-02-26 09:00"] {
        let fields = [("at", said(day)), ("reached", json!(false)), ("last_contact", json!("2027-01-31"))];
        case.below("attempt", day, &fields);
    }
    let when = "2027-02-26 10:00";
    let reason = [("reason", json!("no_contact_1_month")), ("supervisor_agreed", json!(true))];
    case.below("closing", when, &[&reason[..], &[("at", said(when))]].concat());
    agreed(&mut case, "2027-02-26 11:00", "nobody");
    let told = "One month without contact is not over (Thông tư 02/2020/TT-BLĐTBXH Điều 8 khoản 3 điểm a): \
                01/03/2027 23:59 (provisional)";
    let waits = vec![("ad_month_over".to_owned(), told.to_owned())];
    assert_eq!(unmet(&case, "close", "2027-02-28 12:00"), waits);
    assert_eq!(unmet(&case, "close", "2027-03-01 23:59"), waits);
    assert_eq!(ids(&case, "2027-03-02 00:00"), [""; 0]);
    // Who was reached after all isn't out of reach, however many attempts there were.
    let reached = [("at", said("2027-03-02 08:00")), ("reached", json!(true))];
    case.below("attempt", "2027-03-02 08:00", &reached);
    assert_eq!(ids(&case, "2027-03-02 09:00"), ["ad_not_reached", "ad_month_over"]);
}

#[test]
fn the_follow_up_is_over_after_six_months() {
    let mut case = Case::new(ADULT, &[("state", json!("followup"))]);
    let end = |case: &Case, now: &str| unmet(case, "end_followup", now).len();
    assert_eq!(end(&case, "2027-03-02 09:00"), 1, "nobody said that there is one");
    let home = [("at", said("2026-08-31 10:00")), ("followup", json!(true))];
    case.below("homecoming", "2026-08-31 11:00", &home);
    assert_eq!((end(&case, "2027-03-01 16:00"), end(&case, "2027-03-02 00:00")), (1, 0));
}
