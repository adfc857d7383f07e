//! Forms being filled.

use crate::common::*;
use model::{BlobRef, PhotoFile, encoding::Bytes};
use std::fs;
use store::{CarriedDraft, NewDraft, SetAside, Snapshot, Store, StoreError, StoredAnswer};

pub fn new_draft(restricted: bool) -> NewDraft {
    NewDraft {
        form: "vang_gia".into(),
        version: "2026112401".into(),
        rulebook: rules().version().to_owned(),
        about: None,
        restricted,
        title: "Thăm hộ".into(),
        basis: "căn cứ".into(),
        step: None,
    }
}

pub fn answer(path: &str, value: &str) -> StoredAnswer {
    StoredAnswer { path: path.into(), value: Some(value.into()) }
}

pub fn photo(store: &Store, seed: u8) -> PhotoFile {
    let blob = |bytes: &[u8]| BlobRef {
        address: store.write_blob(bytes).unwrap(),
        key: Bytes([seed; 32]),
        size: bytes.len() as u64,
    };
    PhotoFile {
        blob: blob(&[seed; 5000]),
        width: 2016,
        height: 1512,
        thumbnail: blob(&[seed; 300]),
        taken_at: "2026-11-24T08:00:00+07:00".into(),
    }
}

#[test]
fn a_draft_comes_back_as_it_was_left() {
    let mut phone = Phone::new();
    let first = Snapshot { instance: "<data/>".into(), page: "0".into(), language: Some("vi".into()) };
    let id = phone.store.create_draft(&new_draft(false), Some(&first)).unwrap();
    phone.store.append_answers(id, &[answer("/data/a", "1"), answer("/data/b", "hai")]).unwrap();
    phone.store.append_answers(id, &[StoredAnswer { path: "/data/a".into(), value: None }]).unwrap();
    let file = photo(&phone.store, 1);
    phone.store.add_photo(id, "1764.jpg", &file, &[answer("/data/photo", "1764.jpg")]).unwrap();
    phone.reopen();

    let draft = phone.store.draft(id).unwrap();
    assert_eq!((draft.snapshot, draft.basis.as_str()), (Some(first), "căn cứ"));
    let paths: Vec<_> = draft.later.iter().map(|a| (a.path.as_str(), a.value.as_deref())).collect();
    assert_eq!(
        paths,
        [
            ("/data/a", Some("1")),
            ("/data/b", Some("hai")),
            ("/data/a", None),
            ("/data/photo", Some("1764.jpg"))
        ]
    );
    assert_eq!(draft.photos, [("1764.jpg".to_owned(), file)]);

    let second = Snapshot { instance: "<data>2</data>".into(), page: "1".into(), language: None };
    phone.store.save_snapshot(id, &second).unwrap();
    let draft = phone.store.draft(id).unwrap();
    assert_eq!((draft.snapshot, draft.later), (Some(second), vec![]));
}

#[test]
fn a_draft_is_carried_over_whole_with_its_photos_and_what_was_set_aside() {
    for restricted in [false, true] {
        let mut phone = Phone::new();
        let first = Snapshot { instance: "<data/>".into(), page: "3".into(), language: None };
        let id = phone.store.create_draft(&new_draft(restricted), Some(&first)).unwrap();
        let file = photo(&phone.store, 1);
        phone.store.add_photo(id, "1764.jpg", &file, &[answer("/data/photo", "1764.jpg")]).unwrap();
        let aside = SetAside {
            path: "/data/gone".into(),
            label: "Câu cũ".into(),
            value: "bí mật".into(),
            reason: "xforms.not-carried.node-gone".into(),
        };
        let snapshot = Snapshot { instance: "<data version='2'/>".into(), page: "0".into(), language: None };
        let carried = CarriedDraft {
            version: "2027010101".into(),
            rulebook: rules().version().to_owned(),
            title: "Thăm hộ, bản mới".into(),
            snapshot: snapshot.clone(),
            set_aside: vec![aside.clone()],
        };
        phone.store.carry_draft(id, &carried).unwrap();
        phone.reopen();
        let draft = phone.store.draft(id).unwrap();
        assert_eq!(
            (draft.row.version.as_str(), draft.row.title.as_str()),
            ("2027010101", "Thăm hộ, bản mới")
        );
        assert_eq!((draft.snapshot, draft.later.len()), (Some(snapshot), 0));
        assert_eq!((draft.basis.as_str(), draft.photos), ("căn cứ", vec![("1764.jpg".to_owned(), file)]));
        assert_eq!(draft.set_aside, [aside]);
        assert!(!format!("{:?}", draft.set_aside).contains("bí mật"));
        let gone = model::DraftId::new();
        assert_eq!(phone.store.carry_draft(gone, &carried), Err(StoreError::NotFound));
    }
}

#[test]
fn drafts_are_listed_last_changed_first() {
    let phone = Phone::new();
    let a = phone.store.create_draft(&new_draft(false), None).unwrap();
    phone.clock.advance_s(1);
    let b = phone.store.create_draft(&new_draft(false), None).unwrap();
    phone.clock.advance_s(1);
    let snapshot = Snapshot { instance: "<data/>".into(), page: "0".into(), language: None };
    let (title, rulebook) = ("Thăm hộ Lò Văn An".to_owned(), rules().version().to_owned());
    let carried = CarriedDraft { version: "2027010101".into(), rulebook, title, snapshot, set_aside: vec![] };
    phone.store.carry_draft(a, &carried).unwrap();
    let rows = phone.store.drafts().unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [a, b]);
    assert_eq!(rows[0].title, "Thăm hộ Lò Văn An");
    assert_eq!((rows[0].started_at, rows[0].changed_at), (START_MS, START_MS + 2000));
}

#[test]
fn deleting_a_draft_takes_its_photos_along_and_no_others() {
    let phone = Phone::new();
    let (a, b) = (
        phone.store.create_draft(&new_draft(false), None).unwrap(),
        phone.store.create_draft(&new_draft(false), None).unwrap(),
    );
    let (gone, kept) = (photo(&phone.store, 1), photo(&phone.store, 2));
    phone.store.add_photo(a, "1.jpg", &gone, &[]).unwrap();
    phone.store.add_photo(b, "2.jpg", &kept, &[]).unwrap();
    phone.store.delete_draft(a).unwrap();
    assert_eq!(phone.store.draft(a).unwrap_err(), StoreError::NotFound);
    assert_eq!(phone.store.append_answers(a, &[answer("/data/a", "1")]), Err(StoreError::NotFound));
    assert!(!phone.store.has_blob(&gone.blob.address) && !phone.store.has_blob(&gone.thumbnail.address));
    assert!(phone.store.has_blob(&kept.blob.address) && phone.store.has_blob(&kept.thumbnail.address));
    assert_eq!(phone.store.blobs(false).unwrap(), [], "nothing to upload yet");
}

#[test]
fn a_blobs_address_never_leads_out_of_its_folder() {
    let phone = Phone::new();
    for address in ["../keys.json", "/etc/passwd", "", &"A".repeat(64)] {
        let path = phone.store.blob_path(address);
        assert_eq!(path.parent().unwrap(), phone.folder.path().join("blobs"), "{address}");
        assert!(!phone.store.has_blob(address));
    }
    let address = phone.store.write_blob(b"ciphertext").unwrap();
    assert_eq!(fs::read(phone.store.blob_path(&address)).unwrap(), b"ciphertext");
}

#[test]
fn forms_are_kept_with_their_files_and_old_versions_stay_for_drafts() {
    use wire::forms::{FormEntry, FormFile, FormList};
    let phone = Phone::new();
    // SHA-256 of the file's one byte.
    let sha256 = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    let entry = |version: &str, newest| FormEntry {
        id: "vang_gia".into(),
        version: version.into(),
        title: "Vãng gia".into(),
        files: vec![FormFile { name: "form.xml".into(), sha256: sha256.into(), size: 1 }],
        newest,
    };
    let files = [("form.xml".to_owned(), b"a".to_vec())];
    assert_eq!(
        phone.store.put_form(&entry("1", true), &[("form.xml".into(), b"b".to_vec())], None),
        Err(StoreError::FormMismatch)
    );
    phone.store.put_form(&entry("1", true), &files, None).unwrap();
    let newer = FormList { v: 1, forms: vec![entry("2026112401", true)] };
    assert_eq!(phone.store.missing_forms(&newer).unwrap(), newer.forms);
    phone.store.put_form(&newer.forms[0], &files, None).unwrap();
    assert_eq!(phone.store.missing_forms(&newer).unwrap(), []);
    assert_eq!(phone.store.form("vang_gia", None).unwrap().entry.version, "2026112401");

    let old = phone.store.create_draft(&NewDraft { version: "1".into(), ..new_draft(false) }, None).unwrap();
    phone.store.set_form_list(&newer, &[]).unwrap();
    assert_eq!(phone.store.form("vang_gia", Some("1")).unwrap().files["form.xml"], b"a");
    phone.store.delete_draft(old).unwrap();
    phone.store.set_form_list(&newer, &[]).unwrap();
    assert_eq!(phone.store.form("vang_gia", Some("1")).unwrap_err(), StoreError::NotFound);
    assert_eq!(phone.store.forms().unwrap(), newer.forms);
}
