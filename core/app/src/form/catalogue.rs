//! Published forms as this phone has them: parsed once for each version.

use crate::{error::Fault, lifecycle::LifecycleObserver, mutex::locked};
use casework::{FormLabels, FormRules, Labels, Start};
use rulebook::Rulebook;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex},
};
use store::{LabelledForm, Store, StoreError};
use wire::forms::{FormEntry, compare_versions};
use xforms::Definition;

const FORM: &str = "form.xml";
const RECORDS: &str = "records.csv";

/// A version of a form, ready to be filled.
pub struct LoadedForm {
    pub id: String,
    pub version: String,
    pub title: String,
    pub definition: Arc<Definition>,
    pub rules: FormRules,
    /// What its table was read by, and what its answers become records by.
    pub rulebook: Arc<Rulebook>,
    /// By file name: what its labels and choices show.
    pub pictures: BTreeMap<String, Vec<u8>>,
}

fn is_picture(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(ending.as_str(), "png" | "jpg" | "jpeg" | "webp" | "gif")
}

/// What this program makes of a version's files.
fn read(
    rulebook: &Rulebook,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<(Arc<Definition>, FormRules), Fault> {
    let text = |name: &str| {
        let bytes = files.get(name).ok_or(Fault::new("store.form-mismatch"))?;
        std::str::from_utf8(bytes).map_err(|_| Fault::new("store.form-mismatch"))
    };
    let definition = Definition::parse_with(text(FORM)?, &|name| files.get(name).cloned())?;
    let rules = FormRules::parse(rulebook, text(RECORDS)?, &definition)?;
    Ok((definition, rules))
}

/// The labels of a version as they are kept beside it, if this program can read its files.
pub fn labels_of(rulebook: &Rulebook, files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, Fault> {
    let (definition, rules) = read(rulebook, files)?;
    kept(&FormLabels::of(rulebook, &definition, &rules))
}

fn kept(labels: &FormLabels) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(labels).map_err(|_| Fault::new("store.unreadable"))
}

/// A version of a form, and the rulebook that it is read by.
type Key = (String, String, String);

/// Parsed forms; a version never changes, so it is parsed once by a rulebook.
#[derive(Default)]
pub struct Catalogue {
    loaded: Mutex<HashMap<Key, Arc<LoadedForm>>>,
    told: Mutex<Option<Told>>,
}

/// What the forms say of themselves, read once until others come.
#[derive(Clone)]
struct Told {
    labels: Arc<Labels>,
    newest: Arc<Vec<(FormEntry, Start)>>,
    fills: Arc<BTreeMap<String, BTreeSet<String>>>,
}

impl Catalogue {
    /// This version, or the newest, by the rulebook in force or the one that a draft began under.
    pub fn load(
        &self,
        store: &Store,
        id: &str,
        version: Option<&str>,
        rulebook: &Arc<Rulebook>,
    ) -> Result<Arc<LoadedForm>, Fault> {
        let key =
            |id: &str, version: &str| (id.to_owned(), version.to_owned(), rulebook.version().to_owned());
        if let Some(known) = version.and_then(|version| locked(&self.loaded).get(&key(id, version)).cloned())
        {
            return Ok(known);
        }
        let form = store.form(id, version)?;
        let key = key(&form.entry.id, &form.entry.version);
        if let Some(known) = locked(&self.loaded).get(&key) {
            return Ok(known.clone());
        }
        let (definition, rules) = read(rulebook, &form.files)?;
        let loaded = Arc::new(LoadedForm {
            id: form.entry.id,
            version: form.entry.version,
            title: form.entry.title,
            definition,
            rules,
            rulebook: rulebook.clone(),
            pictures: form.files.into_iter().filter(|(name, _)| is_picture(name)).collect(),
        });
        locked(&self.loaded).insert(key, loaded.clone());
        Ok(loaded)
    }

    /// The newest version of each form and where it can be started; none is read for it.
    pub fn newest(&self, store: &Store) -> Result<Arc<Vec<(FormEntry, Start)>>, Fault> {
        Ok(self.told(store)?.newest)
    }

    /// What fields and codes are called: by the last version of each form, also of those that were withdrawn.
    pub fn labels(&self, store: &Store) -> Result<Arc<Labels>, Fault> {
        Ok(self.told(store)?.labels)
    }

    /// The forms that can be filled, by id, each with the kinds of records that it fills.
    pub fn fills(&self, store: &Store) -> Result<Arc<BTreeMap<String, BTreeSet<String>>>, Fault> {
        Ok(self.told(store)?.fills)
    }

    fn told(&self, store: &Store) -> Result<Told, Fault> {
        let rulebook = store.rulebook();
        if let Some(told) = &*locked(&self.told)
            && Arc::ptr_eq(told.labels.rulebook(), &rulebook)
        {
            return Ok(told.clone());
        }
        let mut last: BTreeMap<String, LabelledForm> = BTreeMap::new();
        for (entry, kept) in store.form_labels()? {
            let newer = |(known, _): &LabelledForm| {
                !known.newest && (entry.newest || compare_versions(&known.version, &entry.version).is_lt())
            };
            if last.get(&entry.id).is_none_or(newer) {
                last.insert(entry.id.clone(), (entry, kept));
            }
        }
        // A form of a newer app's making is left out rather than taking the others with it.
        let forms = last.into_values();
        let mut forms: Vec<_> = forms
            .filter_map(|(entry, kept)| Some((self.labels_of(store, &entry, kept).ok()?, entry)))
            .collect();
        let newest = forms.iter().filter(|(_, entry)| entry.newest);
        let newest = newest.map(|(form, entry)| (entry.clone(), form.start.clone())).collect();
        let newest_of = forms.iter().filter(|(_, entry)| entry.newest);
        let kinds = |form: &FormLabels| form.kinds().map(str::to_owned).collect();
        let fills = newest_of.map(|(form, entry)| (entry.id.clone(), kinds(form))).collect();
        // Where two forms fill one field, that which is not of restricted cases names it.
        forms.sort_by_key(|(form, _)| form.start.restricted);
        let labels = Arc::new(Labels::of(&rulebook, forms.into_iter().map(|(form, _)| form)));
        let told = Told { labels, newest: Arc::new(newest), fills: Arc::new(fills) };
        *locked(&self.told) = Some(told.clone());
        Ok(told)
    }

    /// Of a version that came before labels were kept, its form is read once.
    fn labels_of(
        &self,
        store: &Store,
        entry: &FormEntry,
        bytes: Option<Vec<u8>>,
    ) -> Result<FormLabels, Fault> {
        if let Some(labels) = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return Ok(labels);
        }
        let form = self.load(store, &entry.id, Some(&entry.version), &store.rulebook())?;
        let labels = FormLabels::of(&form.rulebook, &form.definition, &form.rules);
        match store.put_form_labels(entry, &kept(&labels)?) {
            // It is read again next time.
            Ok(()) | Err(StoreError::Full) => Ok(labels),
            Err(error) => Err(error.into()),
        }
    }

    /// How many forms were read since the app was unlocked.
    #[cfg(test)]
    pub fn parsed(&self) -> usize {
        locked(&self.loaded).len()
    }

    /// After forms came in or were withdrawn.
    pub fn changed(&self) {
        *locked(&self.told) = None;
    }
}

impl LifecycleObserver for Catalogue {
    fn on_lock(&self) {
        locked(&self.loaded).clear();
        self.changed();
    }
}
