//! What waits to be computed.

use crate::state::FrameId;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// Vertices of the graph, lowest first, each with the frames to compute it in; none of these twice.
#[derive(Default)]
pub(crate) struct Queue {
    frames: BTreeMap<u32, Vec<FrameId>>,
    waiting: FxHashSet<(u32, FrameId)>,
}

impl Queue {
    pub fn push(&mut self, vertex: u32, frame: FrameId) {
        if self.waiting.insert((vertex, frame)) {
            self.frames.entry(vertex).or_default().push(frame);
        }
    }

    /// The next vertex and its frames; each of them is then to be taken.
    pub fn pop(&mut self) -> Option<(u32, Vec<FrameId>)> {
        self.frames.pop_first()
    }

    /// Whether it still waited.
    pub fn take(&mut self, vertex: u32, frame: FrameId) -> bool {
        self.waiting.remove(&(vertex, frame))
    }

    pub fn forget(&mut self, gone: &FxHashSet<FrameId>) {
        self.frames.values_mut().for_each(|frames| frames.retain(|f| !gone.contains(f)));
        self.waiting.retain(|(_, frame)| !gone.contains(frame));
    }

    pub fn clear(&mut self) {
        self.frames.clear();
        self.waiting.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}
