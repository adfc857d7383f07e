use super::*;
use crate::{Batch, BatchId, Header, UserId, change::FieldCommitment, encoding::Bytes, record::kind};
use proptest::prelude::*;
use uuid::Uuid;

fn id(n: u128) -> ChangeId {
    ChangeId(Uuid::from_u128(n))
}

fn change(n: u128, at: u64, value: &str, replaces: &[u128]) -> Change {
    let replaces = replaces.iter().map(|n| id(*n)).collect();
    Change {
        header: Header {
            v: 1,
            id: id(n),
            device: DeviceId(Uuid::from_u128(n)),
            seq: 1,
            author: UserId(Uuid::nil()),
            at: Stamp(at, 0),
            record: RecordRef::new(kind::PERSON, Uuid::nil()),
            fields: BTreeMap::from([("name".into(), FieldCommitment { hash: Bytes([0; 32]), replaces })]),
            batch: Batch { id: BatchId(Uuid::nil()), index: 0, count: 1 },
            cause: None,
            previous: None,
        },
        values: BTreeMap::from([("name".into(), Some(value.into()))]),
        digest: Bytes([0; 32]),
    }
}

fn merged(changes: &[Change]) -> RecordState {
    let mut state = RecordState::default();
    for change in changes {
        let plan = state.plan(change);
        state.apply(plan);
    }
    state
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
    let plan = state.plan(&change(4, 4, "Ánh", &[2, 3]));
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
    assert_eq!(state.plan(&first).fields["name"].1, FieldOutcome::Past);
    assert_eq!(merged(&[first.clone(), first]), state);
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
            change(n as u128, n as u64, &format!("v{}", n % 3), &replaced)
        }).collect();
        let shuffled: Vec<Change> = order.iter().filter_map(|n| changes.get(*n).cloned()).collect();
        let (forward, other) = (merged(&changes), merged(&shuffled));
        prop_assert_eq!(&forward.fields["name"].heads, &other.fields["name"].heads);
        prop_assert_eq!(forward.text("name"), other.text("name"));
    }
}
