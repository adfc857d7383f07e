//! A hub's old folder put back without a word, as after a virtual machine was set back: nothing that it had acknowledged may
//! be lost, and no phone can make it believe that this happened.

use anyhow::{Context, Result};
use journeys::{
    attack::{Story, Verdicts},
    headless::{Headless, copy},
    hub::HubProcess,
    synthetic::COMMUNES,
    wire_phone::WirePhone,
    world::World,
};
use model::{HouseholdId, RecordEdit, RecordRef, batch::Chain, kind};
use std::{collections::BTreeSet, fs};
use sync::{HttpTransport, LinkError, Request, Response, Retry, Transport, Upload};
use wire::receipt::{Acknowledged, Receipt};

pub const STORY: Story = Story { name: "6-rewound", run };

const COMMUNE: &str = COMMUNES[0].0;
/// Households that the hub acknowledged and lost.
const LOST: usize = 6;

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    for login in ["mai", "son", "lan", "hoa"] {
        world.worker(login, "Cán Bộ Thử", COMMUNE)?;
    }
    let phone = |login| Headless::enrol(&world.hub.invite(login, None)?, &world.path(login), "Máy thử");
    let phones = [phone("mai")?, phone("son")?, phone("hoa")?];
    let mut looks = WirePhone::enrol(&world.hub, "lan")?;
    // What the other phone writes before the one comes back whose work was lost: nothing, and more than was lost.
    for (written, what) in [(0, "a hub that was rewound"), (LOST + 3, "one that grew past the old cursors")] {
        world = rewound(world, &phones, &mut looks, verdicts, written, what)?;
    }
    hostile(looks, verdicts)
}

fn rewound(
    mut world: World,
    [mai, son, hoa]: &[Headless; 3],
    looks: &mut WirePhone,
    verdicts: &mut Verdicts,
    written: usize,
    what: &str,
) -> Result<World> {
    write(mai, 2)?;
    sync(&world.hub, mai)?;
    sync(&world.hub, son)?;
    // Of a third one the hub has all texts before, and the photo after.
    let photo = hoa.photo(&write(hoa, 1)?, &[7; 60_000], &[8; 2_000])?;
    hoa.store.commit(vec![photo])?;
    let once = Retry { tries: 1, ..Retry::default() };
    hoa.sync(&mut TextsOnly(hoa.transport(Some(&world.hub.url))?), once, &mut |_| {});
    let old = world.path(&format!("old-{written}"));
    world.hub = restarted(world.hub, |folder| copy(folder, &old))?;

    write(mai, LOST)?;
    sync(&world.hub, mai)?;
    sync(&world.hub, hoa)?;
    let photos = world.hub.count("photos_whole")?;
    world.hub = restarted(world.hub, |folder| {
        fs::remove_dir_all(folder)?;
        copy(&old, folder)
    })?;
    let epoch = epoch_of(looks)?;

    write(son, written)?;
    let said: Vec<String> =
        [son, mai, hoa, son].into_iter().map(|phone| said(&world.hub, phone)).collect::<Result<_>>()?;
    let all = u64::from(mai.store.list_count(kind::HOUSEHOLD)?);
    let here = world.hub.records(kind::HOUSEHOLD)?;
    let again = world.hub.count("photos_whole")?;
    let brought = all == here && again == photos;
    verdicts.note(
        brought && said.iter().all(|said| said == "ok"),
        format!("{what} gets back all that phones were told it has"),
        format!("{here} of {all} households, {again} of {photos} photos; phones say {}", said.join(", ")),
    );
    let (one, other) = (households(mai)?, households(son)?);
    verdicts.note(
        one == other && one.len() as u64 == here,
        format!("beside {what} both phones show the same"),
        format!("{} and {} households", one.len(), other.len()),
    );
    let begun = epoch_of(looks)? != epoch;
    verdicts.note(
        begun,
        format!("{what} finds out by itself"),
        if begun { "a new epoch" } else { "nothing" },
    );
    Ok(world)
}

/// Shows receipts that say nothing, one after the other.
fn hostile(mut phone: WirePhone, verdicts: &mut Verdicts) -> Result<()> {
    let mut receipts = vec![phone.push(Vec::new())?.receipt.context("no receipt")?];
    let batch = phone.batch(phone.chain()?, COMMUNE)?;
    let next = Chain::after(batch.statement());
    receipts.extend(phone.push(vec![batch.into()])?.receipt);
    receipts.extend(phone.push(vec![phone.batch(next, COMMUNE)?.into()])?.receipt);
    let newest = receipts.last().context("no receipt")?;
    let told = newest.verify(&phone.enrolled.office_key)?;
    let more = Acknowledged { count: told.count + 5, received_through: told.received_through + 5, ..told };
    let altered = serde_json::to_string(newest)?
        .replace(&serde_json::to_string(&newest.reopen()?)?, &serde_json::to_string(&more)?);
    receipts.extend([Receipt::issue(&more, &phone.key)?, serde_json::from_str(&altered)?]);
    let epoch = epoch_of(&mut phone)?;
    let tried = receipts.len();
    for receipt in receipts {
        phone.push_showing(Some(receipt), Vec::new())?;
    }
    verdicts.note(
        epoch_of(&mut phone)? == epoch,
        "no phone makes a hub believe that it was rewound",
        format!("{tried} receipts, old ones, one made up and one altered: the epoch stays"),
    );
    Ok(())
}

/// A line that breaks at the first photo.
struct TextsOnly(HttpTransport);

impl Transport for TextsOnly {
    fn send(&mut self, request: &Request) -> Result<Response, LinkError> {
        if request.path.starts_with(wire::paths::PHOTOS) {
            Err(LinkError::Unreachable)
        } else {
            self.0.send(request)
        }
    }

    fn upload(&mut self, _: &Request, _: Upload<'_>) -> Result<Response, LinkError> {
        Err(LinkError::Unreachable)
    }
}

/// The hub at its address again, after something was done with its folder.
fn restarted(hub: HubProcess, with: impl FnOnce(&std::path::Path) -> Result<()>) -> Result<HubProcess> {
    let (folder, address) = (hub.folder().to_owned(), hub.url.trim_start_matches("https://").to_owned());
    hub.stop()?;
    with(&folder)?;
    HubProcess::serve_with(&folder, &["--listen", &address])
}

/// Of the hub; the line to it may have ended with it.
fn epoch_of(phone: &mut WirePhone) -> Result<String> {
    Ok(phone.pull().or_else(|_| phone.pull())?.epoch)
}

/// Writes so many households; the last.
fn write(phone: &Headless, count: usize) -> Result<RecordRef> {
    let mut last = HouseholdId::new().reference();
    for n in 0..count {
        last = HouseholdId::new().reference();
        let home = RecordEdit::new(last.clone()).set("name", format!("Nông Thị Thử {n}"));
        phone.store.commit(vec![home.set("commune", COMMUNE).set("village", "Nà Pò")])?;
    }
    Ok(last)
}

fn said(hub: &HubProcess, phone: &Headless) -> Result<String> {
    let report = phone.sync(&mut phone.transport(Some(&hub.url))?, Retry::default(), &mut |_| {});
    Ok(report.problem.map_or("ok", |problem| problem.code()).to_owned())
}

fn sync(hub: &HubProcess, phone: &Headless) -> Result<()> {
    let said = said(hub, phone)?;
    anyhow::ensure!(said == "ok", "{said}");
    Ok(())
}

fn households(phone: &Headless) -> Result<BTreeSet<String>> {
    let page = phone.store.list(kind::HOUSEHOLD, "", 0, 1_000)?;
    Ok(page.rows.into_iter().map(|row| row.reference.to_string()).collect())
}
