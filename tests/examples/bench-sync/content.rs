//! Invented work, the same for ours and the peer: lists of edits for us, a JSON document a record for PouchDB.

use anyhow::Result;
use base64::{Engine, engine::general_purpose::STANDARD};
use journeys::{
    headless::Headless,
    synthetic::{self, COMMUNES, Dice},
};
use model::{PhotoFile, RecordEdit, RecordRef, kind};
use serde_json::{Value, json};
use std::io::Write;
use uuid::Uuid;

/// Syllables are put together from these: a text packs to about a third, as what people write does.
const ONSETS: [&str; 22] = [
    "b", "c", "ch", "d", "đ", "g", "gi", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "r", "s", "t", "th",
    "tr", "v", "x",
];
const RIMES: [&str; 40] = [
    "a", "à", "á", "ạ", "anh", "ành", "ạch", "âu", "ấu", "ây", "ấy", "e", "è", "ê", "ế", "ênh", "i", "í",
    "iên", "iệt", "iều", "o", "ò", "ọc", "ong", "óng", "ô", "ố", "ội", "ông", "ơ", "ở", "ời", "u", "ú",
    "uân", "ung", "ước", "ường", "ươi",
];

pub struct Content {
    /// What is committed together.
    pub commits: Vec<Vec<RecordEdit>>,
    /// Of photos and thumbnails, as they lie on the phone.
    pub ciphertext_bytes: u64,
}

fn narrative(dice: &mut Dice, syllables: usize) -> String {
    let mut text = String::new();
    for n in 0..syllables {
        text.push_str(if n == 0 {
            ""
        } else {
            [" ", " ", " ", " ", " ", " ", " ", ", ", ". "][dice.roll(9)]
        });
        text.push_str(dice.pick(&ONSETS));
        text.push_str(dice.pick(&RIMES));
    }
    text
}

fn under(kind: &'static str, parent: &RecordRef) -> RecordEdit {
    RecordEdit::new(RecordRef::new(kind, Uuid::now_v7())).under(parent.clone())
}

/// Visits, each to a household of its own: the submission, the household, the visit; about 4.4 KB of values together.
pub fn visits(count: usize) -> Content {
    let mut dice = Dice::new(count as u64);
    let commits = (0..count).map(|n| visit(n, &mut dice)).collect();
    Content { commits, ciphertext_bytes: 0 }
}

fn visit(n: usize, dice: &mut Dice) -> Vec<RecordEdit> {
    let household = synthetic::household(11, n);
    let root = RecordRef::new(kind::HOUSEHOLD, Uuid::now_v7());
    let head = &household.people[0];
    let (facts, agreed) = (narrative(dice, 110), narrative(dice, 50));
    let date = format!("2026-{:02}-{:02}", 1 + n % 12, 1 + n % 28);
    let mut xml = format!(
        "<data id=\"vang_gia\" version=\"2026120301\"><start>{date}T08:00:00+07:00</start><visit><visit_date>{date}</visit_date>\
         <visit_purpose>first</visit_purpose><visit_present>head spouse</visit_present></visit><place><province>20</province>\
         <commune>{}</commune><village>{}</village></place><household><household_name>{}</household_name><address>{}</address>\
         </household>",
        COMMUNES[0].0, household.village, head.name, household.address
    );
    for person in &household.people {
        xml.push_str(&format!(
            "<member><member_id>{}</member_id><m_about><m_name>{}</m_name><m_residence>present</m_residence><m_relation>{}\
             </m_relation><m_sex>{}</m_sex><m_birth_known>year</m_birth_known><m_birth_year>{}</m_birth_year><m_ethnicity>{}\
             </m_ethnicity></m_about><m_life><m_studying>none</m_studying><m_diploma>primary</m_diploma><m_work>own</m_work>\
             <m_insurance>yes</m_insurance><m_benefit>no</m_benefit></m_life></member>",
            Uuid::now_v7(), person.name, person.relation, person.sex, person.birth_year, person.ethnicity
        ));
    }
    xml.push_str(&format!(
        "<housing><house_wall>{}</house_wall></housing><services><water>{}</water><toilet>{}</toilet></services>\
         <observation><obs_facts>{facts}</obs_facts><obs_quotes>{}</obs_quotes><obs_opinion>{}</obs_opinion></observation>\
         <agreed><agreed_text>{agreed}</agreed_text></agreed></data>",
        household.wall, household.water, household.toilet, narrative(dice, 50), narrative(dice, 50)
    ));
    let submission = under(kind::SUBMISSION, &root)
        .set("form", "vang_gia")
        .set("version", "2026120301")
        .set("started_at", format!("{date}T08:00:00+07:00"))
        .set("finished_at", format!("{date}T08:40:00+07:00"))
        .set("xml", xml);
    let home = RecordEdit::new(root.clone())
        .set("province", synthetic::PROVINCE)
        .set("commune", COMMUNES[0].0)
        .set("village", household.village)
        .set("address", household.address.clone())
        .set("name", head.name.clone())
        .set("wall", household.wall)
        .set("water", household.water)
        .set("toilet", household.toilet);
    let visit = under(kind::VISIT, &root)
        .set("date", date)
        .set("purpose", "first")
        .set("facts", facts)
        .set("agreed", agreed);
    vec![submission, home, visit]
}

/// A commune: 6.2 records a household (itself, 2.5 people, two visits, 0.7 goals).
pub fn commune(households: usize) -> Content {
    let mut dice = Dice::new(households as u64);
    let mut home = |n: usize| {
        let household = synthetic::Household { commune: COMMUNES[0].0, ..synthetic::household(7, n) };
        let mut edits = journeys::seed::edits(&household);
        let root = edits[0].record.clone();
        for month in ["05", "10"] {
            let date = format!("2026-{month}-{:02}", 1 + n % 28);
            let agreed = narrative(&mut dice, 4);
            edits.push(
                under(kind::VISIT, &root).set("date", date).set("purpose", "first").set("agreed", agreed),
            );
        }
        if n % 10 < 7 {
            let goal = under(kind::GOAL, &root).set("text", narrative(&mut dice, 5)).set("state", "open");
            edits.push(goal.set("due", "2026-12-31"));
        }
        edits
    };
    Content { commits: (0..households).map(&mut home).collect(), ciphertext_bytes: 0 }
}

/// A day: eight visits with two photos each. The photos' ciphertexts are kept in the phone.
pub fn day(phone: &Headless) -> Result<(Content, Vec<Value>)> {
    const PHOTO: usize = 145_000;
    const THUMBNAIL: usize = 8_000;
    let mut content = visits(8);
    let mut documents = content.documents();
    for (n, commit) in content.commits.iter_mut().enumerate() {
        let visit = commit[2].record.clone();
        for of_visit in 0..2 {
            let seed = (n * 2 + of_visit) as u64;
            let (whole, thumbnail) = (noise(PHOTO, seed), noise(THUMBNAIL, seed));
            let edit = phone.photo(&visit, &whole, &thumbnail)?;
            let file: PhotoFile = serde_json::from_value(edit.fields["file"].clone())?;
            content.ciphertext_bytes += file.blob.size + file.thumbnail.size;
            let edit = edit.set("caption", "trước nhà");
            let mut document = document(&edit);
            document["_attachments"] = json!({
                "photo": { "content_type": "application/octet-stream", "data": STANDARD.encode(whole) },
                "thumbnail": { "content_type": "application/octet-stream", "data": STANDARD.encode(thumbnail) },
            });
            documents.push(document);
            commit.push(edit);
        }
    }
    Ok((content, documents))
}

impl Content {
    pub fn changes(&self) -> u64 {
        self.commits.iter().map(|commit| commit.len() as u64).sum()
    }

    pub fn commit_to(&self, phone: &Headless) -> Result<()> {
        for edits in &self.commits {
            phone.store.commit(edits.clone())?;
        }
        Ok(())
    }

    /// A document for each record.
    pub fn documents(&self) -> Vec<Value> {
        self.commits.iter().flatten().map(document).collect()
    }

    /// All values as one piece of JSON lines, packed: what has to cross any line, with the ciphertexts.
    pub fn packed_bytes(&self) -> Result<u64> {
        let mut packed = zstd::Encoder::new(Vec::new(), zstd::DEFAULT_COMPRESSION_LEVEL)?;
        for edit in self.commits.iter().flatten() {
            serde_json::to_writer(&mut packed, &edit.fields)?;
            packed.write_all(b"\n")?;
        }
        Ok(packed.finish()?.len() as u64 + self.ciphertext_bytes)
    }

    pub fn value_bytes(&self) -> Result<u64> {
        let bytes =
            self.commits.iter().flatten().map(|edit| serde_json::to_vec(&edit.fields).map(|json| json.len()));
        Ok(bytes.sum::<Result<usize, _>>()? as u64)
    }
}

fn document(edit: &RecordEdit) -> Value {
    let mut document = json!({ "_id": edit.record.to_string() });
    if let Some(parent) = &edit.parent {
        document["parent"] = parent.to_string().into();
    }
    for (name, value) in &edit.fields {
        document[name] = value.clone();
    }
    document
}

/// Bytes that don't pack, as a ciphertext's.
fn noise(size: usize, seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed.wrapping_add(size as u64));
    (0..size).map(|_| dice.roll(256) as u8).collect()
}
