//! The one writer: takes what has queued up while the last commit waited for the disk, runs it in one transaction,
//! and answers after the commit. Eight phones then cost one fsync, not eight.

use super::DbError;
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
    fn answer(self: Box<Self>, commit: Result<(), DbError>);
}

struct Job<T, E, F> {
    write: Option<F>,
    result: Result<T, E>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Work for Job<T, E, F>
where
    T: Send,
    E: From<DbError> + Send,
    F: FnOnce(&Transaction) -> Result<T, E> + Send,
{
    fn run(&mut self, transaction: &Transaction) {
        if let Some(write) = self.write.take() {
            self.result = catch_unwind(AssertUnwindSafe(|| write(transaction)))
                .unwrap_or_else(|_| Err(DbError::Internal("a write panicked").into()));
        }
    }

    fn failed(&self) -> bool {
        self.result.is_err()
    }

    fn answer(self: Box<Self>, commit: Result<(), DbError>) {
        // A work's own error tells more than the failed commit that may have followed from it.
        let result = match (self.result, commit) {
            (Ok(_), Err(error)) => Err(error.into()),
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
    pub(super) fn start(connection: Connection) -> Result<Self, DbError> {
        let (queue, jobs) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || run(connection, &jobs))
            .map_err(DbError::Thread)?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    pub(super) fn submit<T, E>(
        &self,
        write: impl FnOnce(&Transaction) -> Result<T, E> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, E>>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let result = Err(DbError::Internal("the write did not run").into());
        let job = Job { write: Some(write), result, reply };
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
                tracing::error!(%error, jobs = group.len(), "commit failed");
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
) -> Result<(), DbError> {
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
                return Err(DbError::Full);
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
fn again(error: &DbError) -> DbError {
    match error {
        DbError::Full => DbError::Full,
        DbError::Damaged => DbError::Damaged,
        _ => DbError::Internal("the commit failed"),
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

    fn insert(n: i64) -> impl FnOnce(&Transaction) -> Result<i64, DbError> + Send + 'static {
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
        let panics = writer.submit(|t: &Transaction| -> Result<i64, DbError> {
            insert(3)(t)?;
            panic!("on purpose")
        });
        let four = writer.submit(insert(4));
        assert_eq!(one.blocking_recv().unwrap().unwrap(), 1);
        assert!(twice.blocking_recv().unwrap().is_err());
        assert!(matches!(panics.blocking_recv().unwrap(), Err(DbError::Internal(_))));
        assert_eq!(four.blocking_recv().unwrap().unwrap(), 4);
        drop(writer);
        let connection = Connection::open(folder.path().join("t.db")).unwrap();
        let sum: i64 = connection.query_row("SELECT sum(n) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(sum, 5);
    }
}
