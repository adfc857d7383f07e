//! A phone in memory: what a store would hold, and links that fail by a seed.

use crate::hub::{Device, Hub, address, new_key};
use model::{
    BatchId, ChangeId, DeviceKey, RecordRef, SignedChange, Stamp,
    change::{Batch, Draft},
};
use ring::rand::SystemRandom;
use std::collections::BTreeMap;
use sync::{
    LinkError, Machine, Method, Phase, Progress, Report, Request, Response, Retry, SyncError,
    machine::{Answer, Blob, Event, Operation, Wish},
};
use uuid::Uuid;
use wire::{
    forms::FormEntry,
    pull::{Cursor, Entry},
};

/// Deterministic numbers from a seed (an LCG; the high bits are good enough for dice).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// How a link behaves: each number is a chance in 100 for each request.
#[derive(Clone, Copy, Default)]
pub struct Faults {
    /// The hub never hears it.
    pub lost: u64,
    /// The hub hears it, the answer is lost.
    pub answer_lost: u64,
    /// The hub hears it twice.
    pub twice: u64,
    /// The hub hears only the first part of an upload.
    pub partly: u64,
    /// An old request arrives (again) just before.
    pub late: u64,
}

pub struct Link {
    pub faults: Faults,
    pub dice: Dice,
    old: Vec<Request>,
    /// Cut after so many more requests, once.
    pub cut_after: Option<u32>,
}

impl Link {
    pub fn good() -> Self {
        Self::faulty(Faults::default(), 0)
    }

    pub fn faulty(faults: Faults, seed: u64) -> Self {
        Self { faults, dice: Dice(seed), old: Vec::new(), cut_after: None }
    }

    fn carry(&mut self, hub: &mut Hub, device: &Device, request: &Request) -> Result<Response, LinkError> {
        if let Some(left) = &mut self.cut_after {
            if *left == 0 {
                return Err(LinkError::Unreachable);
            }
            *left -= 1;
        }
        let faults = self.faults;
        let dice = &mut self.dice;
        if dice.below(100) < faults.late && !self.old.is_empty() {
            let old = &self.old[dice.below(self.old.len() as u64) as usize];
            hub.answer(device.id, old, &old.body);
        }
        if faults.late > 0 {
            self.old.push(request.clone());
        }
        if dice.below(100) < faults.lost {
            return Err(LinkError::Unreachable);
        }
        let upload = request.path.starts_with("/v1/photos") && !request.path.ends_with("missing");
        if upload && dice.below(100) < faults.partly && !request.body.is_empty() {
            let part = dice.below(request.body.len() as u64) as usize;
            hub.answer(device.id, request, &request.body[..part]);
            return Err(LinkError::Cut);
        }
        if dice.below(100) < faults.twice {
            hub.answer(device.id, request, &request.body);
        }
        let response = hub.answer(device.id, request, &request.body);
        if dice.below(100) < faults.answer_lost {
            return Err(LinkError::Timeout);
        }
        // A HEAD has no body, and a code must not be needed to understand it.
        let body = if request.method == Method::Head { vec![] } else { response.body };
        Ok(Response { body, ..response })
    }
}

pub struct Phone {
    pub device: Device,
    pub key: DeviceKey,
    pub changes: Vec<SignedChange>,
    /// Changes up to this one are no longer kept here.
    pub purged: u64,
    pub acknowledged: u64,
    pub cursor: Option<Cursor>,
    /// By position; what a phone would merge.
    pub taken: BTreeMap<u64, ChangeId>,
    pub forms: Vec<(FormEntry, BTreeMap<String, Vec<u8>>)>,
    pub blobs: BTreeMap<String, (Vec<u8>, bool)>,
    /// Blobs whose files can't be read.
    pub unreadable: Vec<String>,
    pub finished: u32,
    pub offset_ms: Option<i64>,
    /// Waits that were asked for, in milliseconds.
    pub waits: Vec<u64>,
    pub heard: Vec<Progress>,
}

impl Phone {
    pub fn enrolled(hub: &mut Hub) -> Self {
        let key = new_key();
        let device = hub.certify(key.public());
        Self {
            device,
            key,
            changes: vec![],
            purged: 0,
            acknowledged: 0,
            cursor: None,
            taken: BTreeMap::new(),
            forms: vec![],
            blobs: BTreeMap::new(),
            unreadable: vec![],
            finished: 0,
            offset_ms: None,
            waits: vec![],
            heard: vec![],
        }
    }

    pub fn write(&mut self, count: usize) {
        for _ in 0..count {
            let draft = Draft {
                id: ChangeId::new(),
                device: self.device.id,
                seq: self.changes.len() as u64 + 1,
                author: self.device.user,
                at: Stamp(self.changes.len() as u64, 0),
                record: RecordRef::new("note", Uuid::now_v7()),
                fields: BTreeMap::from([("text".to_owned(), ("x".repeat(40).into(), vec![]))]),
                batch: Batch { id: BatchId::new(), index: 0, count: 1 },
                cause: None,
                previous: self.changes.last().map(SignedChange::digest),
            };
            self.changes.push(draft.sign(&self.key, &SystemRandom::new()).unwrap());
        }
    }

    pub fn photograph(&mut self, size: usize, dice: &mut Dice) -> String {
        let mut bytes = vec![dice.below(256) as u8; size];
        for byte in bytes.iter_mut().step_by(997) {
            *byte = dice.below(256) as u8;
        }
        let address = address(&bytes);
        self.blobs.insert(address.clone(), (bytes, false));
        address
    }

    pub fn sync(&mut self, hub: &mut Hub, link: &mut Link) -> Report {
        self.sync_until(hub, link, |_, _| false)
    }

    /// Cancelled before the request of which `stop` says so.
    pub fn sync_until(
        &mut self,
        hub: &mut Hub,
        link: &mut Link,
        mut stop: impl FnMut(&Self, &Request) -> bool,
    ) -> Report {
        let retry = Retry { tries: 4, first_wait_ms: 100, longest_wait_ms: 400, seed: 1 };
        let mut machine = Machine::new(hub.id, self.device.id, retry);
        let mut event = Event::Begin;
        let mut now = 400_000;
        // A run that does not end is a defect.
        for _ in 0..20_000 {
            now += 5;
            let wish = machine.step(event, now);
            if self.heard.last() != Some(&machine.progress()) {
                self.heard.push(machine.progress());
            }
            event = match wish {
                Wish::Done(report) => return report,
                Wish::Send(request) if stop(self, &request) => Event::Cancelled,
                Wish::Send(request) => match link.carry(hub, &self.device, &request) {
                    Ok(response) => Event::Response(response),
                    Err(error) => Event::NoResponse(error),
                },
                Wish::Wait(milliseconds) => {
                    self.waits.push(milliseconds);
                    now += milliseconds;
                    Event::Waited
                }
                Wish::Local(operation) => Event::Local(self.perform(hub, operation)),
            };
        }
        panic!("the run did not end");
    }

    fn perform(&mut self, hub: &Hub, operation: Operation) -> Answer {
        match operation {
            Operation::NoteServerTime { offset_ms } => self.offset_ms = Some(offset_ms),
            Operation::OwnChanges { after, max_changes, .. } => {
                let acknowledged = self.acknowledged;
                let skip = after.unwrap_or(acknowledged).max(self.purged) as usize;
                let changes = self.changes.iter().skip(skip).take(max_changes.min(4)).cloned().collect();
                return Answer::OwnChanges { changes, acknowledged, newest: self.changes.len() as u64 };
            }
            Operation::Acknowledge { received_through, .. } => {
                if received_through < self.acknowledged {
                    self.doubt_blobs();
                }
                self.acknowledged = received_through;
            }
            Operation::Cursors => return Answer::Cursors(self.cursor.iter().cloned().collect()),
            Operation::Apply(page) => {
                if self.cursor.as_ref().is_some_and(|cursor| cursor.epoch != page.epoch) {
                    self.doubt_blobs();
                    self.cursor = None;
                    self.taken.clear();
                }
                let mut forged = 0;
                for entry in page.feeds.iter().flat_map(|feed| &feed.entries) {
                    let Entry::Put(signed) = &entry.entry else { panic!("not sent here") };
                    let header = signed.header().unwrap();
                    let author = hub.devices.iter().find(|device| device.id == header.device).unwrap();
                    match signed.verify(&author.key) {
                        Ok(_) => assert_eq!(self.taken.insert(entry.position, header.id), None),
                        Err(_) => forged += 1,
                    }
                    self.cursor = Some(Cursor {
                        feed: Hub::feed(),
                        epoch: page.epoch.clone(),
                        position: entry.position,
                    });
                }
                return Answer::Applied { forged };
            }
            Operation::MissingForms(list) => {
                let here = |form: &FormEntry| {
                    self.forms
                        .iter()
                        .any(|(known, _)| (&known.id, &known.version) == (&form.id, &form.version))
                };
                return Answer::Forms(list.forms.into_iter().filter(|form| !here(form)).collect());
            }
            Operation::KeepForm { entry, files } => self.forms.push((entry, files.into_iter().collect())),
            Operation::TakeFormList(_) => {}
            Operation::PendingBlobs => {
                let pending = self.blobs.iter().filter(|(_, (_, sent))| !sent);
                let blobs = pending
                    .map(|(address, (bytes, _))| Blob { address: address.clone(), size: bytes.len() as u64 })
                    .collect();
                return Answer::Blobs(blobs);
            }
            Operation::ReadBlob { address, .. } if self.unreadable.contains(&address) => {
                return Answer::Bytes(None);
            }
            Operation::ReadBlob { address, offset, length } => {
                let (bytes, _) = &self.blobs[&address];
                let range = bytes.get(offset as usize..).map(|rest| &rest[..length.min(rest.len())]);
                return Answer::Bytes(range.map(<[u8]>::to_vec));
            }
            Operation::BlobsSent(addresses) => {
                for address in addresses {
                    self.blobs.get_mut(&address).unwrap().1 = true;
                }
            }
            Operation::Finished => self.finished += 1,
        }
        Answer::Done
    }

    fn doubt_blobs(&mut self) {
        for (_, sent) in self.blobs.values_mut() {
            *sent = false;
        }
    }

    /// The hub has all of this phone's work exactly once and in order.
    pub fn assert_all_arrived(&self, hub: &Hub) {
        let ids = |changes: &[SignedChange]| -> Vec<ChangeId> {
            changes.iter().map(|change| change.header().unwrap().id).collect()
        };
        let nothing = Vec::new();
        let received = hub.kept.received.get(&self.device.id).unwrap_or(&nothing);
        assert_eq!(ids(received), ids(&self.changes));
        let mine: Vec<ChangeId> =
            ids(&hub.kept.feed).into_iter().filter(|id| ids(&self.changes).contains(id)).collect();
        assert_eq!(mine, ids(&self.changes));
        for (address, (bytes, sent)) in &self.blobs {
            assert!(sent);
            assert_eq!(&hub.kept.whole[address], bytes);
        }
    }

    /// This phone has the whole feed.
    pub fn assert_up_to_date(&self, hub: &Hub) {
        let feed: Vec<ChangeId> = hub.kept.feed.iter().map(|change| change.header().unwrap().id).collect();
        assert_eq!(self.taken.values().copied().collect::<Vec<_>>(), feed);
        assert_eq!(
            self.taken.keys().copied().collect::<Vec<_>>(),
            (1..=feed.len() as u64).collect::<Vec<_>>()
        );
    }

    pub fn phases(&self) -> Vec<Phase> {
        let mut phases: Vec<Phase> = self.heard.iter().map(|progress| progress.phase).collect();
        phases.dedup();
        phases
    }
}

pub fn problem(report: &Report) -> Option<&'static str> {
    report.problem.as_ref().map(SyncError::code)
}
