//! What every request works with.

use crate::{
    HubError,
    db::{self, Db, Read, Tx, listing::Lists},
    failures::FailureLimit,
    forms::FormCache,
    identity::Identity,
    office::{
        keys,
        packs::{self, InForce},
        sync::pieces::Pieces,
    },
    photos::Photos,
    turns::Turns,
};
use chrono::NaiveDate;
use model::Clock;
use rulebook::Rulebook;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use tokio::sync::{oneshot, watch};

/// The hub of one office over one folder. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

pub struct Inner {
    pub folder: PathBuf,
    pub db: Db,
    pub lists: Lists,
    pub pieces: Pieces,
    pub identity: Identity,
    pub forms: FormCache,
    pub photos: Photos,
    /// Of devices that push.
    pub pushing: Turns,
    pub clock: Arc<dyn Clock>,
    in_force: RwLock<Arc<InForce>>,
    /// One at a time makes it anew.
    pub following: Mutex<()>,
    /// Failed enrolments and logins.
    pub failures: FailureLimit,
    /// It is to end: what would go on for long doesn't.
    pub stopping: watch::Sender<bool>,
}

impl std::ops::Deref for Hub {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Hub {
    /// Opens the hub in `folder`; an empty or missing folder becomes a new office's.
    pub fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, HubError> {
        make_private(folder)?;
        let db = Db::open(&folder.join(db::FILE), clock.clone())?;
        let identity = Identity::load_or_create(&db, folder)?;
        let photos = Photos::open(folder)?;
        let in_force = InForce::built_in(&*clock)?;
        let hub = Self(Arc::new(Inner {
            folder: folder.to_owned(),
            db,
            lists: Lists::default(),
            pieces: Pieces::default(),
            identity,
            forms: FormCache::default(),
            photos,
            pushing: Turns::default(),
            clock,
            in_force: RwLock::new(Arc::new(in_force)),
            following: Mutex::default(),
            failures: FailureLimit::default(),
            stopping: watch::Sender::default(),
        }));
        hub.work_by(hub.read_now(InForce::read)?);
        keys::prepare(&hub)?;
        packs::follow_from_before(&hub)?;
        Ok(hub)
    }

    pub fn now(&self) -> u64 {
        self.clock.now_ms()
    }

    /// By which everything is decided now. Another comes with a pack: who decides twice about one thing asks once.
    pub fn rulebook(&self) -> Arc<Rulebook> {
        self.in_force().rulebook.clone()
    }

    pub fn in_force(&self) -> Arc<InForce> {
        self.in_force.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn work_by(&self, now: InForce) {
        *self.in_force.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
    }

    /// The day in Viet Nam.
    pub fn today(&self) -> NaiveDate {
        self.clock.now().date_naive()
    }

    /// Reads one state of the database, off the async threads.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Hub, &Read) -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        let hub = self.clone();
        blocking(move || hub.read_now(read)).await
    }

    /// Writes; durable when it returns. Runs with other requests' writes in one commit.
    pub async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Hub, &Tx) -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        self.queue(write).await.unwrap_or(Err(STOPPED))
    }

    /// The same on this thread: for the command line, for threads that may block, and for a row by its key.
    pub fn read_now<T>(&self, read: impl FnOnce(&Hub, &Read) -> Result<T, HubError>) -> Result<T, HubError> {
        self.db.read(self.identity.office, |state| read(self, state))
    }

    /// The same on this thread, for the command line. It waits for the disk: not for async code.
    pub fn write_now<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Hub, &Tx) -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        self.queue(write).blocking_recv().unwrap_or(Err(STOPPED))
    }

    /// Writes with the next commit, which nobody waits for: a note whose loss does no harm.
    pub fn write_later(&self, write: impl FnOnce(&Hub, &Tx) -> Result<(), HubError> + Send + 'static) {
        drop(self.queue(write));
    }

    fn queue<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Hub, &Tx) -> Result<T, HubError> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, HubError>> {
        let hub = self.clone();
        self.db.write(self.identity.office, move |tx| write(&hub, tx))
    }
}

/// The folder holds the office's keys and people's data: for this user only.
fn make_private(folder: &Path) -> Result<(), HubError> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)?;
    Ok(())
}

const STOPPED: HubError = HubError::Internal("the writer has stopped");

/// Runs what blocks or computes off the async threads.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, HubError> + Send + 'static,
) -> Result<T, HubError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(HubError::Internal("a task panicked")),
    }
}
