//! Published forms.

use super::{Hub, phone};
use crate::address;
use wire::{error::code, forms::FormList, paths};

pub fn each_file_is_as_its_hash_says(hub: &mut dyn Hub) {
    let (id, version) = hub.publish();
    let phone = phone(hub, "hoa", "all");
    let list: FormList = phone.get(paths::FORMS).json();
    let form = list.forms.iter().find(|form| (&form.id, &form.version) == (&id, &version)).unwrap();
    assert!(form.newest && !form.files.is_empty());
    let file = |name: &str| phone.get(&format!("{}/{id}/{version}/{name}", paths::FORMS));
    for listed in &form.files {
        let answer = file(&listed.name);
        assert_eq!(answer.status, 200);
        let bytes = answer.bytes();
        assert_eq!((address(&bytes), bytes.len() as u64), (listed.sha256.clone(), listed.size));
    }
    assert_eq!(file("khong_co.xml").refusal(), (404, code::NOT_FOUND.into()));
    let unknown = phone.get(&format!("{}/khong_co/1/form.xml", paths::FORMS));
    assert_eq!(unknown.refusal(), (404, code::NOT_FOUND.into()));
}
