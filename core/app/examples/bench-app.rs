//! What a shell calls, without the bindings, one line of JSON each: answering a question, the disk alone, the first
//! screen of a day, the page of a record.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, dead_code)]

#[path = "../tests/it/office.rs"]
mod office;
#[path = "../tests/it/phone.rs"]
mod phone;
#[path = "../tests/it/sheets.rs"]
mod sheets;
#[path = "../tests/it/world.rs"]
mod world;

use app::{App, view::PageMove};
use model::{RecordEdit, RecordRef, kind};
use phone::synchronise;
use std::{fs::File, io::Write, time::Instant};
use uuid::Uuid;
use world::{Answers, World, choice, fill_page, text};

const ROUNDS: usize = 300;

fn main() {
    answer();
    today();
    pages();
}

fn answer() {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    // To a member's page, where an answer moves what depends on it.
    let answers = Answers::first_visit();
    for _ in 0..4 {
        fill_page(&session, &answers);
        assert!(matches!(session.next().unwrap(), PageMove::Moved { .. }));
    }
    fill_page(&session, &answers);
    let answered = median((0..ROUNDS).map(|round| {
        let (path, value) = match round % 3 {
            0 => ("/data/member[1]/m_about/m_name", text(&format!("Hoàng Văn {round}"))),
            1 => ("/data/member[1]/m_about/m_birth_known", choice("date")),
            _ => ("/data/member[1]/m_about/m_birth_known", choice("year")),
        };
        timed(|| {
            session.answer(path.into(), value).unwrap();
        })
    }));
    let mut file = File::create(world.phone.folder.path().join("bench")).unwrap();
    let synced = median((0..ROUNDS).map(|_| {
        timed(|| {
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
        })
    }));
    println!(
        r#"{{"name": "app.answer", "median_ms": {answered:.3}, "beside_fdatasync_ms": {:.3}}}"#,
        answered - synced
    );
    println!(r#"{{"name": "app.fdatasync", "median_ms": {synced:.3}}}"#);
}

const CASES: usize = 3_000;

/// Half of them about a child in danger, each in a household of its own, with what is written of it.
fn today() {
    let world = World::new();
    let mut colleague = world.office.colleague();
    let new = |kind| RecordEdit::new(RecordRef::new(kind, Uuid::now_v7()));
    let mut edits = Vec::new();
    for n in 0..CASES {
        let home = new(kind::HOUSEHOLD).set("name", format!("Hoàng Văn {n}")).set("commune", office::COMMUNE);
        let at = format!("2026-11-{:02}T{:02}:00:00+07:00", 1 + n % 28, n % 24);
        let case = new(kind::CASE).under(home.record.clone()).set("opened_at", at.as_str());
        let case = if n % 2 == 0 {
            case.set("workflow", "adult").set("state", "collect_assess").set("reason", "Cần hỗ trợ sinh kế")
        } else {
            case.set("workflow", "child-protection")
                .set("state", "intake")
                .set("received_at", at)
                .set("severity", "medium")
                .set("summary", "Cháu nghỉ học đã lâu. ".repeat(40))
        };
        edits.extend([home, case]);
        if edits.len() == 400 {
            colleague.write(std::mem::take(&mut edits));
        }
    }
    synchronise(&world.app);
    for (name, look) in
        [("app.today_3000", look_at_today as fn(&App) -> usize), ("app.cases_3000", look_at_cases)]
    {
        let mut on_core = Vec::new();
        let times: Vec<f64> = (0..21)
            .map(|_| {
                let before = on_core_ms();
                let took = timed(|| assert_eq!(look(&world.app), CASES));
                on_core.push(on_core_ms() - before);
                took
            })
            .collect();
        let (first, on_core) = (times[0], median(on_core.into_iter()));
        let median = median(times.into_iter());
        println!(
            r#"{{"name": "{name}", "median_ms": {median:.3}, "on_core_ms": {on_core:.3}, "first_ms": {first:.3}}}"#
        );
    }
}

const FORMS: usize = 30;
const VISITS: usize = 30;

/// With many forms installed: a household that was visited often, one of its people, a visit.
fn pages() {
    let forms = (0..FORMS).map(|n| {
        let (id, mut files) = (format!("phieu_{n}"), sheets::publish("vang_gia"));
        let xml = String::from_utf8(files[0].1.clone()).unwrap();
        files[0].1 = xml.replace("id=\"vang_gia\"", &format!("id=\"{id}\"")).into_bytes();
        office::published(&id, "Phiếu", &files)
    });
    let world = World::with(office::Office::publishing(forms.collect()), FORMS as u64);
    let mut colleague = world.office.colleague();
    let new = |kind| RecordEdit::new(RecordRef::new(kind, Uuid::now_v7()));
    let home = new(kind::HOUSEHOLD).set("name", "Hoàng Văn Sơn").set("commune", office::COMMUNE);
    let member =
        new(kind::PERSON).under(home.record.clone()).set("name", "Nông Thị Hoà").set("sex", "female");
    let (household, person) = (home.record.clone(), member.record.clone());
    let mut edits = vec![home, member];
    let mut visited = None;
    for n in 0..VISITS {
        let visit =
            new(kind::VISIT).under(household.clone()).set("date", format!("2026-{:02}-11", 1 + n % 12));
        let visit = visit.set("purpose", "first").set("facts", "Mái nhà dột ở góc bếp. ".repeat(20));
        let need = new(kind::NEED).under(visit.record.clone()).set("group", "health").set("need", "Khám mắt");
        let form = new(kind::SUBMISSION)
            .under(household.clone())
            .set("form", "phieu_0")
            .set("version", office::VERSION);
        let xml = format!("<data>{}</data>", "<answer>một câu trả lời</answer>".repeat(400));
        visited = Some(visit.record.clone());
        edits.extend([visit, need, form.set("xml", xml)]);
    }
    colleague.write(edits);
    synchronise(&world.app);
    for (name, record) in [("household", household.clone()), ("person", person), ("visit", visited.unwrap())]
    {
        let view = || drop(world.app.records().view(record.to_string()).unwrap());
        let first = timed(view);
        let median = median((0..ROUNDS).map(|_| timed(view)));
        println!(r#"{{"name": "app.page_{name}", "median_ms": {median:.3}, "first_ms": {first:.3}}}"#);
    }
}

fn look_at_today(app: &App) -> usize {
    app.today().view().unwrap().open_cases_total as usize
}

fn look_at_cases(app: &App) -> usize {
    app.cases().list().unwrap().len()
}

/// Milliseconds that this thread was on a core so far: what another program of the machine doesn't lengthen.
fn on_core_ms() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e6
}

fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64() * 1000.0
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
