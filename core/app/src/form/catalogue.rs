//! Published forms as this phone has them: parsed once for each version.

use crate::{error::Fault, lifecycle::LifecycleObserver, mutex::locked};
use casework::{FormRules, Labels};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};
use store::Store;
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
    /// By file name: what its labels and choices show.
    pub pictures: BTreeMap<String, Vec<u8>>,
}

fn is_picture(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(ending.as_str(), "png" | "jpg" | "jpeg" | "webp" | "gif")
}

/// What this program makes of a version's files.
pub fn read(store: &Store, files: &BTreeMap<String, Vec<u8>>) -> Result<(Arc<Definition>, FormRules), Fault> {
    let text = |name: &str| {
        let bytes = files.get(name).ok_or(Fault::new("store.form-mismatch"))?;
        std::str::from_utf8(bytes).map_err(|_| Fault::new("store.form-mismatch"))
    };
    let definition = Definition::parse_with(text(FORM)?, &|name| files.get(name).cloned())?;
    let rules = FormRules::parse(&store.rulebook(), text(RECORDS)?, &definition)?;
    Ok((definition, rules))
}

/// Parsed forms; a version never changes, so it is parsed once.
#[derive(Default)]
pub struct Catalogue {
    loaded: Mutex<HashMap<(String, String), Arc<LoadedForm>>>,
    labels: Mutex<Option<Arc<Labels>>>,
}

impl Catalogue {
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
        let (definition, rules) = read(store, &form.files)?;
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
    pub fn newest(&self, store: &Store) -> Result<Vec<Arc<LoadedForm>>, Fault> {
        let newest: Vec<FormEntry> = store.forms()?.into_iter().filter(|entry| entry.newest).collect();
        // A form of a newer app's making is left out rather than taking the others with it.
        Ok(newest.iter().filter_map(|e| self.load(store, &e.id, Some(&e.version)).ok()).collect())
    }

    /// The last version of each form that can be opened, also of forms that were withdrawn.
    fn last(&self, store: &Store) -> Result<Vec<Arc<LoadedForm>>, Fault> {
        let mut last: BTreeMap<String, FormEntry> = BTreeMap::new();
        for entry in store.forms()? {
            let newer = |known: &FormEntry| {
                !known.newest && (entry.newest || compare_versions(&known.version, &entry.version).is_lt())
            };
            if last.get(&entry.id).is_none_or(newer) {
                last.insert(entry.id.clone(), entry);
            }
        }
        Ok(last.values().filter_map(|e| self.load(store, &e.id, Some(&e.version)).ok()).collect())
    }

    /// What fields and codes are called.
    pub fn labels(&self, store: &Store) -> Result<Arc<Labels>, Fault> {
        if let Some(labels) = &*locked(&self.labels) {
            return Ok(labels.clone());
        }
        let mut forms = self.last(store)?;
        // Where two forms fill one field, that which is not of restricted cases names it.
        forms.sort_by_key(|form| form.rules.is_restricted());
        let labels =
            Arc::new(Labels::of(&store.rulebook(), forms.iter().map(|form| (&form.definition, &form.rules))));
        *locked(&self.labels) = Some(labels.clone());
        Ok(labels)
    }

    /// After forms came in.
    pub fn changed(&self) {
        *locked(&self.labels) = None;
    }
}

impl LifecycleObserver for Catalogue {
    fn on_lock(&self) {
        locked(&self.loaded).clear();
        self.changed();
    }
}
