use super::*;

fn blobs() -> Vec<(String, Vec<u8>)> {
    let blobs = [vec![1; 5], vec![2; SMALL], vec![3; 1]];
    blobs.into_iter().map(|blob| (crate::blob::address(&blob), blob)).collect()
}

fn bundle() -> Vec<u8> {
    let mut bundle = Bundle::default();
    for (address, blob) in blobs() {
        bundle.add(&address, &blob).unwrap();
    }
    bundle.into_bytes()
}

#[test]
fn a_bundle_comes_apart_however_it_is_cut_into_pieces() {
    let bytes = bundle();
    assert_eq!(bytes.len(), 3 * 36 + 5 + SMALL + 1);
    for piece in [1, 35, 36, 41, 1_000, bytes.len()] {
        let mut unbundler = Unbundler::default();
        let whole: Vec<_> = bytes.chunks(piece).flat_map(|bytes| unbundler.take(bytes).unwrap()).collect();
        assert_eq!(whole, blobs());
        assert!(unbundler.is_at_end());
    }
}

#[test]
fn a_bundle_that_was_cut_gives_what_came_whole() {
    let bytes = bundle();
    for (cut, whole) in [(0, 0), (36, 0), (40, 0), (41, 1), (41 + 36 + SMALL - 1, 1), (41 + 36 + SMALL, 2)] {
        let mut unbundler = Unbundler::default();
        assert_eq!(unbundler.take(&bytes[..cut]).unwrap(), blobs()[..whole]);
        assert_eq!(unbundler.is_at_end(), [0, 41, 41 + 36 + SMALL].contains(&cut), "{cut}");
    }
}

#[test]
fn what_is_no_bundle_is_refused_before_it_is_held() {
    let framed = |length: u32| [&[7; 32][..], &length.to_be_bytes()].concat();
    for length in [0, SMALL as u32 + 1, u32::MAX] {
        assert_eq!(Unbundler::default().take(&framed(length)), Err(BundleError::Size));
    }
    let many = [framed(1), vec![0]].concat().repeat(MAX_BUNDLE_BLOBS + 1);
    assert_eq!(Unbundler::default().take(&many), Err(BundleError::TooLarge));
    assert_eq!(Unbundler::default().take(&vec![7; MAX_BUNDLE_BYTES + 1]), Err(BundleError::TooLarge));

    let (address, blob) = &blobs()[0];
    let mut bundle = Bundle::default();
    assert_eq!(bundle.add(address, &[]), Err(BundleError::Size));
    assert_eq!(bundle.add(address, &[0; SMALL + 1]), Err(BundleError::Size));
    for wrong in ["", "../etc/passwd", &address[1..], &address.to_uppercase(), &format!("{}g", &address[1..])]
    {
        assert_eq!(bundle.add(wrong, blob), Err(BundleError::NoAddress), "{wrong}");
    }
    for _ in 0..MAX_BUNDLE_BLOBS {
        bundle.add(address, blob).unwrap();
    }
    assert_eq!(bundle.add(address, blob), Err(BundleError::TooLarge));
}
