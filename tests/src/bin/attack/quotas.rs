//! One device sends without an end: photos that nothing names, photos of what waits, uploads that never end; and one that was
//! revoked, batches.

use anyhow::{Context, Result, anyhow};
use journeys::{
    attack::{Story, Verdicts},
    synthetic::COMMUNES,
    wire_phone::WirePhone,
    world::World,
};
use model::{HouseholdId, batch::Chain};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::json;
use sync::Response;
use wire::push::Outcome;

pub const STORY: Story = Story { name: "9-quotas", run };

const MB: usize = 1_000_000;
/// Of one photo here.
const PHOTO: usize = 16 * MB;
/// What the hub is to stop before, in each.
const MOST: usize = 144 * MB;

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0)?;
    world.worker("son", "Hoàng Văn Sơn", COMMUNES[0].0)?;
    let mut phone = WirePhone::enrol(&world.hub, "mai")?;
    let mut photos = Photos::new()?;

    let mut taken = 0;
    while taken < MOST {
        let (address, bytes) = photos.next();
        if phone.begin_upload(&address, PHOTO as u64, bytes)?.status != 201 {
            break;
        }
        taken += PHOTO;
    }
    verdicts.note(taken == 0, "what no record names is not taken", mb(taken));

    // Of a commune that its worker doesn't cover.
    let mut chain = phone.chain()?;
    let (mut taken, mut last) = (0, None);
    while taken < MOST {
        let (address, bytes) = photos.next();
        chain = name(&mut phone, chain, &address)?;
        let answer = phone.begin_upload(&address, PHOTO as u64, bytes)?;
        let stopped = answer.status != 201;
        last = Some(answer);
        if stopped {
            break;
        }
        taken += PHOTO;
    }
    let code = last.as_ref().map(refusal).unwrap_or_default();
    verdicts.note(
        code == "photo.quota" && world.hub.count("waiting")? > 0,
        "photos of what waits have an end",
        format!("{} taken, then {code}", mb(taken)),
    );

    let (mut begun, mut announced, mut code) = (0, 0, String::new());
    while announced < MOST {
        let (address, bytes) = photos.next();
        // In a commune of its own: what waits is no bound here.
        let batch = phone.photo(chain, COMMUNES[0].0, &address, PHOTO as u64)?;
        chain = Chain::after(batch.statement());
        phone.push(vec![batch.into()])?;
        let answer = phone.begin_upload(&address, PHOTO as u64, &bytes[..1_000])?;
        code = refusal(&answer);
        if answer.status != 201 {
            break;
        }
        begun += 1;
        announced += PHOTO;
    }
    verdicts.note(
        code == "photo.quota",
        "uploads that never end have an end",
        format!("{begun} begun of {}, then {code}", mb(announced)),
    );

    let mut revoked = WirePhone::enrol(&world.hub, "son")?;
    let devices = world.hub.command(&["device", "list"])?;
    let row = devices.lines().find(|line| line.contains("son")).context("no such device")?;
    let device = row.split('\t').next().unwrap_or_default();
    world.hub.command(&["device", "revoke", "--device", device])?;
    let mut chain = revoked.chain()?;
    let (mut taken, mut kept, mut code) = (0, 0, String::new());
    while taken < MOST / 4 {
        let note = photos.text(3 * MB);
        let fields =
            [("name", json!("Nông Thị Giả")), ("commune", json!(COMMUNES[0].0)), ("note", json!(note))];
        let batch = revoked.changes(revoked.device(), chain, &[(HouseholdId::new().reference(), &fields)])?;
        chain = Chain::after(batch.statement());
        let answer = revoked.push(vec![batch.into()])?;
        if let Some(Outcome::Refused { code: refused }) = answer.results.first().map(|result| &result.outcome)
        {
            code.clone_from(refused);
            kept = answer.received_through;
            break;
        }
        taken += note.len();
    }
    verdicts.note(
        code == "push.quota",
        "what a revoked device brings has an end",
        format!("{} taken, then {code}", mb(taken)),
    );
    let stays = revoked.push(Vec::new())?.received_through;
    verdicts.note(kept > 0 && stays == kept, "what was acknowledged stays", format!("{stays} changes"));
    Ok(())
}

/// Pushes what names the photo and waits.
fn name(phone: &mut WirePhone, chain: Chain, address: &str) -> Result<Chain> {
    let batch = phone.photo(chain, COMMUNES[1].0, address, PHOTO as u64)?;
    let chain = Chain::after(batch.statement());
    phone.push(vec![batch.into()])?;
    Ok(chain)
}

fn mb(bytes: usize) -> String {
    format!("{} MB", bytes / MB)
}

fn refusal(answer: &Response) -> String {
    let body: Option<wire::error::ErrorBody> = serde_json::from_slice(&answer.body).ok();
    body.map(|body| body.code).unwrap_or_default()
}

/// Noise, another each time.
struct Photos(Vec<u8>);

impl Photos {
    fn new() -> Result<Self> {
        let mut noise = vec![0; PHOTO];
        SystemRandom::new().fill(&mut noise).map_err(|_| anyhow!("no random numbers"))?;
        Ok(Self(noise))
    }

    fn next(&mut self) -> (String, &[u8]) {
        self.0[0] = self.0[0].wrapping_add(1);
        (wire::blob::address(&self.0), &self.0)
    }

    /// Letters that pack to little less.
    fn text(&mut self, length: usize) -> String {
        self.0.rotate_left(length);
        self.0[..length].iter().map(|byte| char::from(b'0' + byte % 64)).collect()
    }
}
