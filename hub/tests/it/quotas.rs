//! What one device may take up, and what is swept.

use crate::{
    photos::blob,
    routes::browser::Browser,
    world::{COMMUNE, Office},
};
use hub::{
    db::{blobs, uploads as rows},
    office::{
        limits, sync,
        uploads::{self, Swept},
    },
};
use std::{
    fs::{self, File},
    path::PathBuf,
    time::{Duration, SystemTime},
};
use testkit::{
    Client, address,
    records::{file, household},
};
use wire::{error::code, push::Outcome};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const OLD: Duration = Duration::from_secs(2 * 24 * 60 * 60);

fn sweep(office: &Office) -> Swept {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(uploads::sweep(&office.hub)).unwrap()
}

fn quota() -> (u16, String) {
    (403, code::PHOTO_QUOTA.into())
}

/// Addresses that a batch names and nobody has.
fn invented(phone: &mut Client, count: usize, size: usize) -> Vec<String> {
    let addresses: Vec<String> =
        (0..count).map(|n| address(&[size.to_be_bytes(), n.to_be_bytes()].concat())).collect();
    let named: Vec<_> = addresses.iter().map(|address| (address.as_str(), size)).collect();
    phone.name_blobs(&named);
    addresses
}

fn files(office: &Office) -> Vec<PathBuf> {
    let folders = fs::read_dir(office.folder.join("photos")).unwrap();
    let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

fn grow_old(path: &std::path::Path) {
    let file = File::options().append(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - OLD).unwrap();
}

/// The answer comes before its bytes are read, and is heard all the same.
#[test]
fn who_sends_what_is_not_taken_hears_why() {
    let office = Office::open();
    let phone = office.phone("hoa", "all");
    let (bytes, address) = blob(8_000_000, 1);
    for _ in 0..5 {
        let refusal = phone.create_upload(&address, bytes.len(), Some(&bytes)).refusal();
        assert_eq!(refusal, (403, code::PHOTO_UNKNOWN.into()));
    }
}

#[test]
fn a_device_begins_so_many_uploads_and_those_go_on() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let most = usize::try_from(limits::UPLOADS).unwrap();
    let mut begun = invented(&mut phone, most - 1, 100);
    let (bytes, real) = blob(100, 1);
    phone.name_blobs(&[(&real, 100)]);
    begun.push(real.clone());
    for address in &begun {
        assert_eq!(phone.create_upload(address, 100, Some(b"some")).offset(), 4);
    }
    let more = invented(&mut phone, 1, 200).remove(0);
    assert_eq!(phone.create_upload(&more, 200, Some(b"some")).refusal(), quota());
    assert_eq!(phone.append_upload(&begun[0], 4, b"more").offset(), 8);
    // Another device has room of its own.
    assert_eq!(office.phone("lan", "all").create_upload(&more, 200, None).status, 201);
    // One that ends makes room.
    phone.append_upload(&real, 4, b"wrong");
    let status = phone.upload_status(&real).offset();
    let rest = &bytes[usize::try_from(status).unwrap()..];
    assert_eq!(phone.append_upload(&real, status, rest).refusal(), (409, code::WRONG_ADDRESS.into()));
    assert_eq!(phone.create_upload(&more, 200, None).status, 201);
}

#[test]
fn unfinished_uploads_are_counted_by_their_wholes() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let size = 20 * 1024 * 1024;
    let fit = usize::try_from(limits::UPLOAD_BYTES).unwrap() / size;
    let addresses = invented(&mut phone, fit + 1, size);
    for address in &addresses[..fit] {
        assert_eq!(phone.create_upload(address, size, None).status, 201);
    }
    assert_eq!(phone.create_upload(&addresses[fit], size, None).refusal(), quota());
}

#[test]
fn a_device_brings_so_many_photos_in_a_day() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let (device, fill) = (phone.device, limits::DAY_PHOTO_BYTES - 5_000);
    let elsewhere = address(b"what it brought before");
    office.hub.write_now(move |_, tx| Ok(blobs::keep(tx, &elsewhere, fill, device)?)).unwrap();
    let [(one, first), (two, second), (three, third)] = [blob(3_000, 1), blob(3_000, 2), blob(100_000, 3)];
    phone.name_blobs(&[(&first, one.len()), (&second, two.len()), (&third, three.len())]);
    let answers = phone.bundle(&[(&first, &one), (&second, &two)]);
    let refused: Vec<_> = answers.into_iter().map(|answer| answer.refused).collect();
    assert_eq!(refused, [None, Some(code::PHOTO_QUOTA.to_owned())]);
    assert_eq!(phone.create_upload(&third, three.len(), Some(&three)).refusal(), quota());
    office.clock.pass(DAY_MS + 1);
    assert_eq!(phone.create_upload(&third, three.len(), Some(&three)).offset(), 100_000);
}

#[test]
fn photos_of_what_waits_have_a_room_of_their_own() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "commune:00073");
    let (bytes, held) = blob(5_000, 1);
    let elsewhere = address(b"what it brought before");
    let size = usize::try_from(limits::WAITING_PHOTO_BYTES).unwrap();
    let abroad = |blob: (&str, usize)| vec![household(COMMUNE).set("file", file(blob))];
    let batches = [phone.batch(abroad((&elsewhere, size))), phone.batch(abroad((&held, bytes.len())))];
    let waits = Outcome::Waiting { code: "admission.scope".into() };
    assert_eq!(phone.outcomes(&batches), [waits.clone(), waits]);
    let device = office.phone("lan", "all").device;
    office.hub.write_now(move |_, tx| Ok(blobs::keep(tx, &elsewhere, size as u64, device)?)).unwrap();
    assert_eq!(phone.create_upload(&held, bytes.len(), Some(&bytes)).refusal(), quota());
    // What is admitted is another thing.
    let (own, admitted) = blob(5_000, 2);
    let home = household("00073").set("file", file((&admitted, own.len())));
    phone.write(vec![home]);
    assert_eq!(phone.create_upload(&admitted, own.len(), Some(&own)).offset(), 5_000);
    office.set_place(phone.user, "all");
    assert_eq!(phone.create_upload(&held, bytes.len(), Some(&bytes)).offset(), 5_000);
}

/// Also of a device that was revoked. What was acknowledged stays.
#[test]
fn so_much_of_a_device_waits_and_no_more() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    office.revoke(phone.device);
    // Digits of a chain of hashes: what can't be packed to nothing.
    let mut seed = address(b"x");
    let mut kept = 0;
    let refused = loop {
        let mut text = String::new();
        while text.len() < 2_000_000 {
            seed = address(seed.as_bytes());
            text += &seed;
        }
        let batch = phone.change(household(COMMUNE).set("note", text));
        let answer = phone.push(&[&batch]);
        match answer.results.as_slice() {
            [result] if matches!(result.outcome, Outcome::Waiting { .. }) => {
                kept += 1;
                assert_eq!(answer.received_through, kept);
            }
            [result] => break result.outcome.clone(),
            other => panic!("{other:?}"),
        }
        assert!(kept < 200);
    };
    assert_eq!(refused, Outcome::Refused { code: sync::refusal::QUOTA.into() });
    let load = office.hub.read_now(|_, read| Ok(hub::db::waiting::load(read, phone.device)?)).unwrap();
    assert_eq!(load.batches, kept);
    assert!((limits::WAITING_BYTES..limits::WAITING_BYTES + 2_000_000).contains(&load.bytes), "{load:?}");
    assert_eq!(phone.ask().received_through, kept);
    // The office sees it.
    let page = Browser::of(&office, "admin", "administrator").get("/devices").answer;
    assert!(String::from_utf8(page.body).unwrap().contains("máy chủ không nhận thêm"));
    // Others go on.
    office.phone("lan", "all").write(vec![household(COMMUNE)]);
}

#[test]
fn an_upload_that_nothing_came_to_is_dropped_and_what_is_whole_stays() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let [(_, left), (young, going), (whole, here)] = [blob(50_000, 1), blob(50_000, 2), blob(50_000, 3)];
    phone.name_blobs(&[(&left, 50_000), (&going, 50_000), (&here, 50_000)]);
    phone.create_upload(&left, 50_000, Some(b"some"));
    phone.create_upload(&going, 50_000, Some(&young[..10]));
    phone.create_upload(&here, 50_000, Some(&whole));
    office.clock.pass(limits::UPLOAD_MS - DAY_MS);
    phone.append_upload(&going, 10, &young[10..20]);
    office.clock.pass(DAY_MS + 1);
    assert_eq!(sweep(&office), Swept { uploads: 1, unnamed: 0, files: 0 });
    assert_eq!(phone.upload_status(&left).status, 404);
    assert_eq!(phone.upload_status(&going).offset(), 20);
    assert_eq!(phone.missing(&[&here]), [""; 0]);
    assert_eq!(files(&office).len(), 2);
    assert_eq!(sweep(&office), Swept::default());
}

/// The ciphertext of a photo whose name was erased can be opened by nobody; it goes, too.
#[test]
fn what_nothing_names_any_more_is_swept_after_a_while() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let [(one, erased), (two, stays)] = [blob(1_000, 1), blob(1_000, 2)];
    let home = household(COMMUNE).set("file", file((&erased, one.len())));
    let record = home.record.clone();
    phone.write(vec![home]);
    phone.name_blobs(&[(&stays, two.len())]);
    phone.bundle(&[(&erased, &one), (&stays, &two)]);
    let fields = ["file".to_owned()].into();
    office.hub.write_now(move |hub, tx| hub::office::erasure::erase(hub, tx, &record, &fields)).unwrap();
    assert_eq!(sweep(&office), Swept::default(), "too young");
    office.clock.pass(limits::SWEEP_MS + 1);
    assert_eq!(sweep(&office), Swept { uploads: 0, unnamed: 1, files: 0 });
    assert_eq!(office.hub.photos.read(&erased).unwrap(), None);
    assert_eq!(office.hub.photos.read(&stays).unwrap(), Some(two));
    // Nobody may bring it again.
    assert_eq!(
        phone.create_upload(&erased, one.len(), Some(&one)).refusal(),
        (403, code::PHOTO_UNKNOWN.into())
    );
}

#[test]
fn files_without_a_row_are_swept_once_they_are_old() {
    let office = Office::open();
    let mut phone = office.phone("hoa", "all");
    let [(_, begun), (bytes, whole), (_, crashed)] = [blob(1_000, 1), blob(1_000, 2), blob(1_000, 3)];
    phone.name_blobs(&[(&begun, 1_000), (&whole, 1_000)]);
    phone.create_upload(&begun, 1_000, Some(b"some"));
    phone.create_upload(&whole, 1_000, Some(&bytes));
    let path = office.hub.photos.path(&crashed);
    let part = path.with_extension(format!("{}.part", uuid::Uuid::now_v7()));
    let young = path.with_extension("other");
    for left in [&path, &part, &young, &path.with_extension("new")] {
        fs::write(left, b"half").unwrap();
    }
    files(&office).iter().filter(|path| **path != young).for_each(|path| grow_old(path));
    assert_eq!(sweep(&office), Swept { uploads: 0, unnamed: 0, files: 3 });
    assert_eq!(files(&office).len(), 3);
    assert_eq!(phone.upload_status(&begun).offset(), 4);
    assert_eq!(office.hub.photos.read(&whole).unwrap(), Some(bytes));
}

#[test]
fn an_identity_that_goes_on_in_another_takes_its_uploads_along() {
    let office = Office::open();
    let mut before = office.phone("hoa", "all");
    let after = office.phone_of("hoa");
    let [(one, first), (two, second)] = [blob(50_000, 1), blob(50_000, 2)];
    before.name_blobs(&[(&first, one.len()), (&second, two.len())]);
    before.create_upload(&first, one.len(), Some(&one[..30_000]));
    before.create_upload(&second, two.len(), Some(&two[..30_000]));
    after.create_upload(&second, two.len(), Some(&two[..40_000]));
    let (from, to) = (before.device, after.device);
    office.hub.write_now(move |_, tx| uploads::take_over(tx, from, to)).unwrap();
    assert_eq!(before.upload_status(&first).status, 404);
    assert_eq!(after.append_upload(&first, 30_000, &one[30_000..]).offset(), 50_000);
    // Its own stays.
    assert_eq!(after.append_upload(&second, 40_000, &two[40_000..]).offset(), 50_000);
    let key = rows::Key { device: from, address: second };
    assert_eq!(office.hub.read_now(|_, read| Ok(rows::find(read, &key)?)).unwrap(), None);
}
