//! A file's way over a real socket: it goes out as the line takes it, its progress is heard, and it stops in the middle.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    thread,
};
use sync::{Cancel, HttpTransport, LinkError, Method, Request, Response, Transport, Upload};

/// More than lies in the buffers between two sockets.
const SIZE: u64 = 20_000_000;

/// A hub that has read the head of a request.
fn hub(serve: impl FnOnce(&mut TcpStream) + Send + 'static) -> HttpTransport {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut phone, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            phone.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        serve(&mut phone);
    });
    HttpTransport::new(&url, None, None).unwrap()
}

fn photo() -> File {
    let mut file = tempfile::tempfile().unwrap();
    let bytes: Vec<u8> = (0..SIZE).map(|n| (n % 251) as u8).collect();
    file.write_all(&bytes).unwrap();
    file
}

fn upload(
    hub: &mut HttpTransport,
    from: u64,
    cancel: &Cancel,
    sent: &mut dyn FnMut(u64),
) -> Result<Response, LinkError> {
    let mut file = photo();
    file.seek(SeekFrom::Start(from)).unwrap();
    let request =
        Request { method: Method::Patch, path: "/v1/photos/a".into(), headers: vec![], body: vec![] };
    hub.upload(&request, Upload { file, length: SIZE - from, cancel, sent })
}

#[test]
fn a_file_goes_out_from_its_place_as_fast_as_it_is_taken() {
    let (heard, reads_on) = mpsc::channel();
    let (arrived, came) = mpsc::channel();
    let mut hub = hub(move |phone| {
        // Nothing is taken before the phone has heard how far it got.
        let () = reads_on.recv().unwrap();
        let mut bytes = vec![0; SIZE as usize - 7];
        phone.read_exact(&mut bytes).unwrap();
        phone.write_all(b"HTTP/1.1 204 x\r\nUpload-Offset: 20000000\r\n\r\n").unwrap();
        arrived.send(bytes).unwrap();
    });
    let mut steps = Vec::new();
    let answer = upload(&mut hub, 7, &Cancel::default(), &mut |bytes| {
        if bytes > 0 {
            let _ = heard.send(());
        }
        steps.push(bytes);
    });
    assert_eq!(answer.unwrap().header("upload-offset"), Some("20000000"));
    let bytes = came.recv().unwrap();
    assert!((7..SIZE).zip(bytes).all(|(n, byte)| byte == (n % 251) as u8));
    assert!(steps.is_sorted());
    let first = steps.iter().find(|bytes| **bytes > 0).unwrap();
    assert!(*first < SIZE - 7, "it was not taken yet");
}

#[test]
fn cancelled_in_the_middle_it_stops_there() {
    let (ended, end) = mpsc::channel::<()>();
    let mut hub = hub(move |_| {
        // Takes nothing, answers nothing, and keeps the line open.
        let _ = end.recv();
    });
    let cancel = Cancel::default();
    let answer = upload(&mut hub, 0, &cancel, &mut |bytes| {
        assert!(bytes < SIZE);
        if bytes > 0 {
            cancel.cancel();
        }
    });
    assert_eq!(answer, Err(LinkError::Cut));
    drop(ended);
}

#[test]
fn a_line_that_breaks_in_the_middle_is_cut() {
    let mut hub = hub(|phone| {
        let mut some = vec![0; 100_000];
        phone.read_exact(&mut some).unwrap();
    });
    assert_eq!(upload(&mut hub, 0, &Cancel::default(), &mut |_| {}), Err(LinkError::Cut));
}
