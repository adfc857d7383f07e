//! One connection through a link: a thread each way that takes in what the line carries, and one that hands it on when it
//! arrives.

use super::{Fault, Shared, Way, line::Passage, wait_until};
use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Instant,
};

/// Segments that were taken in and not handed on: more than a slow line's delay holds.
const UNDER_WAY: usize = 64;

struct Connection {
    phone: TcpStream,
    hub: TcpStream,
    stalled: AtomicBool,
    /// The last bytes came down.
    answered: AtomicBool,
}

impl Connection {
    fn end(&self) {
        let _ = self.phone.shutdown(Shutdown::Both);
        let _ = self.hub.shutdown(Shutdown::Both);
    }
}

type Segment = (Instant, Vec<u8>);

pub(super) fn join(phone: TcpStream, hub: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    phone.set_nodelay(true)?;
    let greeted = shared.line.greeted();
    let connection = Arc::new(Connection {
        phone: phone.try_clone()?,
        hub: hub.try_clone()?,
        stalled: AtomicBool::new(false),
        answered: AtomicBool::new(true),
    });
    let ways = [(Way::Up, phone.try_clone()?, hub.try_clone()?), (Way::Down, hub, phone)];
    for (way, from, to) in ways {
        let (under_way, arriving) = sync_channel(UNDER_WAY);
        let (ours, line) = (connection.clone(), shared.clone());
        thread::spawn(move || {
            hand_on(&arriving, to, &ours, &line);
            ours.end();
        });
        let (ours, line) = (connection.clone(), shared.clone());
        thread::spawn(move || take_in(way, from, greeted, &under_way, &ours, &line));
    }
    Ok(())
}

/// Ends when `from` does; what was taken in is still handed on, unless the connection was cut.
fn take_in(
    way: Way,
    mut from: TcpStream,
    greeted: Instant,
    under_way: &SyncSender<Segment>,
    connection: &Connection,
    shared: &Shared,
) {
    let mut buffer = vec![0; shared.line.segment()];
    let mut arrived = greeted;
    let mut pass = |bytes: &[u8]| {
        if bytes.is_empty() {
            return true;
        }
        let Passage { sent, arrives } = shared.queue(way).pass(&shared.line, way, bytes.len(), greeted);
        // A stream's bytes stay in order: what comes after a lost segment waits for it.
        arrived = arrived.max(arrives);
        wait_until(sent, shared) && under_way.send((arrived, bytes.to_vec())).is_ok()
    };
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if connection.stalled.load(SeqCst) {
            return;
        }
        let bytes = &mut buffer[..read];
        let begins_turn = connection.answered.swap(way == Way::Down, SeqCst) && way == Way::Up;
        let passed = match shared.passes(way, read, begins_turn) {
            None => pass(bytes),
            Some((at, Fault::Cut)) => {
                let _ = pass(&bytes[..at]);
                false
            }
            Some((at, Fault::Stall)) => {
                let _ = pass(&bytes[..at]);
                // Nobody reads any more: the sender's buffers fill as on a line that is gone.
                connection.stalled.store(true, SeqCst);
                return;
            }
            Some((at, Fault::Corrupt)) => {
                bytes[at] ^= 1;
                pass(bytes)
            }
            Some((at, Fault::Trickle { bytes: count, pause })) => {
                let end = read.min(at.saturating_add(usize::try_from(count).unwrap_or(read)));
                let mut slow = bytes[at..end].iter();
                pass(&bytes[..at])
                    && slow.all(|byte| {
                        thread::sleep(pause);
                        pass(std::slice::from_ref(byte))
                    })
                    && pass(&bytes[end..])
            }
        };
        if !passed {
            break;
        }
    }
}

fn hand_on(arriving: &Receiver<Segment>, mut to: TcpStream, connection: &Connection, shared: &Shared) {
    for (arrives, bytes) in arriving {
        if !wait_until(arrives, shared) || to.write_all(&bytes).is_err() {
            return;
        }
    }
    // The sender has ended, or stalled: then whoever waits is not told.
    while connection.stalled.load(SeqCst) && !shared.closed.load(SeqCst) {
        thread::sleep(std::time::Duration::from_millis(20));
    }
}
