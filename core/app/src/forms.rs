//! Published forms: parsed once, listed, started, gone on with.

use crate::{
    FormSession,
    error::Fault,
    session::Filling,
    state::{Desk, Shared, locked},
    view::{DraftRow, FormRow},
};
use casework::{FormRules, FormScope, Known, Labels};
use chrono::DateTime;
use model::{DeviceId, DraftId, FieldState, RecordRef, RecordState, kind};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};
use store::{Draft, NewDraft, Snapshot, Store};
use wire::forms::FormEntry;
use xforms::{Definition, Env, Saved, Session};

const FORM: &str = "form.xml";
const RECORDS: &str = "records.csv";

/// A version of a form, ready to be filled.
pub struct LoadedForm {
    pub id: String,
    pub version: String,
    pub title: String,
    pub definition: Arc<Definition>,
    pub rules: FormRules,
    /// By file name: what its labels and choices show.
    pub pictures: BTreeMap<String, Vec<u8>>,
}

fn is_picture(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(ending.as_str(), "png" | "jpg" | "jpeg" | "webp" | "gif")
}

/// Parsed forms; a version never changes, so it is parsed once.
#[derive(Default)]
pub struct Forms {
    loaded: Mutex<HashMap<(String, String), Arc<LoadedForm>>>,
    labels: Mutex<Option<Arc<Labels>>>,
}

impl Forms {
    /// This version, or the newest.
    pub fn load(&self, store: &Store, id: &str, version: Option<&str>) -> Result<Arc<LoadedForm>, Fault> {
        if let Some(version) = version {
            let key = (id.to_owned(), version.to_owned());
            if let Some(known) = locked(&self.loaded).get(&key) {
                return Ok(known.clone());
            }
        }
        let form = store.form(id, version)?;
        let key = (form.entry.id.clone(), form.entry.version.clone());
        if let Some(known) = locked(&self.loaded).get(&key) {
            return Ok(known.clone());
        }
        let text = |name: &str| {
            let bytes = form.files.get(name).ok_or(Fault::new("store.form-mismatch"))?;
            std::str::from_utf8(bytes).map_err(|_| Fault::new("store.form-mismatch"))
        };
        let definition = Definition::parse_with(text(FORM)?, &|name| form.files.get(name).cloned())?;
        let rules = FormRules::parse(&store.rulebook(), text(RECORDS)?, &definition)?;
        let loaded = Arc::new(LoadedForm {
            id: form.entry.id,
            version: form.entry.version,
            title: form.entry.title,
            definition,
            rules,
            pictures: form.files.into_iter().filter(|(name, _)| is_picture(name)).collect(),
        });
        locked(&self.loaded).insert(key, loaded.clone());
        Ok(loaded)
    }

    /// The newest version of each form that can be opened.
    fn newest(&self, store: &Store) -> Result<Vec<Arc<LoadedForm>>, Fault> {
        let newest: Vec<FormEntry> = store.forms()?.into_iter().filter(|entry| entry.newest).collect();
        // A form of a newer app's making is left out rather than taking the others with it.
        Ok(newest.iter().filter_map(|e| self.load(store, &e.id, Some(&e.version)).ok()).collect())
    }

    /// What fields and codes are called.
    pub fn labels(&self, store: &Store) -> Result<Arc<Labels>, Fault> {
        if let Some(labels) = &*locked(&self.labels) {
            return Ok(labels.clone());
        }
        let mut forms = self.newest(store)?;
        // Where two forms fill one field, the household's names it.
        forms.sort_by_key(|form| form.rules.scope() == FormScope::RestrictedCase);
        let labels =
            Arc::new(Labels::of(&store.rulebook(), forms.iter().map(|form| (&form.definition, &form.rules))));
        *locked(&self.labels) = Some(labels.clone());
        Ok(labels)
    }

    /// After forms came in.
    pub fn changed(&self) {
        *locked(&self.labels) = None;
    }

    pub fn forget(&self) {
        locked(&self.loaded).clear();
        self.changed();
    }
}

pub fn list(shared: &Shared, desk: &Desk) -> Result<Vec<FormRow>, Fault> {
    let forms = shared.forms.newest(&desk.store)?;
    let row = |form: &Arc<LoadedForm>| FormRow {
        id: form.id.clone(),
        version: form.version.clone(),
        title: form.title.clone(),
        for_household: form.rules.scope() == FormScope::Household,
        restricted: form.rules.scope() == FormScope::RestrictedCase,
    };
    Ok(forms.iter().map(row).collect())
}

pub fn drafts(desk: &Desk) -> Result<Vec<DraftRow>, Fault> {
    let rows = desk.store.drafts()?.into_iter().map(|draft| {
        Ok(DraftRow {
            draft_id: draft.id.to_string(),
            form_title: draft.title,
            household: match &draft.about {
                Some(about) => desk.store.listed(about)?.map(|listed| listed.row.title),
                None => None,
            },
            started: crate::texts::dates::moment(draft.started_at),
        })
    });
    rows.collect()
}

/// A household that a form is started at, with all that is known of it.
struct Basis {
    root: RecordRef,
    state: RecordState,
    children: Vec<(RecordRef, RecordState)>,
}

impl Basis {
    fn read(store: &Store, root: RecordRef) -> Result<Self, Fault> {
        let record = store.record(&root)?.ok_or(Fault::new("store.not-found"))?;
        let below = store.subtree(&root)?.into_iter().filter(|record| record.reference != root);
        Ok(Self {
            state: record.state,
            children: below.map(|record| (record.reference, record.state)).collect(),
            root,
        })
    }

    fn known(&self) -> Known {
        let children = self.children.iter().map(|(reference, state)| (reference.clone(), state.shown()));
        children.chain([(self.root.clone(), self.state.shown())]).collect()
    }
}

/// Begins a form: with what is known of the household, if it is started at one.
pub fn start(
    shared: &Arc<Shared>,
    desk: &Desk,
    form: &str,
    household: Option<&str>,
) -> Result<Arc<FormSession>, Fault> {
    let form = shared.forms.load(&desk.store, form, None)?;
    let restricted = form.rules.scope() == FormScope::RestrictedCase;
    // A report about a child opens a case of its own; nothing in it may point at a household.
    let household = household.filter(|_| !restricted);
    let about = household.map(|id| crate::households::reference(kind::HOUSEHOLD, id)).transpose()?;
    let basis = about.map(|root| Basis::read(&desk.store, root)).transpose()?;
    let values = basis
        .as_ref()
        .map(|basis| form.rules.prefill(&basis.root, &basis.state, &basis.children))
        .unwrap_or_default();
    let session = Session::start_with(form.definition.clone(), env(desk, &form)?, &values);
    let about = basis.as_ref().map(|basis| basis.root.clone());
    let known = basis.map(|basis| basis.known()).unwrap_or_default();
    let new = NewDraft {
        form: form.id.clone(),
        version: form.version.clone(),
        about: about.clone(),
        restricted,
        title: form.title.clone(),
        // At the end, what the worker changed is told by this, not by what came in meanwhile.
        basis: serde_json::to_string(&known).map_err(|_| Fault::new("store.unreadable"))?,
    };
    let draft = desk.store.create_draft(&new, Some(&snapshot(&session)))?;
    let photos = BTreeMap::new();
    Ok(FormSession::open(shared, draft, Filling { session, form, about, known, photos, started: desk.now }))
}

/// Goes on with a draft, or hands out the session that fills it already.
pub fn resume(shared: &Arc<Shared>, desk: &Desk, draft: DraftId) -> Result<Arc<FormSession>, Fault> {
    if let Some(session) = shared.session_of(draft) {
        return Ok(session);
    }
    let Draft { row, basis, snapshot, later, photos } = desk.store.draft(draft)?;
    let form = shared.forms.load(&desk.store, &row.form, Some(&row.version))?;
    let env = env(desk, &form)?;
    let session = match snapshot {
        None => Session::start(form.definition.clone(), env),
        Some(Snapshot { instance, page, language }) => {
            let later = later.into_iter().map(|answer| (answer.path, answer.value)).collect();
            let saved = Saved { instance, page, language, later };
            Session::resume(form.definition.clone(), env, &saved)?
        }
    };
    let known = serde_json::from_str(&basis).map_err(|_| Fault::new("store.unreadable"))?;
    let started = i64::try_from(row.started_at).ok().and_then(DateTime::from_timestamp_millis);
    let started = started.map_or(desk.now, |at| at.with_timezone(desk.now.offset()));
    let photos = photos.into_iter().collect();
    let about = row.about;
    Ok(FormSession::open(shared, draft, Filling { session, form, about, known, photos, started }))
}

fn env(desk: &Desk, form: &LoadedForm) -> Result<Env, Fault> {
    let identity = desk.store.identity()?;
    let env = Env { last_saved: last_saved(desk, form, identity.device)?, ..Env::system() };
    Ok(env
        .language(desk.lang.code())
        .property("username", identity.worker.name.0)
        .property("deviceid", identity.device.to_string()))
}

/// What this phone finished last with the form, if the form begins with it. Never of a restricted case: what
/// one child's report says must not appear in another's.
fn last_saved(desk: &Desk, form: &LoadedForm, device: DeviceId) -> Result<Option<String>, Fault> {
    if !form.definition.reads_last_saved() || form.rules.scope() == FormScope::RestrictedCase {
        return Ok(None);
    }
    let last = desk.store.newest_record(kind::SUBMISSION, |record| {
        let xml = record.state.fields.get("xml").and_then(FieldState::shown);
        // Other versions of the form may have been of another scope.
        !record.restricted
            && record.state.text("form") == Some(&form.id)
            && xml.is_some_and(|xml| xml.device == device && xml.value.is_string())
    })?;
    Ok(last.and_then(|record| record.state.text("xml").map(str::to_owned)))
}

pub fn snapshot(session: &Session) -> Snapshot {
    let Saved { instance, page, language, .. } = session.saved();
    Snapshot { instance, page, language }
}
