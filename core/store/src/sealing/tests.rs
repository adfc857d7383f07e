//! How the dictionary of `core/packing` was made.

use crate::{
    common::{Phone, new_ref, rules},
    state,
};
use model::{
    RecordEdit,
    batch::codec::{Packing, encode},
    kind,
};
use rulebook::FieldType;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// Of the dictionary.
const BYTES: usize = 16 * 1024;

/// `cargo test -p store make_dictionary -- --ignored` makes the dictionary of invented records with the words and names
/// of our forms; a new one gets a new number, as every body packed refers to the one it was packed by.
#[test]
#[ignore = "writes into the source tree"]
fn make_dictionary() {
    let survey = std::fs::read_to_string(format!("{ROOT}/packs/quoc_gia/forms/vang_gia/survey.csv")).unwrap();
    let report =
        std::fs::read_to_string(format!("{ROOT}/packs/quoc_gia/forms/tiep_nhan_tre_em/survey.csv")).unwrap();
    let rows = || survey.lines().chain(report.lines()).filter(|row| !row.starts_with(['"', ' ']));
    let cell = |row: &str, place: usize| row.split(',').nth(place).unwrap_or_default().to_owned();
    let names: Vec<String> = rows().map(|row| cell(row, 1)).filter(|name| !name.is_empty()).collect();
    let words: Vec<String> =
        rows().flat_map(|row| cell(row, 2).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    let mut dice = crate::common::Dice(0x5eed_2026_1130);
    let mut say = |least: usize, most: usize| {
        // Pieces of sentences, as they are written.
        let mut said = Vec::new();
        let length = least + dice.below(most - least);
        while said.len() < length {
            let from = dice.below(words.len() - 4);
            said.extend_from_slice(&words[from..from + 1 + dice.below(4)]);
        }
        said.join(" ").replace('"', "")
    };
    let phone = Phone::new();
    let mut samples: Vec<Vec<u8>> = Vec::new();
    for round in 0..120 {
        let home = new_ref(kind::HOUSEHOLD);
        for kind in rules().kinds() {
            let own = new_ref("");
            let record = model::RecordRef::new(kind.name.clone(), own.id);
            let mut edit = RecordEdit::new(if kind.name == kind::HOUSEHOLD { home.clone() } else { record });
            if kind.name != kind::HOUSEHOLD {
                edit = edit.under(home.clone());
            }
            for field in kind.fields.iter().filter(|field| !["parent", "removed"].contains(&&*field.name)) {
                let value: serde_json::Value = match field.kind {
                    FieldType::Narrative => say(20, 90).into(),
                    FieldType::Text | FieldType::PersonName => say(1, 6).into(),
                    FieldType::Date => format!("2026-{:02}-{:02}", 1 + round % 12, 1 + round % 28).into(),
                    FieldType::DateTime => format!("2026-11-24T08:{:02}:00+07:00", round % 60).into(),
                    FieldType::Bool => (round % 3 == 0 && field.name != "restricted").into(),
                    FieldType::Int | FieldType::Money => (1940 + round).into(),
                    _ => say(1, 2).to_lowercase().into(),
                };
                edit = edit.set(&field.name, value);
            }
            if kind.name == kind::SUBMISSION {
                let answers = names.iter().map(|name| format!("<{name}>{}</{name}>", say(0, 3)));
                edit = edit.set("xml", format!("<data>{}</data>", answers.collect::<String>()));
            }
            phone.store.commit(vec![edit]).unwrap();
        }
    }
    for batch in phone.own_after(0) {
        samples.push(encode(&[&batch], Packing::Plain).unwrap());
    }
    for kind in rules().kinds() {
        for record in phone.store.records(&kind.name).unwrap() {
            samples.push(state::to_bytes(&record.state).unwrap());
            // What the hub keeps of it.
            samples.push(serde_json::to_vec(&record.state).unwrap());
            let row = rules().listing(&record.reference, &record.state, &[]);
            samples.extend(row.map(|row| serde_json::to_vec(&row).unwrap()));
        }
    }
    let dictionary = zstd::dict::from_samples(&samples, BYTES).unwrap();
    std::fs::write(format!("{ROOT}/core/packing/src/dictionary-1"), dictionary).unwrap();
}
