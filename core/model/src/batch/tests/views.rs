use super::*;

const ORDER: OrderId = OrderId(Uuid::from_bytes([0xee; 16]));

fn signed(count: u64) -> (Phone, Verified) {
    let phone = Phone::new(1);
    let batch = phone.sign(phone.chain(), 1, people(count));
    (phone, batch)
}

fn nth(n: u64) -> Uuid {
    id(0x0c, n)
}

fn part(batch: &Verified, index: usize) -> Part {
    batch.batch().singly()[index].part().unwrap()
}

#[test]
fn a_view_that_leaves_nothing_out_keeps_the_seed() {
    let (_, batch) = signed(3);
    let view = batch.view(|_, _| true).unwrap();
    assert_eq!(view.batch(), batch.batch());
    assert!(view.is_complete());
}

#[test]
fn a_hidden_change_takes_the_seed_and_leaves_one_hash_for_each_largest_subtree() {
    let (phone, batch) = signed(7);
    for (hidden, hashes) in
        [(vec![0], 1), (vec![0, 1], 1), (vec![1, 2], 2), (vec![4, 5, 6], 1), (vec![3, 4, 5, 6], 2)]
    {
        let view = batch.view(|head, _| !hidden.iter().any(|n| nth(*n) == head.record.id)).unwrap();
        let Body::Parts { changes, hidden: found } = &view.batch().body else { panic!("a seed stands") };
        assert_eq!(found.len(), hashes, "{hidden:?}");
        assert_eq!(changes.iter().filter(|seen| **seen == Seen::Hidden).count(), hidden.len());
        assert!(!view.is_complete());
        let again = read(&page(&[&view]), &phone).unwrap();
        assert_eq!(again.statement(), batch.statement());
    }
}

#[test]
fn a_withheld_field_leaves_not_even_its_name() {
    let (phone, batch) = signed(2);
    let view = batch.view(|_, name| name != Some("disabled")).unwrap();
    assert_eq!(part(&view, 0).fields[0].name(), None);
    assert_eq!(part(&view, 0).fields[1].name(), Some("name"));
    let bytes = page(&[&view]);
    assert!(!bytes.windows(8).any(|window| window == b"disabled"));
    assert!(!read(&bytes, &phone).unwrap().is_complete());
}

#[test]
fn an_erased_field_leaves_its_name_and_order_and_no_seed_above_it() {
    let (phone, batch) = signed(2);
    let first = batch.ids()[0].unwrap();
    let erased = batch.erase(ORDER, |id, name| id == first && name == "note").unwrap();
    let Body::Parts { changes, .. } = &erased.batch().body else { panic!("a seed stands") };
    assert!(matches!(&changes[0], Seen::Part(part) if matches!(&part.fields[2], PartField::Erased(erased)
        if &*erased.name == "note" && erased.order == ORDER)));
    assert!(matches!(&changes[1], Seen::Whole { .. }));
    assert!(erased.is_complete());
    assert_eq!(
        erased.erasures().map(|(id, erased)| (id, erased.order)).collect::<Vec<_>>(),
        [(first, ORDER)]
    );
    let again = read(&page(&[&erased]), &phone).unwrap();
    assert_eq!(again.ids(), batch.ids());
    assert_eq!(values(&again).len(), 5);

    // A second order changes nothing of the first.
    let twice = erased.erase(OrderId(nth(9)), |_, name| name == "note").unwrap();
    assert_eq!(
        twice.erasures().map(|(_, erased)| erased.order).collect::<Vec<_>>(),
        [ORDER, OrderId(nth(9))]
    );
}

#[test]
fn a_second_view_adds_and_never_takes_away() {
    let (_, batch) = signed(5);
    let left = batch.view(|head, name| head.record.id < nth(2) && name != Some("note")).unwrap();
    let right = batch.view(|head, _| head.record.id >= nth(1) && head.record.id != nth(4)).unwrap();
    let both = left.join(&right).unwrap();
    assert_eq!(values(&both).len(), 2 + 3 + 3 + 3);
    assert_eq!(values(&right.join(&left).unwrap()), values(&both));
    assert_eq!(values(&both.join(&left).unwrap()), values(&both));
    assert_eq!(both.join(&batch).unwrap().batch(), batch.batch());
    assert_eq!(batch.join(&both).unwrap().batch(), batch.batch());

    let (phone, _) = signed(1);
    let other = phone.sign(phone.chain(), 2, people(5));
    assert_eq!(left.join(&other).unwrap_err(), BatchError::OtherBatch);
    assert_eq!(batch.join(&other).unwrap_err(), BatchError::OtherBatch);
}

#[test]
fn no_view_brings_an_erased_value_or_its_seeds_back() {
    let (_, batch) = signed(3);
    let first = batch.ids()[0].unwrap();
    let erased = batch.erase(ORDER, |id, name| id == first && name == "note").unwrap();
    let again = erased.join(&batch).unwrap();
    assert_eq!(again.batch(), erased.batch());
    // What was only withheld beside it comes back, with its salt singly.
    let narrow = erased.view(|_, name| name != Some("disabled")).unwrap();
    let wider = narrow.join(&batch).unwrap();
    assert_eq!(values(&wider), values(&erased));
    assert!(matches!(wider.batch().singly()[0], Seen::Part(_)));
    // Nor does the claim of an erasure take a value away here.
    assert_eq!(batch.join(&erased).unwrap().batch(), batch.batch());
}

#[test]
fn what_no_longer_rebuilds_to_what_was_signed_is_not_rewritten() {
    let (_, Verified(kept)) = signed(3);
    let mut batch = kept.batch.clone();
    let Body::Whole { changes, .. } = &mut batch.body else { panic!("made whole") };
    changes[1].fields[0].value = json("false");
    let damaged = Verified(Rebuilt { batch, ..kept });
    assert_eq!(damaged.erase(ORDER, |_, name| name == "note").unwrap_err(), BatchError::OtherBatch);
    assert_eq!(damaged.view(|_, name| name != Some("note")).unwrap_err(), BatchError::OtherBatch);
}

#[test]
fn any_json_comes_back_byte_for_byte() {
    let phone = Phone::new(1);
    let texts = [
        "1.0",
        "1e0",
        "-0",
        "9007199254740993",
        "18446744073709551616",
        " [ 1,\t2 ]\n",
        r#""\u0041\/""#,
        r#"{"b":1,"a":{}}"#,
        "\"Nguyễn\"",
        "\"Nguye\u{302}\u{303}n\"",
        "null",
        "\"person:0c0c0c0c-0c0c-0c0c-0000-000000000001\"",
        "\"person:0C0C0C0C-0c0c-0c0c-0000-000000000001\"",
        "\"a:b:0c0c0c0c-0c0c-0c0c-0000-000000000001\"",
        " \"person:0c0c0c0c-0c0c-0c0c-0000-000000000001\"",
        "\":0c0c0c0c-0c0c-0c0c-0000-000000000001\"",
    ];
    let names: Vec<String> = (0..texts.len()).map(|n| format!("f{n:02}")).collect();
    let fields: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(texts).collect();
    let batch = phone.sign(phone.chain(), 1, vec![draft(1, "person", &fields)]);
    for packing in [Packing::Plain, Packing::Zstd] {
        let again = read(&codec::encode(&[&batch], packing).unwrap(), &phone).unwrap();
        let found: Vec<String> = values(&again).into_values().collect();
        assert_eq!(found, texts);
    }
}

#[test]
fn json_that_readers_read_differently_is_none() {
    for text in [
        r#"{"a":1,"a":2}"#,
        r#"[{"a":{"b":1,"\u0062":2}}]"#,
        "",
        " ",
        "1 2",
        "nul",
        "01",
        "1e999",
        r#""\ud800""#,
        "[1",
    ] {
        assert_eq!(Json::new(text), Err(BatchError::NotJson), "{text}");
    }
    let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Json::new(nested(127)).is_ok());
    assert_eq!(Json::new(nested(128)), Err(BatchError::NotJson));
}

#[test]
fn debug_shows_no_value_salt_or_seed() {
    let phone = Phone::new(1);
    let drafts =
        vec![draft(1, "person", &[("name", "\"Nguyễn\"")]), draft(2, "person", &[("name", "\"Nguyễn\"")])];
    let batch = phone.sign(phone.chain(), 0xab, drafts);
    let view = batch.view(|head, name| head.record.id != nth(2) || name.is_none()).unwrap();
    for shown in [format!("{:?} {:?}", batch, batch.batch()), format!("{:?} {:?}", view, view.batch())] {
        assert!(
            !shown.contains("Nguyễn") && !shown.contains("q6urq6ur") && !shown.contains("171, 171"),
            "{shown}"
        );
    }
}

#[test]
fn a_claim_that_no_order_bears_out_is_as_good_as_withheld() {
    let phone = Phone::new(1);
    let batch = phone.sign(phone.chain(), 1, people(2));
    let order = OrderId(id(0xee, 1));
    let erased = batch.erase(order, |_, name| name == "note").unwrap();
    let first = batch.ids()[0].unwrap();
    let believed = erased.believing(|change, erased| change == first && erased.order == order).unwrap();
    let states: Vec<(usize, usize)> = believed
        .changes()
        .map(|shown| {
            let fields = shown.unwrap().fields;
            let count =
                |which: fn(&ShownField<'_>) -> bool| fields.iter().filter(|field| which(field)).count();
            (
                count(|field| matches!(field, ShownField::Erased(_))),
                count(|field| matches!(field, ShownField::Withheld)),
            )
        })
        .collect();
    assert_eq!(states, [(1, 0), (0, 1)]);
    assert!(erased.is_complete() && !believed.is_complete());
    assert_eq!(believed.statement(), batch.statement());
}
