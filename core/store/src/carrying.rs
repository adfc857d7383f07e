//! The folder goes on as another device of its worker: after a fork, a folder or hub that went back, a lost key. What the
//! old device made and the hub does not have is signed anew, so that it arrives once; nothing else changes here.

use crate::{
    Enrolment, Identity, Store, StoreError,
    device::Device,
    erasure,
    former::{self, Former},
    outbox::{self, Own},
    search::Shown,
    taking,
    tree::Tree,
};
use model::{
    ChangeId, DeviceId, DeviceKey, FieldState, Head, RecordRef, RecordState, Verified,
    batch::{self, Chain, Draft, Maker, Shown as Change, ShownField},
    merge::Under,
};
use ring::rand::SystemRandom;
use rusqlite::Transaction;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use wire::enrol::Continued;

/// What went on under the new identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CarriedOver {
    /// Changes that were signed anew and wait for the hub.
    pub changes: u64,
}

impl Store {
    /// Who this folder's device is, and who it was before, the newest first.
    pub fn devices(&self) -> Result<Vec<Former>, StoreError> {
        self.read(|db| {
            let device = Device::load(db)?.identity.device;
            let mut all = vec![Former { device, key: Device::signing_key(db)?, kept: outbox::kept(db)? }];
            all.extend(former::all(db)?);
            Ok(all)
        })
    }

    /// The folder goes on as the device that `enrolment` made, of the same worker at the same office. `continued`: what
    /// the hub has of devices before; of one that it does not know it has nothing. Whole or not at all; restricted cases
    /// must be unlocked.
    pub fn carry_over(
        &self,
        enrolment: &Enrolment,
        continued: &[Continued],
    ) -> Result<CarriedOver, StoreError> {
        self.write_lists(|tx| {
            // What was denied is settled in the name that it was denied to.
            let Shown(mut shown) = self.settle_denied(tx)?;
            let mut device = Device::load(tx)?;
            let (before, now) = (device.identity.clone(), &enrolment.identity);
            if now.office != before.office || now.hub != before.hub {
                return Err(StoreError::OtherHub);
            }
            if now.user != before.user {
                return Err(StoreError::OtherWorker);
            }
            let told = continued.iter().find(|continued| continued.device == before.device);
            let mut lacking = former::take_lacking(tx, &self.vault, continued)?;
            lacking.extend(self.take_lacking(tx, before.device, told)?);
            let orders = erasure::load(tx)?;
            for (own, _) in &mut lacking {
                if let Some(settled) = orders.settled(&own.batch)? {
                    own.batch = settled;
                }
            }
            become_device(tx, &mut device, &before, enrolment)?;
            let rulebook = self.rulebook();
            let mut tree = Tree::new(tx, &self.vault, &rulebook, self.today())?;
            let mut anew = Anew::new(now, &lacking, &tree)?;
            let (mut chain, mut carried) = (device.chain(), CarriedOver::default());
            let key = DeviceKey::from_pkcs8(&enrolment.signing_key)?;
            for (Own { batch, restricted }, cause) in &lacking {
                let Some(batch) = anew.sign(batch, &chain, &key)? else { continue };
                chain = Chain::after(batch.statement());
                carried.changes += u64::from(batch.statement().count);
                let own = Own { batch, restricted: *restricted };
                outbox::keep(tx, &self.vault, &own, cause.as_ref())?;
            }
            (device.seq, device.previous) = (chain.next_seq - 1, chain.previous);
            device.save(tx)?;
            anew.keep_records(&mut tree)?;
            if told.is_none() {
                // A hub that went back: it may lack photos and orders too.
                outbox::doubt(tx)?;
            }
            taking::ask_for_own_again(tx, &self.vault)?;
            shown.extend(tree.finish()?.0);
            Ok((carried, Shown(shown)))
        })
    }

    /// Empties the outbox; what the hub does not have, in its order, each with what it came from.
    fn take_lacking(
        &self,
        tx: &Transaction<'_>,
        device: DeviceId,
        told: Option<&Continued>,
    ) -> Result<Vec<(Own, Option<RecordRef>)>, StoreError> {
        let has = |first: u64, last: u64| {
            told.is_some_and(|told| last <= told.received_through && !told.unadmitted.contains(&first))
        };
        let (mut lacking, mut there) = (Vec::new(), Vec::new());
        for first in outbox::all_of_them(tx)? {
            let Some(own) = outbox::find(tx, &self.vault, first)? else { continue };
            if outbox::is_settled(tx, first)? {
                continue;
            }
            if has(first, own.batch.statement().next_seq() - 1) {
                there.push(first);
                continue;
            }
            lacking.push((own, outbox::cause(tx, first)?));
        }
        former::end(tx, device, &there, self.clock.now_ms().cast_signed())?;
        tx.execute("DELETE FROM outbox", [])?;
        tx.execute("DELETE FROM acknowledgement", [])?;
        Ok(lacking)
    }
}

/// Its chain begins anew; its clock goes on.
fn become_device(
    tx: &Transaction<'_>,
    device: &mut Device,
    before: &Identity,
    enrolment: &Enrolment,
) -> Result<(), StoreError> {
    let chain = enrolment.identity.certificate.chain().map_err(|_| StoreError::Unreadable)?;
    device.identity.clone_from(&enrolment.identity);
    (device.seq, device.previous, device.acknowledged) = (0, chain.previous, 0);
    tx.execute("UPDATE device SET signing_key = ?1, ended = NULL", [enrolment.signing_key.as_slice()])?;
    device.save(tx)?;
    // Its enrolment said which key is the office's.
    tx.execute("DELETE FROM office_key", [])?;
    // What it made before comes down as another's from now on.
    let keep = "INSERT OR IGNORE INTO certificate (device, body) VALUES (?1, ?2)";
    tx.execute(keep, (before.device.to_string(), serde_json::to_vec(&before.certificate)?))?;
    Ok(())
}

type FieldOf = (ChangeId, String);

/// Changes being signed anew, and their ids before and after.
struct Anew {
    signer: batch::Device,
    /// Values that a change of the hub's replaced already: it drops them, and would bring them back as a disagreement.
    past: HashSet<FieldOf>,
    records: BTreeSet<RecordRef>,
    ids: HashMap<ChangeId, ChangeId>,
}

impl Anew {
    fn new(
        identity: &Identity,
        lacking: &[(Own, Option<RecordRef>)],
        tree: &Tree<'_>,
    ) -> Result<Self, StoreError> {
        let signer =
            batch::Device { office: identity.office, device: identity.device, author: identity.user };
        let changes = || lacking.iter().flat_map(|(own, _)| own.batch.changes().flatten());
        let records: BTreeSet<RecordRef> = changes().map(|change| change.head.record.clone()).collect();
        let mut past = HashSet::new();
        for record in &records {
            for (name, field) in tree.load(record)?.unwrap_or_default().fields {
                past.extend(field.superseded.into_iter().map(|change| (change, name.clone())));
            }
        }
        // Those that are replaced in what is signed anew stay in their order.
        for field in changes().flat_map(|change| change.fields) {
            if let ShownField::Value(field) = field {
                for replaced in &field.replaces {
                    past.remove(&(*replaced, field.name.to_string()));
                }
            }
        }
        Ok(Self { signer, past, records, ids: HashMap::new() })
    }

    /// The same with its times, records and values; `None` if nothing of it is left.
    fn sign(
        &mut self,
        batch: &Verified,
        chain: &Chain,
        key: &DeviceKey,
    ) -> Result<Option<Verified>, StoreError> {
        let mut maker = Maker::new(self.signer, chain.clone(), &SystemRandom::new())?;
        let mut is_empty = true;
        for change in batch.changes().flatten() {
            let draft = self.draft(&change)?;
            if draft.fields.is_empty() && !change.fields.is_empty() {
                continue;
            }
            self.ids.insert(change.id, maker.add(draft)?);
            is_empty = false;
        }
        Ok(if is_empty { None } else { Some(maker.sign(key)?) })
    }

    fn draft(&self, change: &Change<'_>) -> Result<Draft, StoreError> {
        let mut fields = BTreeMap::new();
        for field in &change.fields {
            let ShownField::Value(field) = field else { continue };
            let name = field.name.to_string();
            if !self.past.contains(&(change.id, name.clone())) {
                let replaces = field.replaces.iter().map(|id| self.now(*id)).collect();
                fields.insert(name, (field.value.clone(), replaces));
            }
        }
        let head = change.head;
        Ok(Draft { at: head.at, record: head.record.clone(), cause: head.cause.clone(), fields })
    }

    fn now(&self, id: ChangeId) -> ChangeId {
        self.ids.get(&id).copied().unwrap_or(id)
    }

    /// Records name their changes by the new ids.
    fn keep_records(&self, tree: &mut Tree<'_>) -> Result<(), StoreError> {
        for record in &self.records {
            let Some(mut state) = tree.load(record)? else { continue };
            self.rename(&mut state);
            tree.keep(record, &state, None)?;
        }
        Ok(())
    }

    fn rename(&self, state: &mut RecordState) {
        let rename = |head: &mut Head| {
            if let Some(id) = self.ids.get(&head.change) {
                (head.change, head.device) = (*id, self.signer.device);
            }
        };
        for FieldState { heads, superseded, awaited, under } in state.fields.values_mut() {
            heads.iter_mut().for_each(rename);
            for Under { by, head } in under {
                *by = self.now(*by);
                rename(head);
            }
            heads.sort_by_key(|head| head.change);
            *superseded = superseded.iter().map(|id| self.now(*id)).collect();
            *awaited = awaited.iter().map(|id| self.now(*id)).collect();
        }
    }
}
