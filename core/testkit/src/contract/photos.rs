//! Uploads: a photo's name is what its bytes hash to. Large ones by tus 1.0, small ones many in one body.

use super::{Hub, NEIGHBOUR, in_commune, phone, waiting};
use crate::{
    Client, Dice, Phone, Request, address,
    records::{household, photo},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use wire::{
    VERSION,
    enrol::EnrolResponse,
    error::code,
    paths,
    photos::{Begun, Bundle, Bundled, MAX_BUNDLE_BYTES, Missing, MissingRequest},
};

fn blob(size: usize, seed: u64) -> (Vec<u8>, String) {
    let mut dice = Dice(seed);
    let bytes: Vec<u8> = (0..size).map(|_| dice.below(256) as u8).collect();
    let address = address(&bytes);
    (bytes, address)
}

pub fn a_photo_goes_up_in_one_request_or_in_parts(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let (one, at_once) = blob(700_000, 1);
    let (two, in_parts) = blob(300_000, 2);
    phone.name_blobs(&[(&at_once, one.len()), (&in_parts, two.len())]);
    assert_eq!(phone.missing(&[&at_once, &in_parts]), [at_once.as_str(), in_parts.as_str()]);
    // What an answer doesn't name counts as held: a question with a damaged address gets none.
    let damaged = [at_once.clone(), in_parts.replace(|c: char| c.is_ascii_digit(), "x")];
    let question = MissingRequest { v: VERSION, addresses: damaged.into() };
    let refusal = phone.post(paths::PHOTOS_MISSING, &question).refusal();
    assert_eq!(refusal, (400, code::BAD_MESSAGE.to_owned()));
    let created = phone.create_upload(&at_once, one.len(), Some(&one));
    assert_eq!((created.status, created.offset()), (201, 700_000));

    let created = phone.create_upload(&in_parts, two.len(), None);
    assert_eq!((created.status, created.offset()), (201, 0));
    assert_eq!(created.header("location"), Some(format!("{}/{in_parts}", paths::PHOTOS).as_str()));
    let part = phone.append_upload(&in_parts, 0, &two[..100_000]);
    assert_eq!((part.status, part.offset()), (204, 100_000));
    let begun = Some(Begun { offset: 100_000, size: 300_000 });
    assert_eq!(
        phone.lacks(&[&at_once, &in_parts]),
        [Missing { address: in_parts.clone(), begun, refused: None }]
    );
    assert_eq!(phone.append_upload(&in_parts, 100_000, &two[100_000..]).offset(), 300_000);
    assert!(phone.missing(&[&at_once, &in_parts]).is_empty());
    // Whole already: takes nothing.
    assert_eq!(phone.create_upload(&in_parts, two.len(), Some(&two)).offset(), 300_000);
    assert_eq!(phone.append_upload(&in_parts, 300_000, b"").offset(), 300_000);
}

pub fn an_upload_goes_on_from_where_it_stands_and_nowhere_else(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let (bytes, address) = blob(50_000, 3);
    phone.name_blobs(&[(&address, bytes.len())]);
    assert_eq!(phone.upload_status(&address).status, 404);
    assert_eq!(phone.append_upload(&address, 0, b"x").refusal(), (404, code::NOT_FOUND.into()));
    // Its first request brought a part.
    let created = phone.create_upload(&address, bytes.len(), Some(&bytes[..20_000]));
    assert_eq!((created.status, created.offset()), (201, 20_000));
    let status = phone.upload_status(&address);
    assert_eq!(
        (status.status, status.offset(), status.header("upload-length")),
        (200, 20_000, Some("50000"))
    );
    for wrong in [0, 19_999, 20_001, 50_000] {
        let answer = phone.append_upload(&address, wrong, b"x");
        assert_eq!(answer.refusal(), (409, code::WRONG_OFFSET.into()), "{wrong}");
    }
    // Begun already: says where it stands, and takes nothing from the start again.
    assert_eq!(phone.create_upload(&address, bytes.len(), Some(&bytes)).offset(), 20_000);
    assert_eq!(phone.append_upload(&address, 20_000, &bytes[20_000..]).offset(), 50_000);
    assert_eq!(phone.upload_status(&address).offset(), 50_000);
}

pub fn bytes_of_another_address_are_dropped_and_may_come_again(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let (bytes, address) = blob(100_000, 4);
    phone.name_blobs(&[(&address, bytes.len())]);
    let mut damaged = bytes.clone();
    damaged[70_000] ^= 1;
    let wrong = (409, code::WRONG_ADDRESS.to_owned());
    assert_eq!(phone.create_upload(&address, damaged.len(), Some(&damaged)).refusal(), wrong);
    assert_eq!(phone.upload_status(&address).status, 404);
    phone.create_upload(&address, bytes.len(), None);
    phone.append_upload(&address, 0, &bytes[..60_000]);
    assert_eq!(phone.append_upload(&address, 60_000, &damaged[60_000..]).refusal(), wrong);
    assert_eq!(phone.missing(&[&address]), [address.as_str()]);
    assert_eq!(phone.create_upload(&address, bytes.len(), Some(&bytes)).offset(), 100_000);
}

pub fn what_is_no_upload_is_refused(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let (bytes, address) = blob(1_000, 5);
    phone.name_blobs(&[(&address, 10)]);
    let too_large = (413, code::TOO_LARGE.to_owned());
    assert_eq!(phone.create_upload(&address, 20 * 1024 * 1024 + 1, None).refusal(), too_large);
    assert_eq!(phone.create_upload(&address, 0, None).refusal(), too_large);
    let bad = (400, code::BAD_MESSAGE.to_owned());
    assert_eq!(phone.create_upload("../../../etc/passwd", 10, None).refusal(), bad);
    assert_eq!(phone.create_upload(&address, 10, Some(&bytes)).refusal(), bad, "more than announced");
    let plain = phone.send(Request::new("POST", paths::PHOTOS));
    assert_eq!(plain.header("tus-version"), Some("1.0.0"));
    assert_eq!(plain.refusal(), (412, "photo.tus-version".into()));
    let metadata = format!("address {}", STANDARD.encode(&address));
    let without_size = Request::new("POST", paths::PHOTOS).with("tus-resumable", "1.0.0");
    assert_eq!(phone.send(without_size.with("upload-metadata", metadata)).refusal(), bad);
    let typeless =
        Request::new("PATCH", format!("{}/{address}", paths::PHOTOS)).with("tus-resumable", "1.0.0");
    assert_eq!(phone.send(typeless.with("upload-offset", 0)).refusal(), (415, "wire.wrong-type".into()));
}

pub fn only_what_a_batch_names_is_taken_and_of_that_length(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", &in_commune());
    let (bytes, address) = blob(1_000, 10);
    let unknown = || (403, code::PHOTO_UNKNOWN.to_owned());
    let lacked = |refused: Option<&str>| {
        [Missing { address: address.clone(), begun: None, refused: refused.map(str::to_owned) }]
    };
    assert_eq!(phone.create_upload(&address, 1_000, Some(&bytes)).refusal(), unknown());
    assert_eq!(phone.lacks(&[&address]), lacked(Some(code::PHOTO_UNKNOWN)));
    let refused = Some(code::PHOTO_UNKNOWN.to_owned());
    assert_eq!(phone.bundle(&[(&address, &bytes)]), [Bundled { address: address.clone(), refused }]);
    // What waits counts: its record is of a commune that the worker doesn't cover.
    let abroad = household(NEIGHBOUR);
    let picture = photo(&abroad.record, (&address, bytes.len()));
    let batch = phone.batch(vec![abroad, picture]);
    assert_eq!(phone.outcomes(&[batch]), [waiting("admission.scope")]);
    assert_eq!(phone.lacks(&[&address]), lacked(None));
    assert_eq!(phone.create_upload(&address, 999, None).refusal(), unknown(), "of another length");
    assert_eq!(phone.create_upload(&address, 1_000, Some(&bytes)).offset(), 1_000);
}

/// A colleague's photo that the hub lacks may be brought by who has it, by nobody else.
pub fn what_a_colleague_names_is_taken_from_who_may_read_it(hub: &mut dyn Hub) {
    let mut author = phone(hub, "hoa", "all");
    let (colleague, stranger) =
        (phone(hub, "lan", &in_commune()), phone(hub, "mai", &format!("commune:{NEIGHBOUR}")));
    let (bytes, address) = blob(1_000, 11);
    author.name_blobs(&[(&address, bytes.len())]);
    let unknown = (403, code::PHOTO_UNKNOWN.to_owned());
    assert_eq!(stranger.create_upload(&address, 1_000, Some(&bytes)).refusal(), unknown);
    assert_eq!(colleague.create_upload(&address, 1_000, Some(&bytes)).offset(), 1_000);
}

pub fn nobody_touches_the_upload_of_another(hub: &mut dyn Hub) {
    let mut author = phone(hub, "hoa", "all");
    let mut colleague = phone(hub, "lan", "all");
    let (bytes, address) = blob(50_000, 12);
    author.name_blobs(&[(&address, bytes.len())]);
    // Who names it with another length only spoils their own.
    colleague.name_blobs(&[(&address, 40_000)]);
    assert_eq!(colleague.create_upload(&address, 40_000, Some(&bytes[..100])).offset(), 100);
    assert_eq!(author.create_upload(&address, 50_000, Some(&bytes[..20_000])).offset(), 20_000);
    assert_eq!(colleague.create_upload(&address, 50_000, Some(&bytes[..7])).offset(), 7);
    assert_eq!(author.upload_status(&address).offset(), 20_000);
    assert_eq!(author.append_upload(&address, 20_000, &bytes[20_000..]).offset(), 50_000);
    // Whole for all.
    assert!(colleague.missing(&[&address]).is_empty());
    assert_eq!(colleague.upload_status(&address).offset(), 50_000);
}

/// Its phone got a new key: what has come under the old one needn't come again.
pub fn an_upload_goes_on_with_an_identity_that_was_carried_over(hub: &mut dyn Hub) {
    let mut old = phone(hub, "hoa", &in_commune());
    let (bytes, address) = blob(50_000, 13);
    old.name_blobs(&[(&address, bytes.len())]);
    assert_eq!(old.create_upload(&address, 50_000, Some(&bytes[..30_000])).offset(), 30_000);
    let mut phone = Phone::new();
    let request = Client::enrol_request(&hub.invite_again(old.user), &phone.key());
    let request = request.continuing(old.device, &old.key(), Vec::new());
    let enrolled: EnrolResponse = hub.link().send(&Request::message(paths::ENROL, &request)).json();
    phone.become_certified(&enrolled.certificate);
    let new = Client::of(hub.link(), phone, enrolled);
    let begun = Some(Begun { offset: 30_000, size: 50_000 });
    assert_eq!(new.lacks(&[&address]), [Missing { address: address.clone(), begun, refused: None }]);
    assert_eq!(new.append_upload(&address, 30_000, &bytes[30_000..]).offset(), 50_000);
}

fn kept(address: &str) -> Bundled {
    Bundled { address: address.to_owned(), refused: None }
}

pub fn many_small_ones_come_in_one_body_and_each_is_checked(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let blobs = [blob(9_000, 6), blob(64 * 1024, 7), blob(1, 8)];
    let [(one, first), (two, second), (three, third)] = &blobs;
    phone.name_blobs(&[(first, one.len()), (second, two.len()), (third, three.len())]);
    // Begun by itself before; the first bytes were wrong.
    phone.create_upload(second, two.len(), Some(b"wrong"));
    let mut damaged = three.clone();
    damaged[0] ^= 1;
    let answers = phone.bundle(&[(first, one), (third, &damaged), (second, two)]);
    let refused = Some(code::WRONG_ADDRESS.to_owned());
    assert_eq!(answers, [kept(first), Bundled { address: third.clone(), refused }, kept(second)]);
    assert_eq!(
        phone.lacks(&[first, second, third]),
        [Missing { address: third.clone(), begun: None, refused: None }]
    );
    // Sent again, and twice in one body.
    let answers = phone.bundle(&[(first, one), (third, three), (third, three)]);
    assert_eq!(answers, [kept(first), kept(third), kept(third)]);
    assert!(phone.missing(&[first, second, third]).is_empty());
    assert_eq!(phone.bundle(&[]), []);
}

pub fn of_a_bundle_that_was_cut_what_came_whole_is_kept(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    for cut in [0, 35, 36, 1_035, 1_036, 2_100, 3_071] {
        let blobs = [blob(1_000, 20 + cut as u64), blob(2_000, 5_000 + cut as u64)];
        phone.name_blobs(&[(&blobs[0].1, 1_000), (&blobs[1].1, 2_000)]);
        let mut bundle = Bundle::default();
        for (bytes, address) in &blobs {
            bundle.add(address, bytes).unwrap();
        }
        let mut bytes = bundle.into_bytes();
        bytes.truncate(cut);
        let answer = phone.send(Client::bundle_request(bytes));
        assert_eq!(answer.status == 200, [0, 1_036].contains(&cut), "{cut}");
        let missing = phone.missing(&[&blobs[0].1, &blobs[1].1]);
        assert_eq!(missing.len(), if cut < 1_036 { 2 } else { 1 }, "{cut}");
    }
}

pub fn what_is_no_bundle_is_refused(hub: &mut dyn Hub) {
    let phone = phone(hub, "hoa", "all");
    let send = |bytes: Vec<u8>| phone.send(Client::bundle_request(bytes)).refusal();
    let bad = (400, code::BAD_MESSAGE.to_owned());
    assert_eq!(send(vec![0; 36]), bad, "an empty blob");
    assert_eq!(send(vec![255; 36]), bad, "a blob of 4 GiB");
    let (bytes, address) = blob(50_000, 9);
    let mut bundle = Bundle::default();
    while bundle.has_room(50_000) {
        bundle.add(&address, &bytes).unwrap();
    }
    let mut large = bundle.into_bytes();
    large.extend([7; 32]);
    large.extend(64_000_u32.to_be_bytes());
    large.resize(MAX_BUNDLE_BYTES + 1, 0);
    assert_eq!(send(large), (413, code::TOO_LARGE.into()));
}
