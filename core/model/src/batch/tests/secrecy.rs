//! What a reader can't see they can't guess either: nothing in the message confirms an answer.

use super::super::hash::{self, Deriver, Position};
use super::*;
use crate::key::Digest;

/// Each run of 16 bytes of a page; its ids also as they are read.
fn windows(view: &Verified) -> Vec<[u8; 16]> {
    let plain = page(&[view]);
    plain.windows(16).map(|window| window.try_into().unwrap()).collect()
}

/// The seeds and salts that a run may be: itself, or what is derived from it.
fn as_change_seeds(window: [u8; 16], index: u32) -> [Seed; 2] {
    [Deriver::new(&Seed(window)).change(index), Seed(window)]
}

const INDEX: u32 = 1;
const SEQ: u64 = 2;

fn answer(salt: &Salt, device: DeviceId, value: &str) -> Digest {
    hash::leaf("disabled", &[], &hash::commitment(salt, device, SEQ, "disabled", value))
}

/// Which of the two answers a run confirms, if `leaf` is its field's.
fn confirmed(view: &Verified, leaf: Digest) -> Option<&'static str> {
    let device = view.statement().device;
    let salts = windows(view).into_iter().flat_map(|window| {
        let derived = as_change_seeds(window, INDEX).map(|seed| Deriver::new(&seed).field("disabled"));
        derived.into_iter().chain([Salt(window)])
    });
    let mut answers =
        salts.flat_map(|salt| ["true", "false"].map(|value| (answer(&salt, device, value), value)));
    answers.find(|(guess, _)| *guess == leaf).map(|(_, value)| value)
}

#[test]
fn no_run_of_bytes_confirms_a_withheld_or_erased_answer() {
    let phone = Phone::new(1);
    let batch = phone.sign(phone.chain(), 1, people(3));
    let second = batch.ids()[1].unwrap();
    let record = id(0x0c, 1);
    let Some(Seen::Whole { change, seed }) = batch.batch().singly().into_iter().nth(1) else { panic!() };
    let position = Position { office: phone.device.office, device: phone.device.device, seq: SEQ };
    let leaf = change.singly(&seed).fields[0].leaf(position);
    // The search finds what is there: with the batch's seed, with the change's, with the single salt.
    assert_eq!(confirmed(&batch, leaf), Some("true"));
    let own = batch.view(|head, _| head.record.id == record).unwrap();
    assert_eq!(confirmed(&own, leaf), Some("true"));
    let single = batch.view(|head, name| head.record.id != record || name != Some("note")).unwrap();
    assert_eq!(confirmed(&single, leaf), Some("true"));

    let withheld = batch.view(|head, name| head.record.id != record || name != Some("disabled")).unwrap();
    let hidden = batch.view(|head, _| head.record.id != record).unwrap();
    let erased = batch.erase(OrderId(id(0xee, 1)), |id, name| id == second && name == "disabled").unwrap();
    for view in [withheld, hidden, erased] {
        assert_eq!(confirmed(&view, leaf), None);
    }
}

#[test]
fn no_run_of_bytes_confirms_the_kind_of_a_hidden_change_without_fields() {
    let phone = Phone::new(1);
    let drafts = vec![draft(0, "person", &[]), draft(1, "case", &[]), draft(2, "person", &[])];
    let batch = phone.sign(phone.chain(), 1, drafts.clone());
    let hash = batch.0.tree.hiding(&[true, false, true]).unwrap()[0];
    let position = Position { office: phone.device.office, device: phone.device.device, seq: SEQ };
    let confirmed = |view: &Verified| {
        let salts = windows(view).into_iter().flat_map(|window| {
            let derived = as_change_seeds(window, INDEX).map(|seed| Deriver::new(&seed).header());
            derived.into_iter().chain([Salt(window)])
        });
        let mut guesses = salts.flat_map(|salt| {
            ["case", "person"].map(|kind| {
                let record = RecordRef::new(kind, drafts[1].record.id);
                (hash::change(&hash::header(&salt, position, drafts[1].at, &record, None), &[]), kind)
            })
        });
        guesses.find(|(guess, _)| *guess == hash).map(|(_, kind)| kind)
    };
    assert_eq!(confirmed(&batch), Some("case"));
    let hidden = batch.view(|head, _| head.record.kind != "case").unwrap();
    assert_eq!(confirmed(&hidden), None);
}

#[test]
fn a_seed_of_one_change_opens_no_other() {
    let phone = Phone::new(1);
    let batch = phone.sign(phone.chain(), 1, people(4));
    let seeds: BTreeSet<[u8; 16]> = batch
        .batch()
        .singly()
        .iter()
        .filter_map(|seen| match seen {
            Seen::Whole { seed, .. } => Some(seed.0),
            _ => None,
        })
        .collect();
    assert_eq!(seeds.len(), 4);
    let salts: BTreeSet<[u8; 16]> = batch
        .batch()
        .singly()
        .iter()
        .filter_map(Seen::part)
        .flat_map(|part| {
            let fields = part.fields.into_iter().filter_map(|field| match field {
                PartField::Value { salt, .. } => Some(salt.0),
                _ => None,
            });
            fields.chain([part.salt.0]).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(salts.len(), 4 * 4);
    assert!(seeds.is_disjoint(&salts));
}
