//! What size costs at the hub: 50,000 households of ten communes with three members and two visits each, pushed by
//! phones to a hub process of its own. A line of JSON for each figure: a change at 1,000 and at 100,000 records, the
//! memory after them, pages of the console as a visitor's browser waits for them.
//!
//! `bench-hub-size [HOUSEHOLDS]`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a measurement stops where it fails

#[path = "bench/fill.rs"]
mod fill;
#[path = "../tests/it/http.rs"]
mod http;
#[path = "bench/server.rs"]
mod server;

use server::{Server, median};
use std::time::{Duration, Instant};
use uuid::Uuid;

const HOUSEHOLDS: usize = 50_000;
const COMMUNES: usize = 10;
const QUERIES: [&str; 6] = ["nguyen thi hoa", "ng", "hoa", "do dinh uot", "ban pao", "lo van an"];
const VIEWS: usize = 120;

fn main() {
    if std::env::args().nth(1).is_none_or(|first| first == "serve") {
        server::serve_if_asked();
    }
    let households = std::env::args().nth(1).map_or(HOUSEHOLDS, |count| count.parse().unwrap());
    let communes = fill::communes(COMMUNES);
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
        for first in (0..households / COMMUNES).step_by(fill::PUSH) {
            let computed = server.computed();
            let (new, time) = fill::push(&mut phone, first, commune);
            homes.extend(new);
            let count = fill::PUSH * fill::RECORDS;
            pushes.push((records, time / count as f64, computed));
            records += count;
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
    println!(r#"{{"name":"hub.disk_50000","mb":{:.1}}}"#, server.disk().0);
    console(&server, &user, &homes);
    let (now, most) = (server.memory("VmRSS"), server.memory("VmHWM"));
    println!(r#"{{"name":"hub.memory_300000","mb":{now:.1},"peak_mb":{most:.1}}}"#);
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
