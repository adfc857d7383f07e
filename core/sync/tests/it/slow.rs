//! Lines of the village, in virtual time: slow, far, cut again and again. Texts always get through.

use crate::phone::{Phone, answered, asked, feed};
use sync::{LinkError, Report, Request, Response, SyncError};
use testkit::{Dice, Link, Office, TestClock, link::Line, office::form, records::household};

/// Bytes of HTTP around a body.
const HEAD: u64 = 300;

struct SlowLine<'a> {
    hub: &'a Office,
    token: String,
    /// Bytes a second, both ways.
    speed: u64,
    latency_ms: u64,
    /// It breaks after so many more bytes; then again after as many as `every` says.
    breaks_after: u64,
    every: u64,
    /// Of each exchange: path, bytes up, bytes down, milliseconds.
    log: Vec<(String, u64, u64, u64)>,
}

impl<'a> SlowLine<'a> {
    fn new(hub: &'a Office, phone: &Phone, speed: u64) -> Self {
        let token = phone.enrolled.token.0.clone();
        let (breaks_after, every) = (u64::MAX, u64::MAX);
        Self { hub, token, speed, latency_ms: 300, breaks_after, every, log: Vec::new() }
    }

    fn breaking(self, after: u64, every: u64) -> Self {
        Self { breaks_after: after, every, ..self }
    }

    /// How many of these bytes come through.
    fn carry(&mut self, bytes: u64) -> u64 {
        let carried = bytes.min(self.breaks_after);
        self.breaks_after -= carried;
        if carried < bytes {
            self.breaks_after = self.every;
        }
        carried
    }

    fn exchange(&mut self, request: &Request) -> (Result<Response, LinkError>, u64) {
        let up = HEAD + request.body.len() as u64;
        let went = self.carry(up);
        let mut down = 0;
        let result = if went == up {
            let mut response = answered(request, self.hub.send(&asked(request, &self.token)));
            down = HEAD + response.body.len() as u64;
            let came = self.carry(down);
            let whole = came == down;
            down = came;
            if whole {
                Ok(response)
            } else if let Some(part) = came.checked_sub(HEAD) {
                response.body.truncate(part as usize);
                response.cut = Some(LinkError::Cut);
                Ok(response)
            } else {
                Err(LinkError::Cut)
            }
        } else {
            if let Some(part) = went.checked_sub(HEAD) {
                let body = request.body[..part as usize].to_vec();
                self.hub.send(&asked(&Request { body, ..request.clone() }, &self.token));
            }
            Err(LinkError::Cut)
        };
        let ms = self.latency_ms * 2 + (went + down) * 1_000 / self.speed;
        self.log.push((request.path.clone(), went, down, ms));
        (result, ms)
    }

    fn sync(&mut self, phone: &mut Phone) -> Report {
        phone.drive(self.hub, |_, _| false, |request| self.exchange(request))
    }

    fn of(&self, path: &str) -> impl Iterator<Item = &(String, u64, u64, u64)> {
        self.log.iter().filter(move |(asked, ..)| asked == path)
    }
}

/// Pages here are bounded by the line alone.
fn wide_office() -> Office {
    Office::by_clock(TestClock::at(1_000_000))
}

/// Texts that pack badly.
fn write(phone: &mut Phone, visits: usize, dice: &mut Dice) {
    phone.page = usize::MAX;
    for _ in 0..visits {
        let text: String = (0..2_000).map(|_| char::from(b'a' + dice.below(26) as u8)).collect();
        phone.change(household("00070").set("note", text));
    }
}

#[test]
fn at_8_kbit_a_second_pages_take_about_ten_seconds_and_nothing_goes_twice() {
    let hub = wide_office();
    let (mut phone, mut other) = (Phone::enrolled(&hub), Phone::enrolled(&hub));
    write(&mut phone, 100, &mut Dice(1));
    let mut line = SlowLine::new(&hub, &phone, 1_000);
    assert_eq!(line.sync(&mut phone).problem, None);
    phone.assert_all_arrived(&hub);
    phone.assert_up_to_date(&hub);
    let raw = sync_bytes(&phone);
    let up: u64 = line.of("/v1/push").map(|(_, up, ..)| up).sum();
    assert!(up < raw * 11 / 10, "{up} of {raw}");
    // What it sent comes back as numbers.
    let down: u64 = line.log.iter().map(|(_, _, down, _)| down).sum();
    assert!(down < 20_000, "{down}");
    let took: Vec<u64> = line.of("/v1/push").map(|(.., ms)| *ms).collect();
    assert!(took.iter().all(|ms| *ms < 40_000), "{took:?}");
    assert!(took[3..took.len() - 1].iter().all(|ms| (6_000..14_000).contains(ms)), "{took:?}");

    other.page = usize::MAX;
    let mut line = SlowLine::new(&hub, &other, 1_000);
    assert_eq!(line.sync(&mut other).problem, None);
    other.assert_up_to_date(&hub);
    let took: Vec<u64> = line.of("/v1/pull").map(|(.., ms)| *ms).collect();
    assert!(took.iter().all(|ms| *ms < 40_000), "{took:?}");
    assert!(took[4..took.len() - 1].iter().all(|ms| (4_000..16_000).contains(ms)), "{took:?}");
}

/// All changes of a phone in one message.
fn sync_bytes(phone: &Phone) -> u64 {
    testkit::Request::push(&phone.batches).body.len() as u64
}

#[test]
fn on_a_fast_line_few_exchanges_do() {
    let hub = wide_office();
    let (mut phone, mut other) = (Phone::enrolled(&hub), Phone::enrolled(&hub));
    write(&mut phone, 300, &mut Dice(2));
    let mut line = SlowLine::new(&hub, &phone, 100_000_000);
    assert_eq!(line.sync(&mut phone).problem, None);
    // 32 KB, 128 KB, the rest.
    assert_eq!((line.of("/v1/push").count(), line.of("/v1/pull").count()), (3, 1));
    other.page = usize::MAX;
    let mut line = SlowLine::new(&hub, &other, 100_000_000);
    assert_eq!(line.sync(&mut other).problem, None);
    other.assert_up_to_date(&hub);
    assert_eq!((line.of("/v1/push").count(), line.of("/v1/pull").count()), (1, 3));
}

#[test]
fn without_news_two_exchanges_do() {
    let hub = wide_office();
    hub.publish(form("vang_gia", "1", "vang_gia", &[("form.xml", b"<x/>")]));
    let mut phone = Phone::enrolled(&hub);
    phone.write(3);
    phone.sync(&hub, &mut Line::good());
    let mut line = SlowLine::new(&hub, &phone, 8_000);
    assert_eq!(line.sync(&mut phone).problem, None);
    let paths: Vec<&str> = line.log.iter().map(|(path, ..)| path.as_str()).collect();
    assert_eq!(paths, ["/v1/push", "/v1/pull"]);
}

#[test]
fn a_line_that_breaks_again_and_again_gets_further_each_time() {
    for every in [12_000, 30_000, 100_000] {
        let hub = wide_office();
        let (mut phone, mut other) = (Phone::enrolled(&hub), Phone::enrolled(&hub));
        let mut dice = Dice(every);
        let files = (0..40_000).map(|_| dice.below(256) as u8).collect::<Vec<_>>();
        hub.publish(form("vang_gia", "1", "vang_gia", &[("form.xml", b"<x/>"), ("communes.csv", &files)]));
        write(&mut phone, 120, &mut dice);
        let mut line = SlowLine::new(&hub, &phone, 8_000).breaking(every, every);
        assert_eq!(line.sync(&mut phone).problem, None, "{every}");
        phone.assert_all_arrived(&hub);
        phone.assert_up_to_date(&hub);
        let (raw, up) = (sync_bytes(&phone), line.of("/v1/push").map(|(_, up, ..)| up).sum::<u64>());
        assert!(up < raw * 2, "{up} of {raw} at {every}");

        other.page = usize::MAX;
        let mut line = SlowLine::new(&hub, &other, 8_000).breaking(every, every);
        assert_eq!(line.sync(&mut other).problem, None, "{every}");
        other.assert_up_to_date(&hub);
        assert_eq!(other.forms.len(), 1);
        let down: u64 = line.log.iter().map(|(_, _, down, _)| down).sum();
        assert!(down < (raw + 40_000) * 2, "{down} of {raw} at {every}");
    }
}

#[test]
fn a_file_that_never_gets_further_ends_the_run() {
    let hub = wide_office();
    let mut dice = Dice(5);
    let file = (0..40_000).map(|_| dice.below(256) as u8).collect::<Vec<_>>();
    hub.publish(form("vang_gia", "1", "vang_gia", &[("communes.csv", &file)]));
    let mut phone = Phone::enrolled(&hub);
    let mut line = SlowLine::new(&hub, &phone, 8_000).breaking(30_000, 30_000);
    let report = phone.drive(
        &hub,
        |_, _| false,
        |request| {
            assert!(line.log.len() < 100, "it never ends");
            // As by a proxy that passes on no ranges.
            let mut request = request.clone();
            request.headers.retain(|(name, _)| *name != "range");
            line.exchange(&request)
        },
    );
    assert_eq!(report.problem, Some(SyncError::Link(LinkError::Cut)));
}

#[test]
fn a_cut_at_any_byte_of_any_message_loses_and_doubles_nothing() {
    let world = || {
        let hub = wide_office();
        hub.publish(form("vang_gia", "1", "vang_gia", &[("form.xml", b"<x/>"), ("records.csv", b"a,b")]));
        let (mut phone, mut other) = (Phone::enrolled(&hub), Phone::enrolled(&hub));
        phone.page = usize::MAX;
        phone.write(4);
        other.write(4);
        other.sync(&hub, &mut Line::good());
        (hub, phone)
    };
    let (hub, mut phone) = world();
    let mut line = SlowLine::new(&hub, &phone, 8_000);
    line.sync(&mut phone);
    let all: u64 = line.log.iter().map(|(_, up, down, _)| up + down).sum();
    assert!(line.log.iter().any(|(path, ..)| path.ends_with("records.csv")));
    for cut in (0..all).step_by(43) {
        let (hub, mut phone) = world();
        let mut line = SlowLine::new(&hub, &phone, 8_000).breaking(cut, u64::MAX);
        let report = line.sync(&mut phone);
        assert_eq!(report.problem, None, "{cut}");
        assert_eq!((report.summary.changes_sent, report.summary.changes_received), (4, 4), "{cut}");
        phone.assert_all_arrived(&hub);
        phone.assert_up_to_date(&hub);
        assert_eq!((phone.forms.len(), hub.feed(&feed()).len()), (1, 8), "{cut}");
    }
}
