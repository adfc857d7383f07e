use super::*;
use crate::{CaseId, Feed};

#[test]
fn a_later_change_of_a_batch_replaces_an_earlier_by_its_id() {
    let phone = Phone::new(1);
    let mut maker = Maker::new(phone.device, phone.chain(), &SystemRandom::new()).unwrap();
    let first = maker.add(draft(1, "person", &[("name", "\"An\"")])).unwrap();
    let mut second = draft(1, "person", &[]);
    second.fields.insert("name".into(), (json("\"Anh\""), BTreeSet::from([first])));
    maker.add(second).unwrap();
    let batch = maker.sign(&phone.key).unwrap();
    assert_eq!(batch.ids()[0], Some(first));
    assert!(read(&page(&[&batch]), &phone).is_ok());
}

#[test]
fn work_that_is_signed_anew_gets_other_ids() {
    let phone = Phone::new(1);
    let make = || {
        let mut maker = Maker::new(phone.device, phone.chain(), &SystemRandom::new()).unwrap();
        maker.add(draft(1, "person", &[("name", "\"An\"")])).unwrap()
    };
    assert_ne!(make(), make());
}

#[test]
fn batches_are_chained_from_the_certificate_on() {
    let phone = Phone::new(1);
    let first = phone.sign(phone.chain(), 1, people(2));
    let second = phone.sign(Chain::after(first.statement()), 2, people(1));
    let third = phone.sign(Chain::after(second.statement()), 3, people(1));
    assert_eq!((second.statement().first_seq, third.statement().first_seq), (3, 4));
    assert_eq!(first.statement().follows(&phone.chain()), Ok(()));
    assert_eq!(second.statement().follows(&Chain::after(first.statement())), Ok(()));
    assert_eq!(third.statement().follows(&Chain::after(first.statement())), Err(BatchError::Gap));
    assert_eq!(first.statement().follows(&Phone::new(2).chain()), Err(BatchError::BrokenChain));

    let other = phone.sign(phone.chain(), 4, people(2));
    assert_eq!(second.statement().follows(&Chain::after(other.statement())), Err(BatchError::BrokenChain));
}

#[test]
fn two_statements_for_one_position_are_a_fork() {
    let phone = Phone::new(1);
    let first = phone.sign(phone.chain(), 1, people(2));
    let second = phone.sign(Chain::after(first.statement()), 2, people(2));
    let longer = phone.sign(phone.chain(), 3, people(3));
    assert!(first.statement().forks(longer.statement()) && longer.statement().forks(second.statement()));
    assert!(!first.statement().forks(second.statement()) && !first.statement().forks(first.statement()));
    let other = Phone::new(2);
    assert!(!first.statement().forks(other.sign(other.chain(), 1, people(2)).statement()));
}

#[test]
fn a_commit_makes_a_batch_for_each_feed_the_ordinary_first() {
    let phone = Phone::new(1);
    let commune = Feed::Commune("06040".into());
    let case = Feed::Case(CaseId(id(0x0c, 7)));
    let drafts = |note: &str| {
        vec![
            (case.clone(), draft(7, "case", &[("restricted", "true")])),
            (commune.clone(), draft(1, "visit", &[("note", note)])),
            (case.clone(), draft(8, "task", &[])),
        ]
    };
    let sign = |drafts| {
        let restricted = |feed: &Feed| matches!(feed, Feed::Case(_));
        by_feed(phone.device, phone.chain(), drafts, restricted, &phone.key, &SystemRandom::new())
    };
    let made = sign(drafts("\"\"")).unwrap();
    let shape: Vec<_> = made.iter().map(|(feed, batch)| (feed, batch.statement().count)).collect();
    assert_eq!(shape, [(&commune, 1), (&case, 2)]);
    assert_eq!(made[1].1.statement().follows(&Chain::after(made[0].1.statement())), Ok(()));

    let naming = format!("\"case:{}\"", id(0x0c, 7));
    assert_eq!(sign(drafts(&naming)).unwrap_err(), BatchError::NamesRestricted);
    let mut caused = drafts("\"\"");
    caused[1].1.cause = Some(RecordRef::new("case", id(0x0c, 7)));
    assert_eq!(sign(caused).unwrap_err(), BatchError::NamesRestricted);
}

#[test]
fn what_is_out_of_bounds_is_not_made() {
    let phone = Phone::new(1);
    let maker = || Maker::with_seed(phone.device, phone.chain(), Seed([1; 16]));
    assert_eq!(maker().sign(&phone.key).unwrap_err(), BatchError::Empty);
    let long = "n".repeat(limit::NAME + 1);
    assert_eq!(maker().add(draft(1, "person", &[(&long, "1")])), Err(BatchError::TooLarge));
    assert_eq!(maker().add(draft(1, "person", &[("", "1")])), Err(BatchError::NoName));
    assert_eq!(maker().add(draft(1, "", &[])), Err(BatchError::NoName));
    let large = format!("\"{}\"", "a".repeat(limit::VALUE));
    assert_eq!(maker().add(draft(1, "person", &[("note", &large)])), Err(BatchError::TooLarge));
    // Two values below the limit are more than a batch may hold.
    let most = format!("\"{}\"", "a".repeat(limit::VALUE - 2));
    let mut full = maker();
    full.add(draft(0, "person", &[("note", &most)])).unwrap();
    assert_eq!(full.add(draft(3, "person", &[("note", &most)])), Err(BatchError::TooLarge));
    full.add(draft(1, "person", &[("note", "\"\"")])).unwrap();
    let batch = full.sign(&phone.key).unwrap();
    let parts = batch.view(|head, name| head.record.id != id(0x0c, 1) || name != Some("note")).unwrap();
    assert!(
        codec::encode(&[&batch], Packing::Plain).is_ok() && codec::encode(&[&parts], Packing::Zstd).is_ok()
    );
}

#[test]
fn numbers_that_cannot_be_are_refused() {
    let phone = Phone::new(1);
    let sign = |next_seq| {
        let mut maker = Maker::with_seed(phone.device, Chain { next_seq, ..phone.chain() }, Seed([1; 16]));
        maker.add(draft(1, "person", &[]))?;
        maker.sign(&phone.key)
    };
    assert_eq!(sign(0).unwrap_err(), BatchError::Sequence);
    assert_eq!(sign(limit::SEQ).unwrap_err(), BatchError::Sequence);
    assert!(sign(limit::SEQ - 1).is_ok());
    let mut late = draft(1, "person", &[]);
    late.at = Stamp(limit::SEQ + 1, 0);
    let mut maker = Maker::with_seed(phone.device, phone.chain(), Seed([1; 16]));
    assert_eq!(maker.add(late), Err(BatchError::TooLarge));
}
