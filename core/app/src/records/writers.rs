//! Who wrote what stands in a record, as far as a phone can tell.

use crate::{desk::Desk, error::Fault};
use model::{DeviceId, RecordState, UserId};
use rulebook::Lang;
use std::collections::{BTreeMap, BTreeSet};

/// The users behind the devices of a record, and the names that this phone knows: its worker's, and those on duty.
pub struct Writers {
    pub lang: Lang,
    worker: UserId,
    own: DeviceId,
    users: BTreeMap<DeviceId, UserId>,
    names: BTreeMap<UserId, String>,
}

impl Writers {
    pub fn of(desk: &Desk, state: &RecordState) -> Result<Self, Fault> {
        let mut writers = Self::known(desk)?;
        let heads = state.fields.values().flat_map(|field| &field.heads);
        let devices: BTreeSet<DeviceId> = heads.map(|head| head.device).collect();
        for device in devices {
            writers.users.extend(desk.store.user_of(device)?.map(|user| (device, user)));
        }
        Ok(writers)
    }

    /// Of people, without their devices.
    pub fn known(desk: &Desk) -> Result<Self, Fault> {
        let identity = desk.store.identity()?;
        let colleagues = identity.worker.duty_managers.into_iter();
        Ok(Self {
            lang: desk.lang,
            worker: identity.worker.user,
            own: identity.device,
            users: BTreeMap::new(),
            names: colleagues.map(|colleague| (colleague.user, colleague.name.0)).collect(),
        })
    }

    pub fn name(&self, device: DeviceId) -> String {
        let text = match self.users.get(&device) {
            _ if device == self.own => self.lang.pick("Bạn, trên máy này", "You, on this phone"),
            Some(user) if *user == self.worker => {
                self.lang.pick("Bạn, trên máy khác", "You, on another phone")
            }
            user => self.colleague(user.copied()),
        };
        text.to_owned()
    }

    pub fn user(&self, user: Option<UserId>) -> String {
        let text = match user {
            Some(user) if user == self.worker => self.lang.pick("Bạn", "You"),
            user => self.colleague(user),
        };
        text.to_owned()
    }

    fn colleague(&self, user: Option<UserId>) -> &str {
        match user {
            Some(user) => match self.names.get(&user) {
                Some(name) => name,
                None => self.lang.pick("Một đồng nghiệp", "A colleague"),
            },
            None => self.lang.pick("Không rõ ai", "Somebody unknown"),
        }
    }
}
