//! The drill: a copy of the running hub, restored; phones bring back what it lacks.

use crate::{
    routes::browser::Browser,
    world::{COMMUNE, Office},
};
use hub::backup;
use model::{RecordEdit, kind};
use std::fs;
use testkit::{
    Client, Request,
    records::{self, household, under},
};
use wire::{
    push::Outcome,
    receipt::{Acknowledged, Receipt},
};

#[test]
fn phones_bring_back_what_the_backup_lacks() {
    let temporary = tempfile::tempdir().unwrap();
    let office = Office::open();
    let mut hoa = office.phone("hoa", "all");
    let mut lan = office.phone("lan", "all");
    let before: Vec<u8> = (0..200_000u32).map(|i| i as u8).collect();
    let kept = wire::blob::address(&before);
    let home = household(COMMUNE).set("file", records::file((&kept, before.len())));
    hoa.write(vec![home.clone()]);
    hoa.create_upload(&kept, before.len(), Some(&before));
    hoa.pull(10);

    let file = temporary.path().join("backup.tar");
    assert_eq!(backup::backup(&office.hub, &file).unwrap(), backup::Summary { photos: 1, damaged: vec![] });
    assert_eq!(backup::backup(&office.hub, &file).unwrap_err().code(), "backup.file-exists");

    // After the backup: a visit by Hoa, on which Lan builds, and a photo.
    let after = vec![9; 1_000];
    let lost = wire::blob::address(&after);
    let visit = under(kind::VISIT, &home.record).set("file", records::file((&lost, after.len())));
    hoa.write(vec![visit.clone()]);
    lan.learn(&hoa.batches.clone());
    lan.write(vec![RecordEdit::new(visit.record).set("agreed", "thăm lại")]);
    hoa.create_upload(&lost, after.len(), Some(&after));
    let epoch = hoa.pull_page(10).epoch;
    let hub_id = office.hub.identity.hub;
    drop(office);

    let folder = temporary.path().join("restored");
    backup::restore(&file, &folder).unwrap();
    let office = Office::over(folder, None);
    assert_eq!(office.hub.identity.hub, hub_id);
    hoa.link = office.link();
    lan.link = office.link();
    assert_ne!(hoa.pull_page(10).epoch, epoch);
    assert_eq!(office.hub.photos.read(&kept).unwrap().unwrap(), before);
    assert_eq!(hoa.missing(&[&kept, &lost]), [lost.as_str()]);

    // Lan comes first: her change waits for Hoa's.
    assert_eq!(lan.ask().received_through, 0);
    let waits = lan.outcomes(&lan.batches);
    assert_eq!(waits, [Outcome::Waiting { code: "admission.parent-unknown".into() }]);
    let through = usize::try_from(hoa.ask().received_through).unwrap();
    assert_eq!(through, 1);
    assert_eq!(hoa.outcomes(&hoa.batches[through..]), [Outcome::Admitted]);
    assert_eq!(hoa.create_upload(&lost, after.len(), Some(&after)).offset(), 1_000);
    let stats = office.stats();
    assert_eq!((stats.changes, stats.waiting, stats.of("visit")), (3, 0, 1));
    // The old cursors are of the old epoch: everything is read again.
    assert_eq!(hoa.pull(10).len(), 3);
}

/// An invitation that was used or a session that ended may be open again in an old folder.
#[test]
fn in_a_rewound_hub_sessions_and_open_invitations_end() {
    let office = Office::open();
    let hoa = office.phone("hoa", "all");
    let said = hoa.ask().receipt.unwrap().reopen().unwrap();
    let administrator = Browser::of(&office, "quantri", "administrator");
    let code = office.code(&office.user("lan", "all"));
    let enrol = |office: &Office| {
        let request = Client::enrol_request(&code, &testkit::new_key());
        office.send(&Request::message(wire::paths::ENROL, &request))
    };
    assert_eq!(administrator.get("/devices").answer.status, 200);
    // The hub gave it before its folder went back.
    let lost = Receipt::issue(&Acknowledged { count: 1, ..said }, &office.key()).unwrap();
    hoa.show(&lost);
    assert_eq!(administrator.get("/devices").answer.status, 303, "to log in");
    assert_eq!(enrol(&office).refusal().1, "enrol.code-used");
}

#[test]
fn a_damaged_or_cut_backup_is_not_restored() {
    let temporary = tempfile::tempdir().unwrap();
    let office = Office::open();
    let mut hoa = office.phone("hoa", "all");
    let photo = vec![7; 5_000];
    hoa.name_blobs(&[(&wire::blob::address(&photo), photo.len())]);
    hoa.create_upload(&wire::blob::address(&photo), photo.len(), Some(&photo));
    let file = temporary.path().join("backup.tar");
    backup::backup(&office.hub, &file).unwrap();
    let whole = fs::read(&file).unwrap();
    let target = temporary.path().join("target");
    let restore = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        let code = backup::restore(&file, &target).map_err(|error| error.code());
        let left = fs::read_dir(&target).unwrap().count();
        (code.map(|restored| restored.photos), left)
    };
    let at = whole.windows(5_000).position(|window| window == photo).unwrap();
    let mut damaged = whole.clone();
    damaged[at + 100] ^= 1;
    assert_eq!(restore(&damaged), (Err("backup.damaged"), 0));
    let mut damaged = whole.clone();
    damaged[600] ^= 1;
    assert_eq!(restore(&damaged), (Err("backup.damaged"), 0));
    assert_eq!(restore(&whole[..whole.len() / 2]), (Err("backup.not-a-backup"), 0));
    assert_eq!(restore(b"hello"), (Err("backup.not-a-backup"), 0));
    assert_eq!(restore(&whole).0, Ok(1));
    assert_eq!(restore(&whole).0, Err("backup.target-not-empty"));
}

#[test]
fn a_photo_that_went_bad_is_named_and_left_out() {
    let temporary = tempfile::tempdir().unwrap();
    let office = Office::open();
    let mut hoa = office.phone("hoa", "all");
    let photo = vec![7; 5_000];
    let address = wire::blob::address(&photo);
    hoa.name_blobs(&[(&address, photo.len())]);
    hoa.create_upload(&address, photo.len(), Some(&photo));
    fs::write(office.hub.photos.path(&address), b"rot").unwrap();
    let summary = backup::backup(&office.hub, &temporary.path().join("b.tar")).unwrap();
    assert_eq!(summary, backup::Summary { photos: 0, damaged: vec![address] });
}
