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
        atomic::{AtomicBool, Ordering::SeqCst},
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

/// Something that is to break, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    pub way: Way,
    /// After so many more bytes that way.
    pub byte: u64,
    pub fault: Fault,
}

/// Bytes up, and what came down then, until bytes go up again: a round trip of whatever speaks. TLS 1.3 has one or two of
/// its own in each connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    pub up: u64,
    pub down: u64,
}

/// What went over a link. Of bytes those of the streams: no headers of TCP, nothing that was sent again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub connections: u64,
    pub turns: Vec<Turn>,
}

impl Counts {
    pub fn up(&self) -> u64 {
        self.turns.iter().map(|turn| turn.up).sum()
    }

    pub fn down(&self) -> u64 {
        self.turns.iter().map(|turn| turn.down).sum()
    }
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
    state: Mutex<State>,
    closed: AtomicBool,
}

#[derive(Default)]
struct State {
    counts: Counts,
    armed: Option<Break>,
    cuts: u64,
}

impl Shared {
    fn queue(&self, way: Way) -> &Queue {
        match way {
            Way::Up => &self.up,
            Way::Down => &self.down,
        }
    }

    /// Counts bytes that come. How many of them pass before something breaks, and what.
    fn passes(&self, way: Way, bytes: usize, begins_turn: bool) -> Option<(usize, Fault)> {
        let mut state = locked(&self.state);
        let State { counts, armed, cuts } = &mut *state;
        if begins_turn || counts.turns.is_empty() {
            counts.turns.push(Turn::default());
        }
        if let Some(turn) = counts.turns.last_mut() {
            match way {
                Way::Up => turn.up += bytes as u64,
                Way::Down => turn.down += bytes as u64,
            }
        }
        let next = armed.as_mut().filter(|next| next.way == way)?;
        if next.byte >= bytes as u64 {
            next.byte -= bytes as u64;
            return None;
        }
        let broken = (usize::try_from(next.byte).unwrap_or(bytes), next.fault);
        *armed = None;
        *cuts += 1;
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
            state: Mutex::default(),
            closed: AtomicBool::new(false),
        });
        let relay = shared.clone();
        thread::spawn(move || {
            for phone in listener.incoming() {
                if relay.closed.load(SeqCst) {
                    return;
                }
                if let (Ok(phone), Ok(hub)) = (phone, relay.line.connect(hub)) {
                    locked(&relay.state).counts.connections += 1;
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
        self.arm(Break { way: Way::Up, byte: bytes, fault: Fault::Cut });
    }

    /// The next thing to break, instead of what was armed before.
    pub fn arm(&self, next: Break) {
        locked(&self.shared.state).armed = Some(next);
    }

    /// Nothing breaks any more.
    pub fn disarm(&self) {
        locked(&self.shared.state).armed = None;
    }

    /// How often it was cut, or broke otherwise.
    pub fn cuts(&self) -> u64 {
        locked(&self.shared.state).cuts
    }

    pub fn counts(&self) -> Counts {
        locked(&self.shared.state).counts.clone()
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
