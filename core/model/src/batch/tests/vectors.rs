//! `tests/vectors/batch-2.json`: every intermediate value of batches, views and refusals, for who writes another program
//! from ADR 8. `tests/vectors/verify.py` is one.
//!
//! `cargo test -p model make_vectors -- --ignored` writes it anew.

use super::{
    super::hash::{Deriver, Position},
    pages::{BATCHES, CHANGES, Columns, FIELDS, HASHES, IDS, LENGTHS, NAMES, VALUES},
    *,
};
use serde_json::{Value, json};
use std::{fmt::Write as _, path::PathBuf, process::Command};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Changes with what the format must carry: no field, null, Vietnamese names, a cause, what is replaced.
fn samples(count: u64) -> Vec<Draft> {
    let sample = |n: u64| match n % 5 {
        0 => draft(n, "person", &[("name", "\"Nông Thị Thử\""), ("họ tên", "null"), ("birth_year", "1950")]),
        1 => draft(n, "visit", &[]),
        2 => {
            let parent = format!("\"household:{}\"", id(0x0c, 0));
            let fields = [
                ("disabled", "true"),
                ("note", " {\"a\": [1.0, 1e0, -0, 9007199254740993]} "),
                ("parent", &parent),
            ];
            let mut draft = draft(n, "person", &fields);
            draft.cause = Some(RecordRef::new("submission", id(0x5b, n)));
            draft
        }
        3 => {
            let mut draft = draft(n, "person", &[("note", "\"\\u1ea1 \\/\"")]);
            let replaces = BTreeSet::from([ChangeId(id(0x1d, 2)), ChangeId(id(0x1d, 1))]);
            draft.fields.insert("name".into(), (super::json("\"Thử\""), replaces));
            draft
        }
        _ => draft(n, "household", &[("commune", "\"06040\"")]),
    };
    (0..count).map(sample).collect()
}

fn field(field: &Field, salt: &Salt, position: Position) -> Value {
    json!({
        "name": *field.name,
        "value": field.value.text(),
        "replaces": field.replaces.iter().map(|id| hex(id.0.as_bytes())).collect::<Vec<_>>(),
        "salt": hex(&salt.0),
        "commitment": hex(&field.commitment(salt, position).0),
        "leaf": hex(&PartField::Value { salt: salt.clone(), field: field.clone() }.leaf(position).0),
    })
}

fn reference(record: &RecordRef) -> Value {
    json!([record.kind.as_str(), hex(record.id.as_bytes())])
}

/// With everything that is computed on the way.
fn batch(name: &str, phone: &Phone, batch: &Verified) -> Value {
    let statement = batch.statement();
    let Body::Whole { seed, changes } = &batch.batch().body else { panic!("made whole") };
    let change = |(index, change): (u32, &Whole)| {
        let seq = statement.first_seq + u64::from(index);
        let position = Position { office: phone.device.office, device: phone.device.device, seq };
        let seed = Deriver::new(seed).change(index);
        let salts = Deriver::new(&seed);
        let leaf = change.hash(&seed, position).unwrap();
        json!({
            "seq": seq,
            "seed": hex(&seed.0),
            "stamp": [change.head.at.0, change.head.at.1],
            "record": reference(&change.head.record),
            "cause": change.head.cause.as_ref().map_or(json!(["", ""]), reference),
            "header_salt": hex(&salts.header().0),
            "header": hex(&change.head.hash(&salts.header(), position).0),
            "fields": change.fields.iter().map(|f| field(f, &salts.field(&f.name), position)).collect::<Vec<_>>(),
            "hash": hex(&leaf.0),
            "id": hex(&leaf.0[..16]),
        })
    };
    let made = json!({
        "office": hex(statement.office.0.as_bytes()),
        "device": hex(statement.device.0.as_bytes()),
        "author": hex(statement.author.0.as_bytes()),
        "seed": hex(&seed.0),
        "changes": (0u32..).zip(changes).map(change).collect::<Vec<_>>(),
        "root": hex(&statement.root.0),
        "previous": hex(&statement.previous.0),
        "statement": hex(&statement.bytes()),
        "statement_hash": hex(&statement.hash().0),
        "signature": hex(&batch.batch().signature.0),
    });
    json!({ "name": name, "made": made, "page": hex(&page(&[batch])) })
}

fn view(name: &str, view: &Verified) -> Value {
    let leaves =
        view.batch().singly().into_iter().map(|seen| seen.part().map(|part| part.fields).unwrap_or_default());
    let changes = view.changes().zip(leaves).map(|(shown, leaves)| {
        let shown = shown?;
        let field = |(field, leaf): (&ShownField, &PartField)| match (field, leaf) {
            (ShownField::Value(field), _) => json!({ "name": *field.name, "value": field.value.text() }),
            (ShownField::Erased(erased), _) => {
                json!({ "name": *erased.name, "order": hex(erased.order.0.as_bytes()) })
            }
            (ShownField::Withheld, PartField::Withheld(leaf)) => json!({ "leaf": hex(&leaf.0) }),
            (ShownField::Withheld, _) => panic!("a field is there"),
        };
        let fields: Vec<_> = shown.fields.iter().zip(&leaves).map(field).collect();
        Some(json!({ "seq": shown.seq, "id": hex(shown.id.0.as_bytes()), "fields": fields }))
    });
    let made = json!({ "statement": hex(&view.statement().bytes()), "changes": changes.collect::<Vec<_>>() });
    json!({ "name": name, "made": made, "page": hex(&page(&[view])) })
}

/// The views of a batch of five: each change, and all kinds of what may be missing.
fn views(whole: &Verified) -> Vec<Value> {
    let order = OrderId(id(0xee, 1));
    let hiding = |numbers: &[u64]| {
        whole.view(|head, _| !numbers.iter().any(|n| id(0x0c, *n) == head.record.id)).unwrap()
    };
    let withheld = whole.view(|_, name| name != Some("note")).unwrap();
    let erased = whole.erase(order, |_, name| name == "note").unwrap();
    vec![
        view("whole", whole),
        view("hidden left", &hiding(&[0])),
        view("hidden in the middle", &hiding(&[1, 2])),
        view("hidden right", &hiding(&[4])),
        view("a hidden subtree", &hiding(&[0, 1])),
        view("all hidden", &hiding(&[0, 1, 2, 3, 4])),
        view("withheld", &withheld),
        view("all withheld", &whole.view(|_, name| name.is_none()).unwrap()),
        view("erased", &erased),
        view("all erased", &whole.erase(order, |_, _| true).unwrap()),
        view("hidden, withheld and erased", &{
            let view = erased.view(|head, name| head.record.id != id(0x0c, 3) && name != Some("parent"));
            view.unwrap()
        }),
    ]
}

/// Signed by nobody who may, or put together otherwise: `change` works on the batch.
fn forged(name: &str, of: &Verified, change: impl FnOnce(&mut Batch)) -> (String, Vec<Vec<u8>>) {
    let mut batch = of.batch().clone();
    change(&mut batch);
    (name.to_owned(), vec![page(&[&Verified(batch.rebuild().unwrap())])])
}

/// Written otherwise: `change` works on the columns of a page.
fn rewritten(name: &str, of: &Verified, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> (String, Vec<Vec<u8>>) {
    let mut columns = Columns::of(&page(&[of]));
    change(&mut columns.0);
    (name.to_owned(), vec![columns.page()])
}

fn refusals(first: &Verified, second: &Verified) -> Vec<Value> {
    let hidden = first.view(|head, _| head.record.id != id(0x0c, 1)).unwrap();
    let withheld = first.view(|_, name| name != Some("note")).unwrap();
    let changes = |batch: &mut Batch, change: fn(&mut Vec<Whole>)| match &mut batch.body {
        Body::Whole { changes, .. } => change(changes),
        Body::Parts { .. } => panic!("made whole"),
    };
    let other = Phone::new(1).sign(Phone::new(1).chain(), 9, samples(5));
    let cases = [
        ("batch.wrong-office", forged("another office", first, |b| b.office = OfficeId(id(0x0f, 2)))),
        (
            "batch.wrong-device",
            forged("a device without a certificate", first, |b| b.device = DeviceId(id(0xde, 9))),
        ),
        ("batch.wrong-author", forged("another author", first, |b| b.author = UserId(id(0xa0, 2)))),
        ("batch.wrong-signature", forged("another signature", first, |b| b.signature.0[0] ^= 1)),
        (
            "batch.wrong-signature",
            forged("another seed", first, |b| match &mut b.body {
                Body::Whole { seed, .. } => seed.0[0] ^= 1,
                Body::Parts { .. } => panic!("made whole"),
            }),
        ),
        ("batch.wrong-signature", forged("moved by one", first, |b| b.first_seq += 1)),
        ("batch.wrong-signature", forged("another previous", first, |b| b.previous.0[0] ^= 1)),
        ("batch.wrong-signature", forged("a change dropped", first, |b| changes(b, |c| drop(c.remove(2))))),
        (
            "batch.wrong-signature",
            forged("a change doubled", first, |b| changes(b, |c| c.push(c[1].clone()))),
        ),
        ("batch.wrong-signature", forged("changes swapped", first, |b| changes(b, |c| c.swap(0, 2)))),
        (
            "batch.wrong-signature",
            forged("a field dropped", first, |b| changes(b, |c| drop(c[0].fields.remove(0)))),
        ),
        (
            "batch.wrong-signature",
            forged("another value", first, |b| changes(b, |c| c[0].fields[0].value = super::json("1951"))),
        ),
        (
            "batch.wrong-signature",
            forged("the same number otherwise written", first, |b| {
                changes(b, |c| c[0].fields[0].value = super::json("1950.0"))
            }),
        ),
        (
            "batch.wrong-signature",
            forged("another kind", first, |b| {
                changes(b, |c| c[1].head.record = RecordRef::new("note", c[1].head.record.id))
            }),
        ),
        ("batch.wrong-signature", forged("another stamp", first, |b| changes(b, |c| c[1].head.at.1 += 1))),
        ("batch.wrong-signature", forged("cause dropped", first, |b| changes(b, |c| c[2].head.cause = None))),
        (
            "batch.wrong-signature",
            forged("replaced ones dropped", first, |b| changes(b, |c| c[3].fields[0].replaces.clear())),
        ),
        (
            "batch.wrong-signature",
            rewritten("another hidden hash", &hidden, |c| *c[HASHES].last_mut().unwrap() ^= 1),
        ),
        (
            "batch.wrong-signature",
            rewritten("another withheld leaf", &withheld, |c| *c[HASHES].last_mut().unwrap() ^= 1),
        ),
        ("batch.sequence", rewritten("first seq 0", first, |c| c[BATCHES][7] = 0)),
        ("batch.truncated", rewritten("a hidden hash missing", &hidden, |c| drop(c[HASHES].split_off(32)))),
        ("batch.trailing", rewritten("a hidden hash too many", &hidden, |c| c[HASHES].extend([0; 32]))),
        ("batch.unknown-suite", rewritten("suite 2", first, |c| c[BATCHES][1] = 2)),
        ("batch.unknown-flag", rewritten("a flag of a batch", first, |c| c[BATCHES][2] |= 4)),
        ("batch.unknown-flag", rewritten("a state of a change", first, |c| c[CHANGES][0] = 3)),
        ("batch.unknown-flag", rewritten("a state of a field", first, |c| c[FIELDS][0] = 3)),
        (
            "batch.seed-beside-hidden",
            rewritten("the batch's seed beside a hidden change", first, |c| c[CHANGES][0] = 2),
        ),
        (
            "batch.seed-beside-hidden",
            rewritten("the batch's seed beside a change in part", first, |c| c[CHANGES][0] = 1),
        ),
        (
            "batch.seed-beside-hidden",
            rewritten("the batch's seed beside a withheld field", first, |c| c[FIELDS][0] = 1),
        ),
        (
            "batch.seed-beside-hidden",
            rewritten("a change's seed beside an erased field", &hidden, |c| c[FIELDS][0] = 2),
        ),
        ("batch.order", rewritten("a field twice", first, |c| c[FIELDS][5] = c[FIELDS][1])),
        ("batch.order", rewritten("fields in another order", first, |c| c[FIELDS].swap(1, 3))),
        ("batch.order", rewritten("names in another order", first, |c| c[NAMES][2] = b'z')),
        ("batch.no-such-entry", rewritten("a name that is not there", first, |c| c[FIELDS][1] = 0x7f)),
        (
            "batch.unused",
            rewritten("a name that nothing uses", first, |c| {
                c[NAMES][0] += 1;
                // After all others in byte order.
                c[NAMES].extend([4, 0xf0, 0x9f, 0x8f, 0xa1]);
            }),
        ),
        (
            "batch.unused",
            rewritten("an id that nothing uses", first, |c| {
                let rows = usize::from(c[IDS][0]);
                c[IDS][0] += 1;
                (1..=16).rev().for_each(|place| c[IDS].insert(1 + place * rows, 0xff));
            }),
        ),
        ("batch.not-text", rewritten("a name that is no UTF-8", first, |c| c[NAMES][2] = 0xff)),
        ("batch.not-json", rewritten("a value that is no JSON", first, |c| c[VALUES][0] = b'T')),
        (
            "batch.long-integer",
            rewritten("a number in a byte too many", first, |c| {
                let length = c[LENGTHS][0];
                c[LENGTHS].splice(0..1, [length | 0x80, 0]).for_each(drop);
            }),
        ),
        ("batch.trailing", rewritten("more values than fields", first, |c| c[VALUES].push(b'1'))),
        ("batch.trailing", rewritten("a column too many", first, |c| c.push(vec![]))),
        ("batch.truncated", rewritten("values cut off", first, |c| c[VALUES].truncate(3))),
        ("batch.newer", ("version 3".into(), vec![vec![3, 0]])),
        ("batch.unknown-flag", ("packing 9".into(), vec![vec![2, 9]])),
        ("batch.gap", ("the first batch missing".into(), vec![page(&[second])])),
        ("batch.gap", ("the first batch twice".into(), vec![page(&[first]), page(&[first])])),
        ("batch.broken-chain", ("from another batch".into(), vec![page(&[&other]), page(&[second])])),
    ];
    let refusal = |(code, (name, pages)): (&str, (String, Vec<Vec<u8>>))| {
        assert_eq!(received(&pages).map_err(BatchError::code), Err(code), "{name}");
        json!({ "name": name, "pages": pages.iter().map(|page| hex(page)).collect::<Vec<_>>(), "code": code })
    };
    cases.into_iter().map(refusal).collect()
}

/// As a hub takes pages of the two phones from their certificates on.
fn received(pages: &[Vec<u8>]) -> Result<(), BatchError> {
    let phones = [Phone::new(1), Phone::new(2)];
    let mut chains: Vec<Chain> = phones.iter().map(Phone::chain).collect();
    for page in pages {
        for rebuilt in codec::decode(page)? {
            let whose = phones.iter().position(|phone| phone.device.device == rebuilt.statement().device);
            let whose = whose.ok_or(BatchError::WrongDevice)?;
            let batch = rebuilt.verify(&phones[whose].signer())?;
            batch.statement().follows(&chains[whose])?;
            chains[whose] = Chain::after(batch.statement());
        }
    }
    Ok(())
}

fn vectors() -> String {
    let phones = [Phone::new(1), Phone::new(2)];
    let signers = phones.iter().map(|phone| {
        json!({
            "office": hex(phone.device.office.0.as_bytes()),
            "device": hex(phone.device.device.0.as_bytes()),
            "author": hex(phone.device.author.0.as_bytes()),
            "key": hex(&phone.key.public().0),
            "certificate": hex(&phone.certificate),
        })
    });
    let phone = &phones[0];
    let first = phone.sign(phone.chain(), 5, samples(5));
    let second = phone.sign(Chain::after(first.statement()), 6, samples(2));
    let between = phones[1].sign(phones[1].chain(), 7, samples(1));
    let mut batches: Vec<Value> = [1, 2, 3, 7, 8, 9]
        .map(|count| {
            batch(
                &format!("{count} changes"),
                phone,
                &phone.sign(phone.chain(), 16 + count, samples(count.into())),
            )
        })
        .into();
    batches.push(batch("5 changes, a chain's first batch", phone, &first));
    batches.push(batch("a chain's second batch", phone, &second));
    let chained = page(&[&first, &between, &second]);
    assert_eq!(received(std::slice::from_ref(&chained)), Ok(()));
    let text = |value: &Value| serde_json::to_string(value).unwrap();
    let list = |values: Vec<Value>| values.iter().map(text).collect::<Vec<_>>().join(",\n");
    format!(
        "{{\"about\": \"ADR 8. All bytes in hex. Seeds and keys are for tests alone.\",\n\"signers\": [\n{}\n],\n\
         \"batches\": [\n{}\n],\n\"chained\": \"{}\",\n\"views\": [\n{}\n],\n\"refused\": [\n{}\n]}}\n",
        list(signers.collect()),
        list(batches),
        hex(&chained),
        list(views(&first)),
        list(refusals(&first, &second)),
    )
}

#[test]
#[ignore = "writes the file"]
fn make_vectors() {
    std::fs::write(folder().join("batch-2.json"), vectors()).unwrap();
}

#[test]
fn the_vectors_are_what_this_program_makes() {
    assert!(std::fs::read_to_string(folder().join("batch-2.json")).unwrap() == vectors());
}

#[test]
fn a_program_written_from_the_adr_agrees_with_all_vectors() {
    let output = Command::new("python3").arg(folder().join("verify.py")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        said.starts_with("8 batches, 11 views, 47 refused, 177 signatures, 3 statements, 2 codes"),
        "{said}"
    );
}
