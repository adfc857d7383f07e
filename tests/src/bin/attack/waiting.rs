//! Thousands of batches that wait, of one device: each is decided once, not with every push.

use anyhow::Result;
use journeys::{
    attack::{Story, Verdicts},
    synthetic::COMMUNES,
    wire_phone::WirePhone,
    world::World,
};
use model::{Clock, SystemClock, batch::Chain};
use rusqlite::Connection;
use std::time::Instant;

pub const STORY: Story = Story { name: "7-waiting", run };

const BATCHES: usize = 5_000;
const AT_ONCE: usize = 1_000;

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0)?;
    let mut phone = WirePhone::enrol(&world.hub, "mai")?;
    let mut chain = phone.chain()?;
    let mut pushes = Vec::new();
    for _ in 0..BATCHES / AT_ONCE {
        let mut batches = Vec::new();
        for _ in 0..AT_ONCE {
            let batch = phone.batch(chain, COMMUNES[1].0)?;
            chain = Chain::after(batch.statement());
            batches.push(batch.into());
        }
        let started = Instant::now();
        phone.push(batches)?;
        pushes.push(started.elapsed());
    }
    let hub = Connection::open(world.hub.folder().join("hub.db"))?;
    let since = i64::try_from(SystemClock::default().now_ms())?;
    let started = Instant::now();
    phone.push(vec![phone.batch(chain, COMMUNES[0].0)?.into()])?;
    let last = started.elapsed();
    let again: i64 =
        hub.query_row("SELECT count(*) FROM waiting WHERE decided_at >= ?1", [since], |row| row.get(0))?;
    let waiting = world.hub.count("waiting")?;
    verdicts.note(
        waiting == BATCHES as u64 && again == 0,
        "what waits is not decided again with every push",
        format!("{again} of {waiting} with the next one, which took {} ms", last.as_millis()),
    );
    Ok(())
}
