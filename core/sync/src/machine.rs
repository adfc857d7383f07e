//! A synchronisation as a state machine without I/O: events in, one wish out. The order is fixed: who answers (and its
//! clock), texts up, texts down, forms, photos last. Every request may be made twice without harm, so a failed one is
//! simply made again.

mod forms;
mod photos;
mod pull;
mod push;
mod state;

use crate::{
    Progress, Report, Request, Response, Summary, SyncError, codec,
    report::Phase,
    retry::Retry,
    transport::{LinkError, Method},
};
use model::{DeviceId, HubId, SignedChange};
use state::State;
use wire::{
    forms::{FormEntry, FormList},
    pull::{Cursor, PullResponse},
    push::ChangeResult,
};

/// What a machine wants done next; the matching [`Event`] goes into the next step.
#[derive(Debug)]
pub enum Wish {
    /// Answer with [`Event::Response`] or [`Event::NoResponse`].
    Send(Request),
    /// The request with a part of a blob's file as its body, however large. Answer as to [`Wish::Send`], or with
    /// [`Event::NoFile`].
    Upload(Request, Piece),
    /// Answer with [`Event::Local`].
    Local(Operation),
    /// Milliseconds; answer with [`Event::Waited`].
    Wait(u64),
    /// The end; no step follows.
    Done(Report),
}

/// What a machine learns.
#[derive(Debug)]
pub enum Event {
    /// The first step.
    Begin,
    Response(Response),
    NoResponse(LinkError),
    /// The blob's file is gone, or can't be read as a whole.
    NoFile,
    Local(Reply),
    Waited,
    /// Instead of any other: end here.
    Cancelled,
}

/// An operation on the phone's own store, each short and complete in itself.
#[derive(Debug)]
pub enum Operation {
    /// The hub's clock minus ours, in milliseconds.
    NoteServerTime {
        offset_ms: i64,
    },
    /// This device's changes after `after` (`None`: after what is acknowledged), in order, within the limits but at
    /// least one, including those acknowledged long ago. Answered by [`Reply::OwnChanges`].
    OwnChanges {
        after: Option<u64>,
        max_changes: usize,
        max_bytes: usize,
    },
    /// `received_through` may be lower than before: then the hub lacks what it had.
    Acknowledge {
        received_through: u64,
        results: Vec<ChangeResult>,
    },
    /// Answered by [`Reply::Cursors`].
    Cursors,
    /// Verify and apply a page in one transaction. If it is of another epoch than the cursors, every own blob counts
    /// as not sent from then on. Answered by [`Reply::Applied`].
    Apply(Box<PullResponse>),
    /// Which of these versions are not here? Answered by [`Reply::Forms`].
    MissingForms(FormList),
    KeepForm {
        entry: FormEntry,
        files: Vec<(String, Vec<u8>)>,
    },
    /// All newest versions are here: take over the list.
    TakeFormList(FormList),
    /// This device's own blobs that the hub does not have yet; answered by [`Reply::Blobs`].
    PendingBlobs,
    /// Small ones, by their addresses. Answered by [`Reply::Files`].
    ReadBlobs(Vec<String>),
    /// The hub holds them whole.
    BlobsSent(Vec<String>),
    /// Everything was gone through.
    Finished,
}

/// A blob of this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    pub address: String,
    pub size: u64,
    pub thumbnail: bool,
    /// May be of an emergency.
    pub urgent: bool,
}

/// A part of a blob's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub address: String,
    /// Of the whole file.
    pub size: u64,
    pub offset: u64,
    pub length: u64,
}

#[derive(Debug)]
pub enum Reply {
    Done,
    OwnChanges {
        changes: Vec<SignedChange>,
        acknowledged: u64,
        /// The newest change's `seq`, 0 if there is none.
        newest: u64,
    },
    Cursors(Vec<Cursor>),
    Applied {
        /// Entries that were not made by who they say; kept apart.
        forged: usize,
    },
    Forms(Vec<FormEntry>),
    Blobs(Vec<Blob>),
    /// One for each address; `None`: the file is gone or can't be read.
    Files(Vec<Option<Vec<u8>>>),
    Failed(SyncError),
}

/// One synchronisation.
pub struct Machine {
    /// The hub that this phone was enrolled at.
    hub: HubId,
    device: DeviceId,
    retry: Retry,
    state: State,
    progress: Progress,
    summary: Summary,
    /// The first thing that was left undone while the rest went on.
    problem: Option<SyncError>,
    /// The request under way, to be made again if it fails.
    request: Option<Request>,
    /// How often the request under way has failed.
    failed: u32,
    push: push::Push,
    pull: pull::Pull,
    forms: forms::Forms,
    photos: photos::Photos,
}

impl Machine {
    /// For `device`, enrolled at `hub`.
    pub fn new(hub: HubId, device: DeviceId, retry: Retry) -> Self {
        Self {
            hub,
            device,
            retry,
            state: State::Begin,
            progress: Progress { phase: Phase::Connecting, done: 0, total: 0 },
            summary: Summary::default(),
            problem: None,
            request: None,
            failed: 0,
            push: push::Push::default(),
            pull: pull::Pull::default(),
            forms: forms::Forms::default(),
            photos: photos::Photos::default(),
        }
    }

    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Takes an event at `now_ms` (wall clock, milliseconds since 1970) and says what is to be done next.
    pub fn step(&mut self, event: Event, now_ms: u64) -> Wish {
        let next = match event {
            Event::Begin => Ok(self.hello(now_ms)),
            Event::Cancelled => Err(SyncError::Cancelled),
            Event::Waited => self.again(),
            Event::NoResponse(error) => self.no_response(error),
            Event::NoFile => self.no_file(),
            Event::Response(response) => self.response(&response, now_ms),
            Event::Local(Reply::Failed(error)) => Err(error),
            Event::Local(answer) => self.local(answer),
        };
        next.unwrap_or_else(|error| self.end(Some(error)))
    }

    fn end(&mut self, stopped_by: Option<SyncError>) -> Wish {
        let problem = stopped_by.or_else(|| self.problem.take());
        Wish::Done(Report { summary: self.summary, problem })
    }

    fn leave_undone(&mut self, problem: SyncError) {
        self.problem.get_or_insert(problem);
    }

    fn begin_phase(&mut self, phase: Phase) {
        self.progress = Progress { phase, done: 0, total: 0 };
    }

    fn send(&mut self, state: State, request: Request) -> Wish {
        self.state = state;
        self.failed = 0;
        self.request = Some(request.clone());
        Wish::Send(request)
    }

    fn operate(&mut self, state: State, operation: Operation) -> Wish {
        self.state = state;
        Wish::Local(operation)
    }

    fn again(&mut self) -> Result<Wish, SyncError> {
        match (&self.state, self.request.clone()) {
            (State::Upload | State::BundleSent, _) => self.ask_again(),
            (_, Some(request)) => Ok(Wish::Send(request)),
            (_, None) => Err(SyncError::BadAnswer),
        }
    }

    fn hello(&mut self, now_ms: u64) -> Wish {
        let request = get(wire::paths::HELLO.to_owned());
        self.send(State::Hello { asked_ms: now_ms }, request)
    }

    fn no_response(&mut self, error: LinkError) -> Result<Wish, SyncError> {
        match error {
            LinkError::WrongHub | LinkError::CertificateDate | LinkError::Unusable => Err(error.into()),
            LinkError::Cut | LinkError::Timeout | LinkError::Unreachable => self.try_again(error.into()),
        }
    }

    /// Waits before the request is made again, or gives up with `error`.
    fn try_again(&mut self, error: SyncError) -> Result<Wish, SyncError> {
        if matches!(self.state, State::Upload | State::BundleSent) {
            return self.upload_failed(error);
        }
        self.failed += 1;
        let failed = self.failed;
        if failed >= self.retry.tries { Err(error) } else { Ok(Wish::Wait(self.retry.wait_ms(failed))) }
    }

    fn response(&mut self, response: &Response, now_ms: u64) -> Result<Wish, SyncError> {
        match (&self.state, response.status) {
            (_, 408 | 429 | 500 | 502 | 503 | 504) => {
                self.try_again(SyncError::Hub { status: response.status })
            }
            (State::PushSent { .. }, 413) => self.push_less(),
            (State::Upload, _) => self.upload_answered(response),
            (State::BundleSent, _) => self.bundle_answered(response),
            (_, 200..=299) => self.accepted(response, now_ms),
            _ => Err(refusal(response)),
        }
    }

    fn accepted(&mut self, response: &Response, now_ms: u64) -> Result<Wish, SyncError> {
        match self.state {
            State::Hello { asked_ms } => {
                let hello: wire::Hello = codec::read(response)?;
                if !hello.versions.contains(&wire::VERSION) {
                    return Err(SyncError::Version);
                }
                if hello.hub != self.hub {
                    return Err(SyncError::WrongHub);
                }
                // The answer was made somewhere between question and arrival.
                let here = asked_ms / 2 + now_ms / 2;
                let offset_ms = hello.server_time.wrapping_sub(here).cast_signed();
                Ok(self.operate(State::TimeNoted, Operation::NoteServerTime { offset_ms }))
            }
            State::PushSent { after, last } => self.pushed(after, last, codec::read(response)?),
            State::PullSent => self.pulled(codec::read(response)?),
            State::FormListAsked => Ok(self.forms_listed(codec::read(response)?)),
            State::FormFileAsked => self.form_file(codec::body(response)?),
            State::MissingAsked => self.missing_listed(codec::read(response)?),
            _ => Err(SyncError::BadAnswer),
        }
    }

    fn local(&mut self, answer: Reply) -> Result<Wish, SyncError> {
        match (self.state, answer) {
            (State::TimeNoted, Reply::Done) => Ok(self.begin_push()),
            (State::PushRead, Reply::OwnChanges { changes, acknowledged, newest }) => {
                self.push_page(changes, acknowledged, newest)
            }
            (State::PushKept { go_on }, Reply::Done) => {
                Ok(if go_on { self.push_next() } else { self.begin_pull() })
            }
            (State::PullCursors, Reply::Cursors(cursors)) => self.pull_page(cursors),
            (State::PullApplied { more }, Reply::Applied { forged }) => {
                self.page_applied(forged);
                Ok(if more { self.pull_next() } else { self.begin_forms() })
            }
            (State::FormsCompared, Reply::Forms(missing)) => self.get_forms(missing),
            (State::FormKept, Reply::Done) => self.form_kept(),
            (State::FormListTaken, Reply::Done) => Ok(self.begin_photos()),
            (State::BlobsListed, Reply::Blobs(blobs)) => self.blobs_listed(blobs),
            (State::BlobsMarked, Reply::Done) => self.next_blob(),
            (State::BlobsRead, Reply::Files(files)) => self.send_bundle(files),
            (State::Finishing, Reply::Done) => Ok(self.end(None)),
            _ => Err(SyncError::BadAnswer),
        }
    }
}

fn get(path: String) -> Request {
    Request { method: Method::Get, path, headers: vec![("accept-encoding", "zstd".into())], body: Vec::new() }
}

/// What an answer of 300 and above means.
pub(crate) fn refusal(response: &Response) -> SyncError {
    use wire::error::code;
    let body = codec::read::<wire::error::ErrorBody>(response).ok();
    match (response.status, body.as_ref().map(|body| body.code.as_str())) {
        (_, Some(code::REVOKED)) => SyncError::Revoked,
        (_, Some(code::CODE_UNKNOWN)) => SyncError::CodeUnknown,
        (_, Some(code::CODE_USED)) => SyncError::CodeUsed,
        (_, Some(code::CODE_EXPIRED)) => SyncError::CodeExpired,
        (401, _) => SyncError::Unauthorised,
        (403, None) => SyncError::Revoked,
        (413, _) => SyncError::TooLarge,
        (426, _) => SyncError::Version,
        (507, _) => SyncError::HubFull,
        (status @ 400.., _) => SyncError::Hub { status },
        _ => SyncError::BadAnswer,
    }
}
