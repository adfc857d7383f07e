//! Somebody who has the hub's database, and a phone of the very user, tries to speak as the device that the hub holds for
//! who writes in the console.

use anyhow::{Context, Result, ensure};
use journeys::{
    attack::{Story, Verdicts},
    synthetic::COMMUNES,
    wire_phone::{WirePhone, code},
    world::World,
};
use model::{
    DeviceId, Redacted,
    batch::{Chain, Device},
    encoding::{Bytes, to_text},
};
use rusqlite::{Connection, OpenFlags};
use sync::{HttpTransport, Method, Request, Transport};
use wire::enrol::Invitation;

pub const STORY: Story = Story { name: "15-office-device", run };

/// What the database says of it.
struct Held {
    id: DeviceId,
    token_hash: Vec<u8>,
    sealed_key: Vec<u8>,
    chain: Chain,
}

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    let commune = COMMUNES[0].0;
    world.worker("vanphong", "Đặng Thị Văn Phòng", commune)?;
    let mut console = world.console("vanphong")?;
    let typed = [("f.name", "Lường Thị Mới"), ("f.commune", commune)];
    let written = console.post("/records/household/new", &typed)?.status;
    ensure!(written == 303, "the office could not write: {written}");
    let held = held(&world)?;
    by_its_token(&world, &held, verdicts)?;
    by_a_phone(&world, &held, commune, verdicts)
}

fn held(world: &World) -> Result<Held> {
    let path = world.hub.folder().join("hub.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let sql =
        "SELECT lower(hex(id)), token_hash, sealed_key, received_seq, previous FROM devices WHERE held = 1";
    let row = database.query_row(sql, [], |row| {
        let (received, previous): (u32, [u8; 32]) = (row.get(3)?, row.get(4)?);
        let chain = Chain { next_seq: u64::from(received) + 1, previous: Bytes(previous) };
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, chain))
    });
    let (id, token_hash, sealed_key, chain) = row.context("no device is held")?;
    Ok(Held { id: id.parse()?, token_hash, sealed_key, chain })
}

/// All that lies in the database is tried as its token.
fn by_its_token(world: &World, held: &Held, verdicts: &mut Verdicts) -> Result<()> {
    let invitation: Invitation = world.hub.invite("vanphong", None)?.parse()?;
    let id = held.id.to_string();
    let tokens = [
        to_text(&held.token_hash),
        to_text(&held.sealed_key),
        id.clone(),
        to_text(held.id.0.as_bytes()),
        String::new(),
    ];
    let mut answers = Vec::new();
    for token in tokens {
        let mut transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, Some(Redacted(token)))?;
        for (method, path) in [
            (Method::Post, wire::paths::PUSH),
            (Method::Post, wire::paths::PULL),
            (Method::Get, wire::paths::FORMS),
        ] {
            let headers = vec![("content-type", "application/json".to_owned())];
            answers
                .push(transport.send(&Request { method, path: path.into(), headers, body: vec![] })?.status);
        }
    }
    let refused = answers.iter().filter(|status| **status == 401).count();
    let seen = format!("{refused} of {} requests were answered with 401", answers.len());
    verdicts.note(refused == answers.len(), "nobody speaks to the hub as a device that it holds", seen);
    Ok(())
}

/// A phone of the same user signs the next batch in its name.
fn by_a_phone(world: &World, held: &Held, commune: &str, verdicts: &mut Verdicts) -> Result<()> {
    let before = world.hub.count("changes")?;
    let mut phone = WirePhone::enrol(&world.hub, "vanphong")?;
    let device = Device { device: held.id, ..phone.device() };
    let forged = phone.batch_as(device, held.chain.clone(), commune)?;
    let answer = phone.push(vec![forged.into()])?;
    let outcome = answer.results.first().map_or("taken", |result| code(&result.outcome)).to_owned();
    let kept = world.hub.count("changes")? - before;
    let held_back = outcome == "batch.wrong-device" && kept == 0;
    verdicts.note(held_back, "no phone of its user signs for it", format!("{outcome}, {kept} changes kept"));
    Ok(())
}
