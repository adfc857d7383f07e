//! A file that comes whole or goes on from where it was cut, within the run; a whole one is kept before the next is asked
//! for, so that no run fetches it again.

use super::{Machine, Operation, State, Wish, get};
use crate::{Request, Response, SyncError, codec};
use model::Digest;
use wire::packs::hash;

/// The file under way.
#[derive(Default)]
pub(super) struct Download {
    /// What came of it, as it travels, and what it was called by then.
    part: Vec<u8>,
    tag: Option<String>,
    /// The most that came of it.
    furthest: usize,
}

impl Download {
    pub fn request(&self, path: String) -> Request {
        let mut request = get(path);
        if let Some(tag) = self.tag.clone() {
            request.headers.push(("range", format!("bytes={}-", self.part.len())));
            request.headers.push(("if-range", tag));
        }
        request
    }
}

impl Machine {
    /// A file, the rest of one, or a part; of one that is wanted by this hash.
    pub(super) fn file(&mut self, response: &Response, wanted: Option<Digest>) -> Result<Wish, SyncError> {
        let file = &mut self.file;
        if response.status != 206 {
            file.part.clear();
        }
        file.part.extend_from_slice(&response.body);
        // A proxy may pass on no ranges: to get as far again is not to get further.
        if file.part.len() > file.furthest {
            file.furthest = file.part.len();
            self.failed = 0;
        }
        if let Some(cut) = response.cut {
            file.tag = response.header("etag").map(str::to_owned);
            return self.no_response(cut);
        }
        let packed = Response { body: std::mem::take(&mut self.file).part, ..response.clone() };
        let whole = codec::body(&packed).ok().map(|bytes| (hash(&bytes), bytes));
        match whole {
            Some((sha256, bytes)) if Some(sha256) == wanted => {
                self.progress.done += 1;
                self.failed = 0;
                let state = match self.state {
                    State::PackFileAsked => State::PackFileKept,
                    _ => State::FormFileKept,
                };
                Ok(self.operate(state, Operation::KeepFile { sha256, bytes }))
            }
            _ => self.file_failed(SyncError::DamagedFile),
        }
    }

    /// A list or a file did not come. What is wrong with a pack or a form leaves the rest of the run as it is.
    pub(super) fn file_failed(&mut self, error: SyncError) -> Result<Wish, SyncError> {
        match error {
            SyncError::Hub { .. } | SyncError::TooLarge | SyncError::BadAnswer | SyncError::DamagedFile => {}
            of_the_line => return Err(of_the_line),
        }
        (self.file, self.failed) = (Download::default(), 0);
        match self.state {
            State::PackListAsked => {
                self.leave_undone(error);
                Ok(self.begin_forms())
            }
            State::PackFileAsked => Ok(self.pack_failed(&error)),
            State::FormListAsked => {
                self.leave_undone(error);
                Ok(self.begin_photos())
            }
            _ => Ok(self.form_failed(&error)),
        }
    }
}
