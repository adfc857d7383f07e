//! What size costs at the hub: 50,000 households of ten communes with three members and two visits each, pushed by
//! phones to a hub process of its own. A line of JSON for each figure: a change at 1,000 and at 100,000 records, the
//! memory after them, pages of the console as a visitor's browser waits for them.
//!
//! `bench-hub-size [HOUSEHOLDS]`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a measurement stops where it fails

#[path = "../tests/it/http.rs"]
mod http;
#[path = "bench/server.rs"]
mod server;

use model::{HouseholdId, RecordEdit, kind};
use rulebook::Rulebook;
use server::{Server, median};
use std::time::{Duration, Instant};
use testkit::records::under;
use uuid::Uuid;
use wire::push::Outcome;

const HOUSEHOLDS: usize = 50_000;
const COMMUNES: usize = 10;
/// Records of a household: itself, members, visits.
const RECORDS: usize = 6;
/// Households in one push.
const PUSH: usize = 50;
const FAMILY: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Hoàng", "Lò", "Vàng", "Giàng", "Đỗ"];
const MIDDLE: [&str; 5] = ["Thị", "Văn", "Đình", "A", "Thuý"];
const GIVEN: [&str; 9] = ["Hoà", "An", "Bình", "Đức", "Páo", "Mỷ", "Hương", "Ướt", "Sáng"];
const QUERIES: [&str; 6] = ["nguyen thi hoa", "ng", "hoa", "do dinh uot", "ban pao", "lo van an"];
const VIEWS: usize = 120;

fn name(n: usize) -> String {
    let pick = |from: &[&'static str], by: usize| from[(n / by + n * 7) % from.len()];
    format!("{} {} {}", pick(&FAMILY, 3), pick(&MIDDLE, 5), pick(&GIVEN, 11))
}

fn main() {
    if std::env::args().nth(1).is_none_or(|first| first == "serve") {
        server::serve_if_asked();
    }
    let households = std::env::args().nth(1).map_or(HOUSEHOLDS, |count| count.parse().unwrap());
    let rulebook = Rulebook::built_in().unwrap();
    let communes: Vec<String> =
        rulebook.units.communes_of("01").take(COMMUNES).map(|unit| unit.code.clone()).collect();
    let server = Server::start();
    server.publish();
    let user = server.user("an", &communes);
    // Records before a push, milliseconds of a change in it, milliseconds that the hub has computed before it.
    let mut pushes = Vec::new();
    let mut homes = Vec::new();
    let mut records = 0;
    let mut told = false;
    for commune in &communes {
        let mut phone = server.phone(&user);
        for first in (0..households / COMMUNES).step_by(PUSH) {
            let mut edits = Vec::new();
            for n in first..first + PUSH {
                edits.extend(household(n, commune));
                homes.push(edits[edits.len() - RECORDS].record.id);
            }
            let changes = phone.batch(edits);
            let (started, computed) = (Instant::now(), server.computed());
            let outcomes = phone.outcomes(&changes);
            let time = started.elapsed().as_secs_f64() * 1000.0;
            assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Admitted));
            pushes.push((records, time / changes.len() as f64, computed));
            records += changes.len();
            phone.phone.changes.clear();
            if records >= 100_000 && !told {
                told = true;
                std::thread::sleep(Duration::from_secs(2));
                let (now, most) = (server.memory("VmRSS"), server.memory("VmHWM"));
                println!(r#"{{"name":"hub.memory_100000","mb":{now:.1},"peak_mb":{most:.1}}}"#);
            }
        }
    }
    let change_at = |from: usize| {
        let those: Vec<_> = pushes.iter().filter(|push| (from..from + 20_000).contains(&push.0)).collect();
        let (first, last) = (those[0], those[those.len() - 1]);
        (median(those.iter().map(|push| push.1).collect()), (last.2 - first.2) / (last.0 - first.0) as f64)
    };
    let (small, large) = (change_at(1_000), change_at(records.min(120_000) - 20_000));
    let told = |name: &str, (time, computed): (f64, f64)| {
        let ratio = computed / small.1;
        println!(
            r#"{{"name":"{name}","median_ms":{time:.4},"computed_ms":{computed:.4},"ratio":{ratio:.3}}}"#
        );
    };
    told("hub.change_1000", small);
    told("hub.change_100000", large);
    println!(r#"{{"name":"hub.disk_50000","mb":{:.1}}}"#, server.disk());
    console(&server, &user, &homes);
    let (now, most) = (server.memory("VmRSS"), server.memory("VmHWM"));
    println!(r#"{{"name":"hub.memory_300000","mb":{now:.1},"peak_mb":{most:.1}}}"#);
}

fn household(n: usize, commune: &str) -> Vec<RecordEdit> {
    let home = RecordEdit::new(HouseholdId(Uuid::now_v7()).reference())
        .set("name", name(n))
        .set("commune", commune)
        .set("village", format!("Bản {}", GIVEN[n % GIVEN.len()]))
        .set("address", format!("Nhà số {}", n % 97));
    let reference = home.record.clone();
    let person =
        |m: usize| under(kind::PERSON, &reference).set("name", name(n + m * 31)).set("sex", "female");
    let visit = |date: &str| under(kind::VISIT, &reference).set("date", date).set("agreed", "thăm lại");
    vec![home, person(1), person(2), person(3), visit("2026-11-02"), visit("2026-11-24")]
}

/// Pages as the browser of the user gets them.
fn console(server: &Server, user: &hub::db::users::User, homes: &[Uuid]) {
    let id = user.id;
    let cookie = server.hub().write_now(move |_, tx| hub::office::login::start(tx, id)).unwrap();
    let client = http::client();
    let view = |path: &str, query: Option<&str>| {
        let started = Instant::now();
        let url = format!("{}{path}", server.url);
        let request = match query {
            None => client.get(url),
            Some(query) => client
                .post(url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("q={}", query.replace(' ', "+"))),
        };
        let answer = request.header("cookie", format!("session={cookie}")).send().unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        let page = answer.text().unwrap();
        let time = started.elapsed().as_secs_f64() * 1000.0;
        assert!(page.contains("/households"), "{query:?} is found");
        time
    };
    let report = |name: &str, one: &dyn Fn(usize) -> f64| {
        one(0);
        let computed = server.computed();
        let times: Vec<f64> = (0..VIEWS).map(one).collect();
        let computed = (server.computed() - computed) / VIEWS as f64;
        let most = times.iter().copied().fold(0.0, f64::max);
        let median = median(times);
        println!(
            r#"{{"name":"{name}","median_ms":{median:.3},"most_ms":{most:.3},"computed_ms":{computed:.3}}}"#
        );
    };
    report("hub.console_list_50000", &|_| view("/households", None));
    report("hub.console_search_50000", &|n| view("/households", Some(QUERIES[n % QUERIES.len()])));
    report("hub.console_household_50000", &|n| {
        view(&format!("/households/{}", homes[n * 7_919 % homes.len()]), None)
    });
}
