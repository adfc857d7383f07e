//! When a line counts as dead: nothing came or went for a while. How long the whole takes doesn't matter.
//!
//! Bytes that were handed over may still wait in the system's buffers, where nobody sees them move: they are allowed the
//! time that the slowest line takes for them.

use crate::LinkError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::{
    future::Future,
    io::{self, Read},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, timeout_at};

/// Bytes a second of the slowest line that works: 8 kbit/s.
const SLOWEST: u64 = 1_000;
/// Bytes that wait in buffers, at most: a page is what the line carried in ten seconds, so a larger one stands before a
/// faster line.
const BUFFERED: u64 = 128 * 1024;
/// Bytes handed over at once.
const PIECE: u64 = 8 * 1024;

/// Of one exchange.
#[derive(Clone)]
pub(crate) struct Stall {
    after: Duration,
    dead_at: Arc<Mutex<Instant>>,
    /// Bytes of its body that were handed over.
    gone: Arc<AtomicU64>,
}

impl Stall {
    pub fn after(after: Duration) -> Self {
        let dead_at = Arc::new(Mutex::new(Instant::now() + after));
        Self { after, dead_at, gone: Arc::default() }
    }

    /// Something came.
    pub fn moved(&self) {
        self.moved_with(0);
    }

    pub fn gone(&self) -> u64 {
        self.gone.load(Ordering::Relaxed)
    }

    /// Something went; so many bytes may not have left the device.
    fn moved_with(&self, waiting: u64) {
        let allowed = Duration::from_millis(waiting.min(BUFFERED) * 1_000 / SLOWEST);
        *self.dead_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + self.after + allowed;
    }

    fn dead_at(&self) -> Instant {
        *self.dead_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the work gives, unless nothing moves any more.
    pub async fn unless<T>(&self, work: impl Future<Output = T>) -> Result<T, LinkError> {
        let mut work = pin!(work);
        loop {
            let dead_at = self.dead_at();
            match timeout_at(dead_at, &mut work).await {
                Ok(done) => return Ok(done),
                Err(_) if self.dead_at() == dead_at => return Err(LinkError::Timeout),
                Err(_) => {}
            }
        }
    }

    /// A body of `length` bytes that tells how it goes.
    pub fn watched<R: Read + Send + Sync + Unpin>(&self, from: R, length: u64) -> Watched<R> {
        Watched { from, left: length, stall: self.clone() }
    }
}

pub(crate) struct Watched<R> {
    from: R,
    left: u64,
    stall: Stall,
}

impl<R: Read + Unpin> Body for Watched<R> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        if this.left == 0 {
            return Poll::Ready(None);
        }
        let length = this.left.min(PIECE);
        let mut piece = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        if let Err(error) = this.from.read_exact(&mut piece) {
            return Poll::Ready(Some(Err(error)));
        }
        this.left -= length;
        let before = this.stall.gone.fetch_add(length, Ordering::Relaxed);
        this.stall.moved_with(before + length);
        Poll::Ready(Some(Ok(Frame::data(piece.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
