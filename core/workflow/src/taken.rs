//! Steps as their records say them. A record of a step is immutable: what it says was signed once.

use crate::TRANSITION;
use chrono::NaiveDate;
use model::{DeviceId, RecordEdit, RecordRef, RecordState, Role, UserId, clock::moment};
use uuid::Uuid;

/// Fields of the record of a step.
pub mod field {
    pub const WORKFLOW: &str = "workflow";
    pub const ACTION: &str = "action";
    /// The step before, as its author knew it; nothing for the first.
    pub const AFTER: &str = "after";
    /// By the author's clock.
    pub const AT: &str = "at";
    pub const REASON: &str = "reason";
    /// What was filled in for it, or what it is about.
    pub const ABOUT: &str = "about";
    /// The record that it approves, in which state, and what that said.
    pub const APPROVED: &str = "approved";
    pub const VERSION: &str = "version";
    pub const SNAPSHOT: &str = "snapshot";
    pub const PACK: &str = "pack";
    /// Where two people took different steps: the one that holds, and all that was known of the others.
    pub const CHOSEN: &str = "chosen";
    pub const SETTLES: &str = "settles";
}

/// A step that somebody took.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    pub id: Uuid,
    pub action: String,
    /// The moment by which its author's rights go, milliseconds since 1970: by their clock, but never before the hub had
    /// received what that device brought earlier, and never after it received this.
    pub at: u64,
    pub author: Option<UserId>,
    /// What the author was on that day; `None`: nothing that is known.
    pub role: Option<Role>,
    pub after: Option<Uuid>,
    pub reason: String,
    pub about: Option<RecordRef>,
    pub approved: Option<RecordRef>,
    pub version: Option<String>,
    pub chosen: Option<Uuid>,
    pub settles: Vec<Uuid>,
}

/// When a hub received something, milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    pub received: u64,
    /// When it had last received something of the same device before that; 0: never.
    pub since: u64,
}

/// Whoever keeps records knows this of them.
pub trait Witness {
    type Error;

    /// Whose a device is or was.
    fn author(&self, device: DeviceId) -> Result<Option<UserId>, Self::Error>;
    /// What somebody was on a day in Viet Nam.
    fn role(&self, user: UserId, day: NaiveDate) -> Result<Option<Role>, Self::Error>;
    /// `None`: it has not been at a hub yet.
    fn arrival(&self, step: &RecordRef) -> Result<Option<Arrival>, Self::Error>;
}

impl Taken {
    /// `None`: the record says no step.
    ///
    /// # Errors
    /// Those of the witness.
    pub fn read<W: Witness>(
        record: &RecordRef,
        state: &RecordState,
        witness: &W,
    ) -> Result<Option<Self>, W::Error> {
        let text = |name: &str| state.text(name).filter(|text| !text.is_empty());
        let head = state.fields.get(field::ACTION).and_then(|said| said.shown());
        let (Some(action), Some(head)) = (text(field::ACTION), head) else { return Ok(None) };
        let at = match witness.arrival(record)? {
            Some(Arrival { received, since }) => head.at.0.max(since).min(received),
            None => head.at.0,
        };
        let author = witness.author(head.device)?;
        let role = match (author, moment(at)) {
            (Some(author), Some(at)) => witness.role(author, at.date_naive())?,
            _ => None,
        };
        let id = |name: &str| text(name).and_then(|id| Uuid::parse_str(id).ok());
        let record_of = |name: &str| text(name).and_then(|text| text.parse().ok());
        Ok(Some(Self {
            id: record.id,
            action: action.to_owned(),
            at,
            author,
            role,
            // What can't be read names nothing that is here: the step waits, it isn't the first.
            after: text(field::AFTER).map(|id| Uuid::parse_str(id).unwrap_or_else(|_| Uuid::nil())),
            reason: text(field::REASON).unwrap_or_default().to_owned(),
            about: record_of(field::ABOUT),
            approved: record_of(field::APPROVED),
            version: text(field::VERSION).map(str::to_owned),
            chosen: id(field::CHOSEN),
            settles: text(field::SETTLES)
                .unwrap_or_default()
                .split(' ')
                .filter_map(|id| id.parse().ok())
                .collect(),
        }))
    }
}

/// The record of a step, to be signed; `at` by the author's clock (RFC 3339).
pub fn edit(id: Uuid, of: &RecordRef, workflow: &str, action: &str, pack: &str, at: &str) -> RecordEdit {
    RecordEdit::new(RecordRef::new(TRANSITION, id))
        .under(of.clone())
        .set(field::WORKFLOW, workflow)
        .set(field::ACTION, action)
        .set(field::PACK, pack)
        .set(field::AT, at)
}
