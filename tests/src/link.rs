//! A link between phone and hub that can be cut: a TCP relay on loopback.

use anyhow::Result;
use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    thread,
};

/// Relays to the hub until this value goes.
pub struct Link {
    address: SocketAddr,
    state: Arc<Counters>,
}

struct Counters {
    /// Bytes upwards until the cut; negative: not armed.
    until_cut: AtomicI64,
    cuts: AtomicU64,
    sent: AtomicU64,
    closed: AtomicBool,
}

impl Link {
    /// A link to the hub at `url`.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn to(url: &str) -> Result<Self> {
        let hub = url.rsplit('/').next().unwrap_or(url).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let state = Arc::new(Counters {
            until_cut: AtomicI64::new(-1),
            cuts: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        });
        let relay = state.clone();
        thread::spawn(move || {
            for phone in listener.incoming() {
                if relay.closed.load(Ordering::Relaxed) {
                    return;
                }
                if let (Ok(phone), Ok(hub)) = (phone, TcpStream::connect(&hub)) {
                    let state = relay.clone();
                    let _ = join(phone, hub, state);
                }
            }
        });
        Ok(Self { address, state })
    }

    /// The hub's address through this link.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// Cuts the connection once, after so many more bytes went up.
    pub fn cut_after(&self, bytes: u64) {
        self.state.until_cut.store(i64::try_from(bytes).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// How often it was cut.
    pub fn cuts(&self) -> u64 {
        self.state.cuts.load(Ordering::SeqCst)
    }

    /// Bytes that went up.
    pub fn sent(&self) -> u64 {
        self.state.sent.load(Ordering::SeqCst)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.state.closed.store(true, Ordering::Relaxed);
        // Wakes the relay from its wait for a phone.
        let _ = TcpStream::connect(self.address);
    }
}

fn join(phone: TcpStream, hub: TcpStream, state: Arc<Counters>) -> std::io::Result<()> {
    let (mut down_from, mut down_to) = (hub.try_clone()?, phone.try_clone()?);
    thread::spawn(move || {
        let _ = std::io::copy(&mut down_from, &mut down_to);
        let _ = down_to.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let (mut phone, mut hub) = (phone, hub);
        let mut buffer = [0; 16 * 1024];
        while let Ok(read @ 1..) = phone.read(&mut buffer) {
            let count = i64::try_from(read).unwrap_or(i64::MAX);
            if state.until_cut.load(Ordering::SeqCst) >= 0
                && state.until_cut.fetch_sub(count, Ordering::SeqCst) < count
            {
                state.cuts.fetch_add(1, Ordering::SeqCst);
                state.until_cut.store(-1, Ordering::SeqCst);
                break;
            }
            state.sent.fetch_add(read as u64, Ordering::SeqCst);
            if hub.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = phone.shutdown(Shutdown::Both);
        let _ = hub.shutdown(Shutdown::Both);
    });
    Ok(())
}
