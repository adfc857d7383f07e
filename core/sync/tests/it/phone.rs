//! A phone in memory: what a store would hold, driven by the machine over a line to the office of the tests.

use model::{ChangeId, Digest, Feed, OrderId, Rebuilt};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{Deref, DerefMut},
};
use store::RefusedForm;
use sync::{
    LinkError, Machine, Method, Phase, Progress, Report, Request, Response, Retry, SyncError,
    machine::{Blob, Event, Operation, Piece, Reply, Wish},
};
use testkit::{
    Client, Dice, Link, Office, TestClock, address,
    link::{Broken, Line},
    office::COMMUNE,
    records::{file, household},
};
use wire::{
    erasure::Order,
    forms::{FormEntry, FormFile, standing},
    pull::{Condition, Cursor, Entry, Holds},
    receipt::Receipt,
};

/// Its clock stands; its pages are small, so that small worlds have several.
pub fn office() -> Office {
    let office = Office::by_clock(TestClock::at(1_000_000));
    office.state().script.page = Some(3);
    office.state().script.compress = Some(true);
    office
}

/// All work of these tests goes here.
pub fn feed() -> Feed {
    Feed::Commune(COMMUNE.into())
}

/// The request as it leaves the phone with this token.
pub fn asked(request: &Request, token: &str) -> testkit::Request {
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Head => "HEAD",
        Method::Patch => "PATCH",
    };
    let mut asked = testkit::Request::new(method, request.path.as_str()).bearer(token);
    for (name, value) in &request.headers {
        asked = asked.with(name, value);
    }
    asked.body(request.body.as_slice())
}

/// What the machine hears of an answer: a HEAD has no body, and a code must not be needed to understand it.
pub fn answered(request: &Request, response: testkit::Response) -> Response {
    let body = if request.method == Method::Head { vec![] } else { response.body };
    Response { status: response.status, headers: response.headers, body, cut: None }
}

/// A blob's file, and what is known of it.
pub struct Kept {
    pub bytes: Vec<u8>,
    pub thumbnail: bool,
    pub urgent: bool,
    pub sent: bool,
}

pub struct Phone {
    client: Client,
    /// Batches up to this one are no longer kept here.
    pub purged: u64,
    pub acknowledged: u64,
    /// The newest so many batches can't be read now.
    pub locked: usize,
    /// Batches that are read at once, at most: small, so that small worlds have several pages.
    pub page: usize,
    pub cursor: Option<Cursor>,
    /// Orders to erase, and whether the hub is known to have them.
    pub kept: BTreeMap<OrderId, (Order, bool)>,
    pub receipt: Option<Receipt>,
    /// The last entry of the next page can't be taken yet.
    pub leaves_one: bool,
    /// By position; what a phone would merge.
    pub taken: BTreeMap<u64, ChangeId>,
    pub forms: Vec<(FormEntry, BTreeMap<String, Vec<u8>>)>,
    pub contents: BTreeMap<Digest, Vec<u8>>,
    pub refused: Vec<RefusedForm>,
    pub blobs: BTreeMap<String, Kept>,
    /// Blobs whose files can't be read.
    pub unreadable: Vec<String>,
    pub finished: u32,
    pub offset_ms: Option<i64>,
    /// Waits that were asked for, in milliseconds.
    pub waits: Vec<u64>,
    pub heard: Vec<Progress>,
}

impl Deref for Phone {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Phone {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

impl Phone {
    pub fn enrolled(hub: &Office) -> Self {
        Self {
            client: hub.phone(),
            purged: 0,
            acknowledged: 0,
            locked: 0,
            page: 4,
            cursor: None,
            kept: BTreeMap::new(),
            receipt: None,
            leaves_one: false,
            taken: BTreeMap::new(),
            forms: vec![],
            contents: BTreeMap::new(),
            refused: vec![],
            blobs: BTreeMap::new(),
            unreadable: vec![],
            finished: 0,
            offset_ms: None,
            waits: vec![],
            heard: vec![],
        }
    }

    pub fn write(&mut self, count: usize) {
        for _ in 0..count {
            self.change(household(COMMUNE).set("note", "x".repeat(40)));
        }
    }

    /// One exchange with another hub than the line's.
    pub fn ask(&self, hub: &Office, request: &Request) -> Response {
        answered(request, hub.send(&asked(request, &self.enrolled.token.0)))
    }

    /// The request with the piece as its body.
    fn with_piece(&self, request: Request, piece: &Piece) -> Option<Request> {
        let bytes = self.file(&piece.address)?;
        assert_eq!(bytes.len() as u64, piece.size);
        let body = bytes[piece.offset as usize..][..piece.length as usize].to_vec();
        Some(Request { body, ..request })
    }

    fn file(&self, address: &String) -> Option<&[u8]> {
        (!self.unreadable.contains(address)).then(|| self.blobs[address].bytes.as_slice())
    }

    pub fn photograph(&mut self, size: usize, dice: &mut Dice) -> String {
        let mut bytes = vec![dice.below(256) as u8; size];
        for byte in bytes.iter_mut().step_by(997) {
            *byte = dice.below(256) as u8;
        }
        let thumbnail = size < 50_000;
        self.keep_blob(bytes, thumbnail)
    }

    /// A file, and the change that names it.
    pub fn keep_blob(&mut self, bytes: Vec<u8>, thumbnail: bool) -> String {
        let address = address(&bytes);
        self.change(household(COMMUNE).set("file", file((&address, bytes.len()))));
        self.blobs.insert(address.clone(), Kept { bytes, thumbnail, urgent: false, sent: false });
        address
    }

    pub fn sync(&mut self, hub: &Office, line: &mut Line) -> Report {
        self.sync_until(hub, line, |_, _| false)
    }

    /// Cancelled before the request of which `stop` says so.
    pub fn sync_until(
        &mut self,
        hub: &Office,
        line: &mut Line,
        stop: impl FnMut(&Self, &Request) -> bool,
    ) -> Report {
        let token = self.enrolled.token.0.clone();
        self.drive(hub, stop, |request| {
            let response = line.carry(hub, &asked(request, &token)).map_err(|broken| match broken {
                Broken::Unreachable => LinkError::Unreachable,
                Broken::Cut => LinkError::Cut,
                Broken::Timeout => LinkError::Timeout,
            });
            (response.map(|response| answered(request, response)), 0)
        })
    }

    /// `exchange` says what comes of a request and how many milliseconds it takes.
    pub fn drive(
        &mut self,
        hub: &Office,
        mut stop: impl FnMut(&Self, &Request) -> bool,
        mut exchange: impl FnMut(&Request) -> (Result<Response, LinkError>, u64),
    ) -> Report {
        let retry = Retry { tries: 4, first_wait_ms: 100, longest_wait_ms: 400, seed: 1 };
        let mut machine = Machine::new(self.enrolled.hub, self.device, retry);
        let mut event = Event::Begin;
        let mut now = 400_000;
        // A run that does not end is a defect.
        for _ in 0..20_000 {
            now += 5;
            let wish = machine.step(event, now);
            if self.heard.last() != Some(&machine.progress()) {
                self.heard.push(machine.progress());
            }
            event = match wish {
                Wish::Done(report) => return report,
                Wish::Send(request) if stop(self, &request) => Event::Cancelled,
                Wish::Send(request) => heard(exchange(&request), &mut now),
                Wish::Upload(request, piece) => match self.with_piece(request, &piece) {
                    Some(request) if stop(self, &request) => Event::Cancelled,
                    Some(request) => heard(exchange(&request), &mut now),
                    None => Event::NoFile,
                },
                Wish::Wait(milliseconds) => {
                    self.waits.push(milliseconds);
                    now += milliseconds;
                    Event::Waited
                }
                Wish::Local(operation) => Event::Local(self.perform(hub, operation)),
            };
        }
        panic!("the run did not end");
    }

    fn perform(&mut self, hub: &Office, operation: Operation) -> Reply {
        match operation {
            Operation::OwnBatches { after, staged, max_bytes, told } => {
                assert_eq!(staged, 0, "each change here is a batch of its own");
                let acknowledged = self.acknowledged;
                let skip = after.unwrap_or(acknowledged).max(self.purged) as usize;
                let mut left = max_bytes;
                let fits = |batch: &&model::Verified| {
                    let size = batch.weight();
                    let fits = left == max_bytes || size <= left;
                    left = left.saturating_sub(size);
                    fits
                };
                let readable = &self.batches[..self.batches.len() - self.locked];
                let batches = readable.iter().skip(skip).take(self.page).take_while(fits);
                let batches: Vec<Rebuilt> = batches.cloned().map(Rebuilt::from).collect();
                let (orders, more_orders) = self.orders_with(&batches, &told, max_bytes);
                let (receipt, newest) = (self.receipt.clone(), self.batches.len() as u64);
                let locked = self.locked > 0;
                return Reply::OwnBatches {
                    batches,
                    orders,
                    more_orders,
                    acknowledged,
                    receipt,
                    newest,
                    locked,
                };
            }
            Operation::Acknowledge { received_through, receipt, offset_ms, orders_told, .. } => {
                for order in orders_told {
                    self.kept.get_mut(&order).unwrap().1 = true;
                }
                self.receipt = receipt;
                self.offset_ms = offset_ms.or(self.offset_ms);
                if received_through < self.acknowledged {
                    self.doubt_blobs();
                }
                self.acknowledged = received_through;
            }
            Operation::Cursors => {
                let (cursors, holds) = (self.cursor.iter().cloned().collect(), self.holds());
                let condition = Condition::default();
                let statements_after = self.roles.last().map_or(0, |told| told.serial);
                return Reply::Cursors { cursors, skip: vec![], holds, statements_after, condition };
            }
            Operation::Apply(page) => {
                if self.cursor.as_ref().is_some_and(|cursor| cursor.epoch != page.epoch) {
                    self.doubt_blobs();
                    self.cursor = None;
                    self.taken.clear();
                }
                if !page.anew.is_empty() {
                    self.cursor = None;
                    self.taken.clear();
                }
                self.receipt.clone_from(&page.receipt);
                let mut page = page;
                if std::mem::take(&mut self.leaves_one) {
                    let feed = page.feeds.last_mut().unwrap();
                    feed.entries.pop();
                    feed.mark = None;
                }
                self.roles.extend(page.roles.iter().cloned());
                let mut forged = 0;
                for entry in page.feeds.iter().flat_map(|feed| &feed.entries) {
                    let batch: Rebuilt = match &entry.entry {
                        Entry::Put(batch) => batch.as_ref().clone(),
                        Entry::Own(seq) => {
                            assert!(*seq > self.purged, "{seq} is not kept here");
                            self.client.batches[*seq as usize - 1].clone().into()
                        }
                        other => panic!("not sent here: {other:?}"),
                    };
                    let id = batch.ids()[0].unwrap();
                    let device = batch.statement().device;
                    let state = hub.state();
                    let known = state.devices.iter().find(|known| known.id == device).unwrap();
                    let signer = known.certificate.reopen().unwrap().signer().unwrap();
                    match batch.verify(&signer) {
                        Ok(_) => assert_eq!(self.taken.insert(entry.position, id), None),
                        Err(_) => forged += 1,
                    }
                    let (epoch, position) = (page.epoch.clone(), entry.position);
                    self.cursor = Some(Cursor { feed: feed(), epoch, position, mark: None });
                }
                if let (Some(cursor), Some(read)) = (&mut self.cursor, page.feeds.last()) {
                    cursor.mark = read.mark;
                }
                return Reply::Applied { forged, strange_key: false };
            }
            Operation::PacksStand => return Reply::PacksStand(None),
            Operation::TakePackList(_) => return Reply::Packs(vec![]),
            Operation::WorkByPacks { .. } => {}
            Operation::FormsStand => {
                let standing = standing(self.forms.iter().map(|(form, _)| form));
                return Reply::FormsStand(self.refused.is_empty().then_some(standing));
            }
            Operation::MissingForms(list) => {
                let here = |form: &FormEntry| {
                    self.forms
                        .iter()
                        .any(|(known, _)| (&known.id, &known.version) == (&form.id, &form.version))
                };
                let missing: Vec<_> = list.forms.into_iter().filter(|form| !here(form)).collect();
                return Reply::Forms { missing, here: self.contents.keys().copied().collect() };
            }
            Operation::KeepFile { sha256, bytes } => {
                self.contents.insert(sha256, bytes);
            }
            Operation::KeepForm { entry } => {
                let file =
                    |file: &FormFile| (file.name.clone(), self.contents[&file.digest().unwrap()].clone());
                let files = entry.files.iter().map(file).collect();
                self.forms.push((entry, files));
                return Reply::FormKept(true);
            }
            Operation::TakeFormList { list, refused } => {
                self.refused = refused;
                for (form, _) in &mut self.forms {
                    form.newest = list.forms.iter().any(|listed| listed == &*form);
                }
            }
            Operation::PendingBlobs => {
                let pending = self.blobs.iter().filter(|(_, blob)| !blob.sent);
                let blobs = pending.map(|(address, kept)| Blob {
                    address: address.clone(),
                    size: kept.bytes.len() as u64,
                    thumbnail: kept.thumbnail,
                    urgent: kept.urgent,
                });
                return Reply::Blobs(blobs.collect());
            }
            Operation::ReadBlobs(addresses) => {
                let files = addresses.iter().map(|address| self.file(address).map(<[u8]>::to_vec));
                return Reply::Files(files.collect());
            }
            Operation::BlobsSent(addresses) => {
                for address in addresses {
                    self.blobs.get_mut(&address).unwrap().sent = true;
                }
            }
            Operation::Finished => self.finished += 1,
        }
        Reply::Done
    }

    fn orders_with(
        &self,
        batches: &[Rebuilt],
        told: &BTreeSet<OrderId>,
        max_bytes: usize,
    ) -> (Vec<(OrderId, Order)>, bool) {
        let named: BTreeSet<OrderId> = batches.iter().flat_map(Rebuilt::orders).collect();
        let wanted = self.kept.iter().filter(|(id, (_, is_told))| !is_told || named.contains(id));
        let wanted: Vec<_> = wanted.filter(|(id, _)| !told.contains(id)).collect();
        let most = (max_bytes / wanted.first().map_or(1, |(_, (order, _))| order.bytes())).max(1);
        let orders = wanted.iter().take(most).map(|(id, (order, _))| (**id, order.clone()));
        (orders.collect(), wanted.len() > most)
    }

    fn holds(&self) -> Option<Holds> {
        let (first, last) = (self.purged + 1, self.acknowledged);
        let statement = self.batches.get(last.checked_sub(1)? as usize)?.statement().hash();
        (first <= last).then_some(Holds { first, last, statement })
    }

    fn doubt_blobs(&mut self) {
        for blob in self.blobs.values_mut() {
            blob.sent = false;
        }
    }

    /// The hub has all of this phone's work exactly once and in order.
    pub fn assert_all_arrived(&self, hub: &Office) {
        let ids = |batches: &[model::Verified]| -> Vec<ChangeId> {
            batches.iter().flat_map(|batch| batch.ids()).map(|id| id.unwrap()).collect()
        };
        let made = ids(&self.batches);
        assert_eq!(ids(&hub.state().books.of(self.device)), made);
        let mine: Vec<ChangeId> = ids_in(hub).into_iter().filter(|id| made.contains(id)).collect();
        assert_eq!(mine, made);
        for (address, blob) in &self.blobs {
            assert!(blob.sent);
            assert_eq!(hub.state().books.whole[address], blob.bytes);
        }
    }

    /// This phone has the whole feed.
    pub fn assert_up_to_date(&self, hub: &Office) {
        let feed = ids_in(hub);
        assert_eq!(self.taken.values().copied().collect::<Vec<_>>(), feed);
        assert_eq!(
            self.taken.keys().copied().collect::<Vec<_>>(),
            (1..=feed.len() as u64).collect::<Vec<_>>()
        );
    }

    pub fn phases(&self) -> Vec<Phase> {
        let mut phases: Vec<Phase> = self.heard.iter().map(|progress| progress.phase).collect();
        phases.dedup();
        phases
    }
}

/// Of all changes in the feed.
fn ids_in(hub: &Office) -> Vec<ChangeId> {
    hub.feed(&feed()).iter().flat_map(Rebuilt::ids).map(|id| id.unwrap()).collect()
}

/// What the machine hears of an exchange that took some time.
fn heard((answer, milliseconds): (Result<Response, LinkError>, u64), now: &mut u64) -> Event {
    *now += milliseconds;
    answer.map_or_else(Event::NoResponse, Event::Response)
}

pub fn problem(report: &Report) -> Option<&'static str> {
    report.problem.as_ref().map(SyncError::code)
}
