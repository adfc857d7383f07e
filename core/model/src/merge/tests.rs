use super::*;
use crate::{
    UserId,
    batch::{self, Erased, Field, Json},
    encoding::Bytes,
    record::kind,
};
use proptest::prelude::*;
use uuid::Uuid;

fn id(n: u128) -> ChangeId {
    ChangeId(Uuid::from_u128(n))
}

/// A change of the name.
#[derive(Clone)]
struct Change {
    id: ChangeId,
    head: batch::Head,
    field: Field,
    erased: Option<Erased>,
    received: Option<u64>,
}

fn change(n: u128, at: u64, value: &str, replaces: &[u128]) -> Change {
    let record = RecordRef::new(kind::PERSON, Uuid::nil());
    let value = Json::new(Value::from(value).to_string()).unwrap();
    let replaces = replaces.iter().map(|n| id(*n)).collect();
    Change {
        id: id(n),
        head: batch::Head { at: Stamp(at, 0), record, cause: None },
        field: Field { name: "name".into(), replaces, value },
        erased: None,
        received: None,
    }
}

impl Change {
    fn erased(&self) -> Self {
        let Field { name, replaces, .. } = self.field.clone();
        let erased = Erased { name, replaces, commitment: Bytes([7; 32]), order: OrderId(Uuid::nil()) };
        Self { erased: Some(erased), ..self.clone() }
    }

    fn received(self, at: u64) -> Self {
        Self { received: Some(at), ..self }
    }

    fn shown(&self) -> Shown<'_> {
        let field = self.erased.as_ref().map_or(ShownField::Value(&self.field), ShownField::Erased);
        self.showing(vec![field])
    }

    fn showing<'a>(&'a self, fields: Vec<ShownField<'a>>) -> Shown<'a> {
        let (device, author) = (DeviceId(self.id.0), UserId(Uuid::nil()));
        Shown { id: self.id, seq: 1, device, author, head: &self.head, fields }
    }
}

fn value(_: &str) -> MergePolicy {
    MergePolicy::Value
}

fn merged(changes: &[Change]) -> RecordState {
    merged_by(MergePolicy::Value, changes)
}

fn merged_by(policy: MergePolicy, changes: &[Change]) -> RecordState {
    let mut state = RecordState::default();
    for change in changes {
        let plan = state.plan(&change.shown(), change.received, |_| policy).unwrap();
        state.apply(plan);
    }
    state
}

#[test]
fn what_was_erased_is_not_empty_and_equals_nothing() {
    let (an, anh) = (change(1, 1, "An", &[]), change(2, 2, "Anh", &[]));
    let mut state = merged(&[an.erased(), anh.erased()]);
    assert_eq!(state.value("name"), None);
    assert_eq!(state.conflicts().collect::<Vec<_>>(), ["name"], "two erased values may have been different");
    assert_eq!(state.heads_of("name"), BTreeSet::from([id(1), id(2)]));
    // A stale phone, an old backup: the value does not come back, in whatever order.
    for changes in [[an.erased(), change(1, 1, "An", &[])], [change(1, 1, "An", &[]), an.erased()]] {
        let said = merged(&changes).fields["name"].heads[0].said.clone();
        assert!(said == Said::Erased(OrderId(Uuid::nil())));
    }
    let plan = state.plan(&change(3, 3, "Ánh", &[1, 2]).shown(), None, value).unwrap();
    state.apply(plan);
    assert_eq!(state.text("name"), Some("Ánh"));
    assert_eq!(state.conflicts().count(), 0);
}

#[test]
fn what_is_withheld_says_nothing_and_is_not_replaced() {
    let first = change(1, 1, "An", &[]);
    let mut state = RecordState::default();
    let plan = state.plan(&first.showing(vec![ShownField::Withheld]), None, value).unwrap();
    assert!(plan.fields.is_empty());
    state.apply(plan);
    assert!(state.heads_of("name").is_empty());
    // Once it is shown, it counts.
    let plan = state.plan(&first.shown(), None, value).unwrap();
    assert_eq!(plan.fields["name"].1, FieldOutcome::Replaced);
}

#[test]
fn a_change_that_replaces_the_head_fast_forwards() {
    let state = merged(&[change(1, 1, "An", &[]), change(2, 2, "Anh", &[1])]);
    assert_eq!(state.text("name"), Some("Anh"));
    assert_eq!(state.conflicts().count(), 0);
}

#[test]
fn two_heads_conflict_and_the_later_is_shown_until_one_replaces_both() {
    let mut state = merged(&[change(1, 1, "An", &[]), change(2, 3, "Anh", &[1]), change(3, 2, "Ánh", &[1])]);
    assert_eq!(state.text("name"), Some("Anh"));
    assert_eq!(state.conflicts().collect::<Vec<_>>(), ["name"]);
    let plan = state.plan(&change(4, 4, "Ánh", &[2, 3]).shown(), None, value).unwrap();
    assert_eq!(plan.fields["name"].1, FieldOutcome::Replaced);
    state.apply(plan);
    assert_eq!(state.text("name"), Some("Ánh"));
    assert_eq!(state.conflicts().count(), 0);
}

#[test]
fn equal_values_are_no_conflict() {
    let state = merged(&[change(1, 1, "An", &[]), change(2, 3, "Anh", &[1]), change(3, 2, "Anh", &[1])]);
    assert_eq!(state.conflicts().count(), 0);
}

#[test]
fn the_same_change_twice_changes_nothing() {
    let first = change(1, 1, "An", &[]);
    let state = merged(std::slice::from_ref(&first));
    assert_eq!(state.plan(&first.shown(), None, value).unwrap().fields["name"].1, FieldOutcome::Past);
    assert_eq!(merged(&[first.clone(), first]), state);
}

/// Values of own changes by number, each on what stood before it.
fn made(state: &mut RecordState, changes: &[(u128, &str)]) {
    for (n, text) in changes {
        let replaced: Vec<u128> = state.heads_of("name").iter().map(|id| id.0.as_u128()).collect();
        let own = change(*n, 100, text, &replaced);
        let plan = state.plan(&own.shown(), None, value).unwrap();
        state.apply_own(own.id, plan);
    }
}

#[test]
fn what_the_hub_denies_gives_back_what_it_replaced() {
    let before = merged(&[change(1, 1, "An", &[])]);
    let mut state = before.clone();
    made(&mut state, &[(2, "Anh")]);
    assert_eq!(state.text("name"), Some("Anh"));
    assert_eq!(state.put_back(id(2)), BTreeSet::from(["name".to_owned()]));
    assert_eq!(state, before);
    // Of a record that it made itself nothing is left.
    let mut new = RecordState::default();
    made(&mut new, &[(3, "Mới")]);
    new.put_back(id(3));
    assert_eq!(new, RecordState::default());
}

#[test]
fn a_later_own_change_stands_on_what_the_denied_one_replaced() {
    let before = merged(&[change(1, 1, "An", &[])]);
    let mut state = before.clone();
    made(&mut state, &[(2, "Anh"), (3, "Ánh")]);
    assert_eq!(state.put_back(id(2)), BTreeSet::new());
    assert_eq!(state.text("name"), Some("Ánh"));
    state.put_back(id(3));
    assert_eq!(state.text("name"), Some("An"));
    assert_eq!(state.conflicts().count(), 0);
    // The other way round, too.
    let mut state = before.clone();
    made(&mut state, &[(2, "Anh"), (3, "Ánh")]);
    state.put_back(id(3));
    assert_eq!(state.text("name"), Some("Anh"));
    state.put_back(id(2));
    assert_eq!(state, before);
}

#[test]
fn what_somebody_else_replaced_does_not_come_back() {
    let mut state = merged(&[change(1, 1, "An", &[])]);
    made(&mut state, &[(2, "Anh")]);
    let of_another = change(4, 4, "Ân", &[1]);
    let plan = state.plan(&of_another.shown(), None, value).unwrap();
    state.apply(plan);
    state.put_back(id(2));
    assert_eq!(state.heads_of("name"), BTreeSet::from([id(4)]));
}

#[test]
fn what_came_back_by_a_feed_keeps_nothing_under_it() {
    let mut state = merged(&[change(1, 1, "An", &[])]);
    made(&mut state, &[(2, "Anh")]);
    let plan = state.plan(&change(2, 100, "Anh", &[1]).shown(), None, value).unwrap();
    state.apply(plan);
    assert!(state.fields["name"].under.is_empty());
}

#[test]
fn a_stamp_from_the_future_counts_as_when_the_hub_received_it() {
    let ahead = change(1, 9_000_000, "Của máy chạy nhanh", &[]).received(1_000);
    let right = change(2, 2_000, "Sau đó", &[]).received(3_000);
    for changes in [[ahead.clone(), right.clone()], [right, ahead.clone()]] {
        let state = merged(&changes);
        assert_eq!((state.text("name"), state.conflicts().count()), (Some("Sau đó"), 1));
        assert_eq!(state.fields["name"].heads[0].at, Stamp(1_000, 0));
    }
    // On the phone that made it, until it comes back.
    let mut state = RecordState::default();
    let own = Change { received: None, ..ahead.clone() };
    let plan = state.plan(&own.shown(), None, value).unwrap();
    state.apply_own(own.id, plan);
    assert_eq!(state.fields["name"].heads[0].at, Stamp(9_000_000, 0));
    let plan = state.plan(&ahead.shown(), ahead.received, value).unwrap();
    state.apply(plan);
    assert_eq!(state, merged(&[ahead]));
}

#[test]
fn what_a_change_replaces_is_waited_for_within_bounds() {
    // It names what comes after it, and sixty thousand that never will.
    let state = merged(&[change(2_000, 2, "Anh", &[1]), change(1, 1, "An", &[])]);
    assert_eq!(state.heads_of("name"), BTreeSet::from([id(2_000)]));
    let named = |n: u128| (0..1_000).map(|place| 10_000 * (n + 1) + place).collect::<Vec<u128>>();
    let hostile: Vec<Change> = (0..60).map(|n| change(5_000 + n, 3, "Khác", &named(n))).collect();
    let state =
        merged(&[&[change(2_000, 2, "Anh", &[1])][..], &hostile, &[change(1, 1, "An", &[])]].concat());
    let field = &state.fields["name"];
    assert!(!field.heads.iter().any(|head| head.change == id(1)));
    assert_eq!((field.awaited.len(), field.superseded.len()), (MAX_AWAITED - 1, 1));
    // What came is never forgotten: it may come again.
    let mut edits = vec![change(1, 1, "v1", &[])];
    edits.extend((2..500).map(|n| change(n, 2, &format!("v{n}"), &[n - 1])));
    let state = merged(&[&edits[..], &edits].concat());
    assert_eq!(state.heads_of("name"), BTreeSet::from([id(499)]));
    assert!(state.fields["name"].awaited.is_empty());
}

#[test]
fn the_earliest_counts_whatever_replaces_it() {
    let (first, later) = ("2026-11-24T08:00:00+07:00", "2026-11-25T08:00:00+07:00");
    let said = [change(1, 1, first, &[]), change(2, 2, later, &[1]), change(3, 3, later, &[])];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
        let changes = order.map(|n: usize| said[n].clone());
        assert_eq!(merged_by(MergePolicy::Earliest, &changes).text("name"), Some(first), "{order:?}");
    }
    let earlier = change(4, 4, "2026-11-23T08:00:00+07:00", &[1]);
    let changes = [&said[..], &[earlier]].concat();
    assert_eq!(merged_by(MergePolicy::Earliest, &changes).text("name"), Some("2026-11-23T08:00:00+07:00"));
}

proptest! {
    /// Whatever the order of arrival, the same heads come out.
    #[test]
    fn order_of_arrival_does_not_matter(
        parents in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..3), 1..9),
        order in Just((0..9usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let changes: Vec<Change> = parents.iter().enumerate().map(|(n, replaced)| {
            let replaced: Vec<u128> =
                if n == 0 { vec![] } else { replaced.iter().map(|i| i.index(n) as u128).collect() };
            // Every other clock is a year ahead.
            let ahead = if n % 2 == 0 { 0 } else { 31_536_000_000 };
            change(n as u128, n as u64 + ahead, &format!("v{}", n % 3), &replaced).received(n as u64 * 10)
        }).collect();
        let shuffled: Vec<Change> = order.iter().filter_map(|n| changes.get(*n).cloned()).collect();
        let (forward, other) = (merged(&changes), merged(&shuffled));
        prop_assert_eq!(&forward.fields["name"].heads, &other.fields["name"].heads);
        prop_assert_eq!(forward.text("name"), other.text("name"));
    }
}
