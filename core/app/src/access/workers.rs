//! Several workers on one phone, each with a folder, a PIN and keys of their own.

use super::{locking, view::WorkerOnPhone};
use crate::{error::Fault, shared::Shared, state::AppState};
use model::clock::moment;
use std::fs;
use store::WorkerFolder;
use uuid::Uuid;

/// Names the folder that was used last.
const CHOSEN: &str = "chosen";

pub fn all(shared: &Shared) -> Result<Vec<WorkerOnPhone>, Fault> {
    let chosen = shared.state().folder().map(WorkerFolder::id);
    let mut workers = Vec::new();
    for folder in WorkerFolder::all(&shared.root)? {
        let id = folder.id();
        let name = match folder.label(&shared.hardware)? {
            Some(name) => name,
            None => nameless(shared, &id),
        };
        workers.push(WorkerOnPhone { name, is_chosen: chosen.as_ref() == Some(&id), id });
    }
    Ok(workers)
}

/// By the day on which the folder was made.
fn nameless(shared: &Shared, id: &str) -> String {
    let made = Uuid::parse_str(id).ok().and_then(|id| id.get_timestamp()).and_then(|time| {
        let (seconds, nanos) = time.to_unix();
        moment(seconds * 1000 + u64::from(nanos) / 1_000_000)
    });
    let day = made.map(|at| rulebook::date(at.date_naive())).unwrap_or_default();
    format!("{} {day}", shared.lang().pick("Ghi danh ngày", "Enrolled on"))
}

/// Locks who is using the phone; the PIN is the chosen one's from now on.
pub fn choose(shared: &Shared, id: &str) -> Result<(), Fault> {
    let _turn = shared.turn()?;
    let folder = WorkerFolder::all(&shared.root)?.into_iter().find(|folder| folder.id() == id);
    let folder = folder.ok_or(Fault::new("app.bad-id"))?;
    if shared.state().folder() == Some(&folder) {
        return Ok(());
    }
    locking::lock(shared);
    remember(shared, &folder);
    *shared.state() = AppState::Locked(folder);
    Ok(())
}

/// For the next start. Where it can't be kept, that one begins with the newest.
pub fn remember(shared: &Shared, folder: &WorkerFolder) {
    let _ = fs::write(shared.root.join(CHOSEN), folder.id());
}

/// Who used the phone last, or else the newest; `None` on a phone without workers.
pub fn last(root: &std::path::Path) -> Result<Option<WorkerFolder>, Fault> {
    let mut folders = WorkerFolder::all(root)?;
    let chosen = fs::read_to_string(root.join(CHOSEN)).ok();
    match folders.iter().position(|folder| chosen.as_ref() == Some(&folder.id())) {
        Some(place) => Ok(Some(folders.swap_remove(place))),
        None => Ok(folders.pop()),
    }
}
