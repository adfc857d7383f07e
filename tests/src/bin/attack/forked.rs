//! A phone's folder is copied and both go on; a folder goes back to an older state.

use anyhow::Result;
use journeys::{
    attack::{Story, Verdicts},
    headless::copy,
    phone::Phone,
    picture,
    synthetic::COMMUNES,
    world::{World, alone, visit},
};
use std::{collections::BTreeSet, path::Path};

pub const STORY: Story = Story { name: "3-forked", run };
pub const OLDER: Story = Story { name: "3-gone-back", run: gone_back };

const COMMUNE: &str = COMMUNES[0].0;

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    world.worker("mai", "Lý Thị Mai", COMMUNE)?;
    let phone = world.phone("mai")?;
    visit(&phone, None, &alone("Nông Thị Chung", COMMUNE), vec![])?;
    phone.sync()?;
    let (phone, copied) = twice(phone, &world.path("copy"))?;
    visit(&phone, None, &alone("Nông Thị Máy", COMMUNE), vec![])?;
    phone.sync()?;
    let picture = picture::small()?;
    visit(&copied, None, &alone("Nông Thị Bản Sao", COMMUNE), vec![picture])?;
    let made = copied.app.syncing().state()?.changes_waiting;
    let said = copied.sync_hearing(|_| {})?.code;
    verdicts.note(said == "sync.forked", "a copy that went on alone is told so", &said);
    let state = copied.app.syncing().state()?;
    verdicts.note(
        state.changes_waiting == made && state.enrol_again.is_some_and(|again| again.code == said),
        "what it made stays, and the way forward is named",
        format!("{} of {made} changes wait", state.changes_waiting),
    );

    let used = world.hub.invite("mai", None)?;
    let carried = copied.app.access().enrol_again(used.clone())?;
    let sent = copied.sync().map(|summary| summary.changes_sent);
    verdicts.note(
        matches!(sent, Ok(sent) if sent == carried.changes && sent == u64::from(made)),
        "under a new identity it sends what the office lacks, and no more",
        format!("{sent:?} of {made}"),
    );
    verdicts.note(
        world.hub.count("photos_whole")? == 1,
        "its photo arrives too",
        format!("{} files", world.hub.count("photos_whole")?),
    );
    // The first one ended as well, and comes back the same way: not by its key alone.
    visit(&phone, None, &alone("Nông Thị Sau", COMMUNE), vec![])?;
    let said = phone.sync_hearing(|_| {})?.code;
    verdicts.note(said == "sync.revoked" || said == "sync.forked", "the key that was used twice ended", said);
    let refused = phone.app.access().enrol_again(used).err().map(|error| error.code().to_owned());
    verdicts.note(
        refused.as_deref() == Some("enrol.code-used"),
        "the old key certifies nothing without the office's code",
        refused.unwrap_or_default(),
    );
    phone.app.access().enrol_again(world.hub.invite("mai", None)?)?;
    phone.sync()?;
    arrived_once(&world, verdicts, &["Bản Sao", "Chung", "Máy", "Sau"])
}

/// The folder as it was before its last visit, which the office has.
fn gone_back(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    world.worker("mai", "Lý Thị Mai", COMMUNE)?;
    let phone = world.phone("mai")?;
    let (phone, older) = twice(phone, &world.path("older"))?;
    visit(&phone, None, &alone("Hà Thị Một", COMMUNE), vec![])?;
    phone.sync()?;
    let said = older.sync_hearing(|_| {})?.code;
    verdicts.note(said == "store.rewound", "a folder that went back is told so", &said);
    visit(&older, None, &alone("Hà Thị Hai", COMMUNE), vec![])?;
    older.app.access().enrol_again(world.hub.invite("mai", None)?)?;
    older.sync()?;
    let page = older.app.households().list("ha thi".into(), 0, 10)?;
    verdicts.note(
        page.rows.len() == 2,
        "it gets back what it made before, and keeps what it made since",
        format!("{} of 2 households", page.rows.len()),
    );
    arrived_once(&world, verdicts, &["Hai", "Một"])
}

/// Every visit is at the office, by one change of its submission, and nothing disagrees.
fn arrived_once(world: &World, verdicts: &mut Verdicts, names: &[&str]) -> Result<()> {
    let count = |what: &str| world.hub.count(what);
    let forms = world.hub.records("submission")?;
    let reader = world.another_phone("mai")?;
    let page = reader.app.households().list(String::new(), 0, 20)?;
    let found: Vec<String> = page.rows.iter().map(|row| row.name.clone()).collect();
    let ends: BTreeSet<&str> = found.iter().filter_map(|name| name.split("Thị ").nth(1)).collect();
    let mut disagreements = 0;
    for row in &page.rows {
        disagreements += reader.app.households().view(row.id.clone())?.conflicts.len();
    }
    let wanted = names.len() as u64;
    verdicts.note(
        forms == wanted
            && ends == names.iter().copied().collect()
            && disagreements == 0
            && count("waiting")? == 0,
        "every visit is at the office once",
        format!("{forms} of {wanted} submissions, {disagreements} disagreements, {} wait", count("waiting")?),
    );
    Ok(())
}

/// The phone, and a copy of it as it stands, both unlocked.
fn twice(phone: Phone, to: &Path) -> Result<(Phone, Phone)> {
    phone.app.access().lock();
    copy(phone.folder(), to)?;
    phone.unlock()?;
    let copied = Phone::start(to)?;
    copied.unlock()?;
    Ok((phone, copied))
}
