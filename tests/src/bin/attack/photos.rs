//! Others reach for a photo whose upload goes up in several runs over a bad line.

use anyhow::{Context, Result, anyhow};
use journeys::{
    attack::{Story, Verdicts},
    headless::Headless,
    link::Link,
    synthetic::COMMUNES,
    wire_phone::WirePhone,
    world::World,
};
use model::{HouseholdId, RecordEdit};
use ring::rand::{SecureRandom, SystemRandom};
use std::fs;
use sync::{HttpTransport, LinkError, Method, Request, Response, Retry, Transport, Upload};
use wire::photos::{MissingRequest, MissingResponse};

pub const STORY: Story = Story { name: "2-photos", run };

const PHOTO: usize = 300_000;
/// Bytes that the line carries before it breaks, in each run.
const CARRIED: u64 = 90_000;
const MOST_RUNS: usize = 12;

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0)?;
    world.worker("lan", "Vi Thị Lan", COMMUNES[0].0)?;
    world.worker("son", "Hoàng Văn Sơn", COMMUNES[1].0)?;
    let link = Link::to(&world.hub.url)?;
    let owner =
        Headless::enrol(&world.hub.invite("mai", Some(&link.url("https")))?, &world.path("mai"), "mai")?;
    let mut colleague = WirePhone::enrol(&world.hub, "lan")?;
    let mut stranger = WirePhone::enrol(&world.hub, "son")?;
    let home = HouseholdId::new().reference();
    let mut edits =
        vec![RecordEdit::new(home.clone()).set("name", "Lương Thị Thử").set("commune", COMMUNES[0].0)];
    for _ in 0..2 {
        edits.push(owner.photo(&home, &noise(PHOTO)?, &noise(8_000)?)?);
    }
    owner.store.commit(edits)?;
    let blobs = owner.store.blobs(true)?;
    let photos: Vec<&str> = blobs.iter().filter(|blob| !blob.thumbnail).map(|blob| &*blob.address).collect();
    let (attacked, gone) = (*photos.first().context("no photo")?, *photos.last().context("no photo")?);
    // What a bad card leaves of the other.
    let file = owner.store.blob_path(gone);
    let kept = fs::read(&file)?;
    fs::write(&file, b"")?;

    let mut runs = 0;
    let retry = Retry { tries: 1, first_wait_ms: 1, longest_wait_ms: 1, seed: 1 };
    let mut refused = 0;
    while runs < MOST_RUNS && is_missing(&mut colleague, attacked)? {
        if runs > 0 {
            // A colleague names the photo, too, with another length; a stranger only knows its address.
            if runs == 1 {
                colleague.push(vec![
                    colleague.photo(colleague.chain()?, COMMUNES[0].0, attacked, 20_000_000)?.into(),
                ])?;
            }
            colleague.begin_upload(attacked, 20_000_000, &[])?;
            let answer = stranger.begin_upload(attacked, 10_000_000, &[])?;
            refused += usize::from(answer.status >= 400);
        }
        link.cut_after(CARRIED);
        owner.sync(&mut Once(owner.transport(None)?, false), retry, &mut |_| {});
        runs += 1;
    }
    link.disarm();
    let fair = PHOTO.div_ceil(usize::try_from(CARRIED)?) + 3;
    let is_up = !is_missing(&mut colleague, attacked)?;
    verdicts.note(
        runs <= fair && is_up,
        "a photo goes up whatever others do with its address",
        format!(
            "{} KB {} after {runs} runs of {} KB",
            PHOTO / 1_000,
            if is_up { "up" } else { "not up" },
            CARRIED / 1_000
        ),
    );
    verdicts.note(refused > 0, "a stranger's upload is refused", format!("{refused} refused"));
    let report = owner.sync(&mut owner.transport(None)?, retry, &mut |_| {});
    let code = report.problem.map_or("ok", |problem| problem.code());
    verdicts.note(code == "sync.photo-unreadable", "a photo that can't be read is told", code);
    fs::write(&file, kept)?;
    let report = owner.sync(&mut owner.transport(None)?, retry, &mut |_| {});
    verdicts.note(
        report.problem.is_none() && !is_missing(&mut colleague, gone)?,
        "and goes up once it can",
        report.problem.map_or("ok", |problem| problem.code()),
    );
    Ok(())
}

/// A line that is dead for the rest of a run once it broke.
struct Once(HttpTransport, bool);

impl Once {
    fn carry(
        &mut self,
        carry: impl FnOnce(&mut HttpTransport) -> Result<Response, LinkError>,
    ) -> Result<Response, LinkError> {
        if self.1 {
            return Err(LinkError::Unreachable);
        }
        let answer = carry(&mut self.0);
        self.1 = answer.is_err();
        answer
    }
}

impl Transport for Once {
    fn send(&mut self, request: &Request) -> Result<Response, LinkError> {
        self.carry(|line| line.send(request))
    }

    fn upload(&mut self, request: &Request, upload: Upload<'_>) -> Result<Response, LinkError> {
        self.carry(|line| line.upload(request, upload))
    }
}

fn is_missing(phone: &mut WirePhone, address: &str) -> Result<bool> {
    let message = MissingRequest { v: wire::VERSION, addresses: vec![address.to_owned()] };
    let request = Request {
        method: Method::Post,
        path: wire::paths::PHOTOS_MISSING.into(),
        headers: vec![("content-type", "application/json".into())],
        body: serde_json::to_vec(&message)?,
    };
    let answer: MissingResponse = serde_json::from_slice(&phone.send(&request)?.body)?;
    Ok(!answer.missing.is_empty())
}

fn noise(length: usize) -> Result<Vec<u8>> {
    let mut noise = vec![0; length];
    SystemRandom::new().fill(&mut noise).map_err(|_| anyhow!("no random numbers"))?;
    Ok(noise)
}
