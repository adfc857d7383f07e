//! What a supervisor's browser waits for with 3,000 open cases: thirty workers in ten communes push them as phones do,
//! a third restricted, two thirds of them with a first step and somebody in charge, to a hub process of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a measurement stops where it fails

#[path = "bench/fill.rs"]
mod fill;
#[path = "../tests/it/http.rs"]
mod http;
#[path = "bench/server.rs"]
mod server;

use chrono::{Duration, FixedOffset, Utc};
use hub::db::users::User;
use model::{RecordEdit, kind};
use server::{Server, median};
use std::time::Instant;
use testkit::{
    Client,
    records::{household, new_ref, under},
};
use uuid::Uuid;
use wire::push::Outcome;

const COMMUNES: usize = 10;
const WORKERS: usize = 30;
const CASES: usize = 100;
const VIEWS: usize = 101;

fn main() {
    server::serve_if_asked();
    let communes = fill::communes(COMMUNES);
    let server = Server::start();
    let supervisor = server.user_as("truong", "centre_head", &communes);
    for n in 0..WORKERS {
        let commune = &communes[n % COMMUNES];
        let worker = server.user_as(&format!("can-bo-{n}"), "case_manager", std::slice::from_ref(commune));
        let mut phone = server.phone(&worker);
        for case in 0..CASES {
            open(&mut phone, commune, n * CASES + case, &worker, &supervisor);
        }
        let outcomes = phone.outcomes(&phone.batches);
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Admitted), "{outcomes:?}");
    }
    let id = supervisor.id;
    let cookie = server.hub().write_now(move |_, tx| hub::office::login::start(tx, id)).unwrap();
    let client = http::client();
    for (name, path) in [
        ("hub.console_work_3000", "/work".to_owned()),
        ("hub.console_work_overdue_3000", "/work?what=overdue".to_owned()),
        ("hub.console_work_commune_3000", format!("/work?commune={}", communes[3])),
    ] {
        let view = || {
            let started = Instant::now();
            let request = client.get(format!("{}{path}", server.url));
            let answer = request.header("cookie", format!("session={cookie}")).send().unwrap();
            assert_eq!(answer.status().as_u16(), 200);
            let page = answer.text().unwrap();
            let took = started.elapsed().as_secs_f64() * 1000.0;
            assert!(
                page.contains(&format!("<strong>{}</strong>", WORKERS * CASES)),
                "all of them are counted"
            );
            took
        };
        view();
        let computed = server.computed();
        let mut times: Vec<f64> = (0..VIEWS).map(|_| view()).collect();
        let computed = (server.computed() - computed) / VIEWS as f64;
        times.sort_by(f64::total_cmp);
        let p95 = times[VIEWS * 95 / 100];
        let median = median(times);
        println!(
            r#"{{"name":"{name}","median_ms":{median:.2},"p95_ms":{p95:.2},"computed_ms":{computed:.2}}}"#
        );
    }
}

/// A case in a household of its own, or a restricted one, which lies under nothing.
fn open(phone: &mut Client, commune: &str, n: usize, worker: &User, supervisor: &User) {
    let vietnam = FixedOffset::east_opt(7 * 3_600).unwrap();
    let at = Utc::now().with_timezone(&vietnam) - Duration::hours(i64::try_from(n * 7 % 1_440).unwrap());
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, false);
    let case = RecordEdit::new(new_ref(kind::CASE)).set("opened_at", at.as_str()).set("commune", commune);
    let case = match n % 3 {
        0 => case,
        _ => case.set("worker", worker.id.to_string()).set("worker_name", format!("Người dùng {n}")),
    };
    let record = case.record.clone();
    let case = match n % 2 {
        0 => case.set("workflow", "adult").set("state", "assessment").set("reason", "Cần hỗ trợ sinh kế"),
        _ => case
            .set("workflow", "child-protection")
            .set("state", "intake")
            .set("received_at", at.as_str())
            .set("severity", "medium")
            .set("summary", "Cháu nghỉ học đã lâu. ".repeat(40)),
    };
    let edits = match n % 6 {
        1 | 3 => {
            let member = |user: &User| under("case_member", &record).set("user", user.id.to_string());
            vec![case.set("restricted", true), member(worker), member(supervisor)]
        }
        _ => {
            let home = household(commune);
            vec![case.under(home.record.clone()), home]
        }
    };
    phone.batch(edits);
    if n % 6 == 1 || n % 6 == 5 {
        phone.batch(vec![workflow::edit(
            Uuid::now_v7(),
            &record,
            "child-protection",
            "acknowledge",
            "quoc_gia",
            &at,
        )]);
    }
}
