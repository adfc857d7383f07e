//! Bytes to batches.

use super::{Column, MAX_UNPACKED, Packing, VERSION, flag, seen, state, streams::Reader, unzigzag};
use crate::{
    ChangeId, DeviceId, OfficeId, RecordKind, RecordRef, Stamp, UserId,
    batch::{
        Batch, BatchError, Body, Chain, Erased, Field, Head, Json, OrderId, Part, PartField, Rebuilt, SUITE,
        Salt, Seed, Seen, Whole, limit, tree,
    },
    encoding::Bytes,
};
use std::{collections::BTreeMap, io::Read, sync::Arc};
use uuid::Uuid;

/// The batches of a page, rebuilt, not yet verified.
///
/// # Errors
/// Whatever is not exactly as a page is written.
pub fn decode(page: &[u8]) -> Result<Vec<Rebuilt>, BatchError> {
    let plain = unpacked(page)?;
    let mut decoder = Decoder::new(&plain)?;
    let mut batches = decoder.batches()?;
    decoder.values(&mut batches)?;
    decoder.finish()?;
    let mut chains: BTreeMap<DeviceId, Chain> = BTreeMap::new();
    let rebuilt = batches.into_iter().map(|(mut batch, follows)| {
        if follows {
            let chain = chains.remove(&batch.device).ok_or(BatchError::NoSuchEntry)?;
            batch.first_seq = chain.next_seq;
            batch.previous = chain.previous;
        }
        let rebuilt = batch.rebuild()?;
        chains.insert(rebuilt.statement.device, Chain::after(&rebuilt.statement));
        Ok(rebuilt)
    });
    rebuilt.collect()
}

fn unpacked(page: &[u8]) -> Result<Vec<u8>, BatchError> {
    let (version, page) = page.split_first().ok_or(BatchError::Truncated)?;
    if *version != VERSION {
        return Err(BatchError::Newer);
    }
    let (packing, packed) = page.split_first().ok_or(BatchError::Truncated)?;
    let mut plain = Vec::new();
    if *packing == Packing::Plain as u8 {
        plain.extend_from_slice(packed);
    } else if *packing == Packing::Zstd as u8 {
        let mut frame =
            zstd::stream::read::Decoder::with_buffer(packed).map_err(|_| BatchError::Packing)?.single_frame();
        frame
            .by_ref()
            .take(MAX_UNPACKED as u64 + 1)
            .read_to_end(&mut plain)
            .map_err(|_| BatchError::Packing)?;
        if plain.len() <= MAX_UNPACKED && !frame.finish().is_empty() {
            return Err(BatchError::Trailing);
        }
    } else {
        return Err(BatchError::UnknownFlag);
    }
    if plain.len() > MAX_UNPACKED { Err(BatchError::TooLarge) } else { Ok(plain) }
}

/// Entries that a page names once and uses by number. One that is never used could carry anything, so there is none.
struct Table<T> {
    entries: Vec<T>,
    used: Vec<bool>,
}

impl<T: Ord + Clone> Table<T> {
    fn new(entries: Vec<T>) -> Result<Self, BatchError> {
        if !entries.is_sorted_by(|a, b| a < b) {
            return Err(BatchError::Order);
        }
        let used = vec![false; entries.len()];
        Ok(Self { entries, used })
    }

    fn get(&mut self, number: u64) -> Result<T, BatchError> {
        let index = usize::try_from(number).map_err(|_| BatchError::NoSuchEntry)?;
        let entry = self.entries.get(index).ok_or(BatchError::NoSuchEntry)?;
        self.used[index] = true;
        Ok(entry.clone())
    }

    fn finish(&self) -> Result<(), BatchError> {
        if self.used.contains(&false) { Err(BatchError::Unused) } else { Ok(()) }
    }
}

/// Where a value belongs: batch, change, field.
type Place = (usize, usize, usize);

struct Decoder<'a> {
    reader: Reader<'a>,
    names: Table<Arc<str>>,
    ids: Table<Uuid>,
    /// By kind and name, both as numbers.
    values: BTreeMap<(u64, u64), Vec<Place>>,
    place: Place,
    last_record: u64,
    last_cause: u64,
    last_ms: u64,
}

impl<'a> Decoder<'a> {
    fn new(plain: &'a [u8]) -> Result<Self, BatchError> {
        let mut reader = Reader::new(plain)?;
        let mut names = Vec::new();
        for _ in 0..reader.count(Column::Names)? {
            let length = reader.count(Column::Names)?;
            let name = std::str::from_utf8(reader.bytes(Column::Names, length)?);
            names.push(Arc::from(name.map_err(|_| BatchError::NotText)?));
        }
        let count = reader.count(Column::Ids)?;
        let columns = reader.bytes(Column::Ids, count.checked_mul(16).ok_or(BatchError::TooLarge)?)?;
        let id = |row| Uuid::from_bytes(std::array::from_fn(|place| columns[place * count + row]));
        let ids = (0..count).map(id).collect();
        Ok(Self {
            reader,
            names: Table::new(names)?,
            ids: Table::new(ids)?,
            values: BTreeMap::new(),
            place: (0, 0, 0),
            last_record: 0,
            last_cause: 0,
            last_ms: 0,
        })
    }

    fn finish(self) -> Result<(), BatchError> {
        self.reader.finish()?;
        self.names.finish()?;
        self.ids.finish()
    }

    fn id(&mut self, column: Column) -> Result<Uuid, BatchError> {
        let number = self.reader.number(column)?;
        self.ids.get(number)
    }

    /// With whether each follows from its device's batch before. Values are still missing.
    fn batches(&mut self) -> Result<Vec<(Batch, bool)>, BatchError> {
        let mut batches = Vec::new();
        for index in 0..self.reader.count(Column::Batches)? {
            self.place.0 = index;
            batches.push(self.batch()?);
        }
        Ok(batches)
    }

    fn batch(&mut self) -> Result<(Batch, bool), BatchError> {
        if self.reader.byte(Column::Batches)? != SUITE {
            return Err(BatchError::UnknownSuite);
        }
        let flags = self.reader.byte(Column::Batches)?;
        if flags & !(flag::SEED | flag::POSITION) != 0 {
            return Err(BatchError::UnknownFlag);
        }
        let follows = flags & flag::POSITION == 0;
        let office = OfficeId(self.id(Column::Batches)?);
        let device = DeviceId(self.id(Column::Batches)?);
        let author = UserId(self.id(Column::Batches)?);
        let count = self.reader.count(Column::Batches)?;
        if count > limit::CHANGES {
            return Err(BatchError::TooLarge);
        }
        let (first_seq, previous) = match follows {
            true => (0, [0; 32]),
            false => (self.reader.number(Column::Batches)?, self.reader.array(Column::Hashes)?),
        };
        let signature = Bytes(self.reader.array(Column::Signatures)?);
        let body = match flags & flag::SEED {
            0 => self.parts(count)?,
            _ => self.whole(count)?,
        };
        let previous = Bytes(previous);
        Ok((Batch { office, device, author, first_seq, previous, signature, body }, follows))
    }

    fn whole(&mut self, count: usize) -> Result<Body, BatchError> {
        let seed = Seed(self.reader.array(Column::Secrets)?);
        let mut changes = Vec::new();
        for index in 0..count {
            self.place.1 = index;
            if self.seen()? != seen::WHOLE {
                return Err(BatchError::SeedBesideHidden);
            }
            changes.push(self.whole_change()?);
        }
        Ok(Body::Whole { seed, changes })
    }

    fn parts(&mut self, count: usize) -> Result<Body, BatchError> {
        let mut changes = Vec::new();
        for index in 0..count {
            self.place.1 = index;
            changes.push(match self.seen()? {
                seen::WHOLE => {
                    let seed = Seed(self.reader.array(Column::Secrets)?);
                    Seen::Whole { seed, change: self.whole_change()? }
                }
                seen::PART => Seen::Part(self.part()?),
                _ => Seen::Hidden,
            });
        }
        let visible: Vec<bool> = changes.iter().map(|seen| *seen != Seen::Hidden).collect();
        let hidden = (0..tree::subtrees(&visible)).map(|_| self.reader.array(Column::Hashes).map(Bytes));
        let hidden = hidden.collect::<Result<_, _>>()?;
        Ok(Body::Parts { changes, hidden })
    }

    fn seen(&mut self) -> Result<u8, BatchError> {
        match self.reader.byte(Column::Changes)? {
            known @ (seen::WHOLE | seen::PART | seen::HIDDEN) => Ok(known),
            _ => Err(BatchError::UnknownFlag),
        }
    }

    fn whole_change(&mut self) -> Result<Whole, BatchError> {
        let (head, kind, count) = self.head()?;
        let mut fields = Vec::new();
        for index in 0..count {
            self.place.2 = index;
            if self.state()? != state::VALUE {
                return Err(BatchError::SeedBesideHidden);
            }
            fields.push(self.field(kind)?);
        }
        Ok(Whole { head, fields })
    }

    fn part(&mut self) -> Result<Part, BatchError> {
        let (head, kind, count) = self.head()?;
        let salt = Salt(self.reader.array(Column::Secrets)?);
        let mut fields = Vec::new();
        for index in 0..count {
            self.place.2 = index;
            fields.push(match self.state()? {
                state::VALUE => PartField::Value {
                    field: self.field(kind)?,
                    salt: Salt(self.reader.array(Column::Secrets)?),
                },
                state::ERASED => {
                    let (_, name, replaces) = self.named()?;
                    let order = OrderId(self.id(Column::Fields)?);
                    let commitment = Bytes(self.reader.array(Column::Hashes)?);
                    PartField::Erased(Erased { name, replaces, commitment, order })
                }
                _ => PartField::Withheld(Bytes(self.reader.array(Column::Hashes)?)),
            });
        }
        Ok(Part { head, salt, fields })
    }

    fn state(&mut self) -> Result<u8, BatchError> {
        match self.reader.byte(Column::Fields)? {
            known @ (state::VALUE | state::WITHHELD | state::ERASED) => Ok(known),
            _ => Err(BatchError::UnknownFlag),
        }
    }

    /// With the kind's number and the number of fields.
    fn head(&mut self) -> Result<(Head, u64, usize), BatchError> {
        let kind = self.reader.number(Column::Changes)?;
        let kind_name = self.names.get(kind)?;
        self.last_record = self.moved(Column::Records, self.last_record)?;
        let record = self.record(&kind_name, self.last_record)?;
        self.last_ms = self.moved(Column::Times, self.last_ms)?;
        let n = u32::try_from(self.reader.number(Column::Times)?).map_err(|_| BatchError::LongInteger)?;
        let cause = match self.reader.number(Column::Changes)?.checked_sub(1) {
            None => None,
            Some(kind) => {
                let kind = self.names.get(kind)?;
                self.last_cause = self.moved(Column::Records, self.last_cause)?;
                Some(self.record(&kind, self.last_cause)?)
            }
        };
        let count = self.reader.count(Column::Changes)?;
        if count > limit::FIELDS {
            return Err(BatchError::TooLarge);
        }
        Ok((Head { at: Stamp(self.last_ms, n), record, cause }, kind, count))
    }

    fn record(&mut self, kind: &str, id: u64) -> Result<RecordRef, BatchError> {
        Ok(RecordRef { kind: RecordKind::new(kind.to_owned()), id: self.ids.get(id)? })
    }

    /// The number that is written as its difference from the one before.
    fn moved(&mut self, column: Column, last: u64) -> Result<u64, BatchError> {
        Ok(last.wrapping_add(unzigzag(self.reader.number(column)?).cast_unsigned()))
    }

    /// The name's number, the name, and what is replaced.
    fn named(&mut self) -> Result<(u64, Arc<str>, Vec<ChangeId>), BatchError> {
        let number = self.reader.number(Column::Fields)?;
        let name = self.names.get(number)?;
        let mut replaces = Vec::new();
        for _ in 0..self.reader.count(Column::Replaces)? {
            replaces.push(ChangeId(self.id(Column::Replaces)?));
        }
        Ok((number, name, replaces))
    }

    /// Its value follows in [`Decoder::values`].
    fn field(&mut self, kind: u64) -> Result<Field, BatchError> {
        let (number, name, replaces) = self.named()?;
        self.values.entry((kind, number)).or_default().push(self.place);
        Ok(Field { name, replaces, value: Json::null() })
    }

    fn values(&mut self, batches: &mut [(Batch, bool)]) -> Result<(), BatchError> {
        let mut total = 0;
        for places in std::mem::take(&mut self.values).into_values() {
            let mut last = 0;
            for (batch, change, field) in places {
                let text = self.value(&mut last)?;
                total += text.len();
                if text.len() > limit::VALUE || total > MAX_UNPACKED {
                    return Err(BatchError::TooLarge);
                }
                if let Some(field) = batches[batch].0.body.field(change, field) {
                    field.value = Json::new(text)?;
                }
            }
        }
        Ok(())
    }

    fn value(&mut self, last: &mut u64) -> Result<String, BatchError> {
        let length = self.reader.count(Column::Lengths)?;
        if length > 0 {
            let text = std::str::from_utf8(self.reader.bytes(Column::Values, length)?);
            return Ok(text.map_err(|_| BatchError::NotText)?.to_owned());
        }
        let kind = self.reader.number(Column::Lengths)?;
        let kind = self.names.get(kind)?;
        *last = self.moved(Column::Lengths, *last)?;
        Ok(format!("\"{kind}:{}\"", self.ids.get(*last)?))
    }
}

impl Body {
    fn field(&mut self, change: usize, field: usize) -> Option<&mut Field> {
        let whole = match self {
            Body::Whole { changes, .. } => changes.get_mut(change)?,
            Body::Parts { changes, .. } => match changes.get_mut(change)? {
                Seen::Whole { change, .. } => change,
                Seen::Part(part) => match part.fields.get_mut(field)? {
                    PartField::Value { field, .. } => return Some(field),
                    _ => return None,
                },
                Seen::Hidden => return None,
            },
        };
        whole.fields.get_mut(field)
    }
}
