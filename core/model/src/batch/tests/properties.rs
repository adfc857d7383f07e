//! What holds for any batch, and for any that was tampered with.

use super::*;
use proptest::{prelude::*, sample::Index, test_runner::Config};

const NAMES: [&str; 4] = ["họ tên", "name", "note", "sex"];
const TEXTS: [&str; 6] = ["null", "true", "1.0", " {\"a\": [1e0, -0]} ", "\"Nông Thị Thử\"", "\"\\u1ea1\""];

/// Whether a case's, its fields (name, text, replaced), its cause.
type Change = (bool, Vec<(usize, usize, BTreeSet<u64>)>, Option<u64>);

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    let field = (0..NAMES.len(), 0..TEXTS.len(), prop::collection::btree_set(0u64..9, 0..3));
    let change = (any::<bool>(), prop::collection::vec(field, 0..4), prop::option::of(0u64..5));
    prop::collection::vec(change, 1..20).prop_map(|changes| {
        let numbered = (0..).zip(changes);
        let draft = |(n, (case, fields, cause)): (u64, Change)| {
            let mut draft = draft(n, if case { "case" } else { "person" }, &[]);
            draft.cause = cause.map(|n| RecordRef::new("submission", id(0x5b, n)));
            for (name, text, replaces) in fields {
                let replaces = replaces.into_iter().map(|n| ChangeId(id(0x1d, n))).collect();
                draft.fields.insert(NAMES[name].to_owned(), (json(TEXTS[text]), replaces));
            }
            draft
        };
        numbered.map(draft).collect()
    })
}

/// Something done to a view: hide a change, withhold a name, erase a name, forget and join again.
fn step() -> impl Strategy<Value = (u8, Index, usize)> {
    (0u8..4, any::<Index>(), 0..NAMES.len())
}

fn taken(view: &Verified, whole: &Verified, (what, index, name): (u8, Index, usize)) -> Verified {
    let count = whole.ids().len();
    let number = index.index(count);
    let (record, change) = (id(0x0c, number as u64), whole.ids()[number].unwrap());
    match what {
        0 => view.view(|head, _| head.record.id != record).unwrap(),
        1 => view.view(|head, field| head.record.id != record || field != Some(NAMES[name])).unwrap(),
        2 => view.erase(OrderId(id(0xee, 1)), |id, field| id == change && field == NAMES[name]).unwrap(),
        _ => view.join(&whole.view(|head, _| head.record.id == record).unwrap()).unwrap(),
    }
}

/// Whether each value of `some` is that of `all`.
fn within(some: &Verified, all: &Verified) -> bool {
    let all = values(all);
    values(some).iter().all(|(place, value)| all.get(place) == Some(value))
}

fn some_view() -> impl Strategy<Value = (Verified, Verified)> {
    (drafts(), prop::collection::vec(step(), 0..6)).prop_map(|(drafts, steps)| {
        let phone = Phone::new(1);
        let whole = phone.sign(phone.chain(), 7, drafts);
        let view =
            steps.into_iter().fold(whole.view(|_, _| true).unwrap(), |view, step| taken(&view, &whole, step));
        (whole, view)
    })
}

/// The same view with one part dropped, doubled, swapped, moved or of somewhere else.
fn tampered(view: &Batch, what: u8, one: Index, two: Index) -> Option<Batch> {
    let mut batch = view.clone();
    let mut changes = batch.singly();
    let mut hidden = match &batch.body {
        Body::Whole { .. } => vec![],
        Body::Parts { hidden, .. } => hidden.clone(),
    };
    let (one, two) = (one.index(changes.len()), two.index(changes.len()));
    let mut parts: Vec<Part> = changes.iter().filter_map(Seen::part).collect();
    match what {
        0 => drop(changes.remove(one)),
        1 => changes.insert(one, changes[two].clone()),
        2 => changes.swap(one, two),
        3 => changes[one] = changes[two].clone(),
        4 => batch.first_seq += 1,
        5 => batch.office = OfficeId(id(0x0f, 2)),
        6 => batch.device = DeviceId(id(0xde, 2)),
        7 => batch.author = UserId(id(0xa0, 2)),
        8 => batch.previous.0[3] ^= 1,
        9 => hidden.iter_mut().for_each(|hash| hash.0[9] ^= 1),
        10 => hidden.reverse(),
        11 => drop(hidden.pop()),
        12 => hidden.push(Bytes([0; 32])),
        // Of another batch of the same device.
        25 => {
            let phone = Phone::new(1);
            let other = phone.sign(phone.chain(), 8, people(changes.len() as u64));
            changes[one] = other.batch().singly().swap_remove(one);
        }
        13.. => {
            let part = parts.get_mut(one)?;
            let fields = part.fields.len();
            match what {
                13 => part.salt.0[0] ^= 1,
                14 => part.head.at.1 += 1,
                15 => part.head.record.id = id(0x0c, 99),
                16 => part.head.record = RecordRef::new("note", part.head.record.id),
                17 => part.head.cause = Some(RecordRef::new("submission", id(0x5b, 9))),
                18 => drop(part.fields.pop()),
                19 => part.fields.push(part.fields.last()?.clone()),
                20 => part.fields.swap(0, fields.checked_sub(1)?),
                _ => match part.fields.first_mut()? {
                    PartField::Value { salt, field } => match what {
                        21 => field.value = json("\"another\""),
                        22 => field.replaces.push(ChangeId(id(0x1d, 99))),
                        23 => field.name = "a".into(),
                        _ => salt.0[15] ^= 1,
                    },
                    PartField::Withheld(leaf) => leaf.0[0] ^= 1,
                    PartField::Erased(erased) => match what {
                        21 => erased.commitment.0[0] ^= 1,
                        22 => erased.replaces.push(ChangeId(id(0x1d, 99))),
                        _ => erased.name = "a".into(),
                    },
                },
            }
            let mut parts = parts.into_iter();
            changes = changes
                .iter()
                .map(|seen| match seen {
                    Seen::Hidden => Some(Seen::Hidden),
                    _ => parts.next().map(Seen::Part),
                })
                .collect::<Option<_>>()?;
        }
    }
    batch.body = Body::Parts { changes, hidden };
    let differs = said(&batch) != said(view);
    differs.then_some(batch)
}

/// All that a batch says, however its salts travel.
fn said(batch: &Batch) -> impl PartialEq + use<> {
    let parts: Vec<Option<Part>> = batch.singly().iter().map(Seen::part).collect();
    let hidden = match &batch.body {
        Body::Whole { .. } => vec![],
        Body::Parts { hidden, .. } => hidden.clone(),
    };
    (batch.office, batch.device, batch.author, batch.first_seq, batch.previous, parts, hidden)
}

proptest! {
    #![proptest_config(Config { cases: 128, ..Config::default() })]

    #[test]
    fn any_sequence_of_hiding_withholding_and_erasing_keeps_what_was_signed((whole, view) in some_view()) {
        prop_assert_eq!(view.statement(), whole.statement());
        prop_assert!(view.ids().iter().zip(whole.ids()).all(|(seen, id)| seen.is_none() || seen == id));
        prop_assert!(within(&view, &whole));
        for packing in [Packing::Plain, Packing::Zstd] {
            let again = read(&codec::encode(&[&view], packing).unwrap(), &Phone::new(1)).unwrap();
            prop_assert_eq!(again.batch(), view.batch());
        }
    }

    #[test]
    fn two_views_join_to_the_same_in_either_order((whole, view) in some_view(), steps in prop::collection::vec(step(), 0..6)) {
        let other = steps.into_iter().filter(|step| step.0 != 2).fold(whole.view(|_, _| true).unwrap(), |view, step| taken(&view, &whole, step));
        let (one, two) = (view.join(&other).unwrap(), other.join(&view).unwrap());
        prop_assert!(within(&view, &one) && within(&other, &two) && within(&one, &whole) && within(&one, &two));
        let erased: BTreeSet<_> = view.erasures().map(|(id, erased)| (id, erased.name.to_string())).collect();
        let kept: BTreeSet<_> = one.erasures().map(|(id, erased)| (id, erased.name.to_string())).collect();
        prop_assert_eq!(erased, kept);
    }

    #[test]
    fn what_was_tampered_with_is_refused(
        (_, view) in some_view(), what in 0u8..26, one in any::<Index>(), two in any::<Index>(),
    ) {
        if let Some(batch) = tampered(view.batch(), what, one, two) {
            let refused = batch.rebuild().and_then(|rebuilt| rebuilt.verify(&Phone::new(1).signer()));
            prop_assert!(refused.is_err(), "{}", what);
        }
    }

    #[test]
    fn a_flipped_bit_is_refused_or_shows_no_other_value((whole, view) in some_view(), at in any::<Index>(), bit in 0u8..8) {
        let mut bytes = page(&[&view]);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(mut batches) = codec::decode(&bytes) && batches.len() == 1
            && let Ok(read) = batches.remove(0).verify(&Phone::new(1).signer()) {
            prop_assert!(within(&read, &whole));
            prop_assert_eq!(read.ids(), view.ids());
        }
    }

    #[test]
    fn bytes_of_anything_end_in_an_error(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = codec::decode(&bytes);
        bytes.splice(0..0, [2, 0]);
        prop_assert!(codec::decode(&bytes).map(|batches| batches.is_empty()).unwrap_or(true));
    }
}

#[test]
fn every_flipped_bit_of_a_page_is_refused() {
    let phone = Phone::new(1);
    let whole = phone.sign(phone.chain(), 1, people(3));
    let hidden = whole.view(|head, _| head.record.id != id(0x0c, 1)).unwrap();
    let withheld = whole.view(|_, name| name != Some("note")).unwrap();
    for view in [whole, hidden, withheld] {
        let bytes = page(&[&view]);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // Whatever the bytes now say, one batch of this device is not among it.
            let read = codec::decode(&flipped).unwrap_or_default();
            assert!(read.into_iter().all(|batch| batch.verify(&phone.signer()).is_err()), "bit {bit}");
        }
    }
}

#[test]
fn the_largest_batch_holds_too() {
    let phone = Phone::new(1);
    let batch = phone.sign(phone.chain(), 1, people(10_000));
    assert_eq!(
        read(&codec::encode(&[&batch], Packing::Zstd).unwrap(), &phone).unwrap().batch(),
        batch.batch()
    );
    let third = |record: Uuid| record.as_bytes()[15].is_multiple_of(3);
    let view = batch.view(|head, name| third(head.record.id) || name == Some("name")).unwrap();
    let view = view.erase(OrderId(id(0xee, 1)), |_, name| name == "note").unwrap();
    assert_eq!(read(&codec::encode(&[&view], Packing::Zstd).unwrap(), &phone).unwrap().batch(), view.batch());
    let mut maker = Maker::with_seed(phone.device, phone.chain(), Seed([1; 16]));
    people(10_000).into_iter().for_each(|draft| assert!(maker.add(draft).is_ok()));
    assert_eq!(maker.add(draft(0, "person", &[])), Err(BatchError::TooLarge));
}

#[test]
fn what_belongs_to_others_is_named_as_such() {
    let phone = Phone::new(1);
    let batch = phone.sign(phone.chain(), 1, people(1));
    let rebuilt = || batch.batch().clone().rebuild().unwrap();
    let signer = || Phone::new(1).signer();
    let code = |signer: &Signer| rebuilt().verify(signer).unwrap_err().code();
    assert_eq!(code(&Signer { device: DeviceId(id(0xde, 2)), ..signer() }), "batch.wrong-device");
    assert_eq!(code(&Signer { office: OfficeId(id(0x0f, 2)), ..signer() }), "batch.wrong-office");
    assert_eq!(code(&Signer { author: UserId(id(0xa0, 2)), ..signer() }), "batch.wrong-author");
    assert_eq!(code(&Signer { key: Phone::new(2).signer().key, ..signer() }), "batch.wrong-signature");
}
