//! A phone at the level of messages, for what an honest core never sends.

use journeys::hub::HubProcess;
use model::{
    BatchId, ChangeId, DeviceKey, HouseholdId, RecordRef, SignedChange, Stamp,
    change::{Batch, Draft},
    record::kind,
};
use ring::rand::SystemRandom;
use std::collections::BTreeMap;
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

    /// A household's change with its place in this device's chain.
    pub fn change(&self, seq: u64, previous: Option<&SignedChange>, commune: &str) -> Draft {
        Draft {
            id: ChangeId::new(),
            device: self.enrolled.device,
            seq,
            author: self.enrolled.worker.user,
            at: Stamp(1_700_000_000_000 + seq, 0),
            record: RecordRef::new(kind::HOUSEHOLD, HouseholdId::new().0),
            fields: BTreeMap::from([
                ("name".to_owned(), ("Nông Thị Giả".into(), vec![])),
                ("commune".to_owned(), (commune.into(), vec![])),
            ]),
            batch: Batch { id: BatchId::new(), index: 0, count: 1 },
            cause: None,
            previous: previous.map(SignedChange::digest),
        }
    }

    pub fn sign(&self, draft: Draft) -> SignedChange {
        draft.sign(&self.key, &SystemRandom::new()).unwrap()
    }

    pub fn push(&mut self, changes: Vec<SignedChange>) -> PushResponse {
        let push = PushRequest { v: wire::VERSION, changes };
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
        Outcome::Unknown => "unknown",
    }
}
