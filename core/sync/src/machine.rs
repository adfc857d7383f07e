//! A synchronisation as a state machine without I/O: events in, one wish out. The order is fixed: texts up, texts down,
//! packs, forms, photos last. Every request may be made twice without harm: a failed one is made again, or goes on from what
//! came through.

mod files;
mod forms;
mod packs;
mod photos;
mod pull;
mod push;
mod state;

use crate::{
    Progress, Report, Request, Response, Summary, SyncError, codec,
    pace::Pace,
    report::Phase,
    retry::Retry,
    transport::{LinkError, Method},
};
use model::{DeviceId, Digest, Feed, HubId, OrderId, Rebuilt};
use pull::Asked;
use state::State;
use std::collections::{BTreeMap, BTreeSet};
use store::{RefusedForm, WantedPack};
use wire::{
    erasure::Order,
    forms::{FormEntry, FormList},
    packs::PackList,
    pull::{Condition, Cursor, Holds, PullResponse},
    push::{BatchResult, MAX_BYTES},
    receipt::Receipt,
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
    /// This device's batches after `after` (`None`: after what is acknowledged), in order, of about so many bytes but at
    /// least one, including those acknowledged long ago. A first one that is larger, or of which the first `staged`
    /// changes are at the hub, in a view of the next ones. And orders to erase of as many bytes, without those of
    /// `told`. Answered by [`Reply::OwnBatches`].
    OwnBatches { after: Option<u64>, staged: u32, max_bytes: usize, told: BTreeSet<OrderId> },
    /// `received_through` may be lower than before: then the hub lacks what it had. `offset_ms`: the hub's clock minus
    /// ours, told once.
    Acknowledge {
        received_through: u64,
        results: Vec<BatchResult>,
        receipt: Option<Receipt>,
        /// Orders that are known there.
        orders_told: Vec<OrderId>,
        offset_ms: Option<i64>,
    },
    /// Answered by [`Reply::Cursors`].
    Cursors,
    /// Verify and apply a page in one transaction. If it is of another epoch than the cursors, every own blob counts
    /// as not sent from then on. Answered by [`Reply::Applied`].
    Apply(Box<PullResponse>),
    /// Answered by [`Reply::PacksStand`].
    PacksStand,
    /// Verify and keep its statements. Answered by [`Reply::Packs`].
    TakePackList(PackList),
    /// A whole file of a pack or a form that is what its hash says.
    KeepFile { sha256: Digest, bytes: Vec<u8> },
    /// What could be fetched is here: work by the packs that count today. `failed`: by serial, the code of what kept files
    /// of others from coming.
    WorkByPacks { failed: BTreeMap<u64, String> },
    /// Answered by [`Reply::FormsStand`].
    FormsStand,
    /// Which of these versions are not here, nor known to be unreadable? Answered by [`Reply::Forms`].
    MissingForms(FormList),
    /// Its files are here. Answered by [`Reply::FormKept`].
    KeepForm { entry: FormEntry },
    /// All newest versions are here, but for those that could not be taken: take over the list.
    TakeFormList {
        list: FormList,
        /// In this run, without their files.
        refused: Vec<RefusedForm>,
    },
    /// This device's own blobs that the hub does not have yet; answered by [`Reply::Blobs`].
    PendingBlobs,
    /// Small ones, by their addresses. Answered by [`Reply::Files`].
    ReadBlobs(Vec<String>),
    /// The hub holds them whole.
    BlobsSent(Vec<String>),
    /// Everything was gone through, and every feed that can be read was read to its end.
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
    OwnBatches {
        batches: Vec<Rebuilt>,
        /// By which values of them were erased, or that the hub may lack: the next of them.
        orders: Vec<(OrderId, Order)>,
        more_orders: bool,
        acknowledged: u64,
        /// The newest that the hub gave.
        receipt: Option<Receipt>,
        /// The newest change's `seq`, 0 if there is none.
        newest: u64,
        /// Restricted cases are locked: batches may end before one of theirs.
        locked: bool,
    },
    Cursors {
        cursors: Vec<Cursor>,
        /// Of granted feeds that can't be read now.
        skip: Vec<Feed>,
        /// Own batches that need not come back.
        holds: Option<Holds>,
        /// The number of the last statement of roles that came.
        statements_after: u64,
        condition: Condition,
    },
    Applied {
        /// Entries that were not made by who they say; kept apart.
        forged: usize,
        /// The hub named a key as the office's that was not taken for it.
        strange_key: bool,
    },
    /// [`wire::packs::standing`] of what was listed last; `None` while something of it is to be tried again.
    PacksStand(Option<Digest>),
    /// Those of which files are to be fetched.
    Packs(Vec<WantedPack>),
    /// [`wire::forms::standing`] of the versions that are here; `None` while some could not be taken.
    FormsStand(Option<Digest>),
    Forms {
        missing: Vec<FormEntry>,
        /// The hashes of their files that are here.
        here: BTreeSet<Digest>,
    },
    /// Whether this program can read it.
    FormKept(bool),
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
    /// The wall clock at this step, and as the request under way was made.
    now_ms: u64,
    asked_ms: u64,
    clock_noted: bool,
    up: Pace,
    down: Pace,
    push: push::Push,
    pull: pull::Pull,
    /// Of a pack or a form.
    file: files::Download,
    packs: packs::Packs,
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
            now_ms: 0,
            asked_ms: 0,
            clock_noted: false,
            up: Pace::new(MAX_BYTES as u64),
            down: Pace::new(pull::MAX_PAGE),
            push: push::Push::default(),
            pull: pull::Pull::default(),
            file: files::Download::default(),
            packs: packs::Packs::default(),
            forms: forms::Forms::default(),
            photos: photos::Photos::default(),
        }
    }

    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Takes an event at `now_ms` (wall clock, milliseconds since 1970) and says what is to be done next.
    pub fn step(&mut self, event: Event, now_ms: u64) -> Wish {
        self.now_ms = now_ms;
        let next = match event {
            Event::Begin => Ok(self.push_next()),
            Event::Cancelled => Err(SyncError::Cancelled),
            Event::Waited => self.again(),
            Event::NoResponse(error) => self.no_response(error),
            Event::NoFile => self.no_file(),
            Event::Response(response) => self.response(&response),
            Event::Local(Reply::Failed(error)) => Err(error),
            Event::Local(answer) => self.local(answer),
        };
        next.unwrap_or_else(|error| self.end(Some(error)))
    }

    /// Not to the end of every feed: then the run counts as none.
    fn finish(&mut self) -> Wish {
        if self.pull.behind { self.end(None) } else { self.operate(State::Finishing, Operation::Finished) }
    }

    fn end(&mut self, stopped_by: Option<SyncError>) -> Wish {
        let problem = match (stopped_by, self.problem.take()) {
            // Why it was revoked.
            (Some(SyncError::Revoked), Some(SyncError::Forked)) => Some(SyncError::Forked),
            (stopped_by, left_undone) => stopped_by.or(left_undone),
        };
        Wish::Done(Report { summary: self.summary, problem })
    }

    fn leave_undone(&mut self, problem: SyncError) {
        self.problem.get_or_insert(problem);
    }

    fn begin_phase(&mut self, phase: Phase) {
        self.progress = Progress { phase, done: 0, total: 0 };
    }

    fn send(&mut self, state: State, request: Request) -> Wish {
        self.failed = 0;
        self.send_again(state, request)
    }

    /// Failures before this request count on.
    fn send_again(&mut self, state: State, request: Request) -> Wish {
        self.state = state;
        self.asked_ms = self.now_ms;
        self.request = Some(request.clone());
        Wish::Send(request)
    }

    fn elapsed_ms(&self) -> u64 {
        self.now_ms.saturating_sub(self.asked_ms)
    }

    /// The hub's clock minus ours, the first time that it is told.
    fn clock_offset_ms(&mut self, server_time: u64) -> Option<i64> {
        if std::mem::replace(&mut self.clock_noted, true) {
            return None;
        }
        // The answer was made somewhere between question and arrival.
        let here = self.asked_ms / 2 + self.now_ms / 2;
        Some(server_time.wrapping_sub(here).cast_signed())
    }

    fn operate(&mut self, state: State, operation: Operation) -> Wish {
        self.state = state;
        Wish::Local(operation)
    }

    /// After a wait: what failed is made again, or goes on from what came through.
    fn again(&mut self) -> Result<Wish, SyncError> {
        match self.state {
            State::PushSent { .. } | State::PushAsked { .. } => self.ask_where_the_hub_stands(),
            State::PullSent | State::PullApplied { .. } => Ok(self.pull_next()),
            State::PackFileAsked => Ok(self.next_pack_file()),
            State::FormFileAsked => Ok(self.next_form_file()),
            State::Upload | State::BundleSent => self.ask_again(),
            state => match self.request.clone() {
                Some(request) => Ok(self.send_again(state, request)),
                None => Err(SyncError::BadAnswer),
            },
        }
    }

    fn no_response(&mut self, error: LinkError) -> Result<Wish, SyncError> {
        match error {
            _ if self.state == State::ReceiptAsked => return Ok(self.finish()),
            LinkError::WrongHub | LinkError::CertificateDate | LinkError::Unusable => {
                return Err(error.into());
            }
            LinkError::Unreachable => {}
            LinkError::Cut | LinkError::Timeout => match self.state {
                State::PushSent { after, last } if last > after || self.push.sent_any_order() => {
                    self.up.failed();
                }
                State::PullSent => self.down.failed(),
                _ => {}
            },
        }
        self.try_again(error.into())
    }

    /// Waits before the request is made again, or gives up with `error`.
    fn try_again(&mut self, error: SyncError) -> Result<Wish, SyncError> {
        let failed = match self.state {
            State::PushSent { .. } | State::PushAsked { .. } => self.push.count_failure(),
            State::PullSent | State::PullApplied { .. } => self.pull.count_failure(),
            State::Upload | State::BundleSent => return self.upload_failed(error),
            _ => {
                self.failed += 1;
                self.failed
            }
        };
        match self.state {
            _ if failed < self.retry.tries => Ok(Wish::Wait(self.retry.wait_ms(failed))),
            State::PackListAsked | State::PackFileAsked | State::FormListAsked | State::FormFileAsked => {
                self.file_failed(error)
            }
            _ => Err(error),
        }
    }

    fn response(&mut self, response: &Response) -> Result<Wish, SyncError> {
        match (self.state, response.status) {
            // All was sent; the next run asks again.
            (State::ReceiptAsked, status) if status != 200 => Ok(self.finish()),
            (_, 408 | 429 | 500 | 502 | 503 | 504) => {
                self.try_again(SyncError::Hub { status: response.status })
            }
            (State::PushSent { .. }, 413) => self.push_less(),
            (State::PullSent, 200..=299) => self.pulled(response),
            (State::PackFileAsked, 200..=299) => self.file(response, self.pack_file_wanted()),
            (State::FormFileAsked, 200..=299) => self.file(response, self.form_file_wanted()),
            _ if let Some(cut) = response.cut => self.no_response(cut),
            (State::Upload, _) => self.upload_answered(response),
            (State::BundleSent, _) => self.bundle_answered(response),
            (State::PackListAsked, 200..=299) => match codec::read(response) {
                Ok(list) => Ok(self.packs_listed(list)),
                Err(error) => self.file_failed(error),
            },
            (State::FormListAsked, 200..=299) => match codec::read(response) {
                Ok(list) => Ok(self.forms_listed(list)),
                Err(error) => self.file_failed(error),
            },
            (
                State::PackListAsked | State::PackFileAsked | State::FormListAsked | State::FormFileAsked,
                _,
            ) => self.file_failed(refusal(response)),
            (_, 200..=299) => self.accepted(response),
            _ => Err(refusal(response)),
        }
    }

    fn accepted(&mut self, response: &Response) -> Result<Wish, SyncError> {
        match self.state {
            State::PushSent { after, last } => self.pushed(after, Some(last), codec::read(response)?),
            State::PushAsked { after } => self.pushed(after, None, codec::read(response)?),
            State::ReceiptAsked => self.receipt_came(codec::read(response)?),
            State::MissingAsked => self.missing_listed(codec::read(response)?),
            _ => Err(SyncError::BadAnswer),
        }
    }

    fn local(&mut self, answer: Reply) -> Result<Wish, SyncError> {
        match (self.state, answer) {
            (
                State::PushRead,
                Reply::OwnBatches { batches, orders, more_orders, acknowledged, receipt, newest, locked },
            ) => {
                if self.push.after.is_none() {
                    self.push.receipt = receipt;
                }
                self.push.more_orders = more_orders;
                self.push.locked = locked;
                self.push_page(batches, orders, acknowledged, newest)
            }
            (State::PushKept { go_on }, Reply::Done) => {
                Ok(if go_on { self.push_next() } else { self.begin_pull() })
            }
            (State::PullCursors, Reply::Cursors { cursors, skip, holds, statements_after, condition }) => {
                self.pull_page(Asked { cursors, skip, holds, statements_after }, condition)
            }
            (State::PullApplied { cut }, Reply::Applied { forged, strange_key }) => {
                if strange_key {
                    self.leave_undone(SyncError::StrangeKey);
                }
                self.page_applied(forged, cut)
            }
            (State::FormsStood, Reply::FormsStand(standing)) => Ok(self.forms_stand(standing)),
            (State::PacksStood, Reply::PacksStand(standing)) => Ok(self.packs_stand(standing)),
            (State::PackListTaken, Reply::Packs(wanted)) => Ok(self.get_packs(wanted)),
            (State::PackFileKept, Reply::Done) => Ok(self.pack_file_kept()),
            (State::PacksTaken, Reply::Done) => Ok(self.begin_forms()),
            (State::FormsCompared, Reply::Forms { missing, here }) => Ok(self.get_forms(missing, here)),
            (State::FormFileKept, Reply::Done) => Ok(self.form_file_kept()),
            (State::FormKept, Reply::FormKept(is_kept)) => Ok(self.form_kept(is_kept)),
            (State::FormListTaken, Reply::Done) => Ok(self.begin_photos()),
            (State::BlobsListed, Reply::Blobs(blobs)) => self.blobs_listed(blobs),
            (State::BlobsMarked, Reply::Done) => self.next_blob(),
            (State::BlobsRead, Reply::Files(files)) => self.send_bundle(files),
            (State::ReceiptKept, Reply::Done) => Ok(self.finish()),
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
        (_, Some(code::PHOTO_UNKNOWN)) => SyncError::PhotoUnknown,
        (_, Some(code::PHOTO_QUOTA)) => SyncError::PhotoQuota,
        (_, Some(code::USER_DISABLED)) => SyncError::UserDisabled,
        (_, Some(code::OTHER_WORKER)) => SyncError::OtherWorker,
        (401, _) => SyncError::Unauthorised,
        (413, _) => SyncError::TooLarge,
        (426, _) => SyncError::Version,
        (507, _) => SyncError::HubFull,
        (status @ 400.., _) => SyncError::Hub { status },
        _ => SyncError::BadAnswer,
    }
}
