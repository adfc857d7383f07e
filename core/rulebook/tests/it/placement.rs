//! Where records belong.

use model::{ChangeId, DeviceId, FieldState, Head, OfficeId, RecordRef, RecordState, Said, Stamp};
use proptest::prelude::*;
use rulebook::{Claim, Placement, Rulebook};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, LazyLock},
};
use uuid::Uuid;

pub fn record(kind: &'static str, n: u128) -> RecordRef {
    RecordRef::new(kind, Uuid::from_u128(n))
}

pub fn state(fields: &[(&str, Value)]) -> RecordState {
    let mut state = RecordState::default();
    for (name, value) in fields {
        let field: &mut FieldState = state.fields.entry((*name).to_owned()).or_default();
        let n = field.heads.len() as u64;
        field.heads.push(Head {
            change: ChangeId(Uuid::from_u128(n.into())),
            at: Stamp(n, 0),
            device: DeviceId(Uuid::nil()),
            said: Said::Value(value.clone()),
        });
    }
    state
}

pub const OFFICE: OfficeId = OfficeId(Uuid::from_u128(7));

static RULEBOOK: LazyLock<Arc<Rulebook>> = LazyLock::new(|| Rulebook::built_in().unwrap());

type World = BTreeMap<RecordRef, RecordState>;

fn place(rulebook: &Rulebook, world: &World, record: &RecordRef) -> Placement {
    let claim_of = |record: &RecordRef| -> Result<Option<Claim>, Infallible> {
        Ok(world.get(record).map(|state| rulebook.claim(OFFICE, record, state)))
    };
    rulebook.place(record, claim_of).unwrap()
}

/// Kind, root, feed as text.
fn placed(world: &World, record: &RecordRef) -> (Option<String>, Option<String>) {
    let placement = place(&Rulebook::built_in().unwrap(), world, record);
    (placement.root().map(ToString::to_string), placement.feed().map(ToString::to_string))
}

#[test]
fn what_is_below_a_household_belongs_to_its_commune() {
    let (home, visit, photo) = (record("household", 1), record("visit", 2), record("photo", 3));
    let world = World::from([
        (home.clone(), state(&[("commune", json!("00070"))])),
        (visit.clone(), state(&[("parent", json!(home.to_string()))])),
        (photo.clone(), state(&[("parent", json!(visit.to_string()))])),
    ]);
    let wanted = (Some(home.to_string()), Some("commune:00070".to_owned()));
    for record in [&home, &visit, &photo] {
        assert_eq!(placed(&world, record), wanted);
    }
}

#[test]
fn a_restricted_case_is_a_top_of_its_own_even_under_a_household() {
    let (home, case, child) = (record("household", 1), record("case", 2), record("person", 3));
    let mut world = World::from([
        (home.clone(), state(&[("commune", json!("00070"))])),
        (case.clone(), state(&[("parent", json!(home.to_string()))])),
        (child.clone(), state(&[("parent", json!(case.to_string()))])),
    ]);
    let of_the_commune = (Some(home.to_string()), Some("commune:00070".to_owned()));
    assert_eq!(placed(&world, &child), of_the_commune);
    let restricted = [("parent", json!(home.to_string())), ("restricted", json!(true))];
    world.insert(case.clone(), state(&restricted));
    let of_its_own = (Some(case.to_string()), Some(format!("case:{}", case.id)));
    assert_eq!(placed(&world, &case), of_its_own);
    assert_eq!(placed(&world, &child), of_its_own);
    assert_eq!(placed(&world, &home), of_the_commune);
}

#[test]
fn a_case_without_a_household_belongs_to_the_commune_that_it_names() {
    let case = record("case", 1);
    let world = World::from([(case.clone(), state(&[("commune", json!("00070"))]))]);
    assert_eq!(placed(&world, &case), (Some(case.to_string()), Some("commune:00070".to_owned())));
}

#[test]
fn one_device_that_restricts_is_enough() {
    let case = record("case", 1);
    let two = state(&[("restricted", json!(true)), ("restricted", json!(false))]);
    let world = World::from([(case.clone(), two)]);
    assert!(place(&Rulebook::built_in().unwrap(), &world, &case).is_restricted());
}

#[test]
fn what_is_missing_is_named_and_circles_end() {
    let rulebook = Rulebook::built_in().unwrap();
    let (a, b, gone) = (record("person", 1), record("person", 2), record("household", 3));
    let under = |parent: &RecordRef| state(&[("parent", json!(parent.to_string()))]);
    let world = World::from([(a.clone(), under(&gone))]);
    assert_eq!(place(&rulebook, &world, &a), Placement::Missing(gone));
    let world = World::from([(a.clone(), under(&b)), (b.clone(), under(&a))]);
    assert_eq!(place(&rulebook, &world, &a), Placement::Cycle);
    let home = record("household", 4);
    let world = World::from([(home.clone(), state(&[]))]);
    assert_eq!(place(&rulebook, &world, &home), Placement::Placed { root: home, feed: None });
}

proptest! {
    /// Whatever hangs on whatever, everything below a record that is placed has its root and feed, unless it opens a
    /// scope itself.
    #[test]
    fn children_stand_where_their_parent_stands(
        parents in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), 0u8..4), 1..20),
    ) {
        let rulebook = &*RULEBOOK;
        let kinds = ["household", "person", "case", "visit"];
        let names: Vec<_> = parents.iter().enumerate().map(|(n, (_, _, k))| record(kinds[*k as usize], n as u128)).collect();
        let world: World = parents.iter().enumerate().map(|(n, (parent, flag, _))| {
            let mut fields = vec![];
            if n > 0 { fields.push(("parent", json!(names[parent.index(n)].to_string()))); }
            if *flag { fields.push(("restricted", json!(true))); fields.push(("commune", json!("00070"))); }
            (names[n].clone(), state(&fields))
        }).collect();
        for (name, state) in &world {
            let claim = rulebook.claim(OFFICE, name, state);
            if let (Some(parent), false) = (claim.parent, claim.is_top) {
                prop_assert_eq!(place(rulebook, &world, name), place(rulebook, &world, &parent));
            }
        }
    }
}

#[test]
fn what_is_of_the_office_or_a_desk_says_so_by_its_kind() {
    let (provider, call) = (record("organisation", 1), record("call", 2));
    let mut world = World::from([(provider.clone(), state(&[("name", json!("Trạm y tế"))]))]);
    assert_eq!(placed(&world, &provider).1, Some(format!("office:{}", OFFICE.0)));
    world.insert(call.clone(), state(&[("about", json!("Hỏi trợ cấp"))]));
    assert_eq!(placed(&world, &call), (Some(call.to_string()), None), "it says no desk yet");
    world.insert(call.clone(), state(&[("desk", json!("tong_dai"))]));
    let note = record("photo", 3);
    world.insert(note.clone(), state(&[("parent", json!(call.to_string()))]));
    for record in [&call, &note] {
        assert_eq!(placed(&world, record), (Some(call.to_string()), Some("desk:tong_dai".to_owned())));
    }
}

#[test]
fn what_is_for_practice_stays_with_all_below_it_but_a_restricted_case() {
    let (home, person, case) = (record("household", 1), record("person", 2), record("case", 3));
    let under =
        |restricted: bool| state(&[("parent", json!(home.to_string())), ("restricted", json!(restricted))]);
    let mut world = World::from([
        (home.clone(), state(&[("commune", json!("00070")), ("practice", json!(true))])),
        (person.clone(), under(false)),
        (case.clone(), under(false)),
    ]);
    for record in [&home, &person, &case] {
        assert_eq!(placed(&world, record), (Some(home.to_string()), Some("own-device".to_owned())));
    }
    world.insert(case.clone(), under(true));
    assert_eq!(placed(&world, &case).1, Some(format!("case:{}", case.id)));
}
