//! The packs that an office works by: one person proposes, another agrees, then it is published for good.

pub mod dry_run;
mod force;
pub mod playing;

pub use dry_run::DryRun;
pub use force::{Aside, InForce, follow, follow_from_before, is_behind};

use super::{forms, inviting};
use crate::{
    Hub, HubError,
    db::{
        Read, Tx, audit,
        forms::versions,
        packs::{self, New, Proposed},
    },
    forms::{CheckedForm, FormError},
    office::keys,
    packs::{PackError, Report, check_with},
};
use chrono::NaiveDate;
use model::UserId;
use rulebook::{About, Difference, Pack, Problem, Rulebook};
use std::{cmp::Ordering, sync::Arc};
use wire::{
    forms::{FormEntry, compare_versions},
    packs::{MAX_MANIFEST, MAX_PACKS, Manifest, PackFile, PackList, SignedPack, hash},
};

/// Proposals that wait at once.
const MAX_OPEN: usize = 16;
/// Who stands in a manifest for the command line.
const OPERATOR: &str = "operator";

/// A pack that nothing is wrong with, beside what was published when it was checked.
pub struct Checked {
    pub pack: Pack,
    pub about: About,
    pub forms: Vec<CheckedForm>,
    /// What is doubtful but runs.
    pub warnings: Vec<Problem>,
    /// What it changes of the one of its id that was published last.
    pub changes: Vec<Difference>,
    /// What the office would work by.
    pub rulebook: Arc<Rulebook>,
    /// The day from which it is to count.
    pub first_day: NaiveDate,
    /// The serial of the last publication then.
    newest: u64,
}

/// All that keeps a pack from being published from a day on: that which it says itself, if none is given; but not before
/// today.
///
/// # Errors
/// [`PackError`]
pub fn check(hub: &Hub, read: &Read, pack: Pack, first_day: Option<NaiveDate>) -> Result<Checked, HubError> {
    let newest = packs::newest(read)?;
    let Some(about) = pack.about() else {
        return Err(PackError::Problems(rulebook::check(&pack).problems).into());
    };
    let lacks = pack.lacks();
    if !lacks.is_empty() {
        return Err(PackError::Needs(lacks).into());
    }
    let (built_in, national) = national()?;
    if about.base.as_ref().unwrap_or(&about.id) != &national.id {
        return Err(PackError::OtherBase(about.id).into());
    }
    let today = hub.today();
    let first_day = match first_day {
        Some(day) if day < today => return Err(PackError::PastDay.into()),
        Some(day) => day,
        None => about.from.map_or(today, |day| day.max(today)),
    };
    let published = packs::published(read)?;
    let before = published.iter().find(|other| other.id == about.id);
    let is_built_in = before.is_none();
    let before = match before {
        Some(before) => Some((kept(read, before.number)?, before.version.clone())),
        None => about.base.is_none().then_some((built_in, national.version)),
    };
    if let Some((published, version)) = &before {
        is_newer((&about, &pack), (published, version), is_built_in)?;
    }
    let (mut stack, above) = force::beside(read, first_day, (&about.id, about.base.as_deref()))?;
    stack.push(pack.clone());
    let mut report = check_with(&stack, |source| forms::complete(read, source))?;
    let mut problems = std::mem::take(&mut report.problems);
    // What is built in, with its forms, takes nothing away.
    if let Some((published, _)) = before.as_ref().filter(|(before, _)| !tables(before).eq(tables(&pack))) {
        problems.extend(rulebook::compatible(published, &pack));
    }
    for form in &report.forms {
        problems.extend(taken(read, form)?);
    }
    // What lies over it must go on.
    let is_highest = above.is_empty();
    for above in above {
        stack.push(above);
        problems.extend(rulebook::check_over(&stack).problems);
    }
    if !problems.is_empty() {
        return Err(PackError::Problems(problems).into());
    }
    let Report { forms, warnings, readable, .. } = report;
    let rulebook = if is_highest { readable } else { Arc::new(Rulebook::checked_before(&stack)?) };
    let changes = rulebook::diff(&before.map(|(published, _)| published).unwrap_or_default(), &pack);
    Ok(Checked { pack, about, forms, warnings, changes, rulebook, first_day, newest })
}

/// What is built in.
fn national() -> Result<(Pack, About), HubError> {
    let pack = Pack::built_in();
    let about = pack.about().ok_or(HubError::Internal("what is built in doesn't say what it is"))?;
    Ok((pack, about))
}

fn is_newer(
    (about, pack): (&About, &Pack),
    (published, version): (&Pack, &str),
    is_built_in: bool,
) -> Result<(), PackError> {
    let (id, new) = (about.id.clone(), about.version.clone());
    match compare_versions(&new, version) {
        Ordering::Greater => Ok(()),
        Ordering::Less => Err(PackError::Older { id, version: new, published: version.to_owned() }),
        Ordering::Equal if pack.files().eq(published.files()) => Err(PackError::Known { id, version: new }),
        // What is built in has no forms: an office publishes them.
        Ordering::Equal if is_built_in && tables(pack).eq(tables(published)) => Ok(()),
        Ordering::Equal => Err(PackError::VersionTaken { id, version: new }),
    }
}

/// The files that travel with it: its forms do by themselves, and what proves it has done so by then.
fn tables(pack: &Pack) -> impl Iterator<Item = (&str, &[u8])> {
    let stays = |path: &str| {
        Pack::form_file(path).is_some() || Pack::golden_of(path).is_some() || Pack::list_file(path).is_some()
    };
    pack.files().filter(move |(path, _)| !stays(path))
}

/// What keeps a form from being published beside those that are.
fn taken(read: &Read, form: &CheckedForm) -> Result<Option<Problem>, HubError> {
    let error = match forms::may_publish(read, form) {
        Ok(_) => return Ok(None),
        Err(HubError::Form(error)) => error,
        Err(error) => return Err(error),
    };
    let vi = match &error {
        FormError::Withdrawn { .. } => "phiên bản này đã rút; hãy ghi phiên bản mới để dùng lại biểu mẫu",
        _ => "phiên bản này đã được công bố với nội dung khác; hãy ghi phiên bản mới",
    };
    Ok(Some(Problem {
        file: Pack::form_path(&form.id, "settings.csv"),
        row: Some(2),
        column: Some("version".into()),
        code: error.code().into(),
        vi: vi.into(),
        en: error.to_string(),
    }))
}

/// A pack as it is kept.
///
/// # Errors
/// [`PackError::Incomplete`]
pub fn kept(read: &Read, number: u64) -> Result<Pack, HubError> {
    let mut pack = Pack::default();
    for file in packs::files(read, number)? {
        let body = file.body.filter(|body| hash(body) == file.sha256).ok_or(PackError::Incomplete)?;
        pack.add(&file.path, body);
    }
    Ok(pack)
}

/// Keeps a pack until another person agrees; `by`: nobody for the command line. Returns its number. Blocks.
pub fn propose(
    hub: &Hub,
    pack: Pack,
    by: Option<UserId>,
    first_day: Option<NaiveDate>,
) -> Result<(u64, Checked), HubError> {
    let checked = hub.read_now(|hub, read| check(hub, read, pack, first_day))?;
    hub.write_now(move |_, tx| Ok((keep(tx, &checked, by)?, checked)))
}

fn keep(tx: &Tx, checked: &Checked, by: Option<UserId>) -> Result<u64, HubError> {
    if packs::open(tx)?.len() >= MAX_OPEN {
        return Err(PackError::TooMany.into());
    }
    let Checked { about, pack, first_day, .. } = checked;
    let new = New {
        id: &about.id,
        version: &about.version,
        title_vi: &about.title.vi,
        title_en: &about.title.en,
        first_day: *first_day,
        by,
    };
    let number = packs::add(tx, &new)?;
    for (path, body) in pack.files() {
        packs::add_file(tx, number, path, &hash(body), body)?;
    }
    audit::add(tx, by, "pack.propose", &subject(number))?;
    Ok(number)
}

fn subject(number: u64) -> String {
    format!("pack:{number}")
}

fn waiting(read: &Read, number: u64) -> Result<Proposed, HubError> {
    let found = packs::find(read, number)?.filter(|proposal| proposal.decided_at.is_none());
    Ok(found.ok_or(PackError::NotProposed)?)
}

/// Another person agrees: it is published, with its forms. Returns its serial; [`follow`] works by it from its first day on.
/// Blocks.
///
/// # Errors
/// [`PackError`]; it goes on waiting then.
pub fn approve(
    hub: &Hub,
    number: u64,
    by: Option<UserId>,
    first_day: Option<NaiveDate>,
) -> Result<u64, HubError> {
    let checked = hub.read_now(|hub, read| {
        let proposal = waiting(read, number)?;
        if !inviting::are_two(hub, read, proposal.proposed_by, by)? {
            return Err(PackError::SamePerson.into());
        }
        let day = first_day.unwrap_or_else(|| proposal.first_day.max(hub.today()));
        check(hub, read, kept(read, number)?, Some(day))
    })?;
    hub.write_now(move |hub, tx| publish(hub, tx, number, &checked, by))
}

fn publish(hub: &Hub, tx: &Tx, number: u64, checked: &Checked, by: Option<UserId>) -> Result<u64, HubError> {
    let proposal = waiting(tx, number)?;
    if packs::newest(tx)? != checked.newest {
        return Err(PackError::Overtaken.into());
    }
    let Checked { about, pack, .. } = checked;
    let files = tables(pack).map(|(path, body)| PackFile {
        path: path.to_owned(),
        sha256: hash(body),
        size: body.len() as u64,
    });
    let manifest = Manifest {
        v: wire::VERSION,
        office: hub.identity.office,
        serial: packs::next_serial(tx)?,
        id: about.id.clone(),
        version: about.version.clone(),
        base: about.base.clone(),
        needs: about.needs.clone(),
        from: checked.first_day,
        title_vi: about.title.vi.clone(),
        title_en: about.title.en.clone(),
        files: files.collect(),
        forms: publish_forms(hub, tx, checked)?,
        by: person(proposal.proposed_by),
        approved_by: person(by),
        issued_at: tx.now(),
    };
    let signed = SignedPack::issue(&manifest, &keys::signing(tx)?)?;
    packs::publish(tx, number, (manifest.serial, manifest.from), &signed, by)?;
    let told = force::told(&force::published(tx)?, hub.today()).len();
    if signed.bytes() > MAX_MANIFEST || told > MAX_PACKS {
        return Err(PackError::TooMany.into());
    }
    audit::add(tx, by, "pack.approve", &subject(number))?;
    Ok(manifest.serial)
}

fn person(user: Option<UserId>) -> String {
    user.map_or_else(|| OPERATOR.to_owned(), |user| user.to_string())
}

/// They are filled from the pack's first day on.
fn publish_forms(hub: &Hub, tx: &Tx, checked: &Checked) -> Result<Vec<FormEntry>, HubError> {
    for form in &checked.forms {
        forms::publish(hub, tx, form, Some(checked.first_day))?;
    }
    let is_ours =
        |id: &str, version: &str| checked.forms.iter().any(|form| form.id == id && form.version == version);
    let published = versions(tx)?.into_iter().filter(|form| is_ours(&form.id, &form.version));
    published.map(|form| forms::entry(tx, form)).collect()
}

/// A proposal as it would be published now.
pub struct Preview {
    pub proposal: Proposed,
    /// Or what keeps it from being published.
    pub checked: Result<(Checked, DryRun), PackError>,
}

/// # Errors
/// [`PackError::NotProposed`]
pub fn preview(hub: &Hub, read: &Read, number: u64) -> Result<Preview, HubError> {
    let proposal = waiting(read, number)?;
    let day = proposal.first_day.max(hub.today());
    let checked = match kept(read, number).and_then(|pack| check(hub, read, pack, Some(day))) {
        Ok(checked) => {
            let dry_run = dry_run::dry_run(hub, read, &checked)?;
            Ok((checked, dry_run))
        }
        Err(HubError::Publishing(error)) => Err(error),
        Err(error) => return Err(error),
    };
    Ok(Preview { proposal, checked })
}

/// It is not published. Who proposed it may take it back so, too.
///
/// # Errors
/// [`PackError::NotProposed`]
pub fn refuse(tx: &Tx, number: u64, by: Option<UserId>) -> Result<(), HubError> {
    waiting(tx, number)?;
    packs::refuse(tx, number, by)?;
    Ok(audit::add(tx, by, "pack.refuse", &subject(number))?)
}

/// What phones are told.
pub fn list(hub: &Hub, read: &Read) -> Result<PackList, HubError> {
    let told = hub.in_force().told.clone();
    let found = told.into_iter().map(|serial| packs::of_serial(read, serial));
    let found: Vec<_> = found.collect::<Result<_, _>>()?;
    Ok(PackList { v: wire::VERSION, packs: found.into_iter().flatten().map(|(_, signed)| signed).collect() })
}
