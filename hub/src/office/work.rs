//! What is to be done in the records that somebody answers for: alarms, what is overdue or due within a week, what people
//! disagree about; by commune and by who is in charge. And phones that have not been heard of.

use crate::{
    Hub, HubError,
    db::{
        Read, devices, differs, members,
        progress::{self, Row},
        records::{self, RecordRow},
        users::{self, User},
    },
    office::{charge, duty, progress as standing, records as readable},
};
use chrono::NaiveDate;
use model::{Feed, UserId};
use rulebook::Rulebook;
use std::collections::BTreeMap;

/// What of it is asked for; what stands in an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub what: What,
    /// By its code.
    pub commune: Option<String>,
    pub worker: Worker,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    #[default]
    All,
    /// Nobody has taken it on.
    Alarm,
    Overdue,
    Week,
    Undecided,
}

impl What {
    pub const ALL: [Self; 5] = [Self::All, Self::Alarm, Self::Overdue, Self::Week, Self::Undecided];

    pub fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Alarm => "alarm",
            Self::Overdue => "overdue",
            Self::Week => "week",
            Self::Undecided => "undecided",
        }
    }

    pub fn of(code: &str) -> Self {
        Self::ALL.into_iter().find(|what| what.code() == code).unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Worker {
    #[default]
    Any,
    Nobody,
    User(UserId),
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub open: usize,
    pub alarms: usize,
    pub overdue: usize,
    pub week: usize,
    pub undecided: usize,
}

pub struct Work {
    /// Of all that the user may see.
    pub counts: Counts,
    /// That fit the filter: alarms first, then by what is due first; at most [`MOST`].
    pub rows: Vec<(RecordRow, Row)>,
    pub fitting: usize,
    /// By code.
    pub communes: BTreeMap<String, Counts>,
    pub workers: Vec<InCharge>,
    pub silent: Vec<Silent>,
    /// Who may be put in charge, where one worker's records are asked for.
    pub candidates: Vec<(UserId, String)>,
    /// Records with a step that counts although something was missing, which nobody has looked at.
    pub differing: Vec<RecordRow>,
    /// The one worker whose records are asked for, if the user may say when they are away.
    pub leave: Option<UserId>,
}

/// What one user is in charge of.
pub struct InCharge {
    /// `None`: nobody is.
    pub user: Option<UserId>,
    pub name: String,
    /// The last day of the leave that they are on.
    pub away_until: Option<NaiveDate>,
    pub counts: Counts,
}

/// A phone that has not synchronised for a week.
pub struct Silent {
    pub user: String,
    /// Milliseconds since 1970; `None`: never.
    pub last: Option<u64>,
}

/// So many rows are shown.
pub const MOST: usize = 100;
/// So many steps that nobody has looked at.
const MOST_DIFFERING: u32 = 100;
const DAY: u64 = 24 * 60 * 60 * 1000;
const WEEK: u64 = 7 * DAY;

/// What the user may see of it.
pub fn of(hub: &Hub, read: &Read, user: &User, filter: &Filter) -> Result<Work, HubError> {
    let (rulebook, now) = (hub.rulebook(), hub.now());
    let cases = members::cases(read, user.id)?;
    let communes = readable::communes_of(&rulebook, user);
    let sees_cases = user.sees_cases(&rulebook);
    let feeds: Vec<Feed> = communes
        .iter()
        .flatten()
        .cloned()
        .chain(cases.into_iter().filter(|_| sees_cases).map(Feed::Case))
        .collect();
    let open = progress::open(read, &feeds, communes.is_none())?;
    let (mut counts, mut by_commune) = (Counts::default(), BTreeMap::<String, Counts>::new());
    let mut by_worker = BTreeMap::<Option<UserId>, Counts>::new();
    for row in &open {
        let one = Counts::of(row, now);
        counts.add(one);
        by_commune.entry(row.commune.clone()).or_default().add(one);
        by_worker.entry(row.worker).or_default().add(one);
    }
    let mut fitting: Vec<Row> = open.into_iter().filter(|row| filter.fits(row, now)).collect();
    // Those with a deadline come by it already.
    fitting.sort_by_key(|row| row.alarm.is_none());
    let count = fitting.len();
    let mut rows = Vec::new();
    for row in fitting.into_iter().take(MOST) {
        if let Some(record) = records::find(read, &row.reference)? {
            rows.push((standing::stands(read, &rulebook, record)?, row));
        }
    }
    let mut workers = Vec::new();
    for (worker, counts) in by_worker {
        let found = worker.map(|worker| users::by_id(read, worker)).transpose()?.flatten();
        let away_until = found.as_ref().and_then(|user| user.reached.away_until(hub.today()));
        let name = found.map(|user| user.name.0).unwrap_or_default();
        workers.push(InCharge { user: worker, name, away_until, counts });
    }
    let silent = silent(read, &rulebook, user, now)?;
    let first = rows.first().map(|(record, _)| record).filter(|_| matches!(filter.worker, Worker::User(_)));
    let candidates = match first {
        Some(record) if charge::may_give(hub, read, user, &record.reference)? => {
            charge::candidates(hub, read, record)?
        }
        _ => Vec::new(),
    };
    let one = match filter.worker {
        Worker::User(one) => users::by_id(read, one)?.filter(|one| duty::may_set(hub, user, one)),
        Worker::Any | Worker::Nobody => None,
    };
    let leave = one.map(|one| one.id);
    let mut differing: Vec<RecordRow> = Vec::new();
    for one in differs::unseen(read, &feeds, communes.is_none(), MOST_DIFFERING)? {
        if !differing.iter().any(|known| known.reference == one.of) {
            differing.extend(records::find(read, &one.of)?);
        }
    }
    Ok(Work {
        counts,
        rows,
        fitting: count,
        communes: by_commune,
        workers,
        silent,
        candidates,
        differing,
        leave,
    })
}

impl Counts {
    fn of(row: &Row, now: u64) -> Self {
        let is = |yes: bool| usize::from(yes);
        let late = row.due.is_some_and(|due| due < now);
        let week = row.due.is_some_and(|due| due >= now && due < now + WEEK);
        Self {
            open: 1,
            alarms: is(row.alarm.is_some()),
            overdue: is(late),
            week: is(week),
            undecided: is(row.undecided),
        }
    }

    fn add(&mut self, other: Self) {
        self.open += other.open;
        self.alarms += other.alarms;
        self.overdue += other.overdue;
        self.week += other.week;
        self.undecided += other.undecided;
    }
}

impl Filter {
    fn fits(&self, row: &Row, now: u64) -> bool {
        let counts = Counts::of(row, now);
        let what = match self.what {
            What::All => true,
            What::Alarm => counts.alarms > 0,
            What::Overdue => counts.overdue > 0,
            What::Week => counts.week > 0,
            What::Undecided => counts.undecided > 0,
        };
        let worker = match self.worker {
            Worker::Any => true,
            Worker::Nobody => row.worker.is_none(),
            Worker::User(user) => row.worker == Some(user),
        };
        what && worker && self.commune.as_ref().is_none_or(|commune| row.commune == *commune)
    }
}

/// Phones of those who work where the user does.
fn silent(read: &Read, rulebook: &Rulebook, user: &User, now: u64) -> Result<Vec<Silent>, HubError> {
    let mut silent = Vec::new();
    let users = users::all(read)?;
    for device in devices::all(read)? {
        let heard = device.last_sync_at.unwrap_or(device.enrolled_at);
        if device.held || device.revoked_at.is_some() || heard + WEEK > now {
            continue;
        }
        let owner = users.iter().find(|other| other.login == device.user_login && !other.disabled);
        let is_near = owner.is_some_and(|owner| works_near(rulebook, user, owner));
        silent.extend(is_near.then_some(Silent { user: device.user_name, last: device.last_sync_at }));
    }
    silent.sort_by_key(|phone| phone.last);
    Ok(silent)
}

/// Whether some place of another is one of the user's.
fn works_near(rulebook: &Rulebook, user: &User, other: &User) -> bool {
    let communes = |user: &User| readable::communes_of(rulebook, user);
    match (communes(user), communes(other)) {
        (None, _) => true,
        (Some(own), Some(others)) => others.iter().any(|commune| own.contains(commune)),
        (Some(_), None) => false,
    }
}
