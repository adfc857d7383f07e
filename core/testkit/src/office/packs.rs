//! Published packs and their files.

use super::{Ledger, Office, forms::part_of, refuse};
use crate::{Request, Response};
use model::encoding::to_text;
use wire::{
    error::code,
    packs::{Manifest, PackFile, PackList, SignedPack, hash},
    paths,
};

impl Office {
    /// Publishes tables by their paths as the newest of its id, in force from now on unless `say` says otherwise.
    pub fn publish_pack(
        &self,
        id: &str,
        files: &[(&str, &[u8])],
        say: impl FnOnce(&mut Manifest),
    ) -> Manifest {
        let mut state = self.state();
        let serial = 1 + state.packs.len() as u64;
        let file = |(path, bytes): &(&str, &[u8])| PackFile {
            path: (*path).into(),
            sha256: hash(bytes),
            size: bytes.len() as u64,
        };
        let mut manifest = Manifest {
            v: wire::VERSION,
            office: state.office,
            serial,
            id: id.into(),
            version: serial.to_string(),
            base: Some("quoc_gia".into()),
            needs: Vec::new(),
            from: "2000-01-01".parse().unwrap(),
            title_vi: format!("Gói {id}"),
            title_en: format!("Pack {id}"),
            files: files.iter().map(file).collect(),
            forms: Vec::new(),
            by: "operator".into(),
            approved_by: "operator".into(),
            issued_at: state.now(),
        };
        say(&mut manifest);
        let signed = SignedPack::issue(&manifest, &state.key).unwrap();
        state.packs.push(signed);
        state.contents.extend(files.iter().map(|(_, bytes)| (hash(bytes), bytes.to_vec())));
        manifest
    }
}

impl Ledger {
    pub(super) fn pack_list(&self, request: &Request) -> Result<Response, Response> {
        self.member(request)?;
        Ok(self.message(request, &PackList { v: wire::VERSION, packs: self.packs.clone() }))
    }

    pub(super) fn pack_file(&self, request: &Request) -> Result<Response, Response> {
        self.member(request)?;
        let asked = request.path.strip_prefix(paths::PACKS).and_then(|rest| rest.strip_prefix("/files/"));
        let found = self.contents.iter().find(|(sha256, _)| Some(to_text(&sha256.0).as_str()) == asked);
        let (_, bytes) = found.ok_or_else(|| refuse(404, code::NOT_FOUND))?;
        Ok(part_of(self.bytes(request, bytes.clone()), request))
    }

    /// As a pull tells it. What can't be read stands for itself.
    pub(super) fn packs_standing(&self) -> Option<model::Digest> {
        let manifests: Vec<Manifest> = self.packs.iter().filter_map(|pack| pack.reopen().ok()).collect();
        (!self.packs.is_empty()).then(|| wire::packs::standing(&manifests))
    }
}
