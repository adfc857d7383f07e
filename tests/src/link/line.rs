//! How slow a line is, and the sockets that let a sender feel it.
//!
//! - **Rate**: of all connections together, each way for itself; the bytes of the streams count.
//! - **Delay**: one way. A connection's first bytes wait for a round trip more (TCP's own greeting).
//! - **Loss**: what TCP makes of it. A lost segment takes its time on the line twice, comes a retransmission timeout late
//!   (a round trip and [`LEAST_TIMEOUT`]), and what stands behind it in the connection waits for it, while the line
//!   carries on (selective acknowledgement). TCP's slow start is left out: a window of two segments fills 64 kbit/s.
//! - **Buffers**: a slow line's sockets are small and of an Ethernet's segments. With loopback's segments of 64 KB the
//!   kernel would take megabytes from the sender at once.

use super::{Way, locked};
use socket2::{Domain, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::Mutex,
    time::{Duration, Instant},
};

/// Bytes of a segment on a slow line.
const SEGMENT: usize = 1_400;
/// Bytes that are read at once on a fast one.
const FAST: usize = 64 * 1024;
const BUFFER: usize = 4 * 1024;
/// As Linux has it.
const LEAST_TIMEOUT: Duration = Duration::from_millis(200);

/// The default is as fast as loopback.
#[derive(Clone, Copy, Debug, Default)]
pub struct Line {
    /// Bytes a second, each way; `None`: no limit.
    pub rate: Option<u64>,
    /// One way.
    pub delay: Duration,
    /// Of 1,000 segments.
    pub lost: u32,
}

impl Line {
    /// A phone's line in a village: so many kbit/s, 300 ms there and back, so many of 1,000 segments lost.
    pub fn village(kbit: u64, lost: u32) -> Self {
        Self { rate: Some(kbit * 125), delay: Duration::from_millis(150), lost }
    }

    fn is_fast(&self) -> bool {
        self.rate.is_none() && self.delay.is_zero() && self.lost == 0
    }

    /// The most bytes to take in at once.
    pub(super) fn segment(&self) -> usize {
        if self.is_fast() { FAST } else { SEGMENT }
    }

    /// A listener of the system's choice of port.
    pub(super) fn listen(&self) -> io::Result<TcpListener> {
        let socket = self.socket()?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        socket.listen(128)?;
        Ok(socket.into())
    }

    pub(super) fn connect(&self, to: SocketAddr) -> io::Result<TcpStream> {
        let socket = self.socket()?;
        socket.connect(&to.into())?;
        socket.set_tcp_nodelay(true)?;
        Ok(socket.into())
    }

    fn socket(&self) -> io::Result<Socket> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        if !self.is_fast() {
            socket.set_recv_buffer_size(BUFFER)?;
            socket.set_send_buffer_size(BUFFER)?;
            socket.set_tcp_mss(SEGMENT as u32)?;
        }
        Ok(socket)
    }

    /// When a connection may send its first byte.
    pub(super) fn greeted(&self) -> Instant {
        Instant::now() + 2 * self.delay
    }
}

/// One way of a line: who sends when, and what is lost.
#[derive(Default)]
pub(super) struct Queue(Mutex<(Option<Instant>, u64)>);

/// A segment's way over the line.
pub(super) struct Passage {
    /// The line is free for the next one.
    pub sent: Instant,
    pub arrives: Instant,
}

impl Queue {
    /// Takes the line for so many bytes, not before `earliest`.
    pub fn pass(&self, line: &Line, way: Way, bytes: usize, earliest: Instant) -> Passage {
        let mut queue = locked(&self.0);
        let start = queue.0.unwrap_or(earliest).max(earliest).max(Instant::now());
        queue.1 += 1;
        let is_lost = mixed(queue.1, way) % 1_000 < u64::from(line.lost);
        let times = if is_lost { 2 } else { 1 };
        let seconds = line.rate.map_or(0.0, |rate| (bytes * times) as f64 / rate as f64);
        let sent = start + Duration::from_secs_f64(seconds);
        queue.0 = Some(sent);
        let late = if is_lost { 2 * line.delay + LEAST_TIMEOUT } else { Duration::ZERO };
        Passage { sent, arrives: sent + line.delay + late }
    }
}

/// SplitMix64 of a segment's number: the same segments are lost in every run.
fn mixed(number: u64, way: Way) -> u64 {
    let seed = number.wrapping_mul(2) + u64::from(way == Way::Down);
    let mut mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
