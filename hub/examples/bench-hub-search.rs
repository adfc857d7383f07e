//! How long the console's search takes: 5,000 households with two members each, pushed by a phone, then searched as a
//! visitor does, by words of heads, of members and of villages. One line of JSON: the median of a page of 50.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a measurement stops where it fails

#[path = "../tests/it/http.rs"]
mod http;

use hub::{
    Hub,
    db::users::{self, NewUser, User},
    office::{self, devices},
    serve,
};
use model::{HouseholdId, Place, RecordEdit, Role, SystemClock, kind};
use std::{
    sync::{Arc, mpsc},
    time::Instant,
};
use testkit::{Client, records::under};
use uuid::Uuid;
use wire::push::Outcome;

const HOUSEHOLDS: usize = 5_000;
/// Households in one push.
const PUSH: usize = 100;
const FAMILY: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Hoàng", "Lò", "Vàng", "Giàng", "Đỗ"];
const MIDDLE: [&str; 5] = ["Thị", "Văn", "Đình", "A", "Thuý"];
const GIVEN: [&str; 9] = ["Hoà", "An", "Bình", "Đức", "Páo", "Mỷ", "Hương", "Ướt", "Sáng"];
const QUERIES: [&str; 6] = ["nguyen thi hoa", "ng", "hoa", "do dinh uot", "ban pao", ""];

fn name(n: usize) -> String {
    let pick = |from: &[&'static str], by: usize| from[(n / by + n * 7) % from.len()];
    format!("{} {} {}", pick(&FAMILY, 3), pick(&MIDDLE, 5), pick(&GIVEN, 11))
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::open(&folder.path().join("hub"), Arc::new(SystemClock::default())).unwrap();
    let (ready, listens) = mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = hub.clone();
    let server = std::thread::spawn(move || {
        let options =
            serve::Options { listen: "127.0.0.1:0".parse().unwrap(), plain: true, names: Vec::new() };
        let ready = |url: &str| ready.send(url.to_owned()).unwrap();
        serve::serve(served, &options, ready, async {
            let _ = stopped.await;
        })
        .unwrap();
    });
    let url: String = listens.recv().unwrap();
    let user = fill(&hub, &url);

    let cookie = hub.write_now(move |_, tx| office::login::start(tx, user.id)).unwrap();
    let client = http::client();

    let queries = QUERIES.repeat(20).into_iter();
    let mut times: Vec<f64> = queries.map(|query| search(&client, &url, &cookie, query)).collect();
    times.sort_by(f64::total_cmp);
    println!(r#"{{"name":"hub.search_5000","median_ms":{:.3}}}"#, times[times.len() / 2]);
    drop(stop);
    server.join().unwrap();
}

/// Milliseconds of one page, as the visitor's browser waits for it.
fn search(client: &reqwest::blocking::Client, url: &str, cookie: &str, query: &str) -> f64 {
    let started = Instant::now();
    let body = format!("q={}", query.replace(' ', "+"));
    let request = client
        .post(format!("{url}/households"))
        .header("cookie", format!("session={cookie}"))
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(body).send().unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let page = answer.text().unwrap();
    let time = started.elapsed().as_secs_f64() * 1000.0;
    assert!(page.contains("/households/"), "{query} is found");
    time
}

/// The visitor, who pushed all of it.
fn fill(hub: &Hub, url: &str) -> User {
    let new = NewUser {
        login: "an".into(),
        name: "Thử".into(),
        role: Role::COMMUNE_OFFICER,
        places: vec![Place::Commune("00070".into())],
        on_duty: false,
    };
    let address = url.to_owned();
    let made = hub.write_now(move |hub, tx| {
        let id = office::users::add(tx, new, "-")?;
        let user = users::by_id(tx, id)?.unwrap();
        Ok((devices::invite(hub, tx, &user, &address)?, user))
    });
    let (invitation, user) = made.unwrap();
    let mut phone = Client::enrol(http::link(url), &invitation.code);
    for first in (0..HOUSEHOLDS).step_by(PUSH) {
        let mut edits = Vec::new();
        for n in first..first + PUSH {
            let home = RecordEdit::new(HouseholdId(Uuid::now_v7()).reference())
                .set("name", name(n))
                .set("commune", "00070")
                .set("village", format!("Bản {}", GIVEN[n % GIVEN.len()]));
            let people = (1..3).map(|m| under(kind::PERSON, &home.record).set("name", name(n + m * 31)));
            let people: Vec<_> = people.collect();
            edits.push(home);
            edits.extend(people);
        }
        let changes = phone.batch(edits);
        let outcomes = phone.outcomes(&changes);
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Admitted));
    }
    user
}
