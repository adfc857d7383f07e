//! A phone at the level of messages, for what an honest core never sends.

use journeys::hub::HubProcess;
use model::{
    DeviceKey, HouseholdId, Rebuilt, Stamp, Verified,
    batch::{Chain, Device, Draft, Json, Maker},
};
use ring::rand::SystemRandom;
use std::collections::{BTreeMap, BTreeSet};
use sync::{HttpTransport, Method, Request, Transport};
use wire::{
    enrol::{EnrolResponse, Invitation},
    lines::Packer,
    push::{Outcome, PushRequest, PushResponse},
};

pub struct WirePhone {
    pub key: DeviceKey,
    pub enrolled: EnrolResponse,
    transport: HttpTransport,
}

impl WirePhone {
    pub fn enrol(hub: &HubProcess, login: &str) -> Self {
        let invitation: Invitation = hub.invite(login, None).unwrap().parse().unwrap();
        let key = DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new()).unwrap()).unwrap();
        let mut transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, None).unwrap();
        let enrolled = sync::enrol(&invitation, key.public(), "Máy thử", "0.1", &mut transport).unwrap();
        let token = enrolled.token.clone();
        let transport = HttpTransport::new(&invitation.hub, invitation.ca_pin, Some(token)).unwrap();
        Self { key, enrolled, transport }
    }

    /// Whose its batches are.
    pub fn device(&self) -> Device {
        let EnrolResponse { office, device, .. } = self.enrolled;
        Device { office, device, author: self.enrolled.worker.user }
    }

    /// Where its first batch goes.
    pub fn chain(&self) -> Chain {
        self.enrolled.certificate.chain().unwrap()
    }

    /// A batch of one household.
    pub fn batch(&self, chain: Chain, commune: &str) -> Verified {
        self.batch_as(self.device(), chain, commune)
    }

    pub fn batch_as(&self, device: Device, chain: Chain, commune: &str) -> Verified {
        let mut maker = Maker::new(device, chain.clone(), &SystemRandom::new()).unwrap();
        let text = |text: &str| (Json::new(format!("\"{text}\"")).unwrap(), BTreeSet::new());
        let fields = [("name", "Nông Thị Giả"), ("commune", commune)];
        let draft = Draft {
            at: Stamp(1_700_000_000_000 + chain.next_seq, 0),
            record: HouseholdId::new().reference(),
            cause: None,
            fields: BTreeMap::from(fields.map(|(name, value)| (name.to_owned(), text(value)))),
        };
        maker.add(draft).unwrap();
        maker.sign(&self.key).unwrap()
    }

    pub fn push(&mut self, batches: Vec<Rebuilt>) -> PushResponse {
        let push = PushRequest { v: wire::VERSION, orders: Vec::new(), batches };
        let body = push.write(Packer::new(false).unwrap()).unwrap();
        let request = Request {
            method: Method::Post,
            path: wire::paths::PUSH.into(),
            headers: vec![("content-type", "application/x-ndjson".into())],
            body,
        };
        let response = self.transport.send(&request).unwrap();
        assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
        serde_json::from_slice(&response.body).unwrap()
    }
}

/// The code of what became of it.
pub fn code(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Admitted => "admitted",
        Outcome::Known => "known",
        Outcome::Waiting { code } | Outcome::Refused { code } => code,
        Outcome::Staged => "staged",
        Outcome::Unknown => "unknown",
    }
}
