//! The one writer: takes what has queued up while the last commit waited for the disk, runs it in one transaction,
//! and answers after the commit. Eight phones then cost one fsync, not eight.

use crate::HubError;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// A commit takes no more than this, so that nobody waits long for others.
const GROUP: usize = 64;
const GROUP_TIME: Duration = Duration::from_millis(50);

trait Work: Send {
    fn run(&mut self, transaction: &Transaction);
    fn failed(&self) -> bool;
    /// Answers; `commit` overrules what the work itself returned.
    fn answer(self: Box<Self>, commit: Result<(), HubError>);
}

struct Job<T, F> {
    write: Option<F>,
    result: Result<T, HubError>,
    reply: oneshot::Sender<Result<T, HubError>>,
}

impl<T, F> Work for Job<T, F>
where
    T: Send,
    F: FnOnce(&Transaction) -> Result<T, HubError> + Send,
{
    fn run(&mut self, transaction: &Transaction) {
        if let Some(write) = self.write.take() {
            self.result = catch_unwind(AssertUnwindSafe(|| write(transaction)))
                .unwrap_or(Err(HubError::Internal("a write panicked")));
        }
    }

    fn failed(&self) -> bool {
        self.result.is_err()
    }

    fn answer(self: Box<Self>, commit: Result<(), HubError>) {
        // A work's own error tells more than the failed commit that may have followed from it.
        let result = match (self.result, commit) {
            (Ok(_), Err(error)) => Err(error),
            (result, _) => result,
        };
        // Who asked may have gone.
        let _ = self.reply.send(result);
    }
}

pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Work>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, HubError> {
        let (queue, jobs) = mpsc::channel();
        let thread =
            std::thread::Builder::new().name("writer".into()).spawn(move || run(connection, &jobs))?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    pub(super) fn submit<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Transaction) -> Result<T, HubError> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, HubError>> {
        let (reply, answer) = oneshot::channel();
        let job = Job { write: Some(write), result: Err(HubError::Internal("the write did not run")), reply };
        if let Some(queue) = self.queue.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            // If the writer is gone, the dropped `reply` tells the caller.
            let _ = queue.send(Box::new(job));
        }
        answer
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // What was queued is finished first.
            let _ = thread.join();
        }
    }
}

fn run(mut connection: Connection, jobs: &mpsc::Receiver<Box<dyn Work>>) {
    while let Ok(first) = jobs.recv() {
        let mut group = Vec::new();
        match commit(&mut connection, first, jobs, &mut group) {
            Ok(()) => group.into_iter().for_each(|job| job.answer(Ok(()))),
            Err(error) => {
                tracing::error!(code = error.code(), jobs = group.len(), "commit failed");
                group.into_iter().for_each(|job| job.answer(Err(again(&error))));
            }
        }
    }
}

fn commit(
    connection: &mut Connection,
    first: Box<dyn Work>,
    jobs: &mpsc::Receiver<Box<dyn Work>>,
    group: &mut Vec<Box<dyn Work>>,
) -> Result<(), HubError> {
    let started = Instant::now();
    let mut next = Some(first);
    let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => {
            group.extend(next);
            return Err(error.into());
        }
    };
    while let Some(mut job) = next {
        let ran = (|| {
            transaction.execute_batch("SAVEPOINT job")?;
            job.run(&transaction);
            // A full disk may have rolled everything back by itself.
            if transaction.is_autocommit() {
                return Err(HubError::Full);
            }
            let end = if job.failed() { "ROLLBACK TO job; RELEASE job" } else { "RELEASE job" };
            transaction.execute_batch(end)?;
            Ok(())
        })();
        group.push(job);
        ran?;
        next =
            if group.len() < GROUP && started.elapsed() < GROUP_TIME { jobs.try_recv().ok() } else { None };
    }
    transaction.commit()?;
    Ok(())
}

/// The same failure for each who waited for it.
fn again(error: &HubError) -> HubError {
    match error {
        HubError::Full => HubError::Full,
        HubError::DamagedDatabase => HubError::DamagedDatabase,
        _ => HubError::Internal("the commit failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer(folder: &std::path::Path) -> Writer {
        let connection = Connection::open(folder.join("t.db")).unwrap();
        connection.execute_batch("CREATE TABLE t (n INTEGER NOT NULL PRIMARY KEY) STRICT").unwrap();
        Writer::start(connection).unwrap()
    }

    fn insert(n: i64) -> impl FnOnce(&Transaction) -> Result<i64, HubError> + Send + 'static {
        move |transaction| {
            transaction.execute("INSERT INTO t (n) VALUES (?1)", [n])?;
            Ok(n)
        }
    }

    #[test]
    fn a_failed_or_panicking_write_undoes_itself_alone() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path());
        let one = writer.submit(insert(1));
        let twice = writer.submit(|t: &Transaction| {
            insert(2)(t)?;
            insert(1)(t)
        });
        let panics = writer.submit(|t: &Transaction| -> Result<i64, HubError> {
            insert(3)(t)?;
            panic!("on purpose")
        });
        let four = writer.submit(insert(4));
        assert_eq!(one.blocking_recv().unwrap().unwrap(), 1);
        assert!(twice.blocking_recv().unwrap().is_err());
        assert_eq!(panics.blocking_recv().unwrap().unwrap_err().code(), "hub.internal");
        assert_eq!(four.blocking_recv().unwrap().unwrap(), 4);
        drop(writer);
        let connection = Connection::open(folder.path().join("t.db")).unwrap();
        let sum: i64 = connection.query_row("SELECT sum(n) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(sum, 5);
    }
}
