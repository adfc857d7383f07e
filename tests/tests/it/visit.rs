//! The visit from form to hub, as a golden transcript: what a worker reads on the way, and what arrives.

use journeys::{
    phone::Phone,
    picture,
    synthetic::{self, COMMUNES},
    visit,
    world::{self, World},
};
use regex::Regex;
use std::fmt::Write;

#[test]
fn from_an_invitation_to_the_console() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0).unwrap();
    world.worker("son", "Hoàng Văn Sơn", COMMUNES[0].0).unwrap();
    let mut told = String::new();
    let phone = Phone::start(&world.path("phone")).unwrap();
    let invitation = world.hub.invite("mai", None).unwrap();
    writeln!(told, "enrolled: {:?}", phone.enrol(&invitation).unwrap()).unwrap();
    let first = phone.sync().unwrap();
    writeln!(told, "first sync: {first:#?}").unwrap();
    writeln!(told, "forms: {:#?}", phone.app.forms().list().unwrap()).unwrap();

    let household = synthetic::household(8, 6);
    let photo = picture::twelve_megapixels(1).unwrap();
    let form = world::fill_visit(&phone, None, &household, vec![photo]).unwrap();
    for row in form.outline().unwrap() {
        let page = form.go_to(row.index).unwrap();
        writeln!(told, "\n{}{} [{}]", "  ".repeat(row.depth.into()), page.title, page.breadcrumb.join(" › "))
            .unwrap();
        for question in &page.questions {
            writeln!(told, "  {}: {}", question.label, question.shown).unwrap();
        }
        for repeat in &page.repeats {
            let rows: Vec<_> = repeat.instances.iter().map(|row| row.title.as_str()).collect();
            writeln!(told, "  {}: {}", repeat.title, rows.join(", ")).unwrap();
        }
    }
    let finished = visit::finish(&form).unwrap();
    writeln!(told, "\nfinished: {finished:#?}").unwrap();
    writeln!(told, "waiting: {:#?}", phone.app.today().view().unwrap().sync).unwrap();
    let mut phases = Vec::new();
    let summary = phone
        .sync_hearing(|progress| {
            if phases.last() != Some(&progress.phase) {
                phases.push(progress.phase);
            }
        })
        .unwrap();
    writeln!(told, "phases: {phases:?}").unwrap();
    writeln!(told, "sync: {summary:#?}").unwrap();
    let id = finished.household_id.unwrap();
    writeln!(told, "household: {:#?}", phone.app.households().view(id.clone()).unwrap()).unwrap();
    writeln!(told, "hub: {}", world.hub.command(&["stats"]).unwrap()).unwrap();
    insta::assert_snapshot!(redacted(&told));

    // Another worker's phone and the console show the same household.
    let other = world.phone("son").unwrap();
    let mut seen = other.app.households().view(id.clone()).unwrap();
    for photo in &mut seen.photos {
        // The bytes of a photo don't come down by themselves.
        photo.here = true;
    }
    assert_eq!(seen, phone.app.households().view(id.clone()).unwrap());
    let mut console = world.console("son").unwrap();
    let name = &household.people[0].name;
    let query = journeys::console::encoded(&model::fold(name));
    assert!(console.page(&format!("/households?q={query}")).unwrap().contains(name));
    let page = console.page(&format!("/households/{id}")).unwrap();
    for person in &household.people {
        assert!(page.contains(&person.name), "{} is missing", person.name);
    }
}

/// Without ids, times and sizes, which differ from run to run.
fn redacted(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, instead) in [
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "‹id›"),
        (r"\d{4}-\d{2}-\d{2}T[0-9:.]+(Z|[+-]\d{2}:\d{2})", "‹time›"),
        (r"(Thứ \w+|Chủ nhật),? (ngày )?\d{2}/\d{2}/\d{4}", "‹day›"),
        (r"\d{2}/\d{2}/\d{4}( \d{2}:\d{2})?", "‹date›"),
        (r"\d{4}-\d{2}-\d{2}", "‹date›"),
        (r"\d{13,}\.jpg|[0-9a-z-]{8,}\.jpg", "‹photo›"),
        (r"photo_bytes_sent: \d+", "photo_bytes_sent: ‹size›"),
        (r"\d+([.,]\d+)? (KB|MB|kB)", "‹size›"),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, instead).into_owned();
    }
    text
}
