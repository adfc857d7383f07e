//! A stamp of the year 2060, sixty thousand replaced changes that never were, and a phone whose clock is wrong.

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, FixedOffset, TimeDelta};
use journeys::{
    attack::{Story, Verdicts},
    headless::Headless,
    synthetic::COMMUNES,
    wire_phone::{WirePhone, code},
    world::World,
};
use model::{
    ChangeId, Clock, DeviceId, HouseholdId, RecordEdit, RecordRef, Stamp, SystemClock, Verified,
    batch::{Chain, Draft, Json, Maker},
};
use ring::rand::SystemRandom;
use rusqlite::Connection;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use sync::Retry;
use wire::push::Outcome;

pub const STORY: Story = Story { name: "13-clocks", run };

const IN_2060: u64 = 2_840_140_800_000;
const AHEAD_MINUTES: i64 = 25;
const RIGHT: &str = "Hộ đúng giờ";
const FALSE: &str = "Hộ năm 2060";

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    for login in ["mai", "lan"] {
        world.worker(login, "Lý Thị Mai", COMMUNES[0].0)?;
    }
    world.user("quantri", "Quản Trị", "administrator", COMMUNES[0].0, false)?;
    let mai = phone(&world, "mai", Arc::new(SystemClock::default()))?;
    let mut hostile = WirePhone::enrol(&world.hub, "lan")?;

    let home = HouseholdId::new().reference();
    let called = |name: &str| RecordEdit::new(home.clone()).set("name", name);
    mai.store.commit(vec![called("Hộ mới").set("commune", COMMUNES[0].0)])?;
    synchronised(&mai)?;
    let false_name = Draft {
        at: Stamp(IN_2060, 0),
        record: home.clone(),
        cause: None,
        fields: BTreeMap::from([field("name", FALSE, BTreeSet::new())?]),
    };
    let chain = hostile.chain()?;
    let chain = pushed(&mut hostile, chain, vec![false_name])?;
    // She doesn't know of it, and is later.
    mai.store.commit(vec![called(RIGHT)])?;
    synchronised(&mai)?;
    let lan = phone(&world, "lan", Arc::new(SystemClock::default()))?;
    synchronised(&lan)?;
    let console = world.console("mai")?.page("/households")?;
    let at_the_office = if console.contains(RIGHT) && !console.contains(FALSE) { RIGHT } else { FALSE };
    let seen = [&name(&mai, &home)?, &name(&lan, &home)?, at_the_office].join(", ");
    verdicts.note(!seen.contains(FALSE), "a stamp from the future wins nowhere", seen);

    let hostile_drafts = (0..60).map(|_| -> Result<Draft> {
        let replaces = (0..1_000).map(|_| ChangeId(HouseholdId::new().0)).collect();
        let at = Stamp(SystemClock::default().now_ms(), 0);
        let fields = BTreeMap::from([field("note", "x", replaces)?]);
        Ok(Draft { at, record: home.clone(), cause: None, fields })
    });
    pushed(&mut hostile, chain, hostile_drafts.collect::<Result<_>>()?)?;
    synchronised(&lan)?;
    let here = serde_json::to_vec(&lan.store.record(&home)?.context("no household")?.state)?.len();
    let database = Connection::open(world.hub.folder().join("hub.db"))?;
    let there: i64 = database.query_row("SELECT max(length(state)) FROM records", [], |row| row.get(0))?;
    verdicts.note(
        here < 40_000 && there < 40_000,
        "what a change says it replaces stays within bounds",
        format!("60,000 named: {here} bytes of the record on a phone, {there} at the hub"),
    );

    let ahead = phone(&world, "mai", Arc::new(Ahead(SystemClock::default())))?;
    synchronised(&ahead)?;
    let off = ahead.store.condition()?.wrong_clock();
    let minutes = off.map(|offset| offset / 60_000);
    verdicts.note(
        minutes.is_some_and(|minutes| (minutes + AHEAD_MINUTES).abs() <= 1),
        "a phone says that its clock is wrong",
        format!("{minutes:?} of {} minutes", -AHEAD_MINUTES),
    );
    let devices = world.console("quantri")?.page("/devices")?;
    let told = devices.split("<p class=\"late\">").nth(1).and_then(|text| text.split("</p>").next());
    let told = told.unwrap_or("nothing");
    verdicts.note(told.contains("chạy nhanh"), "the office sees it", told);
    Ok(())
}

/// This machine's clock, [`AHEAD_MINUTES`] ahead.
struct Ahead(SystemClock);

impl Clock for Ahead {
    fn now(&self) -> DateTime<FixedOffset> {
        self.0.now() + TimeDelta::minutes(AHEAD_MINUTES)
    }

    fn monotonic_ms(&self) -> u64 {
        self.0.monotonic_ms()
    }
}

fn phone(world: &World, login: &str, clock: Arc<dyn Clock>) -> Result<Headless> {
    let folder = DeviceId::new().to_string();
    Headless::enrol_by(clock, &world.hub.invite(login, None)?, &world.path(&folder), "Máy thử")
}

fn synchronised(phone: &Headless) -> Result<()> {
    let report = phone.sync(&mut phone.transport(None)?, Retry::default(), &mut |_| {});
    match report.problem {
        None => Ok(()),
        Some(problem) => Err(problem.into()),
    }
}

fn name(phone: &Headless, home: &RecordRef) -> Result<String> {
    let record = phone.store.record(home)?.context("no household")?;
    Ok(record.state.text("name").unwrap_or_default().to_owned())
}

fn field(
    name: &str,
    value: &str,
    replaces: BTreeSet<ChangeId>,
) -> Result<(String, (Json, BTreeSet<ChangeId>))> {
    Ok((name.to_owned(), (Json::new(serde_json::to_string(value)?)?, replaces)))
}

/// Where the chain goes on once the hub has admitted them.
fn pushed(phone: &mut WirePhone, chain: Chain, drafts: Vec<Draft>) -> Result<Chain> {
    let mut maker = Maker::new(phone.device(), chain, &SystemRandom::new())?;
    for draft in drafts {
        maker.add(draft)?;
    }
    let batch: Verified = maker.sign(&phone.key)?;
    let chain = Chain::after(batch.statement());
    let answer = phone.push(vec![batch.into()])?;
    let odd = answer.results.iter().find(|result| result.outcome != Outcome::Admitted);
    ensure!(odd.is_none(), "it was not admitted: {}", odd.map_or("", |odd| code(&odd.outcome)));
    Ok(chain)
}
