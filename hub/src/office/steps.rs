//! Steps that the office takes in the console, as a phone takes them: asked by the same rules, written by the device that
//! the hub holds for the user.

use crate::{
    Hub, HubError,
    db::{
        Read, Tx,
        differs::{self, Differs},
        forms as published,
        records::{self, RecordRow},
        users::{self, User},
    },
    office::{
        desk::{self, Edit},
        filling::{self, Go, Sent},
        records as readable,
    },
};
use casework::{
    FinishContext, Finished, FormRules, Outcome,
    acting::{self, NotNow, Wish},
};
use chrono::{DateTime, FixedOffset};
use model::{RecordEdit, RecordRef, RecordState, SubmissionId, UserId, clock::vietnam};
use rulebook::{Lang, Rulebook, Step};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use uuid::Uuid;
use workflow::{
    Standing,
    clocks::{self, Deadline, Facts},
    guard::{self, Asking, Choice},
};
use xforms::{Env, FixedClock, PageView};

/// Why a step wasn't taken.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error("the step can't be taken now: {0:?}")]
    NotNow(NotNow),
    /// The form of the step isn't published, or this program can't read it.
    #[error("the form of the step is missing")]
    NoForm,
    /// These answers can't become records.
    #[error("the answers can't become records: {0}")]
    NoRecords(&'static str),
}

impl StepError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotNow(why) => why.code(),
            Self::NoForm => "step.no-form",
            Self::NoRecords(code) => code,
        }
    }

    /// Vietnamese and English, for people.
    pub fn messages(&self) -> (&'static str, &'static str) {
        match self {
            Self::NotNow(NotNow::NotAllowed) => (
                "Việc này không làm được lúc này: hồ sơ đã sang bước khác, hoặc vai trò của bạn không được làm. Hãy tải lại trang.",
                "This can't be done now: the case stands elsewhere, or your role may not. Load the page again.",
            ),
            Self::NotNow(NotNow::ReasonNeeded) => ("Cần ghi lý do.", "A reason is needed."),
            Self::NotNow(NotNow::ChooseOne) => ("Hãy chọn một bước.", "Choose one of the steps."),
            Self::NotNow(NotNow::Unmet(_)) => {
                ("Chưa đủ điều kiện làm việc này.", "Something must be done before this.")
            }
            Self::NoForm => (
                "Chưa công bố phiếu của việc này. Hãy báo người quản trị.",
                "The form of this step isn't published. Tell the administrator.",
            ),
            Self::NoRecords(_) => (
                "Không làm được bản ghi từ các câu trả lời này. Chưa có gì được ghi.",
                "These answers can't become records. Nothing was written.",
            ),
        }
    }
}

/// A record that moves by steps, as somebody who may read it acts in it.
pub struct Here {
    pub record: RecordRow,
    pub workflow: String,
    pub standing: Standing,
    rulebook: Arc<Rulebook>,
    /// What lies below it.
    below: Vec<(RecordRef, RecordState)>,
    now: DateTime<FixedOffset>,
    user: User,
    /// Steps whose conditions didn't hold when they were received.
    pub differs: Vec<Differs>,
}

impl Here {
    /// `None`: the user may not read it, or it moves by no steps.
    pub fn of(hub: &Hub, read: &Read, user: &User, record: &RecordRef) -> Result<Option<Self>, HubError> {
        let Some(shown) = readable::find(hub, read, user, record)? else { return Ok(None) };
        let (Some(standing), rulebook) = (readable::standing(hub, read, &shown)?, hub.rulebook()) else {
            return Ok(None);
        };
        let workflow = rulebook.workflow_of(shown.kind(), &shown.state).unwrap_or_default().to_owned();
        if standing.progress.is_none() {
            return Ok(None);
        }
        let beside = records::of_root(read, &shown.root)?.into_iter();
        let below = beside.map(|row| (row.reference, row.state)).collect();
        let (now, user) = (vietnam(&hub.clock.now()), user.clone());
        let differs = differs::of(read, record)?;
        Ok(Some(Self { record: shown, workflow, standing, rulebook, below, now, user, differs }))
    }

    pub fn rulebook(&self) -> &Rulebook {
        &self.rulebook
    }

    /// Whether the user may say that they have looked at one of those.
    pub fn may_see_to(&self) -> bool {
        self.rulebook.may_assign(&self.user.role, self.now.date_naive())
    }

    /// Its deadlines that run.
    pub fn running(&self) -> Vec<Deadline<'_>> {
        clocks::running(&self.rulebook, &self.standing.clocks, self.now)
    }

    /// What the user may do next.
    pub fn choices(&self) -> Vec<Choice<'_>> {
        let Some(progress) = &self.standing.progress else { return Vec::new() };
        let record = &self.record.reference;
        let own: Vec<_> =
            self.below.iter().filter(|(_, state)| state.parent().as_ref() == Some(record)).cloned().collect();
        let facts = Facts {
            rulebook: &self.rulebook,
            kind: self.record.kind(),
            state: &self.record.state,
            below: &own,
            progress: Some(progress),
        };
        let asking = Asking {
            role: &self.user.role,
            user: self.user.id,
            day: self.now.date_naive(),
            partial: &self.standing.partial,
        };
        let running = self.running();
        guard::choices(&self.rulebook, &self.workflow, &facts, progress, &running, &asking)
    }

    fn allowed(&self, wish: &Wish<'_>) -> Result<&Step, StepError> {
        let branches = self.standing.progress.as_ref().map_or(&[][..], |at| &at.branches);
        acting::allowed(&self.choices(), branches, wish, Lang::Vi).map_err(StepError::NotNow)
    }

    fn edit(&self, wish: &Wish<'_>) -> RecordEdit {
        let below: Vec<_> = self.below.iter().map(|(record, state)| (record, state)).collect();
        let (of, workflow) = (&self.record.reference, self.workflow.as_str());
        acting::edit(&self.rulebook, (of, workflow), &self.standing, wish, &below, self.now, Uuid::now_v7())
    }
}

/// Takes a step that has no form.
///
/// # Errors
/// [`StepError`], [`desk::DeskError`], [`HubError::NotFound`].
pub fn take(hub: &Hub, tx: &Tx, by: UserId, record: &RecordRef, wish: &Wish<'_>) -> Result<(), HubError> {
    let here = acting_as(hub, tx, by, record)?;
    if here.allowed(wish)?.form.is_some() {
        return Err(StepError::NotNow(NotNow::NotAllowed).into());
    }
    let edit = here.edit(wish);
    desk::commit(hub, tx, by, vec![Edit { edit, seen: BTreeMap::new() }])?;
    Ok(())
}

fn acting_as(hub: &Hub, tx: &Tx, by: UserId, record: &RecordRef) -> Result<Here, HubError> {
    let user = users::by_id(tx, by)?.filter(|user| !user.disabled).ok_or(HubError::UserDisabled)?;
    Here::of(hub, tx, &user, record)?.ok_or(HubError::NotFound)
}

/// A page of a step's form.
pub struct Filling {
    pub title: String,
    pub version: String,
    pub page: PageView,
    /// All that is answered, as XML.
    pub instance: String,
    /// What was typed and is no answer of its question, by path.
    pub wrong: BTreeMap<String, String>,
    /// All of it was answered and the user said so: what it writes.
    pub finished: Option<Outcome>,
}

/// Fills the form of a step: from its start, or on from what was sent. Blocks.
///
/// # Errors
/// As [`take`].
pub fn fill(
    hub: &Hub,
    read: &Read,
    here: &Here,
    wish: &Wish<'_>,
    lang: Lang,
    sent: Option<Sent>,
) -> Result<Filling, HubError> {
    let form = here.allowed(wish)?.form.as_deref().ok_or(HubError::NotFound)?;
    let newest = published::versions(read)?.into_iter().find(|one| one.id == form && one.newest);
    let version = newest.ok_or(StepError::NoForm)?;
    let definition = hub.forms.get(read, form, &version.version)?.ok_or(StepError::NoForm)?;
    let table = published::file(read, form, &version.version, "records.csv")?.unwrap_or_default();
    let rules = FormRules::parse(&here.rulebook, &String::from_utf8_lossy(&table), &definition);
    let rules = rules.map_err(|_| StepError::NoForm)?;
    let env = Env { clock: Arc::new(FixedClock(here.now)), ..Env::system() };
    let env = env.language(lang.code()).property("username", here.user.name.0.clone());
    let about = here.record.reference.clone();
    let own = std::iter::once((about.clone(), here.record.state.clone()));
    let known: Vec<_> = own.chain(here.below.iter().cloned()).collect();
    let wants_end = sent.as_ref().is_some_and(|sent| matches!(sent.go, Go::Finish));
    let (mut session, wrong) = filling::turned(definition, env, || rules.prefill(&about, &known), sent)?;
    let mut finished = None;
    if wants_end && wrong.is_empty() {
        match session.finish() {
            Ok(submission) => {
                let context = FinishContext {
                    submission: SubmissionId::new(),
                    author: here.user.id,
                    author_name: here.user.name.0.clone(),
                    duty_managers: Vec::new(),
                    about: Some(about),
                    photos: BTreeMap::new(),
                    known: known.iter().map(|(record, state)| (record.clone(), state.shown())).collect(),
                };
                let finished_form = Finished::of(&submission, here.now, here.now);
                let outcome = rules.apply(&here.rulebook, &finished_form, &context, &mut Uuid::now_v7);
                finished = Some(outcome.map_err(|error| StepError::NoRecords(error.code()))?);
            }
            // Something is missing: the page of it is shown.
            Err(problems) => drop(session.go_to(&problems.page)),
        }
    }
    Ok(Filling {
        title: version.title,
        version: version.version,
        page: session.page(),
        instance: session.saved().instance,
        wrong,
        finished,
    })
}

/// Takes a step with what was filled in for it, in one transaction.
///
/// # Errors
/// As [`take`].
pub fn take_with(
    hub: &Hub,
    tx: &Tx,
    by: UserId,
    record: &RecordRef,
    wish: &Wish<'_>,
    outcome: Outcome,
) -> Result<(), HubError> {
    let here = acting_as(hub, tx, by, record)?;
    here.allowed(wish)?;
    let about = acting::about(&outcome.edits, record).cloned();
    let step = here.edit(&Wish { about: about.as_ref(), ..*wish });
    let known = |record: &RecordRef| -> Result<desk::Seen, HubError> {
        let row = records::find(tx, record)?;
        let heads = row.map(|row| {
            let names = row.state.fields.keys();
            names.map(|name| (name.clone(), row.state.heads_of(name))).collect::<BTreeMap<_, BTreeSet<_>>>()
        });
        Ok(heads.unwrap_or_default())
    };
    let edits = outcome.edits.into_iter().chain([step]);
    let edits =
        edits.map(|edit| Ok(Edit { seen: known(&edit.record)?, edit })).collect::<Result<_, HubError>>()?;
    desk::commit(hub, tx, by, edits)?;
    Ok(())
}

/// Whoever is shown beside a record's steps, by name.
pub fn names(read: &Read, standing: &Standing) -> Result<BTreeMap<UserId, String>, HubError> {
    let mut names = BTreeMap::new();
    for user in standing.steps.iter().filter_map(|step| step.author) {
        if let std::collections::btree_map::Entry::Vacant(entry) = names.entry(user)
            && let Some(user) = users::by_id(read, user)?
        {
            entry.insert(user.name.0);
        }
    }
    Ok(names)
}
