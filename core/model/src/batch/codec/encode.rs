//! Batches to bytes.

use super::{
    Column, MAX_UNPACKED, Packing, VERSION, decode::decode, flag, seen, state, streams::Writer, zigzag,
};
use crate::{
    ChangeId, RecordRef,
    batch::{Batch, BatchError, Body, Chain, Field, Head, PartField, Rebuilt, SUITE, Salt, Seed, Seen},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The level at which a page of a commune packs to little more than at the highest, at a tenth of the time.
const LEVEL: i32 = 9;

/// A page of batches in the order given.
///
/// # Errors
/// [`BatchError::TooLarge`] for more than a page may hold.
pub fn encode<B: AsRef<Rebuilt>>(batches: &[B], packing: Packing) -> Result<Vec<u8>, BatchError> {
    let batches: Vec<&Rebuilt> = batches.iter().map(AsRef::as_ref).collect();
    let mut encoder = Encoder::new(&batches);
    encoder.batches(&batches);
    let plain = encoder.writer.finish();
    if plain.len() > MAX_UNPACKED {
        return Err(BatchError::TooLarge);
    }
    let mut page = vec![VERSION, packing as u8];
    match packing {
        Packing::Plain => page.extend(plain),
        Packing::Zstd => page.extend(zstd::bulk::compress(&plain, LEVEL).map_err(|_| BatchError::Packing)?),
    }
    // Only what decodes to the same is sent: a value is never printed again, so a fault here would lose it.
    let again = decode(&page)?;
    if again.iter().map(|read| &read.batch).eq(batches.iter().map(|batch| &batch.batch)) {
        Ok(page)
    } else {
        Err(BatchError::Packing)
    }
}

/// Kind and name: values of one such pair stand together.
type Pair = (u64, u64);

struct Encoder<'a> {
    names: BTreeMap<&'a str, u64>,
    ids: BTreeMap<Uuid, u64>,
    values: BTreeMap<Pair, Vec<&'a str>>,
    writer: Writer,
    last_record: u64,
    last_cause: u64,
    last_ms: u64,
}

/// `"kind:id"`, as a value that points at a record is written.
fn reference(value: &str) -> Option<(&str, Uuid)> {
    let (kind, id) = value.strip_prefix('"')?.strip_suffix('"')?.rsplit_once(':')?;
    let id: Uuid = id.parse().ok()?;
    let name = !kind.is_empty() && kind.len() <= crate::batch::limit::NAME;
    (name && format!("\"{kind}:{id}\"") == value).then_some((kind, id))
}

/// Names and ids that a page's batches use, to be numbered.
#[derive(Default)]
struct Used<'a> {
    names: BTreeSet<&'a str>,
    ids: BTreeSet<Uuid>,
}

impl<'a> Used<'a> {
    fn batch(&mut self, batch: &'a Batch) {
        self.ids.extend([batch.office.0, batch.device.0, batch.author.0]);
        match &batch.body {
            Body::Whole { changes, .. } => {
                for change in changes {
                    self.head(&change.head);
                    change.fields.iter().for_each(|field| self.field(field));
                }
            }
            Body::Parts { changes, .. } => changes.iter().for_each(|seen| self.seen(seen)),
        }
    }

    fn seen(&mut self, seen: &'a Seen) {
        match seen {
            Seen::Whole { change, .. } => {
                self.head(&change.head);
                change.fields.iter().for_each(|field| self.field(field));
            }
            Seen::Part(part) => {
                self.head(&part.head);
                for field in &part.fields {
                    match field {
                        PartField::Value { field, .. } => self.field(field),
                        PartField::Withheld(_) => {}
                        PartField::Erased(erased) => {
                            self.named(&erased.name, &erased.replaces);
                            self.ids.insert(erased.order.0);
                        }
                    }
                }
            }
            Seen::Hidden => {}
        }
    }

    fn head(&mut self, head: &'a Head) {
        for record in [Some(&head.record), head.cause.as_ref()].into_iter().flatten() {
            self.names.insert(record.kind.as_str());
            self.ids.insert(record.id);
        }
    }

    fn field(&mut self, field: &'a Field) {
        self.named(&field.name, &field.replaces);
        if let Some((kind, id)) = reference(field.value.text()) {
            self.names.insert(kind);
            self.ids.insert(id);
        }
    }

    fn named(&mut self, name: &'a str, replaces: &[ChangeId]) {
        self.names.insert(name);
        self.ids.extend(replaces.iter().map(|id| id.0));
    }
}

impl<'a> Encoder<'a> {
    fn new(batches: &[&'a Rebuilt]) -> Self {
        let mut used = Used::default();
        batches.iter().for_each(|batch| used.batch(batch.batch()));
        Self {
            names: used.names.into_iter().zip(0..).collect(),
            ids: used.ids.into_iter().zip(0..).collect(),
            values: BTreeMap::new(),
            writer: Writer::default(),
            last_record: 0,
            last_cause: 0,
            last_ms: 0,
        }
    }

    /// Everything used was numbered before.
    fn name(&self, name: &str) -> u64 {
        self.names.get(name).copied().unwrap_or_default()
    }

    fn id(&self, id: Uuid) -> u64 {
        self.ids.get(&id).copied().unwrap_or_default()
    }

    fn batches(&mut self, batches: &[&'a Rebuilt]) {
        self.writer.number(Column::Names, self.names.len() as u64);
        for name in self.names.keys() {
            self.writer.number(Column::Names, name.len() as u64);
            self.writer.bytes(Column::Names, name.as_bytes());
        }
        self.writer.number(Column::Ids, self.ids.len() as u64);
        for place in 0..16 {
            for id in self.ids.keys() {
                self.writer.byte(Column::Ids, id.as_bytes()[place]);
            }
        }
        self.writer.number(Column::Batches, batches.len() as u64);
        let mut chains = BTreeMap::new();
        for batch in batches {
            let follows = chains
                .get(&batch.statement().device)
                .is_some_and(|chain| batch.statement().follows(chain).is_ok());
            self.batch(batch.batch(), follows);
            chains.insert(batch.statement().device, Chain::after(batch.statement()));
        }
        for values in std::mem::take(&mut self.values).into_values() {
            let mut last = 0;
            for value in values {
                match reference(value) {
                    Some((kind, id)) => {
                        let (kind, id) = (self.name(kind), self.id(id));
                        self.writer.number(Column::Lengths, 0);
                        self.writer.number(Column::Lengths, kind);
                        self.difference(Column::Lengths, id, last);
                        last = id;
                    }
                    None => {
                        self.writer.number(Column::Lengths, value.len() as u64);
                        self.writer.bytes(Column::Values, value.as_bytes());
                    }
                }
            }
        }
    }

    fn difference(&mut self, column: Column, number: u64, last: u64) {
        self.writer.number(column, zigzag(number.wrapping_sub(last).cast_signed()));
    }

    fn batch(&mut self, batch: &'a Batch, follows: bool) {
        let (mut flags, count) = match &batch.body {
            Body::Whole { changes, .. } => (flag::SEED, changes.len()),
            Body::Parts { changes, .. } => (0, changes.len()),
        };
        if !follows {
            flags |= flag::POSITION;
        }
        self.writer.byte(Column::Batches, SUITE);
        self.writer.byte(Column::Batches, flags);
        for id in [batch.office.0, batch.device.0, batch.author.0] {
            self.writer.number(Column::Batches, self.id(id));
        }
        self.writer.number(Column::Batches, count as u64);
        if !follows {
            self.writer.number(Column::Batches, batch.first_seq);
            self.writer.bytes(Column::Hashes, &batch.previous.0);
        }
        self.writer.bytes(Column::Signatures, &batch.signature.0);
        match &batch.body {
            Body::Whole { seed: Seed(seed), changes } => {
                self.writer.bytes(Column::Secrets, seed);
                for change in changes {
                    self.head(seen::WHOLE, &change.head, change.fields.len());
                    self.fields(&change.head, &change.fields);
                }
            }
            Body::Parts { changes, hidden } => {
                changes.iter().for_each(|seen| self.seen(seen));
                hidden.iter().for_each(|hash| self.writer.bytes(Column::Hashes, &hash.0));
            }
        }
    }

    fn seen(&mut self, seen: &'a Seen) {
        match seen {
            Seen::Whole { seed: Seed(seed), change } => {
                self.head(seen::WHOLE, &change.head, change.fields.len());
                self.writer.bytes(Column::Secrets, seed);
                self.fields(&change.head, &change.fields);
            }
            Seen::Part(part) => {
                self.head(seen::PART, &part.head, part.fields.len());
                self.writer.bytes(Column::Secrets, &part.salt.0);
                for field in &part.fields {
                    self.part_field(&part.head, field);
                }
            }
            Seen::Hidden => self.writer.byte(Column::Changes, seen::HIDDEN),
        }
    }

    fn head(&mut self, state: u8, head: &Head, fields: usize) {
        self.writer.byte(Column::Changes, state);
        self.writer.number(Column::Changes, self.name(head.record.kind.as_str()));
        let record = self.id(head.record.id);
        self.difference(Column::Records, record, self.last_record);
        self.last_record = record;
        self.difference(Column::Times, head.at.0, self.last_ms);
        self.last_ms = head.at.0;
        self.writer.number(Column::Times, u64::from(head.at.1));
        self.cause(head.cause.as_ref());
        self.writer.number(Column::Changes, fields as u64);
    }

    fn cause(&mut self, cause: Option<&RecordRef>) {
        let Some(cause) = cause else { return self.writer.number(Column::Changes, 0) };
        self.writer.number(Column::Changes, 1 + self.name(cause.kind.as_str()));
        let id = self.id(cause.id);
        self.difference(Column::Records, id, self.last_cause);
        self.last_cause = id;
    }

    fn fields(&mut self, head: &Head, fields: &'a [Field]) {
        for field in fields {
            self.value(head, field);
        }
    }

    fn value(&mut self, head: &Head, field: &'a Field) {
        self.named(state::VALUE, &field.name, &field.replaces);
        let pair = (self.name(head.record.kind.as_str()), self.name(&field.name));
        self.values.entry(pair).or_default().push(field.value.text());
    }

    fn named(&mut self, state: u8, name: &str, replaces: &[ChangeId]) {
        self.writer.byte(Column::Fields, state);
        self.writer.number(Column::Fields, self.name(name));
        self.writer.number(Column::Replaces, replaces.len() as u64);
        for id in replaces {
            self.writer.number(Column::Replaces, self.id(id.0));
        }
    }

    fn part_field(&mut self, head: &Head, field: &'a PartField) {
        match field {
            PartField::Value { salt: Salt(salt), field } => {
                self.value(head, field);
                self.writer.bytes(Column::Secrets, salt);
            }
            PartField::Withheld(leaf) => {
                self.writer.byte(Column::Fields, state::WITHHELD);
                self.writer.bytes(Column::Hashes, &leaf.0);
            }
            PartField::Erased(erased) => {
                self.named(state::ERASED, &erased.name, &erased.replaces);
                self.writer.number(Column::Fields, self.id(erased.order.0));
                self.writer.bytes(Column::Hashes, &erased.commitment.0);
            }
        }
    }
}
