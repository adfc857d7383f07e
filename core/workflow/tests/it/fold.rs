//! Where steps lead that were taken by several people, in several places, with clocks of their own.

use crate::common::{CHAIRMAN, CHILD, Case, OFFICER, RULEBOOK, id, ms, person};
use model::{Role, UserId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;
use workflow::{Arrival, Progress, Refusal, Taken, Verdict, field, fold};

const DEPUTY: &str = "commune_deputy";
const HEAD: &str = "centre_head";
const NOW: &str = "2026-12-20 09:00";

fn progress(case: &Case) -> Progress {
    case.standing(NOW).progress.unwrap()
}

fn refused(case: &Case, step: Uuid) -> Option<Refusal> {
    match progress(case).verdicts[&step] {
        Verdict::Refused(refusal) => Some(refusal),
        _ => None,
    }
}

fn verdicts<const N: usize>(case: &Case, steps: [Uuid; N]) -> [Verdict; N] {
    let progress = progress(case);
    steps.map(|step| progress.verdicts[&step])
}

/// The plan was handed in, and waits.
fn handed_in() -> Case {
    let mut case = Case::report("2026-11-30 09:00");
    case.did("assess_initial", OFFICER, "2026-11-30 10:00");
    case.did("assess_specific", OFFICER, "2026-12-01 10:00");
    case.did("submit_plan", OFFICER, "2026-12-03 16:00");
    case
}

/// The deputy approved and the chairman sent back, neither knowing of the other: the two steps.
fn split() -> (Case, Uuid, Uuid) {
    let mut case = handed_in();
    let approved = case.step("approve_plan", DEPUTY, "2026-12-04 09:00", case.last, &[]);
    let returned = case.step("return_plan", CHAIRMAN, "2026-12-04 10:00", case.last, &[]);
    (case, approved, returned)
}

fn ids(steps: &[Uuid]) -> Value {
    json!(steps.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" "))
}

/// Somebody chose among those that they knew of.
fn settled(case: &mut Case, role: &str, when: &str, chosen: Uuid, others: &[Uuid]) -> Uuid {
    let more = [(field::CHOSEN, json!(chosen.to_string())), (field::SETTLES, ids(others))];
    case.step("settle", role, when, case.last, &more)
}

fn actions(progress: &Progress) -> Vec<&str> {
    progress.branches.iter().map(|branch| branch.action.as_str()).collect()
}

#[test]
fn a_case_begins_with_its_first_state_or_with_what_it_said_before() {
    let mut case = Case::report("2026-11-30 09:00");
    let begun = progress(&case);
    assert_eq!((begun.state.as_str(), begun.last, begun.taken.len()), ("intake", None, 0));
    case.say("state", Value::Null);
    assert_eq!(progress(&case).state, "intake");
    case.say("state", json!("implement"));
    assert_eq!(progress(&case).state, "implement");
    case.did("review", OFFICER, "2026-12-01 10:00");
    assert_eq!(progress(&case).state, "review");
    let shown = case.standing(NOW).shown(&RULEBOOK, "case", case.state.clone());
    assert_eq!(shown.text("state"), Some("review"));
}

#[test]
fn steps_go_on_from_each_other() {
    let mut case = handed_in();
    let approved = case.did("approve_plan", CHAIRMAN, "2026-12-07 10:00");
    let found = progress(&case);
    assert_eq!((found.state.as_str(), found.last), ("implement", Some(approved)));
    let taken: Vec<_> = found.taken.iter().map(|step| (step.action.as_str(), step.at)).collect();
    assert_eq!(
        taken,
        [
            ("assess_initial", ms("2026-11-30 10:00")),
            ("assess_specific", ms("2026-12-01 10:00")),
            ("submit_plan", ms("2026-12-03 16:00")),
            ("approve_plan", ms("2026-12-07 10:00")),
        ]
    );
    assert!(found.verdicts.values().all(|verdict| *verdict == Verdict::Counts));
}

#[test]
fn two_who_took_the_same_step_agree() {
    let mut case = Case::report("2026-11-30 09:00");
    let one = case.step("assess_initial", OFFICER, "2026-11-30 10:00", None, &[]);
    let two = case.step("assess_initial", "case_manager", "2026-11-30 10:30", None, &[]);
    assert_eq!(progress(&case).state, "full_assessment");
    for after in [one, two] {
        let next = case.step("assess_specific", OFFICER, "2026-12-01 10:00", Some(after), &[]);
        assert_eq!(verdicts(&case, [one, two, next]), [Verdict::Counts; 3]);
        assert_eq!(progress(&case).state, "plan");
        case.below.pop();
    }
}

#[test]
fn two_different_steps_stop_at_the_last_agreed_state() {
    let (mut case, approved, returned) = split();
    let reviewed = case.step("review", OFFICER, "2026-12-05 10:00", Some(approved), &[]);
    let found = progress(&case);
    assert_eq!((found.state.as_str(), found.last), ("approval", case.last));
    assert_eq!(actions(&found), ["approve_plan", "return_plan"]);
    let to: Vec<_> = found.branches.iter().map(|branch| branch.to.as_str()).collect();
    assert_eq!(to, ["implement", "plan"]);
    assert_eq!(verdicts(&case, [approved, returned, reviewed]), [Verdict::Undecided; 3]);
    // It is not approved: what runs runs on.
    assert!(!found.taken.iter().any(|step| step.action == "approve_plan"));
}

#[test]
fn one_who_knows_of_both_settles_it() {
    for chosen_first in [true, false] {
        let (mut case, approved, returned) = split();
        let (chosen, other) = if chosen_first { (approved, returned) } else { (returned, approved) };
        let choice = settled(&mut case, HEAD, "2026-12-05 09:00", chosen, &[approved, returned]);
        let found = progress(&case);
        assert_eq!(found.state, if chosen_first { "implement" } else { "plan" });
        assert!(found.branches.is_empty());
        let expected = [Verdict::Counts, Verdict::NotChosen, Verdict::Counts];
        assert_eq!(verdicts(&case, [chosen, other, choice]), expected);
    }
    // What followed the other one isn't chosen either, and what followed the chosen one goes on.
    let (mut case, approved, returned) = split();
    let after_approved = case.step("review", OFFICER, "2026-12-06 10:00", Some(approved), &[]);
    let after_returned = case.step("submit_plan", OFFICER, "2026-12-06 11:00", Some(returned), &[]);
    settled(&mut case, HEAD, "2026-12-07 09:00", approved, &[approved, returned]);
    assert_eq!(verdicts(&case, [after_approved, after_returned]), [Verdict::Counts, Verdict::NotChosen]);
    assert_eq!(progress(&case).state, "review");
}

/// Only who may settle, and only among what is there.
#[test]
fn a_settlement_counts_by_the_same_rules() {
    let (mut case, approved, returned) = split();
    let forged = settled(&mut case, "collaborator", "2026-12-05 09:00", approved, &[approved, returned]);
    assert_eq!(refused(&case, forged), Some(Refusal::Role));
    assert_eq!(progress(&case).state, "approval");
    settled(&mut case, HEAD, "2026-12-05 10:00", id(77), &[approved, returned]);
    assert_eq!(progress(&case).state, "approval", "what was chosen is not among them");
    settled(&mut case, HEAD, "2026-12-05 10:00", approved, &[]);
    assert_eq!(progress(&case).state, "approval", "it didn't know of the other");
}

#[test]
fn two_settlements_that_disagree_are_settled_by_a_third() {
    let (mut case, approved, returned) = split();
    let one = settled(&mut case, HEAD, "2026-12-05 09:00", approved, &[approved, returned]);
    let two = settled(&mut case, CHAIRMAN, "2026-12-05 09:30", returned, &[approved, returned]);
    assert_eq!(progress(&case).state, "approval");
    assert_eq!(actions(&progress(&case)), ["approve_plan", "return_plan"]);
    let third = [approved, returned, one, two];
    settled(&mut case, DEPUTY, "2026-12-06 09:00", returned, &third);
    assert_eq!(progress(&case).state, "plan");
    // Two who agree settle it as well.
    let (mut case, approved, returned) = split();
    settled(&mut case, HEAD, "2026-12-05 09:00", approved, &[approved, returned]);
    settled(&mut case, CHAIRMAN, "2026-12-05 09:30", approved, &[approved, returned]);
    assert_eq!(progress(&case).state, "implement");
}

#[test]
fn a_branch_that_no_settlement_knew_of_stops_it_again() {
    let (mut case, approved, returned) = split();
    let one = settled(&mut case, HEAD, "2026-12-05 09:00", approved, &[approved, returned]);
    assert_eq!(progress(&case).state, "implement");
    let late = case.step("close_death", OFFICER, "2026-12-04 11:00", case.last, &[]);
    assert_eq!(progress(&case).state, "approval");
    assert_eq!(actions(&progress(&case)), ["approve_plan", "close_death", "return_plan"]);
    settled(&mut case, HEAD, "2026-12-06 09:00", late, &[approved, returned, late, one]);
    assert_eq!(progress(&case).state, "closed");
    // One more of a kind that was known changes nothing.
    case.step("return_plan", DEPUTY, "2026-12-04 12:00", case.last, &[]);
    assert_eq!(progress(&case).state, "closed");
}

#[test]
fn a_step_that_has_no_effect_says_why() {
    let mut case = Case::report("2026-11-30 09:00");
    let role = case.step("assess_initial", "collaborator", "2026-11-30 10:00", None, &[]);
    let state = case.step("submit_plan", OFFICER, "2026-11-30 10:10", None, &[]);
    let unknown = case.step("fly", OFFICER, "2026-11-30 10:20", None, &[]);
    let too_early = case.step("assess_initial", OFFICER, "2017-06-30 10:20", None, &[]);
    let waits = case.step("assess_initial", OFFICER, "2026-11-30 10:30", Some(id(5)), &[]);
    case.is_partial(CHAIRMAN, "2026-11-30 11:00");
    let before = case.step("separate", CHAIRMAN, "2026-11-30 10:59", None, &[]);
    let after = case.step("separate", CHAIRMAN, "2026-11-30 11:00", None, &[]);
    let of_deputy = case.step("separate", DEPUTY, "2026-11-30 11:10", None, &[]);
    let refusals = [role, state, unknown, too_early, waits, before, after, of_deputy];
    let refusals = refusals.map(|step| refused(&case, step));
    assert_eq!(
        refusals,
        [
            Some(Refusal::Role),
            Some(Refusal::NotFromHere),
            Some(Refusal::Unknown),
            Some(Refusal::Unknown),
            Some(Refusal::Waits),
            None,
            Some(Refusal::Interest),
            None,
        ]
    );
    assert_eq!(progress(&case).state, "intake");
    let codes = refusals.into_iter().flatten().map(Refusal::code).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(codes.len(), 5);
}

/// What was refused blocks nothing: what follows it is judged where the case really stands.
#[test]
fn a_step_after_one_without_effect_goes_on_from_the_last_that_counts() {
    let mut case = Case::report("2026-11-30 09:00");
    let forged = case.did("assess_initial", "auditor", "2026-11-30 10:00");
    let built_on_it = case.did("assess_specific", OFFICER, "2026-11-30 11:00");
    let right = case.did("assess_initial", OFFICER, "2026-11-30 12:00");
    let next = case.did("assess_specific", OFFICER, "2026-12-01 10:00");
    assert_eq!(refused(&case, forged), Some(Refusal::Role));
    assert_eq!(refused(&case, built_on_it), Some(Refusal::NotFromHere));
    assert_eq!(verdicts(&case, [right, next]), [Verdict::Counts; 2]);
    assert_eq!(progress(&case).state, "plan");
}

#[test]
fn what_moves_nothing_never_stands_against_anything() {
    let mut case = Case::report("2026-11-30 09:00");
    let taken_on = case.step("acknowledge", OFFICER, "2026-11-30 09:10", None, &[]);
    let protected = case.step("protect", "collaborator", "2026-11-30 09:20", None, &[]);
    let assessed = case.step("assess_initial", OFFICER, "2026-11-30 09:30", Some(taken_on), &[]);
    let again = case.step("assess_initial", "case_manager", "2026-11-30 09:40", Some(protected), &[]);
    // Of somebody who didn't know yet that it was assessed.
    let late = case.step("protect", "hotline", "2026-11-30 09:50", Some(protected), &[]);
    let next = case.step("assess_specific", OFFICER, "2026-12-01 10:00", Some(assessed), &[]);
    assert_eq!(verdicts(&case, [taken_on, protected, assessed, again, late, next]), [Verdict::Counts; 6]);
    assert_eq!(progress(&case).state, "plan");
    // And after it is over none begins.
    case.last = Some(next);
    let end = case.did("close_death", OFFICER, "2026-12-02 10:00");
    let too_late = case.step("protect", OFFICER, "2026-12-03 10:00", Some(end), &[]);
    assert_eq!(progress(&case).state, "closed");
    assert_eq!(refused(&case, too_late), Some(Refusal::NotFromHere));
}

#[test]
fn what_comes_before_its_predecessor_waits_for_it() {
    let mut whole = handed_in();
    let plan = whole.below.len() - 1;
    for left_out in 0..plan {
        let (step, state) = whole.below.remove(left_out);
        let found = progress(&whole);
        let waiting = found.verdicts.values().filter(|v| **v == Verdict::Refused(Refusal::Waits)).count();
        assert_eq!((waiting, found.taken.len()), (plan - left_out, left_out));
        whole.below.insert(left_out, (step, state));
        assert_eq!(progress(&whole).state, "approval");
    }
}

#[test]
fn steps_that_follow_each_other_in_a_circle_wait_for_ever() {
    let mut case = Case::report("2026-11-30 09:00");
    let right = case.did("acknowledge", OFFICER, "2026-11-30 09:10");
    let first = case.below.len() as u128 + 1000;
    let one = case.step("assess_initial", OFFICER, "2026-11-30 09:30", Some(id(first + 1)), &[]);
    let two = case.step("protect", OFFICER, "2026-11-30 09:30", Some(one), &[]);
    let own = case.step("protect", OFFICER, "2026-11-30 09:30", Some(id(first + 2)), &[]);
    let unread = case.step("protect", OFFICER, "2026-11-30 09:30", None, &[(field::AFTER, json!("no id"))]);
    assert_eq!((one, two, own), (id(first), id(first + 1), id(first + 2)), "the circle is closed");
    for step in [one, two, own, unread] {
        assert_eq!(refused(&case, step), Some(Refusal::Waits));
    }
    assert_eq!(verdicts(&case, [right]), [Verdict::Counts]);
    // Settlements that each say that the other is over settle nothing.
    let (mut case, approved, returned) = split();
    let next = 1000 + case.below.len() as u128;
    settled(&mut case, HEAD, "2026-12-05 09:00", approved, &[approved, returned, id(next + 1)]);
    settled(&mut case, HEAD, "2026-12-05 09:00", returned, &[approved, returned, id(next)]);
    assert_eq!(progress(&case).state, "approval");
}

/// Rights go by the author's clock, held between what the hub received before and after.
#[test]
fn a_wrong_clock_gains_no_right() {
    let mut case = handed_in();
    // A deputy until the end of November, and again from New Year on.
    let somebody = person("somebody");
    for (since, role) in [("2020-01-01", Some(DEPUTY)), ("2026-12-01", None), ("2027-01-01", Some(DEPUTY))] {
        case.office.is(somebody, since, role);
    }
    let arrival = |received: &str, since: &str| Arrival { received: ms(received), since: ms(since) };
    let mut said = |when: &str, arrival: Option<Arrival>| {
        let step = case.step("approve_plan", "somebody", when, case.last, &[]);
        case.office.arrivals.extend(arrival.map(|arrival| (step, arrival)));
        let taken = case.taken().pop().unwrap();
        (refused(&case, step), taken.at)
    };
    let (none, counts) = (Some(Refusal::Role), None);
    // Set back a year: after the hub had received something of this phone it is no earlier than that.
    let came = arrival("2026-12-05 09:00", "2026-12-04 09:00");
    assert_eq!(said("2025-12-05 08:00", Some(came)), (none, ms("2026-12-04 09:00")));
    // Ahead: no later than it came.
    assert_eq!(said("2027-12-05 08:00", Some(came)), (none, ms("2026-12-05 09:00")));
    assert_eq!(said("2026-12-04 20:00", Some(came)), (none, ms("2026-12-04 20:00")));
    // Not at a hub yet: as its clock says.
    assert_eq!(said("2026-12-05 08:00", None).0, none);
    // It was made in November and came in December, and this phone had brought nothing since.
    let came = arrival("2026-12-05 09:00", "2026-11-20 09:00");
    assert_eq!(said("2026-11-30 08:00", Some(came)), (counts, ms("2026-11-30 08:00")));
    // Never before: the beginning of time.
    let first = Arrival { received: ms("2026-11-30 12:00"), since: 0 };
    assert_eq!(said("2026-11-30 08:00", Some(first)).0, counts);
}

/// Of one whose device nobody knows, and of one without a role.
#[test]
fn who_is_not_known_takes_no_step() {
    let mut case = Case::report("2026-11-30 09:00");
    let stranger = case.step("acknowledge", "stranger", "2026-11-30 09:10", None, &[]);
    case.office.is(person("former"), "2020-01-01", None);
    let former = case.step("acknowledge", "former", "2026-11-30 09:10", None, &[]);
    assert_eq!([stranger, former].map(|step| refused(&case, step)), [Some(Refusal::Role); 2]);
}

/// A step below another record, or of which the record is gone, is none of this one's.
#[test]
fn only_a_records_own_steps_count() {
    let mut case = handed_in();
    let own = case.reference.clone();
    case.reference = model::RecordRef::new("case", id(2));
    let step = case.step("approve_plan", CHAIRMAN, "2026-12-04 09:00", case.last, &[]);
    case.reference = own;
    assert!(!progress(&case).verdicts.contains_key(&step));
    assert_eq!(progress(&case).state, "approval");
}

/// A step by the rows of its own day.
#[test]
fn a_step_goes_by_the_rows_of_its_day() {
    let table = include_str!("../../../../packs/quoc_gia/actions.csv");
    let row = table.lines().find(|line| line.starts_with("child-protection,acknowledge,")).unwrap();
    let until = row.replace("2017-07-01,,", "2017-07-01,2026-11-30,");
    let since = row.replace("2017-07-01,,", "2026-12-01,,").replace("|centre_head", "");
    assert!(until != row && since.len() < row.len());
    let tables = table.replace(row, &format!("{until}\n{since}"));
    let rulebook = rulebook::Rulebook::with(&[("actions.csv", &tables)]).unwrap();
    let step = |day: &str| Taken {
        id: id(9),
        action: "acknowledge".into(),
        at: ms(day),
        author: Some(UserId(person(HEAD))),
        role: Some(Role::new(HEAD)),
        after: None,
        reason: String::new(),
        about: None,
        approved: None,
        version: None,
        chosen: None,
        settles: Vec::new(),
    };
    let verdict =
        |day: &str| fold(&rulebook, CHILD, "intake", &[step(day)], &BTreeMap::new()).verdicts[&id(9)];
    assert_eq!(verdict("2026-11-30 23:59"), Verdict::Counts);
    assert_eq!(verdict("2026-12-01 00:00"), Verdict::Refused(Refusal::Role));
}
