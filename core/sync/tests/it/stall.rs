//! Over a real socket: slow is not dead, and dead is found out.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};
use sync::{HttpTransport, LinkError, Method, Request, Response, Transport};

/// How long nothing may move here.
const STALL: Duration = Duration::from_secs(1);
const LONGER: Duration = Duration::from_secs(2);

/// A hub that treats every connection in the same way; how many there were is counted.
fn hub(treat: impl Fn(&mut Conversation) + Send + 'static) -> (HttpTransport, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::Relaxed);
            treat(&mut Conversation(BufReader::new(stream)));
        }
    });
    (HttpTransport::new(&format!("http://{address}"), None, None).unwrap().with_stall(STALL), count)
}

struct Conversation(BufReader<TcpStream>);

impl Conversation {
    /// Reads a request's head; `None` once the phone has hung up. Returns how many bytes of body follow.
    fn head(&mut self) -> Option<usize> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap_or(0) == 0 {
                return None;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                return Some(length);
            }
        }
    }

    fn body(&mut self, length: usize) {
        self.0.read_exact(&mut vec![0; length]).unwrap();
    }

    fn write(&mut self, text: &str) {
        // The phone may have given up.
        let _ = self.0.get_mut().write_all(text.as_bytes());
    }

    fn answer(&mut self, body: &str) {
        self.write(&format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()));
    }
}

fn ask(transport: &mut HttpTransport, body: usize) -> Result<Response, LinkError> {
    let request = Request { method: Method::Post, path: "/".into(), headers: vec![], body: vec![7; body] };
    transport.send(&request)
}

#[test]
fn an_answer_that_trickles_for_longer_is_fine() {
    let (mut transport, _) = hub(|phone| {
        phone.head();
        phone.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n");
        for _ in 0..10 {
            thread::sleep(LONGER / 10);
            phone.write("x");
        }
    });
    let answer = ask(&mut transport, 0).unwrap();
    assert_eq!((answer.body.len(), answer.cut), (10, None));
}

#[test]
fn an_answer_that_stops_is_a_timeout_and_what_came_is_handed_on() {
    let (mut transport, _) = hub(|phone| {
        phone.head();
        phone.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nxxx");
        // Silent until the phone hangs up.
        phone.head();
    });
    let answer = ask(&mut transport, 0).unwrap();
    assert_eq!((answer.body.len(), answer.cut), (3, Some(LinkError::Timeout)));
}

#[test]
fn no_answer_at_all_is_a_timeout() {
    let (mut transport, _) = hub(|phone| while phone.head().is_some() {});
    assert_eq!(ask(&mut transport, 0), Err(LinkError::Timeout));
}

#[test]
fn bytes_that_wait_in_buffers_are_given_the_time_of_a_slow_line() {
    // All of it is out of sight at once, but 8 kbit/s would take 3 seconds for it.
    let (mut transport, _) = hub(|phone| {
        let length = phone.head().unwrap();
        thread::sleep(LONGER);
        phone.body(length);
        phone.answer("got it");
    });
    assert_eq!(ask(&mut transport, 3_000).unwrap().body, b"got it");
}

#[test]
fn one_connection_serves_a_run() {
    let (mut transport, count) = hub(|phone| {
        while let Some(length) = phone.head() {
            phone.body(length);
            phone.answer("here");
        }
    });
    for body in [0, 10, 100_000, 0] {
        assert_eq!(ask(&mut transport, body).unwrap().body, b"here");
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
}
