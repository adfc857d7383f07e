//! The answer to an enrolment is lost on the way; the recovery key is left lying about.

use anyhow::Result;
use journeys::{
    attack::{Story, Verdicts},
    hub,
    link::{Break, Fault, Link, Way},
    phone::Phone,
    synthetic::COMMUNES,
    world::World,
};
use std::fs;

pub const STORY: Story = Story { name: "8-lost-answer", run };

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0)?;
    let link = Link::to(&world.hub.url)?;
    let invite = || world.hub.invite("mai", Some(&link.url("https")));
    Phone::start(&world.path("measured"))?.enrol(&invite()?)?;
    let turns = link.counts().turns;
    let (answer, before) = turns.split_last().ok_or(anyhow::anyhow!("nothing went over the link"))?;
    let byte = before.iter().map(|turn| turn.down).sum::<u64>() + answer.down / 2;
    let devices = world.hub.count("devices")?;

    let invitation = invite()?;
    link.arm(Break { way: Way::Down, byte, fault: Fault::Cut });
    let phone = Phone::start(&world.path("phone"))?;
    let lost = phone.enrol(&invitation).is_err();
    link.disarm();
    let made = world.hub.count("devices")? - devices;
    verdicts.note(lost && made == 1, "the office made a device of which the phone heard nothing", made);
    // The app was stopped in between.
    drop(phone);
    let phone = Phone::start(&world.path("phone"))?;
    let again = phone.enrol(&invitation).map(|_| ()).map_err(|error| error.to_string());
    let all = world.hub.count("devices")? - devices;
    verdicts.note(
        again.is_ok() && all == 1,
        "it asks again with the same invitation and is that device",
        format!("{again:?}, {all} device"),
    );
    let synchronised = phone.sync_hearing(|_| {}).map(|summary| summary.code);
    verdicts.note(
        matches!(&synchronised, Ok(code) if code == "ok"),
        "and synchronises",
        format!("{synchronised:?}"),
    );
    let other = Phone::start(&world.path("other"))?;
    let refused = other.app.access().enrol(invitation, "246810".into()).err();
    let refused = refused.map(|error| error.code().to_owned()).unwrap_or_default();
    verdicts.note(refused == "enrol.code-used", "nobody else can use it", refused);
    leftover_key(&world, verdicts)
}

/// A hub is to begin in a folder where a recovery key lies already: it may be another office's, and must not go.
fn leftover_key(world: &World, verdicts: &mut Verdicts) -> Result<()> {
    let folder = world.path("second-hub");
    fs::create_dir_all(&folder)?;
    let key = folder.join("recovery.key");
    fs::write(&key, "x25519:of-before")?;
    let said = hub::command(&folder, &["stats"]).err().map(|error| error.to_string()).unwrap_or_default();
    verdicts.note(
        said.contains("recovery.key")
            && said.contains("hub.recovery-key-lies-here")
            && !said.contains("os error"),
        "a first start beside an old recovery key says what to do",
        said.lines().last().unwrap_or_default(),
    );
    let kept = fs::read_to_string(&key)?;
    fs::rename(&key, world.path("usb.key"))?;
    let begun = hub::command(&folder, &["stats"]).is_ok();
    verdicts.note(
        kept == "x25519:of-before" && begun,
        "the old key is left as it is, and put away it stops nothing",
        if begun { "begun" } else { "not begun" },
    );
    Ok(())
}
