//! An office that already knows its households: invented ones, signed by a phone of the office and synchronised.

use crate::synthetic::{self, Household, PROVINCE};
use anyhow::{Context, Result, bail};
use model::{DeviceKey, HouseholdId, PersonId, RecordEdit, RecordRef, SystemClock, kind};
use ring::rand::SystemRandom;
use std::{path::Path, sync::Arc};
use store::{Enrolment, HardwareKey, HardwareKeyError, Identity, WorkerFolder};
use sync::{Cancel, HttpTransport, Retry};
use wire::enrol::Invitation;

/// The records of an invented household.
pub fn edits(household: &Household) -> Vec<RecordEdit> {
    let root = RecordRef::new(kind::HOUSEHOLD, HouseholdId::new().0);
    let head = household.people.first().map(|person| person.name.clone()).unwrap_or_default();
    let mut edits = vec![
        RecordEdit::new(root.clone())
            .set("province", PROVINCE)
            .set("commune", household.commune)
            .set("village", household.village)
            .set("address", household.address.clone())
            .set("name", head)
            .set("area", "rural")
            .set("wall", household.wall)
            .set("water", household.water)
            .set("toilet", household.toilet),
    ];
    edits.extend(household.people.iter().map(|person| {
        RecordEdit::new(RecordRef::new(kind::PERSON, PersonId::new().0))
            .under(root.clone())
            .set("name", person.name.clone())
            .set("sex", person.sex)
            .set("relation", person.relation)
            .set("residence", "present")
            .set("birth_known", "year")
            .set("birth_date", serde_json::Value::Null)
            .set("birth_year", person.birth_year)
            .set("ethnicity", person.ethnicity)
    }));
    edits
}

/// Enrols a phone in `folder` by `invitation`, signs `count` households and sends them. `step` hears how many are
/// signed, then that they were sent.
///
/// # Errors
/// When the hub does not take all of them.
pub fn households(
    invitation: &str,
    folder: &Path,
    seed: u64,
    count: usize,
    step: &mut dyn FnMut(usize),
) -> Result<()> {
    let invitation: Invitation = invitation.parse().context("the invitation can't be read")?;
    let clock = Arc::new(SystemClock::default());
    let signing_key = DeviceKey::generate(&SystemRandom::new())?;
    let public = DeviceKey::from_pkcs8(&signing_key)?.public();
    let mut transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, None)?;
    let answer = sync::enrol(&invitation, public, "Máy của văn phòng", "demo", &mut transport)?;
    let token = answer.token.clone();
    let identity = Identity {
        hub: answer.hub,
        hub_url: invitation.hub.clone(),
        ca_pin: invitation.ca_pin,
        office: answer.office,
        office_key: answer.office_key,
        device: answer.device,
        user: answer.worker.user,
        token: answer.token,
        certificate: answer.certificate,
        worker: answer.worker,
    };
    let enrolment = Enrolment { identity, signing_key, recovery_key: answer.recovery_key };
    let (_, _, store) = WorkerFolder::create(
        folder,
        "246810",
        &NoHardware,
        enrolment,
        clock.clone(),
        rulebook::Rulebook::built_in()?,
    )?;
    for n in 0..count {
        store.commit(edits(&synthetic::household(seed, n)))?;
        step(n + 1);
    }
    let mut transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, Some(token))?;
    let report =
        sync::run(&store, &mut transport, &*clock, Retry::default(), &Cancel::default(), &mut |_| {});
    if let Some(problem) = report.problem {
        bail!("the households were not sent: {problem}");
    }
    // A batch that the end of a push cuts in two waits for its other half, so that only what still waits counts.
    let held_back = store.held_back()?.len();
    if held_back > 0 {
        bail!("{held_back} changes were not taken up");
    }
    store.close()?;
    Ok(())
}

/// An office machine without secure hardware; its folder is thrown away after the demo.
struct NoHardware;

impl HardwareKey for NoHardware {
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"no hardware");

        Ok(ring::hmac::sign(&key, bytes).as_ref().to_vec())
    }
}
