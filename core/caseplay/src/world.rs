//! People, their phones, and what all of them know.

use crate::PlayError;
use chrono::{DateTime, FixedOffset, NaiveDate};
use model::{
    DeviceId, DeviceKey, Hlc, OfficeId, RecordEdit, RecordRef, RecordState, Role, UserId,
    batch::{Chain, Device as Signer, Maker},
};
use ring::rand::SystemRandom;
use rulebook::{Changing, Rulebook};
use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    iter::successors,
    sync::Arc,
};
use uuid::{Builder, Uuid};
use wire::roles::RoleStatement;
use workflow::{Arrival, Standing, TRANSITION, Witness};

pub(crate) type Records = BTreeMap<RecordRef, RecordState>;

/// Who acts, with what.
#[derive(Clone)]
pub(crate) struct Who {
    pub name: String,
    pub device: String,
    pub user: UserId,
}

struct Device {
    id: DeviceId,
    owner: UserId,
    key: DeviceKey,
    chain: Chain,
    clock: Hlc,
    /// When the hub had last something of it, milliseconds since 1970.
    received: u64,
}

pub(crate) struct World {
    pub rulebook: Arc<Rulebook>,
    pub records: Records,
    office: OfficeId,
    users: BTreeMap<String, UserId>,
    devices: BTreeMap<String, Device>,
    statements: Vec<RoleStatement>,
    arrivals: HashMap<RecordRef, Arrival>,
    made: u64,
}

/// When something is said: by its author's clock, and as it is.
#[derive(Clone, Copy)]
pub(crate) struct When {
    pub clock: DateTime<FixedOffset>,
    pub now: DateTime<FixedOffset>,
}

pub(crate) fn ms(at: DateTime<FixedOffset>) -> u64 {
    u64::try_from(at.timestamp_millis()).unwrap_or(0)
}

impl World {
    pub fn new(rulebook: Arc<Rulebook>) -> Self {
        Self {
            rulebook,
            records: Records::new(),
            office: OfficeId::new(),
            users: BTreeMap::new(),
            devices: BTreeMap::new(),
            statements: Vec::new(),
            arrivals: HashMap::new(),
            made: 0,
        }
    }

    /// From this day on the person is this.
    pub fn become_(
        &mut self,
        (name, device): (&str, &str),
        role: &str,
        day: NaiveDate,
    ) -> Result<Who, PlayError> {
        if self.rulebook.role_of(role).is_none() {
            return Err(PlayError::UnknownRole(role.to_owned()));
        }
        let known = self.users.get(name).copied();
        let user = known.unwrap_or_else(UserId::new);
        match self.devices.get(device) {
            Some(taken) if taken.owner != user => return Err(PlayError::OthersDevice(device.to_owned())),
            Some(_) => {}
            None => drop(self.devices.insert(device.to_owned(), Device::of(user)?)),
        }
        self.users.insert(name.to_owned(), user);
        if self.role(user, day).unwrap_or(None).is_none_or(|held| held.as_str() != role) {
            self.statements.push(RoleStatement {
                v: wire::VERSION,
                office: self.office,
                serial: self.statements.len() as u64 + 1,
                user,
                role: Role::new(role.to_owned()),
                places: Vec::new(),
                capabilities: Vec::new(),
                from: day,
                to: None,
            });
        }
        Ok(Who { name: name.to_owned(), device: device.to_owned(), user })
    }

    pub fn name_of(&self, user: UserId) -> Option<&str> {
        self.users.iter().find(|(_, known)| **known == user).map(|(name, _)| name.as_str())
    }

    /// Ids sort by the time they were made, and are the same each time that a script is played.
    pub fn new_id(&mut self, now: DateTime<FixedOffset>) -> Uuid {
        self.made += 1;
        let mut count = [0; 10];
        count[2..].copy_from_slice(&self.made.to_be_bytes());
        Builder::from_unix_timestamp_millis(ms(now), &count).into_uuid()
    }

    /// Signed by the device of who says it, received by the hub, merged. `seen`: what that device knew.
    pub fn write(
        &mut self,
        who: &Who,
        edits: Vec<RecordEdit>,
        seen: &Records,
        when: When,
    ) -> Result<(), PlayError> {
        let known = |record: &RecordRef| Ok::<_, Infallible>(seen.get(record).cloned());
        let changing = self.rulebook.changing(edits, known).unwrap_or_else(|never| match never {});
        if changing.is_empty() {
            return Ok(());
        }
        let device = self.devices.get_mut(&who.device).ok_or(PlayError::Nobody)?;
        let batch = device.sign(self.office, &changing, when.clock)?;
        let now = ms(when.now);
        for change in batch.changes().flatten() {
            let record = &change.head.record;
            let state = self.records.entry(record.clone()).or_default();
            let plan = self.rulebook.plan(state, &change, Some(now))?;
            state.apply(plan);
            if record.kind == TRANSITION {
                let arrival = Arrival { received: now, since: device.received };
                self.arrivals.entry(record.clone()).or_insert(arrival);
            }
        }
        device.received = now;
        Ok(())
    }

    /// Where a record stands by what is known of it.
    pub fn standing(
        &self,
        records: &Records,
        record: &RecordRef,
        now: DateTime<FixedOffset>,
    ) -> Option<Standing> {
        let state = records.get(record)?;
        let below = children(records, record);
        let found = Standing::of(&self.rulebook, (record, state), &below, self, now.date_naive());
        found.unwrap_or_else(|never| match never {})
    }
}

/// Those right below a record.
pub(crate) fn children(records: &Records, of: &RecordRef) -> Vec<(RecordRef, RecordState)> {
    let lies = |state: &RecordState| state.parent().as_ref() == Some(of);
    let children = records.iter().filter(|(_, state)| lies(state));
    children.map(|(record, state)| (record.clone(), state.clone())).collect()
}

/// A record with all that lies below it, at whatever depth.
pub(crate) fn around<'r>(records: &'r Records, of: &RecordRef) -> Vec<(&'r RecordRef, &'r RecordState)> {
    let parent = |record: &RecordRef| records.get(record)?.parent();
    let lies = |record: &RecordRef| {
        successors(Some(record.clone()), parent).take(rulebook::MAX_DEPTH).any(|above| above == *of)
    };
    records.iter().filter(|(record, _)| lies(record)).collect()
}

impl Device {
    fn of(owner: UserId) -> Result<Self, PlayError> {
        let pkcs8 = DeviceKey::generate(&SystemRandom::new()).map_err(|_| PlayError::NoKey)?;
        let key = DeviceKey::from_pkcs8(&pkcs8).map_err(|_| PlayError::NoKey)?;
        let (id, chain) = (DeviceId::new(), Chain::first(b"no certificate"));
        Ok(Self { id, owner, key, chain, clock: Hlc::default(), received: 0 })
    }

    fn sign(
        &mut self,
        office: OfficeId,
        changing: &[Changing],
        clock: DateTime<FixedOffset>,
    ) -> Result<model::Verified, PlayError> {
        let signer = Signer { office, device: self.id, author: self.owner };
        let mut maker = Maker::new(signer, self.chain.clone(), &SystemRandom::new())?;
        for head in changing.iter().flat_map(|changing| changing.state.fields.values()).flat_map(|f| &f.heads)
        {
            self.clock.observe(head.at, ms(clock));
        }
        for changing in changing {
            maker.add(changing.draft(self.clock.tick(ms(clock)), None)?)?;
        }
        let batch = maker.sign(&self.key)?;
        self.chain = Chain::after(batch.statement());
        Ok(batch)
    }
}

impl Witness for World {
    type Error = Infallible;

    fn author(&self, device: DeviceId) -> Result<Option<UserId>, Infallible> {
        Ok(self.devices.values().find(|known| known.id == device).map(|device| device.owner))
    }

    fn role(&self, user: UserId, day: NaiveDate) -> Result<Option<Role>, Infallible> {
        let said = self.statements.iter().filter(|statement| statement.user == user).cloned();
        Ok(RoleStatement::held(said, day).map(|held| held.role))
    }

    fn arrival(&self, step: &RecordRef) -> Result<Option<Arrival>, Infallible> {
        Ok(self.arrivals.get(step).copied())
    }
}
