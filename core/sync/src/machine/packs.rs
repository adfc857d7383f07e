//! Published packs, before the forms that rest on them: the list, then by their hashes the files that are not here. One
//! that can't be taken holds up nothing.

use super::{Machine, Operation, State, Wish, get};
use crate::{SyncError, report::Phase};
use model::{Digest, encoding::to_text};
use std::collections::{BTreeMap, VecDeque};
use store::WantedPack;
use wire::packs::PackList;

#[derive(Default)]
pub(super) struct Packs {
    wanted: VecDeque<WantedPack>,
    /// How many files of the first are here.
    done: usize,
    /// By serial, what kept a file from coming.
    failed: BTreeMap<u64, String>,
}

impl Machine {
    pub(super) fn begin_packs(&mut self) -> Wish {
        if self.pull.packs.is_none() {
            return self.begin_forms();
        }
        self.begin_phase(Phase::Forms);
        self.operate(State::PacksStood, Operation::PacksStand)
    }

    /// `standing`: of what was listed last, if nothing of it is to be tried again.
    pub(super) fn packs_stand(&mut self, standing: Option<Digest>) -> Wish {
        if standing.is_some() && standing == self.pull.packs {
            return self.begin_forms();
        }
        self.send(State::PackListAsked, get(wire::paths::PACKS.to_owned()))
    }

    pub(super) fn packs_listed(&mut self, list: PackList) -> Wish {
        self.operate(State::PackListTaken, Operation::TakePackList(list))
    }

    pub(super) fn get_packs(&mut self, wanted: Vec<WantedPack>) -> Wish {
        self.progress.total = wanted.iter().map(|pack| pack.files.len() as u64).sum();
        self.packs.wanted = wanted.into();
        self.failed = 0;
        self.next_pack_file()
    }

    pub(super) fn next_pack_file(&mut self) -> Wish {
        loop {
            let Some(pack) = self.packs.wanted.front() else {
                let failed = std::mem::take(&mut self.packs.failed);
                return self.operate(State::PacksTaken, Operation::WorkByPacks { failed });
            };
            if let Some(file) = pack.files.get(self.packs.done) {
                let path = format!("{}/files/{}", wire::paths::PACKS, to_text(&file.sha256.0));
                return self.send_again(State::PackFileAsked, self.file.request(path));
            }
            self.packs.wanted.pop_front();
            self.packs.done = 0;
        }
    }

    /// The hash of the file under way.
    pub(super) fn pack_file_wanted(&self) -> Option<Digest> {
        Some(self.packs.wanted.front()?.files.get(self.packs.done)?.sha256)
    }

    pub(super) fn pack_file_kept(&mut self) -> Wish {
        self.packs.done += 1;
        self.next_pack_file()
    }

    pub(super) fn pack_failed(&mut self, error: &SyncError) -> Wish {
        if let Some(pack) = self.packs.wanted.pop_front() {
            self.progress.done += (pack.files.len() - self.packs.done) as u64;
            self.packs.failed.insert(pack.serial, error.code().to_owned());
        }
        self.packs.done = 0;
        self.next_pack_file()
    }
}
