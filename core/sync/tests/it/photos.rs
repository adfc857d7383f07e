//! Photos over a line that breaks: their order, where they go on, and that none holds up the others.

use crate::phone::{Phone, answered, asked, office, problem};
use model::batch::Chain;
use sync::{LinkError, Method, Request, Response};
use testkit::{Dice, Link, Office, link::Line};
use wire::{
    error::{ErrorBody, code},
    photos::{FRAME_LEN, MAX_BUNDLE_BYTES},
};

fn world() -> (Office, Phone) {
    let hub = office();
    let phone = Phone::enrolled(&hub);
    hub.state().asked.clear();
    (hub, phone)
}

fn sent(hub: &Office, token: &str, request: &Request) -> Response {
    answered(request, hub.send(&asked(request, token)))
}

/// What photos are about: methods, paths below photos, and bytes.
fn exchanges(hub: &Office, phone: &mut Phone, line: &mut Line) -> (sync::Report, Vec<String>) {
    let mut asked = Vec::new();
    let report = phone.sync_until(hub, line, |_, request| {
        if let Some(below) = request.path.strip_prefix("/v1/photos") {
            let below = if below.len() > 60 { "/…" } else { below };
            let method = format!("{:?}", request.method).to_uppercase();
            asked.push(match below {
                "/missing" => "missing".to_owned(),
                _ => format!("{method} {below} {}", request.body.len()),
            });
        }
        false
    });
    (report, asked)
}

#[test]
fn thumbnails_go_together_then_photos_an_emergency_first_small_before_large() {
    let (hub, mut phone) = world();
    let mut dice = Dice(1);
    for size in [12_000, 9_000, 300_000, 200_000, 250_000, 220_000] {
        phone.photograph(size, &mut dice);
    }
    let urgent = phone.blobs.values_mut().filter(|blob| [9_000, 250_000].contains(&blob.bytes.len()));
    urgent.for_each(|blob| blob.urgent = true);
    let (report, asked) = exchanges(&hub, &mut phone, &mut Line::good());
    assert_eq!(report.problem, None);
    let bundle = format!("POST /bundle {}", 12_000 + 9_000 + 2 * FRAME_LEN);
    assert_eq!(asked, ["missing", &bundle, "POST  250000", "POST  200000", "POST  220000", "POST  300000"]);
    assert_eq!((report.summary.blobs_sent, report.summary.resumed_uploads), (6, 0));
    phone.assert_all_arrived(&hub);
}

#[test]
fn a_photo_cut_at_any_byte_goes_on_from_there() {
    for cut in [0, 1, 16_383, 16_384, 65_537, 299_999, 300_000] {
        let (hub, mut phone) = world();
        phone.photograph(300_000, &mut Dice(9));
        let mut line = Line::good();
        line.cut_uploads.push_back(cut);
        let (report, asked) = exchanges(&hub, &mut phone, &mut line);
        assert_eq!(report.problem, None, "{cut}");
        let rest = match cut {
            0 => vec!["POST  300000".to_owned()],
            // All of it came, and the answer was lost.
            300_000 => vec![],
            _ => vec![format!("PATCH /… {}", 300_000 - cut)],
        };
        assert_eq!(asked[..3], ["missing", "POST  300000", "missing"], "{cut}");
        assert_eq!(asked[3..], rest, "{cut}");
        let resumed = u64::from((1..300_000).contains(&cut));
        assert_eq!((report.summary.resumed_uploads, report.summary.blobs_sent), (resumed, 1), "{cut}");
        phone.assert_all_arrived(&hub);
    }
}

#[test]
fn a_bundle_cut_at_any_byte_is_not_sent_again_as_far_as_it_came() {
    // Two small ones of 1,000 and 2,000 bytes: what is left after the cut.
    let both = 3_000 + 2 * FRAME_LEN;
    let left = [(0, both), (36, both), (1_035, both), (1_036, 2_036), (3_071, 2_036)];
    for (cut, left) in left {
        let (hub, mut phone) = world();
        for size in [1_000, 2_000] {
            phone.photograph(size, &mut Dice(size as u64));
        }
        let mut line = Line::good();
        line.cut_uploads.push_back(cut);
        let (report, asked) = exchanges(&hub, &mut phone, &mut line);
        assert_eq!((report.problem, report.summary.blobs_sent), (None, 2), "{cut}");
        let [first, rest] = [both, left].map(|bytes| format!("POST /bundle {bytes}"));
        assert_eq!(asked, ["missing", &first, "missing", &rest], "{cut}");
        phone.assert_all_arrived(&hub);
    }
}

#[test]
fn a_line_that_always_breaks_after_a_while_gets_a_photo_through() {
    let (hub, mut phone) = world();
    phone.photograph(300_000, &mut Dice(2));
    let mut line = Line::good();
    line.cut_uploads.extend([20_000; 14]);
    let report = phone.sync(&hub, &mut line);
    assert_eq!((report.problem, report.summary.resumed_uploads), (None, 14));
    phone.assert_all_arrived(&hub);
}

#[test]
fn a_photo_that_fails_goes_behind_the_others_and_is_told_at_the_end() {
    let (hub, mut phone) = world();
    let mut dice = Dice(3);
    let bad = phone.photograph(100_000, &mut dice);
    for size in [200_000, 300_000] {
        phone.photograph(size, &mut dice);
    }
    // Begun, so that what goes on has a path of its own.
    let first = phone.blobs[&bad].bytes[..1].to_vec();
    hub.state().uploads.insert((phone.device, bad.clone()), (100_000, first));
    let path: &'static str = format!("/v1/photos/{bad}").leak();
    hub.state().script.fail = Some((path, 500));
    let (report, asked) = exchanges(&hub, &mut phone, &mut Line::good());
    let [one, again] = ["PATCH /… 99999", "missing"];
    let expected =
        ["missing", one, again, one, again, "POST  200000", "POST  300000", one, again, one, again];
    assert_eq!(asked, expected);
    assert_eq!((problem(&report), report.summary.blobs_sent), (Some("sync.hub-problem"), 2));
    assert_eq!(phone.finished, 1, "the rest was done");

    hub.state().script.fail = None;
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    phone.assert_all_arrived(&hub);
}

#[test]
fn a_dead_line_is_given_up_while_it_is_asked_how_far_it_got() {
    let (hub, mut phone) = world();
    for size in [100_000, 200_000] {
        phone.photograph(size, &mut Dice(size as u64));
    }
    let mut asked = Vec::new();
    let token = phone.enrolled.token.0.clone();
    let report = phone.drive(
        &hub,
        |_, _| false,
        |request| {
            asked.extend(request.path.strip_prefix("/v1/photos").map(str::to_owned));
            // Dead from the first photo on.
            let dead = asked.iter().any(String::is_empty);
            (if dead { Err(LinkError::Unreachable) } else { Ok(sent(&hub, &token, request)) }, 0)
        },
    );
    assert_eq!(problem(&report), Some("sync.unreachable"));
    assert_eq!(asked, ["/missing", "", "/missing", "/missing", "/missing", "/missing"]);
}

#[test]
fn a_hub_that_takes_less_at_once_gets_pieces() {
    let (hub, mut phone) = world();
    for size in [20_000, 30_000, 100_000] {
        phone.photograph(size, &mut Dice(size as u64));
    }
    let mut pieces = Vec::new();
    let token = phone.enrolled.token.0.clone();
    let report = phone.drive(
        &hub,
        |_, _| false,
        |request| {
            if request.path.starts_with("/v1/photos") && !request.path.ends_with("missing") {
                pieces.push(request.body.len());
            }
            let too_large = Response { status: 413, headers: vec![], body: vec![], cut: None };
            (Ok(if request.body.len() > 40_000 { too_large } else { sent(&hub, &token, request) }), 0)
        },
    );
    assert_eq!(report.problem, None);
    let bundles = [50_072, 20_036, 30_036];
    let photo = [100_000, 50_000, 25_000, 25_000, 25_000, 25_000];
    assert_eq!(pieces, [&bundles[..], &photo].concat());
    phone.assert_all_arrived(&hub);
}

#[test]
fn a_backlog_goes_in_few_bundles_within_their_bounds() {
    let (hub, mut phone) = world();
    for n in 0..300_u64 {
        phone.keep_blob([n.to_be_bytes().to_vec(), vec![7; 9_000]].concat(), true);
    }
    let (report, asked) = exchanges(&hub, &mut phone, &mut Line::good());
    assert_eq!((report.problem, report.summary.blobs_sent), (None, 300));
    // 115 of 9,044 bytes fit.
    let of = |count: usize| format!("POST /bundle {}", count * (9_008 + FRAME_LEN));
    assert_eq!(MAX_BUNDLE_BYTES / (9_008 + FRAME_LEN), 115);
    assert_eq!(asked, ["missing".to_owned(), of(115), of(115), of(70)]);
}

#[test]
fn cancelled_before_a_photo_it_goes_on_next_time() {
    let (hub, mut phone) = world();
    phone.photograph(300_000, &mut Dice(4));
    let mut line = Line::good();
    line.cut_uploads.push_back(100_000);
    let report = phone.sync_until(&hub, &mut line, |_, request| request.method == sync::Method::Patch);
    assert_eq!(problem(&report), Some("sync.cancelled"));
    let (report, asked) = exchanges(&hub, &mut phone, &mut Line::good());
    assert_eq!(asked, ["missing", "PATCH /… 200000"]);
    assert_eq!((report.problem, report.summary.resumed_uploads), (None, 1));
    phone.assert_all_arrived(&hub);
}

#[test]
fn two_phones_with_the_same_photo_leave_it_there_once() {
    let (hub, mut first) = world();
    let mut second = Phone::enrolled(&hub);
    for phone in [&mut first, &mut second] {
        phone.photograph(300_000, &mut Dice(5));
        phone.photograph(5_000, &mut Dice(6));
    }
    let mut line = Line::good();
    line.cut_uploads.extend([2_000, 5_000 + FRAME_LEN, 100_000]);
    let report = first.sync_until(&hub, &mut line, |_, request| request.method == sync::Method::Patch);
    assert_eq!(problem(&report), Some("sync.cancelled"));
    // What the other has begun is the other's.
    let (_, asked) = exchanges(&hub, &mut second, &mut Line::good());
    assert_eq!(asked, ["missing", "POST  300000"]);
    let (report, asked) = exchanges(&hub, &mut first, &mut Line::good());
    assert_eq!((report.problem, report.summary.blobs_sent), (None, 0));
    assert_eq!(asked, ["missing"]);
    first.assert_all_arrived(&hub);
    second.assert_all_arrived(&hub);
}

/// A photo that is of no record at the hub: its file is here, and what names it went another way.
fn stray(phone: &mut Phone, size: usize) -> String {
    let address = phone.photograph(size, &mut Dice(size as u64));
    let unnamed = phone.batches.pop().unwrap();
    phone.chain = match phone.batches.last() {
        Some(last) => Chain::after(last.statement()),
        None => Chain { next_seq: unnamed.statement().first_seq, previous: unnamed.statement().previous },
    };
    address
}

#[test]
fn a_photo_that_no_record_names_is_told_and_no_byte_of_it_goes() {
    let (hub, mut phone) = world();
    let (large, small) = (stray(&mut phone, 300_000), stray(&mut phone, 4_000));
    for size in [5_000, 200_000] {
        phone.photograph(size, &mut Dice(size as u64));
    }
    let (report, asked) = exchanges(&hub, &mut phone, &mut Line::good());
    let bundle = format!("POST /bundle {}", 5_000 + FRAME_LEN);
    assert_eq!(asked, ["missing", &bundle, "POST  200000"]);
    assert_eq!((problem(&report), report.summary.blobs_sent), (Some("sync.photo-unknown"), 2));
    assert!(!phone.blobs[&large].sent && !phone.blobs[&small].sent);
}

/// Such as of a restricted case that is locked: no fault of anybody's.
#[test]
fn photos_whose_records_did_not_go_up_wait_for_them_in_silence() {
    let (hub, mut phone) = world();
    phone.photograph(200_000, &mut Dice(1));
    phone.write(1);
    phone.page = 1;
    let held = phone.photograph(300_000, &mut Dice(2));
    // The newest is told, and can't be read now.
    phone.locked = 1;
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!((report.problem, report.summary.blobs_sent), (None, 1));
    assert!(!phone.blobs[&held].sent);
    phone.locked = 0;
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    phone.assert_all_arrived(&hub);
}

#[test]
fn once_the_hub_takes_no_more_photos_those_that_have_begun_go_on_and_the_rest_is_told() {
    let (hub, mut phone) = world();
    for size in [5_000, 100_000, 150_000, 200_000, 300_000] {
        phone.photograph(size, &mut Dice(size as u64));
    }
    let begun = phone.photograph(250_000, &mut Dice(7));
    let first = phone.blobs[&begun].bytes[..1_000].to_vec();
    hub.state().uploads.insert((phone.device, begun.clone()), (250_000, first));
    let mut asked = Vec::new();
    let token = phone.enrolled.token.0.clone();
    let report = phone.drive(
        &hub,
        |_, _| false,
        |request| {
            if request.path.starts_with("/v1/photos") {
                asked.push((request.method, request.body.len()));
            }
            let begins = request.path == "/v1/photos" && request.body.len() > 100_000;
            let refused = || Response {
                status: 403,
                headers: vec![],
                body: serde_json::to_vec(&ErrorBody {
                    v: wire::VERSION,
                    code: code::PHOTO_QUOTA.into(),
                    message_vi: String::new(),
                    message_en: String::new(),
                })
                .unwrap(),
                cut: None,
            };
            (Ok(if begins { refused() } else { sent(&hub, &token, request) }), 0)
        },
    );
    assert_eq!((problem(&report), report.summary.blobs_sent), (Some("sync.photo-quota"), 3));
    let large: Vec<_> = asked.into_iter().filter(|(_, bytes)| *bytes > 50_000).collect();
    assert_eq!(large, [(Method::Post, 100_000), (Method::Post, 150_000), (Method::Patch, 249_000)]);
    assert!(phone.blobs[&begun].sent);
    assert_eq!(phone.finished, 1, "the rest was done");
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    phone.assert_all_arrived(&hub);
}
