//! What a proposal would touch at this office: numbers only, nobody's name. Looks at no more records than [`MOST`], and no
//! longer than [`LONGEST`].

use super::Checked;
use crate::{
    Hub, HubError,
    db::{Read, devices, forms, records, stats, submissions},
    office::progress,
};
use casework::dry_run::{Moves, moves, steps_otherwise};
use chrono::{DateTime, FixedOffset, NaiveTime, TimeZone};
use rulebook::{Phrase, Rulebook, Touched, date_time};
use std::time::{Duration, Instant};

/// Records that are read; there may be more.
const MOST: u32 = 30_000;
/// A page waits for it.
const LONGEST: Duration = Duration::from_secs(3);
/// Records that are read at once.
const PAGE: u32 = 500;

pub struct DryRun {
    pub kinds: Vec<TouchedKind>,
    /// Of all kinds, on the day from which it is to count.
    pub deadlines: Moves,
    /// How many records were looked at, and whether there are more.
    pub looked_at: u32,
    pub is_partial: bool,
    pub forms: Vec<FormInUse>,
    /// Phones that would fetch it.
    pub phones: u64,
}

pub struct TouchedKind {
    pub by: Touched,
    /// Of a kind that moves by a workflow those that are worked on, else all.
    pub records: u64,
    /// Of these, how many stand at a step that is otherwise.
    pub steps: u64,
    pub deadlines: Moves,
}

/// A form of the pack that is in use in another version.
pub struct FormInUse {
    pub title: String,
    pub id: String,
    pub version: String,
    pub next: String,
    /// What was answered by the version in use.
    pub submissions: u64,
}

pub fn dry_run(hub: &Hub, read: &Read, checked: &Checked) -> Result<DryRun, HubError> {
    let (before, after) = (hub.rulebook(), &checked.rulebook);
    let now = at(hub, checked);
    let counts = stats::records(read)?;
    let (mut kinds, mut looking) = (Vec::new(), Looking { begun: Instant::now(), records: 0 });
    let mut is_partial = false;
    for by in before.touched(after) {
        let count = counts.get(&by.kind).copied().unwrap_or_default();
        let mut touched = TouchedKind { by, records: count, steps: 0, deadlines: Moves::default() };
        if count > 0 && before.has_progress(&touched.by.kind) {
            is_partial |= !look(read, (&before, after), now, &mut touched, &mut looking)?;
        }
        kinds.push(touched);
    }
    let mut deadlines = Moves::default();
    kinds.iter().for_each(|kind| deadlines += kind.deadlines);
    let active = |device: &devices::Listed| device.revoked_at.is_none() && !device.held;
    let phones = devices::all(read)?.iter().filter(|device| active(device)).count() as u64;
    let (looked_at, forms) = (looking.records, in_use(read, checked)?);
    Ok(DryRun { kinds, deadlines, looked_at, is_partial, forms, phones })
}

/// The moment from which it is to count, if that is to come.
fn at(hub: &Hub, checked: &Checked) -> DateTime<FixedOffset> {
    let now = hub.clock.now();
    let begins = now.offset().from_local_datetime(&checked.first_day.and_time(NaiveTime::MIN)).single();
    begins.map_or(now, |begins| begins.max(now))
}

/// How much was looked at.
struct Looking {
    begun: Instant,
    records: u32,
}

/// Whether all of the kind were looked at.
fn look(
    read: &Read,
    (before, after): (&Rulebook, &Rulebook),
    now: DateTime<FixedOffset>,
    touched: &mut TouchedKind,
    looking: &mut Looking,
) -> Result<bool, HubError> {
    let kind = touched.by.kind.clone();
    touched.records = 0;
    let mut last = None;
    while looking.records < MOST && looking.begun.elapsed() < LONGEST {
        let page =
            progress::all_stand(read, before, records::of_kind_after(read, &kind, last.as_ref(), PAGE)?)?;
        looking.records += page.len() as u32;
        for record in page.iter().filter(|record| before.is_open(&kind, &record.state)) {
            touched.records += 1;
            touched.steps += u64::from(steps_otherwise((before, after), &kind, &record.state));
            let clocks = |rulebook| -> Result<_, HubError> {
                let found = progress::standing(read, rulebook, &record.reference, now.date_naive())?;
                Ok(found.map_or_else(Vec::new, |found| found.clocks))
            };
            let (was, is) = (clocks(before)?, clocks(after)?);
            touched.deadlines += moves((before, after), [&was, &is], now);
        }
        let Some(end) = page.last().filter(|_| page.len() == PAGE as usize) else { return Ok(true) };
        last = Some(end.reference.clone());
    }
    Ok(false)
}

fn in_use(read: &Read, checked: &Checked) -> Result<Vec<FormInUse>, HubError> {
    let published = forms::versions(read)?;
    let mut in_use = Vec::new();
    for form in &checked.forms {
        let other = |now: &&forms::Version| {
            now.newest && now.withdrawn_at.is_none() && now.id == form.id && now.version != form.version
        };
        let Some(now) = published.iter().find(other) else { continue };
        in_use.push(FormInUse {
            title: form.title.clone(),
            id: form.id.clone(),
            version: now.version.clone(),
            next: form.version.clone(),
            submissions: submissions::count_of(read, &now.id, &now.version)?,
        });
    }
    Ok(in_use)
}

impl DryRun {
    /// In plain sentences, the deadlines first.
    pub fn told(&self) -> Vec<Phrase> {
        let mut told = Vec::new();
        let Moves { moved, begun, ended, overdue, earliest } = self.deadlines;
        if moved + begun + ended > 0 {
            told.push(Phrase::new(
                format!("Thời hạn: {moved} dời ngày, {begun} bắt đầu tính, {ended} thôi tính."),
                format!("Deadlines: {moved} move, {begun} begin to run, {ended} run no more."),
            ));
        }
        if let Some(earliest) = earliest {
            let due = date_time(&earliest);
            told.push(Phrase::new(
                format!("Thời hạn mới sớm nhất: {due}. Quá hạn ngay khi áp dụng: {overdue}."),
                format!("The first of the new deadlines: {due}. Overdue as soon as it counts: {overdue}."),
            ));
        }
        told.extend(self.kinds.iter().map(TouchedKind::told));
        if self.is_partial {
            told.push(Phrase::new(
                format!("Chỉ đếm trên {} bản ghi đầu; thực tế có thể nhiều hơn.", self.looked_at),
                format!("Counted on the first {} records; there may be more.", self.looked_at),
            ));
        }
        told.extend(self.forms.iter().map(|form| {
            let FormInUse { title, version, next, submissions, .. } = form;
            Phrase::new(
                format!(
                    "Biểu mẫu «{title}»: phiên bản {version} → {next}; đã có {submissions} phiếu theo bản đang dùng. Phiếu \
                     đang làm dở được làm tiếp theo bản cũ."
                ),
                format!(
                    "Form “{title}”: version {version} → {next}; {submissions} submission(s) by the one in use. What was \
                     begun is finished by the old one."
                ),
            )
        }));
        told.push(Phrase::new(
            format!("Số điện thoại sẽ tải gói này: {}.", self.phones),
            format!("Phones that will fetch it: {}.", self.phones),
        ));
        told
    }
}

impl TouchedKind {
    fn told(&self) -> Phrase {
        let Self { by, records, steps, deadlines } = self;
        let Touched { plural, fields, is_new, .. } = by;
        let mut vi = format!("{}: {records} bản ghi", plural.vi);
        let mut en = format!("{}: {records} record(s)", plural.en);
        let mut add = |(more_vi, more_en): (String, String)| {
            vi.push_str(&more_vi);
            en.push_str(&more_en);
        };
        if *is_new {
            add((", loại mới".into(), ", a new kind".into()));
        } else if *fields > 0 {
            add((format!(", {fields} trường thay đổi"), format!(", {fields} field(s) changed")));
        }
        if *steps > 0 {
            add((format!(", {steps} đang ở bước bị thay đổi"), format!(", {steps} at a step that changes")));
        }
        let moves = deadlines.moved + deadlines.begun + deadlines.ended;
        if moves > 0 {
            add((format!(", {moves} thời hạn thay đổi"), format!(", {moves} deadline(s) changed")));
        }
        Phrase::new(vi + ".", en + ".")
    }
}
