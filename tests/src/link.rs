//! A link between phone and hub: a TCP relay on loopback that can be as slow as a village's line, and break.
//!
//! What a [`Line`] is like (`link/line.rs`), what breaks ([`Fault`]), what went over it ([`Counts`]).

mod line;
mod pipe;

pub use line::Line;

use anyhow::{Context, Result};
use line::Queue;
use std::{
    net::{SocketAddr, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

/// Where bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the phone to the hub.
    Up,
    Down,
}

/// What breaks at a byte; of that connection only, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Both ends see the connection end; what was under way is lost.
    Cut,
    /// Nothing passes any more, either way, and nobody is told.
    Stall,
    /// Up to so many bytes pass one by one, each after a pause; then it goes on as before.
    Trickle { bytes: u64, pause: Duration },
    /// The byte arrives with one bit turned.
    Corrupt,
}

/// What went over a link. Of bytes those of the streams: no headers of TCP, nothing that was sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub up: u64,
    pub down: u64,
    pub connections: u64,
    /// How often bytes went up when the last ones had come down, or none had gone: round trips of whatever speaks. TLS
    /// 1.3 adds one or two to each connection.
    pub turns: u64,
}

/// Relays to the hub until this value goes.
pub struct Link {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    line: Line,
    up: Queue,
    down: Queue,
    armed: Mutex<Option<Armed>>,
    cuts: AtomicU64,
    counts: Mutex<Counts>,
    closed: AtomicBool,
}

#[derive(Clone, Copy)]
struct Armed {
    way: Way,
    /// Bytes that still pass.
    left: u64,
    fault: Fault,
}

impl Shared {
    fn queue(&self, way: Way) -> &Queue {
        match way {
            Way::Up => &self.up,
            Way::Down => &self.down,
        }
    }

    /// Of so many bytes: how many pass before something breaks, and what.
    fn breaks(&self, way: Way, bytes: usize) -> Option<(usize, Fault)> {
        let mut armed = locked(&self.armed);
        let next = armed.as_mut().filter(|armed| armed.way == way)?;
        if next.left >= bytes as u64 {
            next.left -= bytes as u64;
            return None;
        }
        let broken = (usize::try_from(next.left).unwrap_or(bytes), next.fault);
        *armed = None;
        self.cuts.fetch_add(1, SeqCst);
        Some(broken)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Link {
    /// A link to the hub at `url`, as fast as loopback.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn to(url: &str) -> Result<Self> {
        Self::over(url, Line::default())
    }

    /// The same over a line.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn over(url: &str, line: Line) -> Result<Self> {
        let hub: SocketAddr = url
            .rsplit('/')
            .next()
            .unwrap_or(url)
            .parse()
            .context("the hub's address is no number and port")?;
        let listener = line.listen()?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            line,
            up: Queue::default(),
            down: Queue::default(),
            armed: Mutex::default(),
            cuts: AtomicU64::new(0),
            counts: Mutex::default(),
            closed: AtomicBool::new(false),
        });
        let relay = shared.clone();
        thread::spawn(move || {
            for phone in listener.incoming() {
                if relay.closed.load(SeqCst) {
                    return;
                }
                if let (Ok(phone), Ok(hub)) = (phone, relay.line.connect(hub)) {
                    locked(&relay.counts).connections += 1;
                    let _ = pipe::join(phone, hub, &relay);
                }
            }
        });
        Ok(Self { address, shared })
    }

    /// The hub's address through this link.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// Cuts the connection once, after so many more bytes went up.
    pub fn cut_after(&self, bytes: u64) {
        self.arm(Way::Up, bytes, Fault::Cut);
    }

    /// The next thing to break, at the byte after so many more that way; instead of what was armed before.
    pub fn arm(&self, way: Way, bytes: u64, fault: Fault) {
        *locked(&self.shared.armed) = Some(Armed { way, left: bytes, fault });
    }

    /// Nothing breaks any more.
    pub fn disarm(&self) {
        *locked(&self.shared.armed) = None;
    }

    /// How often it was cut, or broke otherwise.
    pub fn cuts(&self) -> u64 {
        self.shared.cuts.load(SeqCst)
    }

    pub fn counts(&self) -> Counts {
        *locked(&self.shared.counts)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.shared.closed.store(true, SeqCst);
        // Wakes the relay from its wait for a phone.
        let _ = TcpStream::connect(self.address);
    }
}

/// Waits until then, or until the link is gone; whether it is still there.
fn wait_until(then: Instant, shared: &Shared) -> bool {
    const GLANCE: Duration = Duration::from_millis(200);
    loop {
        let left = then.saturating_duration_since(Instant::now());
        if left.is_zero() || shared.closed.load(SeqCst) {
            return left.is_zero();
        }
        thread::sleep(left.min(GLANCE));
    }
}
