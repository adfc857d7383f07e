//! Packs that the office published: what is taken, what is left aside, by what the phone works.

use crate::common::*;
use model::{RecordEdit, encoding::Bytes, kind};
use std::collections::BTreeMap;
use store::{NewDraft, PackState, Store, pack_code};
use wire::packs::{Manifest, PackList, SignedPack};

const KINDS: &str = "kind,parents,scope,label_vi,label_en,plural_vi,plural_en,title,unnamed_vi,unnamed_en,workflow,listed,made_by,immutable,order\n\
    well,household,inherit,Giếng nước,Water well,Giếng nước,Water wells,${note},Giếng nước,Water well,,,,,20\n";
const FIELDS: &str = "kind,field,type,list,label_vi,label_en,group,merge,privacy,search,shown,lists,from,to,article\n\
    well,note,text,,Ghi chú,Remarks,,value,personal,3,fact,,,,\n";
/// With one more field.
const MORE: &str = "kind,field,type,list,label_vi,label_en,group,merge,privacy,search,shown,lists,from,to,article\n\
    well,note,text,,Ghi chú,Remarks,,value,personal,3,fact,,,,\n\
    well,depth,decimal,,Độ sâu,Depth,,value,personal,,fact,,,,\n";
const DAY_MS: u64 = 24 * 3_600_000;

fn about(version: &str) -> String {
    format!(
        "id,version,level,base,needs,from,title_vi,title_en,note\nxa,{version},commune,quoc_gia,,2025-01-01,Xã,Commune,\n"
    )
}

/// Publishes the overlay `xa` with these fields.
fn publish(office: &Office, version: &str, fields: &str, say: impl FnOnce(&mut Manifest)) -> Manifest {
    let about = about(version);
    let files = [("pack.csv", about.as_str()), ("kinds.csv", KINDS), ("fields.csv", fields)];
    let files = files.map(|(path, text)| (path, text.as_bytes()));
    office.publish_pack("xa", &files, |manifest| {
        manifest.version = version.into();
        say(manifest);
    })
}

/// Takes what the office lists, as a synchronisation does; gives how many files were fetched.
fn take(store: &Store, office: &Office) -> usize {
    let list = PackList { v: wire::VERSION, packs: office.state().packs.clone() };
    let (mut fetched, mut failed) = (0, BTreeMap::new());
    for wanted in store.take_pack_list(&list).unwrap() {
        for file in wanted.files {
            match office.state().contents.get(&file.sha256) {
                Some(bytes) => store.put_content(&file.sha256, bytes).unwrap(),
                None => drop(failed.insert(wanted.serial, "sync.hub-problem".to_owned())),
            }
            fetched += 1;
        }
    }
    store.packs_failed(&failed).unwrap();
    store.work_by_new_packs().unwrap();
    fetched
}

fn knows(store: &Store, kind: &str, field: &str) -> bool {
    store.rulebook().field(kind, field).is_some()
}

/// Versions with how they stand.
fn standing(store: &Store) -> Vec<(String, PackState)> {
    store.packs().unwrap().into_iter().map(|pack| (pack.version, pack.state)).collect()
}

fn active(version: &str) -> (String, PackState) {
    (version.into(), PackState::Active)
}

fn aside(version: &str, code: &str) -> (String, PackState) {
    (version.into(), PackState::Aside(code.into()))
}

fn found(store: &Store, query: &str) -> u32 {
    store.list(kind::HOUSEHOLD, query, 0, 10).unwrap().total
}

#[test]
fn a_pack_is_worked_by_from_the_moment_it_came_also_after_a_restart() {
    let mut phone = Phone::new();
    let mut other = phone.other();
    let home = household("Lò Văn An");
    let well = RecordEdit::new(new_ref("well")).under(home.record.clone()).set("note", "nước trong");
    let mut answer = phone.answer(&commune(), 1, [home, well].map(|edit| put(other.change(edit))).into());
    answer.certificates = vec![phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!((found(&phone.store, "lo van"), found(&phone.store, "nuoc trong")), (1, 0));
    let built_in = phone.store.rulebook();
    assert_eq!(standing(&phone.store), []);

    publish(&phone.office, "1", FIELDS, |_| {});
    assert_eq!(take(&phone.store, &phone.office), 3);
    assert_eq!(standing(&phone.store), [active("1")]);
    // What was kept of a kind that nobody knew is found now, in a search that was made before.
    assert_eq!((found(&phone.store, "lo van"), found(&phone.store, "nuoc trong")), (1, 1));
    assert_ne!(phone.store.rulebook().version(), built_in.version());

    phone.reopen();
    assert_eq!((standing(&phone.store), found(&phone.store, "nuoc trong")), (vec![active("1")], 1));
    assert_eq!(take(&phone.store, &phone.office), 0, "nothing is fetched twice");
    let told = wire::packs::standing(&manifests(&phone.office));
    assert_eq!(phone.store.packs_standing().unwrap(), Some(told));
    phone.store.check().unwrap();
}

fn manifests(office: &Office) -> Vec<Manifest> {
    office.state().packs.iter().map(|pack| pack.reopen().unwrap()).collect()
}

#[test]
fn a_pack_counts_from_its_day_on() {
    let mut phone = Phone::new();
    publish(&phone.office, "1", FIELDS, |_| {});
    // Two days after the clock's.
    publish(&phone.office, "2", MORE, |manifest| manifest.from = "2025-11-26".parse().unwrap());
    take(&phone.store, &phone.office);
    assert_eq!(standing(&phone.store), [active("1"), ("2".into(), PackState::Coming)]);
    assert!(!knows(&phone.store, "well", "depth"));
    for restarts in [false, true] {
        phone.clock.pass(DAY_MS);
        if restarts {
            phone.reopen();
        } else {
            phone.store.work_by_today().unwrap();
        }
        assert_eq!(knows(&phone.store, "well", "depth"), restarts, "the second day");
    }
    assert_eq!(standing(&phone.store), [active("2")]);
}

#[test]
fn what_is_no_statement_of_the_office_is_left_out_and_told() {
    let phone = Phone::new();
    publish(&phone.office, "1", FIELDS, |_| {});
    take(&phone.store, &phone.office);
    let good = phone.office.state().packs.clone();
    let newer = |say: &dyn Fn(&mut Manifest)| publish(&phone.office, "2", MORE, |manifest| say(manifest));
    let spoilt: [(&str, &str, &dyn Fn() -> SignedPack); 5] = [
        ("2", pack_code::NOT_SIGNED, &|| SignedPack::issue(&newer(&|_| {}), &testkit::new_key()).unwrap()),
        ("2", pack_code::NOT_SIGNED, &|| {
            newer(&|_| {});
            let text = serde_json::to_string(phone.office.state().packs.last().unwrap()).unwrap();
            serde_json::from_str(&text.replacen("\"serial\":2", "\"serial\":9", 1)).unwrap()
        }),
        ("2", pack_code::OTHER_OFFICE, &|| {
            newer(&|manifest| manifest.office = model::OfficeId::new());
            phone.office.state().packs.last().unwrap().clone()
        }),
        ("", pack_code::UNREADABLE, &|| serde_json::from_str("{\"of\": \"another shape\"}").unwrap()),
        ("2", pack_code::REPLAYED, &|| {
            newer(&|manifest| manifest.serial = 1);
            phone.office.state().packs.last().unwrap().clone()
        }),
    ];
    for (version, code, spoil) in spoilt {
        phone.office.state().packs.clone_from(&good);
        let bad = spoil();
        phone.office.state().packs = [good.clone(), vec![bad]].concat();
        take(&phone.store, &phone.office);
        assert_eq!(standing(&phone.store), [active("1"), aside(version, code)], "{code}");
        assert_eq!(phone.store.packs_standing().unwrap(), None, "it is asked for again");
        let complaints = phone.store.condition().unwrap().forms;
        assert_eq!(complaints.iter().map(|told| told.code.as_str()).collect::<Vec<_>>(), [code]);
        assert!(!knows(&phone.store, "well", "depth"), "{code}");
    }
    phone.office.state().packs = good;
    take(&phone.store, &phone.office);
    assert_eq!(standing(&phone.store), [active("1")]);
}

#[test]
fn an_older_list_takes_nothing_back() {
    let mut phone = Phone::new();
    publish(&phone.office, "1", FIELDS, |_| {});
    let before = phone.office.state().packs.clone();
    publish(&phone.office, "2", MORE, |_| {});
    take(&phone.store, &phone.office);
    phone.office.state().packs = before;
    for _ in 0..2 {
        take(&phone.store, &phone.office);
        assert_eq!(standing(&phone.store), [active("2"), aside("1", pack_code::ROLLED_BACK)]);
        phone.reopen();
        assert!(knows(&phone.store, "well", "depth"));
    }
}

#[test]
fn what_cant_be_taken_stays_aside_and_the_one_before_goes_on() {
    let big = |manifest: &mut Manifest| manifest.files[0].size = rulebook::MAX_FILE + 1;
    let leads_out = |manifest: &mut Manifest| manifest.files[0].path = "../pack.csv".into();
    let twice = |manifest: &mut Manifest| manifest.files.push(manifest.files[0].clone());
    let needs = |manifest: &mut Manifest| manifest.needs = vec!["time-travel".into()];
    let other = |manifest: &mut Manifest| manifest.base = None;
    type Say<'a> = &'a dyn Fn(&mut Manifest);
    let said: [(&str, Say<'_>); 5] = [
        (pack_code::TOO_LARGE, &big),
        (pack_code::TOO_LARGE, &leads_out),
        (pack_code::TOO_LARGE, &twice),
        (pack_code::NEEDS, &needs),
        (pack_code::FAULTY, &other),
    ];
    for (code, say) in said {
        let mut phone = Phone::new();
        publish(&phone.office, "1", FIELDS, |_| {});
        take(&phone.store, &phone.office);
        publish(&phone.office, "2", MORE, say);
        assert_eq!(take(&phone.store, &phone.office), 0, "{code}: nothing is fetched of it");
        assert_eq!(standing(&phone.store), [active("1"), aside("2", code)]);
        // This program need not ask again.
        assert!(phone.store.packs_standing().unwrap().is_some(), "{code}");
        phone.reopen();
        assert_eq!(standing(&phone.store), [active("1"), aside("2", code)]);
    }
}

#[test]
fn a_fault_or_a_missing_file_spoils_its_own_pack_alone() {
    let phone = Phone::new();
    let other = "kind,field,type,list,label_vi,label_en,group,merge,privacy,search,shown,lists,from,to,article\n\
        household,roof_age,int,,Tuổi mái,Age of the roof,,value,personal,,fact,,,,\n";
    let pack = about("1").replace("\nxa,", "\nhuyen,");
    let files = [("pack.csv", pack.as_bytes()), ("fields.csv", other.as_bytes())];
    phone.office.publish_pack("huyen", &files, |_| {});
    publish(&phone.office, "2", FIELDS, |_| {});
    take(&phone.store, &phone.office);
    assert!(knows(&phone.store, "household", "roof_age") && knows(&phone.store, "well", "note"));

    // A kind that nothing knows.
    let faulty = MORE.replace("well,depth", "spring,depth");
    publish(&phone.office, "3", &faulty, |_| {});
    take(&phone.store, &phone.office);
    assert_eq!(standing(&phone.store), [active("1"), active("2"), aside("3", pack_code::FAULTY)]);

    let missing = publish(&phone.office, "4", MORE, |_| {});
    let gone = missing.files[2].sha256;
    let bytes = phone.office.state().contents.remove(&gone).unwrap();
    take(&phone.store, &phone.office);
    let told = [active("1"), active("2"), aside("4", "sync.hub-problem")];
    assert_eq!(
        standing(&phone.store)[..3],
        [told[0].clone(), told[1].clone(), aside("3", pack_code::FAULTY)]
    );
    assert_eq!(standing(&phone.store)[3], told[2]);
    assert_eq!(phone.store.packs_standing().unwrap(), None, "it is to be tried again");
    phone.office.state().contents.insert(gone, bytes);
    assert_eq!(take(&phone.store, &phone.office), 1, "the others are here");
    assert!(knows(&phone.store, "well", "depth"));
    assert!(phone.store.put_content(&Bytes([7; 32]), b"other").is_err(), "a file is what its hash says");
}

#[test]
fn a_draft_finishes_under_the_rules_that_it_began_under() {
    let mut phone = Phone::new();
    let built_in = phone.store.rulebook();
    let begin = |phone: &Phone| {
        let new = NewDraft {
            form: "vang_gia".into(),
            version: "1".into(),
            rulebook: phone.store.rulebook().version().to_owned(),
            about: None,
            restricted: false,
            title: String::new(),
            basis: String::new(),
            step: None,
        };
        phone.store.create_draft(&new, None).unwrap()
    };
    let rules_of = |phone: &Phone, draft| {
        let version = phone.store.draft(draft).unwrap().rulebook;
        phone.store.rulebook_of(version.as_deref()).unwrap()
    };
    let first = begin(&phone);
    publish(&phone.office, "1", FIELDS, |_| {});
    take(&phone.store, &phone.office);
    let second = begin(&phone);
    let under = phone.store.rulebook().version().to_owned();
    // Far more than are kept without a draft.
    for version in 2..8 {
        let fields = MORE.replace("depth", &format!("depth_{version}"));
        publish(&phone.office, &version.to_string(), &fields, |_| {});
        take(&phone.store, &phone.office);
    }
    phone.office.state().packs.drain(..6);
    take(&phone.store, &phone.office);
    phone.store.sync_finished(1).unwrap();
    phone.reopen();
    assert_eq!(rules_of(&phone, first).version(), built_in.version());
    assert_eq!(rules_of(&phone, second).version(), under);
    assert_eq!(phone.store.rulebook_of(None).unwrap().version(), built_in.version());
    assert!(knows(&phone.store, "well", "depth_7"));

    phone.store.delete_draft(second).unwrap();
    phone.store.sync_finished(2).unwrap();
    phone.reopen();
    let present = phone.store.rulebook();
    assert_eq!(
        phone.store.rulebook_of(Some(&under)).unwrap().version(),
        present.version(),
        "nothing needs it"
    );
}

#[test]
fn a_newer_national_pack_takes_the_place_of_the_programs_own() {
    let phone = Phone::new();
    let own = rulebook::Pack::built_in();
    let own: Vec<(&str, &[u8])> = own.files().collect();
    let national = |version: &'static str| {
        move |manifest: &mut Manifest| {
            (manifest.base, manifest.version) = (None, version.into());
        }
    };
    // As old as the program's own, which goes on.
    phone.office.publish_pack("quoc_gia", &own, national("3"));
    assert_eq!(take(&phone.store, &phone.office), 0);
    assert_eq!((standing(&phone.store), phone.store.rulebook().version()), (vec![], rules().version()));

    let about =
        String::from_utf8(own.iter().find(|(path, _)| *path == "pack.csv").unwrap().1.to_vec()).unwrap();
    let about = about.replace("quoc_gia,3,", "quoc_gia,4,");
    let newer: Vec<(&str, &[u8])> = own
        .iter()
        .map(|(path, bytes)| (*path, if *path == "pack.csv" { about.as_bytes() } else { bytes }))
        .collect();
    phone.office.publish_pack("quoc_gia", &newer, national("4"));
    publish(&phone.office, "1", FIELDS, |_| {});
    assert_eq!(take(&phone.store, &phone.office), 4, "of the national one what is new");
    assert_eq!(standing(&phone.store), [active("4"), active("1")]);
    assert!(knows(&phone.store, "well", "note") && knows(&phone.store, "household", "water"));
}

#[test]
fn a_pack_that_the_offices_next_key_signed_anew_is_the_one_that_is_here() {
    let phone = Phone::new();
    publish(&phone.office, "1", FIELDS, |_| {});
    take(&phone.store, &phone.office);
    {
        let mut office = phone.office.state();
        let next = testkit::new_key();
        let change = wire::keys::KeyChange {
            v: 1,
            office: office.office,
            serial: 1,
            from: office.key.public(),
            to: next.public(),
            at: 1,
        };
        let step = wire::keys::Step::Changed(wire::signed::Signed::issue(&change, &office.key).unwrap());
        office.packs = office.packs.iter().map(|pack| pack.anew(&next).unwrap()).collect();
        office.key = next;
        drop(office);
        let mut answer = phone.answer(&commune(), 1, vec![]);
        answer.keys = vec![step];
        phone.store.apply_pull(&answer).unwrap();
    }
    assert_eq!(take(&phone.store, &phone.office), 0);
    assert_eq!(standing(&phone.store), [active("1")]);
    publish(&phone.office, "2", MORE, |_| {});
    take(&phone.store, &phone.office);
    assert_eq!(standing(&phone.store), [active("2")]);
}
