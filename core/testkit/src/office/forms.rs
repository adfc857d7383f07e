//! Published forms and their files.

use super::{Ledger, refuse};
use crate::{Request, Response, address};
use std::collections::BTreeMap;
use wire::{
    error::code,
    forms::{FormEntry, FormFile, FormList},
    paths,
};

/// A published version with its files by name.
pub type Form = (FormEntry, BTreeMap<String, Vec<u8>>);

pub fn form(id: &str, version: &str, title: &str, files: &[(&str, &[u8])]) -> Form {
    let listed = files.iter().map(|(name, bytes)| FormFile {
        name: (*name).into(),
        sha256: address(bytes),
        size: bytes.len() as u64,
    });
    let entry = FormEntry {
        id: id.into(),
        version: version.into(),
        title: title.into(),
        files: listed.collect(),
        newest: true,
    };
    (entry, files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect())
}

impl Ledger {
    pub(super) fn form_list(&self, request: &Request) -> Result<Response, Response> {
        self.member(request)?;
        let forms = self.forms.iter().map(|(entry, _)| entry.clone()).collect();
        Ok(self.message(request, &FormList { v: wire::VERSION, forms }))
    }

    pub(super) fn form_file(&self, request: &Request) -> Result<Response, Response> {
        self.member(request)?;
        let found = self.forms.iter().find_map(|(entry, files)| {
            let under = format!("{}/{}/{}/", paths::FORMS, entry.id, entry.version);
            files.get(request.path.strip_prefix(&under)?)
        });
        let bytes = found.ok_or_else(|| refuse(404, code::NOT_FOUND))?;
        Ok(part_of(self.bytes(request, bytes.clone()), request))
    }
}

/// The rest that is asked for of a file as it travels, or all of it.
pub(super) fn part_of(mut whole: Response, request: &Request) -> Response {
    let tag = format!("\"{}\"", address(&whole.body));
    let range = request.header("range").filter(|_| request.header("if-range") == Some(&tag));
    let from: Option<usize> =
        range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    if let Some(from) = from.filter(|from| *from < whole.body.len()) {
        whole.body.drain(..from);
        whole.status = 206;
    }
    whole.with("etag", tag)
}
