//! Pieces of feeds, packed once and sent to all who read them: when a commune's phones come back from the field they
//! ask for the same entries. A piece is a fixed stretch of positions that is full, so it only changes when something is
//! taken out of a feed: then all are made anew. What tells a phone of its own work by its number only is made for that
//! phone, beside these.

use super::pull::Named;
use crate::{
    HubError,
    db::{Read, feeds, offices},
};
use bytes::Bytes;
use model::Feed;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use wire::pull::FeedEntry;

/// Entries of a piece.
pub const LENGTH: u32 = 128;
/// Stretches whose batches hold more are no pieces.
const MOST_BYTES: usize = 1024 * 1024;
/// Bytes of packed pieces that are kept.
const KEPT: usize = 24 * 1024 * 1024;

pub struct Piece {
    /// Packed lines.
    pub packed: Bytes,
    pub(super) named: Named,
}

/// The pieces that were asked for last.
#[derive(Default)]
pub struct Pieces(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    slots: HashMap<(Feed, u64), Slot>,
    /// Counts what is asked for.
    asked: u64,
    bytes: usize,
    /// How often something was erased or left its feed when the pieces were made: those from before may hold it.
    taken_out: u64,
}

struct Slot {
    piece: Arc<Making>,
    asked: u64,
    /// Of the packed piece.
    bytes: usize,
}

/// Who comes first makes it, the others wait; `Some(None)` for a stretch that is no piece.
type Making = Mutex<Option<Option<Arc<Piece>>>>;

impl Pieces {
    /// The piece that begins after a position; `None` if none does.
    pub fn after(
        &self,
        read: &Read,
        feed: &Feed,
        position: u64,
        head: u64,
    ) -> Result<Option<Arc<Piece>>, HubError> {
        let length = u64::from(LENGTH);
        if !position.is_multiple_of(length) || position + length > head {
            return Ok(None);
        }
        let key = (feed.clone(), position);
        let making = self.slot(&key, offices::taken_out(read)?);
        let mut made = making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*made {
            return Ok(made.clone());
        }
        let piece = make(read, feed, position)?.map(Arc::new);
        self.note(&key, piece.as_ref().map_or(0, |piece| piece.packed.len()));
        *made = Some(piece.clone());
        Ok(piece)
    }

    fn slot(&self, key: &(Feed, u64), taken_out: u64) -> Arc<Making> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.taken_out != taken_out {
            *kept = Kept { taken_out, ..Kept::default() };
        }
        kept.asked += 1;
        let asked = kept.asked;
        let slot =
            kept.slots.entry(key.clone()).or_insert_with(|| Slot { piece: Arc::default(), asked, bytes: 0 });
        slot.asked = asked;
        slot.piece.clone()
    }

    /// A piece was made: room for it is found.
    fn note(&self, key: &(Feed, u64), bytes: usize) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Others may have pushed it out already; then it is not kept.
        let Some(slot) = kept.slots.get_mut(key) else { return };
        // One that was pushed out meanwhile may have been made twice.
        let before = std::mem::replace(&mut slot.bytes, bytes);
        kept.bytes = kept.bytes - before + bytes;
        if kept.bytes <= KEPT {
            return;
        }
        // The older half goes, so that this is seldom done.
        let mut by_age: Vec<_> = kept.slots.iter().map(|(key, slot)| (slot.asked, key.clone())).collect();
        by_age.sort_unstable();
        for (_, key) in by_age {
            if kept.bytes <= KEPT / 2 {
                break;
            }
            let freed = kept.slots.remove(&key).map_or(0, |slot| slot.bytes);
            kept.bytes -= freed;
        }
    }
}

fn make(read: &Read, feed: &Feed, position: u64) -> Result<Option<Piece>, HubError> {
    let found = feeds::entries(read, feed, position, LENGTH, MOST_BYTES, None)?;
    if found.len() < LENGTH as usize {
        return Ok(None);
    }
    let mut named = Named::default();
    let entries: Vec<FeedEntry> =
        found.into_iter().map(|numbered| super::pull::entry(numbered, &mut 0, &mut named)).collect();
    Ok(Some(Piece { packed: wire::pull::pack(&entries)?.into(), named }))
}
