//! A small office that a page can show: one household with a conflict, an ordinary case and a restricted one.

use super::browser::Browser;
use crate::world::{COMMUNE, Office, catalogue};
use model::{BlobRef, PhotoFile, RecordEdit, RecordRef, encoding::Bytes, kind, record::field};
use testkit::{
    Client, address,
    records::{new_ref, under},
};

/// With an element that its form doesn't know.
const SUBMITTED: &str = r#"<data id="vang_gia" version="2026120301"><visit><visit_date>2026-11-24</visit_date><visit_purpose>first</visit_purpose></visit><place><province>01</province><commune>00070</commune></place><member><m_about><m_name>Hoàng Văn Sơn</m_name><m_sex>male</m_sex></m_about></member><member><m_about><m_name>Nông Thị Hoà</m_name><m_sex>female</m_sex></m_about></member><services><devices>phone television</devices></services><khac>x</khac></data>"#;

pub const PICTURE: &[u8] = b"what would be a JPEG";

pub struct Scene {
    pub office: Office,
    /// The worker whose phone brought it all; a member of the restricted case.
    pub author: Client,
    pub household: RecordRef,
    pub member: RecordRef,
    pub visit: RecordRef,
    pub submission: RecordRef,
    pub photo: RecordRef,
    pub case: RecordRef,
    pub restricted: RecordRef,
    pub restricted_photo: RecordRef,
    pub informant: RecordRef,
}

impl Scene {
    pub fn open() -> Self {
        let office = Office::open();
        for form in ["vang_gia", "tiep_nhan_tre_em"] {
            office.publish(&catalogue(form));
        }
        // Their browser must be able to log in.
        Browser::of(&office, "hoa", "case_manager");
        let mut author = office.phone_of("hoa");
        let home = household();
        let household = home.record.clone();
        let picture = photograph(&household, "Mái nhà");
        let (photo, case) = (picture.record.clone(), new_ref(kind::CASE));
        let visited = visit(&household);
        let visit = visited.record.clone();
        let (head, submitted) =
            (member(&household, "Hoàng Văn Sơn", "head", "male", 1986), submission(&household));
        let (member_of_it, submission) = (head.record.clone(), submitted.record.clone());
        author.write(vec![
            under(kind::NEED, &visit).set("group", "health").set("description", "Khám mắt"),
            visited,
            head,
            member(&household, "Nông Thị Hoà", "spouse", "female", 1988),
            under(kind::GOAL, &household).set("text", "Khám tại trạm y tế xã").set("due", "2026-12-15"),
            picture,
            RecordEdit::new(case.clone())
                .under(household.clone())
                .set("reason", "Cần trợ giúp khẩn cấp")
                .set("state", "collect_assess")
                .set("opened_at", "2026-11-20T09:00:00+07:00"),
            submitted,
            home,
        ]);
        upload(&author);
        disagree(&office, &mut author, &household);
        let restricted = new_ref(kind::CASE);
        let evidence = photograph(&restricted, "Hiện trường");
        let restricted_photo = evidence.record.clone();
        let mut edits = report(&restricted, &author);
        edits.push(evidence);
        let informant = edits.iter().map(|edit| edit.record.clone()).find(|r| r.kind == kind::INFORMANT);
        author.write(edits);
        Self {
            office,
            author,
            household,
            member: member_of_it,
            visit,
            submission,
            photo,
            case,
            restricted,
            restricted_photo,
            informant: informant.unwrap(),
        }
    }

    /// Who brought it all, at the console.
    pub fn reader(&self) -> Browser {
        Browser::log_in(&self.office, "hoa")
    }
}

fn household() -> RecordEdit {
    RecordEdit::new(new_ref(kind::HOUSEHOLD))
        .set("name", "Hoàng Văn Sơn")
        .set("province", "01")
        .set("commune", COMMUNE)
        .set("village", "Nà Pò")
        .set("address", "Nhà số 3")
        .set("living_area", 62.5)
        .set("wall", "solid")
        .set("internet", true)
        .set("next_visit", "2026-12-24")
}

fn member(household: &RecordRef, name: &str, relation: &str, sex: &str, year: i32) -> RecordEdit {
    under(kind::PERSON, household)
        .set("name", name)
        .set("relation", relation)
        .set("sex", sex)
        .set("birth_year", year)
        .set("ethnicity", "02")
}

fn visit(household: &RecordRef) -> RecordEdit {
    under(kind::VISIT, household)
        .set("date", "2026-11-24")
        .set("purpose", "first")
        .set("agreed", "Làm thẻ bảo hiểm cho cháu")
}

fn submission(household: &RecordRef) -> RecordEdit {
    under(kind::SUBMISSION, household)
        .set("form", "vang_gia")
        .set("version", "2026120301")
        .set("xml", SUBMITTED)
        .set("started_at", "2026-11-24T08:00:00+07:00")
        .set("finished_at", "2026-11-24T08:40:00+07:00")
}

/// Another phone, that saw the same household, gives it another number.
fn disagree(office: &Office, author: &mut Client, household: &RecordRef) {
    let mut other = office.phone("lan", "all");
    other.learn(&author.batches.clone());
    author.write(vec![RecordEdit::new(household.clone()).set("phone", "0912 000 111")]);
    other.write(vec![RecordEdit::new(household.clone()).set("phone", "0912 000 222")]);
}

pub fn report(case: &RecordRef, author: &Client) -> Vec<RecordEdit> {
    vec![
        RecordEdit::new(case.clone())
            .set(field::RESTRICTED, true)
            .set("workflow", "child-protection")
            .set("state", "intake")
            .set("commune", COMMUNE)
            .set("received_at", "2026-11-24T09:00:00+07:00")
            .set("summary", "Nghe tiếng khóc nhiều đêm"),
        under(kind::PERSON, case).set("name", "Bé Thử").set("role", "child").set("birth_year", 2017),
        under(kind::INFORMANT, case).set("name", "Bà hàng xóm").set("phone", "0912 000 333"),
        under(kind::CASE_MEMBER, case)
            .set(field::USER, author.user.to_string())
            .set("name", "Người dùng hoa"),
    ]
}

/// The ciphertexts of all photos here.
fn blobs() -> [(Vec<u8>, Bytes<32>); 2] {
    [(PICTURE, 1), (&PICTURE[..10], 2)].map(|(plain, key)| {
        let key = Bytes([key; 32]);
        (wire::blob::seal(plain, &key), key)
    })
}

/// Brings them, once a record names them.
fn upload(phone: &Client) {
    for (ciphertext, _) in blobs() {
        let created = phone.create_upload(&address(&ciphertext), ciphertext.len(), Some(&ciphertext));
        assert_eq!(created.status, 201);
    }
}

/// A photo's record.
fn photograph(parent: &RecordRef, caption: &str) -> RecordEdit {
    let [blob, thumbnail] = blobs().map(|(ciphertext, key)| BlobRef {
        address: address(&ciphertext),
        key,
        size: ciphertext.len() as u64,
    });
    let file = PhotoFile {
        blob,
        width: 2016,
        height: 1512,
        thumbnail,
        taken_at: "2026-11-24T08:10:00+07:00".into(),
    };
    under(kind::PHOTO, parent).set("caption", caption).set("file", serde_json::to_value(file).unwrap())
}
