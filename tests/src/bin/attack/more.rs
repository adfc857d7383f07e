//! Feeds that an answer has no room for: none may be left unread by a phone that says it is synchronised.

use anyhow::{Context, Result};
use journeys::{
    attack::{Story, Verdicts},
    headless::Headless,
    synthetic::COMMUNES,
    wire_phone::WirePhone,
    world::World,
};
use model::{HouseholdId, Rebuilt, batch::Chain, kind};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::json;
use std::fmt::Write;
use sync::Retry;

pub const STORY: Story = Story { name: "5-more", run };

/// Households of a colleague in each commune but the first.
const HOUSEHOLDS: usize = 3;
/// Of a note that fills a phone's first page by itself, and hardly packs.
const NOTE: usize = 40_000;

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let world = World::open()?;
    let places = COMMUNES.map(|(code, _)| format!("commune:{code}"));
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    for login in ["mai", "son"] {
        world.hub.add_user(login, "Cán Bộ Thử", "case_manager", &places, false)?;
    }
    // The first feed of the answer has one entry, which takes all the room there is.
    let mut writer = WirePhone::enrol(&world.hub, "son")?;
    let mut note = vec![0; NOTE];
    SystemRandom::new().fill(&mut note).ok().context("no random numbers")?;
    let note =
        note.iter().try_fold(String::new(), |mut text, byte| write!(text, "{byte:02x}").map(|()| text))?;
    let fields = [("name", json!("Nông Thị Giả")), ("commune", json!(COMMUNES[0].0)), ("note", json!(note))];
    let large =
        writer.changes(writer.device(), writer.chain()?, &[(HouseholdId::new().reference(), &fields)])?;
    let mut chain = Chain::after(large.statement());
    let mut batches: Vec<Rebuilt> = vec![large.into()];
    for (commune, _) in &COMMUNES[1..] {
        for _ in 0..HOUSEHOLDS {
            let batch = writer.batch(chain, commune)?;
            chain = Chain::after(batch.statement());
            batches.push(batch.into());
        }
    }
    let written = u32::try_from(batches.len())?;
    writer.push(batches)?;

    let phone = Headless::enrol(&world.hub.invite("mai", None)?, &world.path("phone"), "Máy thử")?;
    let report = phone.sync(&mut phone.transport(None)?, Retry::default(), &mut |_| {});
    let here = phone.store.list_count(kind::HOUSEHOLD)?;
    let said = report.problem.map_or("ok", |problem| problem.code());
    verdicts.note(
        said != "ok" || here == written,
        "a phone that says it is synchronised has read every feed to its end",
        format!("{here} of {written} households, says {said}"),
    );
    verdicts.note(here == written, "one run reads every feed to its end", format!("{here} of {written}"));
    Ok(())
}
