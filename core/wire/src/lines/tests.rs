use super::*;

fn packed(lines: &[&str]) -> Vec<u8> {
    let mut packer = Packer::new(true).unwrap();
    for line in lines {
        packer.line(line).unwrap();
    }
    packer.finish().unwrap()
}

fn unpacked(bytes: &[u8], most: usize) -> Result<Vec<String>, Bad> {
    let mut lines = Vec::new();
    Unpacker::new(true, most)?.read(bytes, |part| {
        let Part::Line(line) = part else { return Err(Bad::Shape) };
        lines.push(serde_json::from_slice(line).map_err(|_| Bad::Shape)?);
        Ok(0)
    })?;
    Ok(lines)
}

/// Text that does not pack to nothing.
fn noise(seed: u64, length: usize) -> String {
    let mut state = seed | 1;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + (state >> 59) as u8 % 26)
    };
    (0..length).map(|_| letter()).collect()
}

#[test]
fn any_first_part_gives_its_whole_lines_in_order() {
    let texts: Vec<String> = (0..60).map(|n| noise(n, 700)).collect();
    let lines: Vec<&str> = texts.iter().map(String::as_str).collect();
    let bytes = packed(&lines);
    let mut before = 0;
    for end in (0..=bytes.len()).step_by(97).chain([bytes.len()]) {
        let came = unpacked(&bytes[..end], 1 << 20).unwrap();
        assert_eq!(came, texts[..came.len()], "{end}");
        assert!(came.len() >= before);
        before = came.len();
    }
    assert_eq!(before, 60);
    // What a cut costs is bounded: half of the bytes are nearly half of the lines.
    let half = unpacked(&bytes[..bytes.len() / 2], 1 << 20).unwrap().len();
    assert!((15..=30).contains(&half), "{half}");
}

#[test]
fn frames_after_each_other_are_one_body_however_they_arrive() {
    let body = [packed(&["a", "b"]), packed(&[]), packed(&["c"])].concat();
    assert_eq!(unpacked(&body, 1_000).unwrap(), ["a", "b", "c"]);
    let mut unpacker = Unpacker::new(true, 1_000).unwrap();
    let mut lines = 0;
    for byte in &body {
        let read = unpacker.read(&[*byte], |_| {
            lines += 1;
            Ok(0)
        });
        read.unwrap();
    }
    assert_eq!(lines, 3);
    assert!(unpacker.is_between_lines());
}

#[test]
fn a_block_comes_whole_behind_its_line_however_it_arrives() {
    let mut packer = Packer::new(true).unwrap();
    packer.block(&5, b"\n{\n}\n").unwrap();
    packer.block(&2, b"ab").unwrap();
    packer.line(&0).unwrap();
    let body = packer.finish().unwrap();
    let read = |end: usize, step: usize| {
        let mut unpacker = Unpacker::new(true, 1_000).unwrap();
        let mut came = Vec::new();
        for bytes in body[..end].chunks(step) {
            let read = unpacker.read(bytes, |part| match part {
                Part::Line(line) => Ok(std::str::from_utf8(line).unwrap().parse().unwrap()),
                Part::Block(block) => {
                    came.push(String::from_utf8(block.to_vec()).unwrap());
                    Ok(0)
                }
            });
            read.unwrap();
        }
        (came, unpacker.is_between_lines())
    };
    for step in [1, 7, 100] {
        assert_eq!(read(body.len(), step), (vec!["\n{\n}\n".into(), "ab".into()], true));
    }
    // Half a block is not between lines.
    let plain = |text: &str| {
        let mut unpacker = Unpacker::new(false, 1_000).unwrap();
        unpacker.read(text.as_bytes(), |part| Ok(if let Part::Line(_) = part { 5 } else { 0 })).unwrap();
        unpacker.is_between_lines()
    };
    assert_eq!(["5\n", "5\nabcd", "5\nabcde"].map(plain), [false, false, true]);
}

#[test]
fn a_block_larger_than_may_still_come_is_refused_at_its_line() {
    let mut unpacker = Unpacker::new(false, 100).unwrap();
    let read = unpacker.read(b"1\n", |_| Ok(99));
    assert_eq!(read, Err(Bad::TooLarge));
    assert_eq!(Unpacker::new(false, 100).unwrap().read(b"1\n", |_| Ok(98)), Ok(()));
}

#[test]
fn what_unpacks_to_too_much_is_refused_on_the_way() {
    let zeros = "0".repeat(1 << 20);
    let lines = vec![zeros.as_str(); 64];
    let body = packed(&lines);
    assert!(body.len() < 50_000, "{}", body.len());
    assert_eq!(unpacked(&body, 8 << 20), Err(Bad::TooLarge));
    let long = "0".repeat(MAX_LINE);
    assert_eq!(unpacked(&packed(&[&long]), usize::MAX), Err(Bad::TooLarge));
    assert_eq!(unpacked(b"not zstd", 100), Err(Bad::Packing));
}

#[test]
fn what_was_damaged_on_the_way_is_no_message() {
    let text = noise(1, 700);
    let body = packed(&[&text]);
    let mut refused = 0;
    for at in 0..body.len() {
        let mut damaged = body.clone();
        damaged[at] ^= 1;
        match unpacked(&damaged, 1 << 20) {
            Err(_) => refused += 1,
            // The size of the window, say, changes nothing.
            Ok(lines) => assert!(lines.is_empty() || lines == [text.as_str()], "{at}"),
        }
    }
    assert!(refused > body.len() * 9 / 10, "{refused} of {}", body.len());
}

#[test]
fn a_line_that_is_refused_ends_it_before_more_is_unpacked() {
    // Millions of empty lines, in a few hundred bytes.
    let blanks = zstd::bulk::compress(&vec![b'\n'; 16 << 20], 3).unwrap();
    let mut push = crate::push::PushReader::new(true).unwrap();
    assert_eq!(push.read(&blanks).unwrap_err(), Bad::Shape);
}
