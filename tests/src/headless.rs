//! A phone without its screens: store and synchronisation over the real transport, with tries and waits to be set.

use anyhow::{Context, Result};
use model::{DeviceKey, SystemClock};
use ring::rand::SystemRandom;
use std::{path::Path, sync::Arc};
use store::{Enrolment, HardwareKey, HardwareKeyError, Identity, Store, WorkerFolder};
use sync::{Cancel, HttpTransport, Progress, Report, Retry, Transport};
use wire::enrol::Invitation;

const PIN: &str = "246810";

/// An enrolled phone with its store open.
pub struct Headless {
    pub store: Store,
    clock: Arc<SystemClock>,
}

impl Headless {
    /// Enrols a phone in `folder` by `invitation`.
    ///
    /// # Errors
    /// When the hub does not take it.
    pub fn enrol(invitation: &str, folder: &Path, name: &str) -> Result<Self> {
        let invitation: Invitation = invitation.parse().context("the invitation can't be read")?;
        let mut transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, None)?;
        let signing_key = DeviceKey::generate(&SystemRandom::new())?;
        let public = DeviceKey::from_pkcs8(&signing_key)?.public();
        let answer = sync::enrol(&invitation, public, name, "0.1", &mut transport)?;
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
        let clock = Arc::new(SystemClock::default());
        let rulebook = rulebook::Rulebook::built_in()?;
        let (_, _, store) =
            WorkerFolder::create(folder, PIN, &NoHardware, enrolment, clock.clone(), rulebook)?;
        Ok(Self { store, clock })
    }

    /// Opens the phone in `folder`.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(folder: &Path) -> Result<Self> {
        let clock = Arc::new(SystemClock::default());
        let folder = WorkerFolder::all(folder)?.into_iter().next().context("no phone in this folder")?;
        let keys = folder.unlock(PIN, &NoHardware, &*clock)?;
        let store = folder.open(&keys, clock.clone(), rulebook::Rulebook::built_in()?)?;
        Ok(Self { store, clock })
    }

    /// To the hub at `address`, or where it was enrolled.
    ///
    /// # Errors
    /// When that is no address.
    pub fn transport(&self, address: Option<&str>) -> Result<HttpTransport> {
        let Identity { hub_url, ca_pin, token, .. } = self.store.identity()?;
        Ok(HttpTransport::new(address.unwrap_or(&hub_url), ca_pin, Some(token))?)
    }

    /// Synchronises once; what stopped it is in the report.
    pub fn sync(
        &self,
        transport: &mut impl Transport,
        retry: Retry,
        observe: &mut dyn FnMut(Progress),
    ) -> Report {
        sync::run(&self.store, transport, &*self.clock, retry, &Cancel::default(), observe)
    }
}

/// A machine without secure hardware; its folder is thrown away afterwards.
struct NoHardware;

impl HardwareKey for NoHardware {
    fn hmac(&self, bytes: &[u8]) -> Result<Vec<u8>, HardwareKeyError> {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"no hardware");
        Ok(ring::hmac::sign(&key, bytes).as_ref().to_vec())
    }
}
