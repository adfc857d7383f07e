//! Pages, cursors, epochs, grants.

use super::{COMMUNE, Hub, NEIGHBOUR, in_commune, phone};
use crate::{
    Client,
    records::{household, under},
};
use model::{Feed, HubId, kind};
use std::collections::BTreeMap;
use wire::{
    paths,
    pull::{Cursor, Entry, FeedEntry, Holds, PullRequest},
};

pub fn pages_of_any_size_bring_the_same_without_a_gap(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    for commune in [COMMUNE, NEIGHBOUR, COMMUNE] {
        let home = household(commune);
        let members = [(); 5].map(|()| under(kind::PERSON, &home.record));
        for edit in [home].into_iter().chain(members) {
            phone.write(vec![edit]);
        }
    }
    let whole = phone.pull(2_000);
    assert_eq!(whole.len(), 18);
    let mut positions: BTreeMap<&str, u64> = BTreeMap::new();
    for line in &whole {
        let mut words = line.split(' ');
        let last = positions.entry(words.next().unwrap()).or_default();
        *last += 1;
        assert_eq!(words.next().unwrap().parse(), Ok(*last), "{line}");
    }
    for size in [1, 5, 7] {
        phone.cursors.clear();
        let page = phone.pull_page(size);
        let entries: usize = page.feeds.iter().map(|feed| feed.entries.len()).sum();
        assert!((1..=size as usize).contains(&entries), "{entries} in a page of {size}");
        assert_eq!(page.feeds[0].head, 12, "there is more");
        assert_eq!(phone.pull(size), whole, "pages of {size}");
    }
    assert!(phone.pull(10).is_empty());
}

pub fn certificates_come_with_the_entries_and_no_others(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let mut lan = phone(hub, "lan", &format!("commune:{NEIGHBOUR}"));
    lan.write(vec![household(NEIGHBOUR)]);
    hoa.write(vec![household(COMMUNE)]);
    let reader = phone(hub, "doc", &in_commune());
    let page = reader.pull_page(10);
    let key = reader.enrolled.office_key;
    let devices: Vec<_> = page.certificates.iter().map(|one| one.verify(&key).unwrap().device).collect();
    assert_eq!(devices, [hoa.device]);
    let mut hoa = hoa;
    hoa.pull(10);
    assert!(hoa.pull_page(10).certificates.is_empty(), "no entries, no certificates");
}

pub fn a_phone_is_granted_its_communes_and_no_others(hub: &mut dyn Hub) {
    let mut all = phone(hub, "tinh", "all");
    all.write(vec![household(COMMUNE)]);
    all.write(vec![household(NEIGHBOUR)]);
    let mut phone = phone(hub, "hoa", &in_commune());
    assert_eq!(phone.pull_page(10).granted, [Feed::Commune(COMMUNE.into())]);
    assert_eq!(phone.pull(10).len(), 1);
    // Its own commune is granted before anything is in it.
    let empty = super::phone(hub, "lan", "commune:00004");
    assert_eq!(empty.pull_page(10).granted, [Feed::Commune("00004".into())]);
    // Moved to another commune: the old feed is to be forgotten.
    hub.set_place(phone.user, &format!("commune:{NEIGHBOUR}"));
    let page = phone.pull_page(10);
    assert_eq!(page.granted, [Feed::Commune(NEIGHBOUR.into())]);
    assert_eq!(page.worker.places, [format!("commune:{NEIGHBOUR}").parse().unwrap()]);
    assert_eq!(page.feeds[0].entries.len(), 1);
}

pub fn a_feed_that_a_phone_can_not_read_is_left_out_and_stays_granted(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    for commune in [COMMUNE, COMMUNE, NEIGHBOUR] {
        phone.write(vec![household(commune)]);
    }
    let [read, skipped] = [NEIGHBOUR, COMMUNE].map(|code| Feed::Commune(code.into()));
    // Also what the hub does not know itself.
    phone.skip = vec![skipped.clone(), Feed::Other("archive:15".into())];
    // The feed left out takes no place in the answer.
    let page = phone.pull_page(1);
    assert_eq!(page.feeds.iter().map(|page| &page.feed).collect::<Vec<_>>(), [&read]);
    assert!(page.granted.contains(&skipped));
    assert_eq!(phone.pull(10).len(), 1);
    phone.skip.clear();
    assert_eq!(phone.pull(10).len(), 2);
}

pub fn cursors_of_another_hub_or_epoch_mean_nothing(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    phone.write(vec![household(COMMUNE)]);
    let all = phone.pull(10);
    let cursors = phone.cursors.clone();
    assert!(phone.pull(10).is_empty());
    phone.cursors[0].epoch = "another".into();
    assert_eq!(phone.pull(10), all);
    phone.cursors = cursors.clone();
    let this = std::mem::replace(&mut phone.enrolled.hub, HubId::new());
    assert_eq!(phone.pull_page(10).feeds.len(), 1);
    phone.enrolled.hub = this;
    // A position that was never given out.
    phone.cursors = cursors;
    phone.cursors[0].position = 99;
    assert_eq!(phone.pull_page(10).feeds[0].entries.len(), 1);
}

pub fn a_cursor_of_what_no_longer_lies_there_is_read_anew(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    for _ in 0..3 {
        phone.write(vec![household(COMMUNE)]);
    }
    let first = phone.pull_page(2);
    let all = phone.pull(10);
    let cursor = phone.cursors[0].clone();
    assert!(cursor.mark.is_some() && cursor.mark != first.feeds[0].mark);
    let answer = |cursor: &Cursor| {
        let request = PullRequest { cursors: vec![cursor.clone()], ..phone.pull_request(10) };
        let page = phone.post(paths::PULL, &request).pulled();
        (page.epoch == cursor.epoch, page.anew, page.feeds.first().map_or(0, |feed| feed.entries.len()))
    };
    assert_eq!(answer(&cursor), (true, vec![], 0));
    let feed = || vec![Feed::Commune(COMMUNE.into())];
    // Of another entry, and of one that is not there.
    assert_eq!(answer(&Cursor { mark: first.feeds[0].mark, ..cursor.clone() }), (true, feed(), 3));
    assert_eq!(answer(&Cursor { position: 99, ..cursor.clone() }), (true, feed(), 3));
    assert_eq!(answer(&Cursor { position: 99, mark: None, ..cursor.clone() }), (true, feed(), 3));
    // Where that answer was cut nobody knows it.
    assert_eq!(answer(&Cursor { position: 2, mark: None, ..cursor.clone() }), (true, vec![], 1));
    phone.cursors = vec![Cursor { mark: first.feeds[0].mark, ..cursor.clone() }];
    assert_eq!(phone.pull(2), all);
    assert_eq!(phone.cursors, [cursor]);
}

pub fn what_a_phone_holds_comes_back_as_a_number(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let mut lan = phone(hub, "lan", "all");
    for _ in 0..3 {
        hoa.write(vec![household(COMMUNE)]);
    }
    lan.write(vec![household(COMMUNE)]);
    let statement = |phone: &Client, n: usize| phone.batches[n - 1].statement().hash();
    let kinds = |holds: Option<Holds>| {
        let request = PullRequest { holds, ..hoa.pull_request(10) };
        let page = hoa.post(paths::PULL, &request).pulled();
        let kind = |entry: &FeedEntry| match &entry.entry {
            Entry::Own(seq) => seq.to_string(),
            Entry::Put(_) => "put".to_owned(),
            other => panic!("{other:?}"),
        };
        page.feeds[0].entries.iter().map(kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(None), ["put", "put", "put", "put"]);
    // It forgot the first.
    let holds = Holds { first: 2, last: 3, statement: statement(&hoa, 3) };
    assert_eq!(kinds(Some(holds.clone())), ["put", "2", "3", "put"]);
    // A copy of the phone that went another way holds other changes of the same numbers.
    let other = Holds { statement: statement(&lan, 1), ..holds.clone() };
    assert_eq!(kinds(Some(other)), ["put", "put", "put", "put"]);
    assert_eq!(kinds(Some(Holds { last: 9, ..holds })), ["put", "put", "put", "put"]);
}

pub fn an_answer_is_about_as_large_as_asked_for(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    for _ in 0..60 {
        phone.write(vec![household(COMMUNE).set("note", "x".repeat(300))]);
    }
    let request = |max_bytes| PullRequest { max_bytes, ..phone.pull_request(100) };
    let count = |max_bytes| {
        let page = phone.post(paths::PULL, &request(max_bytes)).pulled();
        (page.feeds[0].entries.len(), page.more)
    };
    assert_eq!(count(1), (1, true), "one comes however large it is");
    let (some, more) = count(10_000);
    assert!((2..59).contains(&some) && more, "{some}");
    assert_eq!(count(u64::MAX), (60, false));
}
