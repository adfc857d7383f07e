//! Published forms.

use super::{Hub, phone};
use crate::{Request, address};
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
    // A phone that was cut goes on, of the bytes as they travel.
    let asked = |headers: &[(&str, &str)]| {
        let path = format!("{}/{id}/{version}/{}", paths::FORMS, form.files[0].name);
        let request = Request::new("GET", path).with("accept-encoding", "zstd");
        phone.send(headers.iter().fold(request, |request, (name, value)| request.with(name, value)))
    };
    let whole = asked(&[]);
    let tag = whole.header("etag").unwrap();
    let rest = asked(&[("range", "bytes=3-"), ("if-range", tag)]);
    assert_eq!((rest.status, rest.header("etag")), (206, Some(tag)));
    assert_eq!(rest.header("content-encoding"), whole.header("content-encoding"));
    assert_eq!(rest.body, whole.body[3..]);
    let behind = format!("bytes={}-", whole.body.len());
    for other in [[("range", "bytes=3-"), ("if-range", "\"other\"")], [("range", &behind), ("if-range", tag)]]
    {
        let answer = asked(&other);
        assert_eq!((answer.status, answer.body), (200, whole.body.clone()));
    }
    assert_eq!(file("khong_co.xml").refusal(), (404, code::NOT_FOUND.into()));
    let unknown = phone.get(&format!("{}/khong_co/1/form.xml", paths::FORMS));
    assert_eq!(unknown.refusal(), (404, code::NOT_FOUND.into()));
}
