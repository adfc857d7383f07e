//! Who this phone is to its hub, and when they last spoke.

use crate::{PackState, RefusedForm, Store, StoreError, device::Device, pack_code};
use model::{DeviceId, HubId, OfficeId, PublicKey, Redacted, UserId, encoding::Bytes};
use serde::{Deserialize, Serialize};
use wire::{
    enrol::{EnrolResponse, Invitation, Worker},
    forms::Complaint,
    keys::Past,
    pull::{Condition, MAX_COMPLAINTS},
    signed::Certificate,
};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Identity {
    pub hub: HubId,
    /// Such as `https://10.0.0.5:8443`.
    pub hub_url: String,
    /// `None` only for `http://` on loopback.
    pub ca_pin: Option<Bytes<32>>,
    pub office: OfficeId,
    /// Checks what the office signs: that of the enrolment, or the last that it handed over to.
    pub office_key: PublicKey,
    /// How it came to that one.
    #[serde(default)]
    pub office_past: Past,
    pub device: DeviceId,
    pub user: UserId,
    pub token: Redacted<String>,
    pub certificate: Certificate,
    pub worker: Worker,
}

impl Identity {
    /// What an invitation and the hub's answer to it make a phone.
    pub fn enrolled(invitation: Invitation, answer: EnrolResponse) -> Self {
        Self {
            hub: answer.hub,
            hub_url: invitation.hub,
            ca_pin: invitation.ca_pin,
            office: answer.office,
            office_key: answer.office_key,
            office_past: Past::default(),
            device: answer.device,
            user: answer.worker.user,
            token: answer.token,
            certificate: answer.certificate,
            worker: answer.worker,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncTimes {
    /// When a sync last came to its end, milliseconds since 1970.
    pub finished_at: Option<u64>,
    /// The hub's clock less this phone's, milliseconds, as last measured.
    pub offset_ms: Option<i64>,
}

impl Store {
    /// With the worker as last pulled.
    pub fn identity(&self) -> Result<Identity, StoreError> {
        self.read(|db| Ok(Device::load(db)?.identity))
    }

    /// Why this device can't go on with its hub and another enrolment is needed, by its code.
    pub fn ended(&self) -> Result<Option<String>, StoreError> {
        self.read(|db| Ok(db.query_row("SELECT ended FROM device", [], |row| row.get(0))?))
    }

    pub fn set_ended(&self, code: Option<&str>) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("UPDATE device SET ended = ?1 WHERE ended IS NOT ?1", [code])?;
            Ok(())
        })
    }

    pub fn sync_times(&self) -> Result<SyncTimes, StoreError> {
        self.read(|db| {
            let times = db.query_row("SELECT sync_finished, clock_offset_ms FROM device", [], |row| {
                let finished_at: Option<i64> = row.get(0)?;
                Ok(SyncTimes { finished_at: finished_at.map(i64::cast_unsigned), offset_ms: row.get(1)? })
            });
            Ok(times?)
        })
    }

    /// What the office is told of how this phone fares.
    pub fn condition(&self) -> Result<Condition, StoreError> {
        let refused = self.refused_forms()?;
        let forms =
            refused.iter().map(|RefusedForm { entry, code }| Complaint::new(&entry.id, &entry.version, code));
        let packs = self.packs()?.into_iter().filter_map(|pack| match pack.state {
            // Whatever kept a file from coming: the code tells a pack from a form.
            PackState::Aside(code) => {
                let code = if code.starts_with("pack.") { &code } else { pack_code::MISSING_FILE };
                Some(Complaint::new(&pack.id, &pack.version, code))
            }
            PackState::Active | PackState::Coming => None,
        });
        let forms = packs.chain(forms).take(MAX_COMPLAINTS).collect();
        let office_key = Some(self.identity()?.follows());
        Ok(Condition { clock_offset_ms: self.sync_times()?.offset_ms, forms, office_key })
    }

    pub fn note_server_time(&self, offset_ms: i64) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("UPDATE device SET clock_offset_ms = ?1", [offset_ms])?;
            Ok(())
        })
    }

    pub fn sync_finished(&self, at_ms: u64) -> Result<(), StoreError> {
        self.prune_packs()?;
        self.write(|tx| {
            tx.execute("UPDATE device SET sync_finished = ?1", [at_ms.cast_signed()])?;
            Ok(())
        })
    }
}
