//! A request's body that is read from a file as the line takes it.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::{
    fs::File,
    io::{self, Read},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

/// Bytes in memory at once.
const CHUNK: u64 = 16 * 1024;

pub(super) struct Outgoing {
    file: File,
    left: u64,
    moved: Arc<AtomicU64>,
}

impl Outgoing {
    /// The next `length` bytes of the file; `moved` counts those that were taken.
    pub fn new(file: File, length: u64, moved: Arc<AtomicU64>) -> Self {
        Self { file, left: length, moved }
    }

    fn next(&mut self) -> io::Result<Bytes> {
        let mut chunk = vec![0; self.left.min(CHUNK) as usize];
        self.file.read_exact(&mut chunk)?;
        self.left -= chunk.len() as u64;
        self.moved.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        Ok(chunk.into())
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    // A chunk of a phone's own file: reading it is shorter than a change of threads.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready((self.left > 0).then(|| self.next().map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
