//! What a form takes from outside: the time, the language, the worker, what was saved last.

use super::catalogue::LoadedForm;
use crate::{desk::Desk, error::Fault};
use chrono::{DateTime, FixedOffset};
use model::{Clock, DeviceId, FieldState, clock::vietnam, kind};
use std::sync::Arc;
use xforms::Env;

/// The form's `now()` and `today()`: the app's clock, by Vietnam's time.
struct FormClock(Arc<dyn Clock>);

impl xforms::Clock for FormClock {
    fn now(&self) -> DateTime<FixedOffset> {
        vietnam(&self.0.now())
    }
}

/// `restricted`: its draft is of a restricted case.
pub fn env(clock: &Arc<dyn Clock>, desk: &Desk, form: &LoadedForm, restricted: bool) -> Result<Env, Fault> {
    let identity = desk.store.identity()?;
    let clock = Arc::new(FormClock(clock.clone()));
    let last_saved = if restricted { None } else { last_saved(desk, form, identity.device)? };
    let env = Env { clock, last_saved, ..Env::system() };
    Ok(env
        .language(desk.lang.code())
        .property("username", identity.worker.name.0)
        .property("deviceid", identity.device.to_string()))
}

/// What this phone finished last with the form, if the form begins with it. Never of a restricted case: what
/// one child's report says must not appear in another's.
fn last_saved(desk: &Desk, form: &LoadedForm, device: DeviceId) -> Result<Option<String>, Fault> {
    if !form.definition.reads_last_saved() {
        return Ok(None);
    }
    let last = desk.store.newest_record(kind::SUBMISSION, |record| {
        let xml = record.state.fields.get("xml").and_then(FieldState::shown);
        // Other versions of the form may have been of another scope.
        !record.restricted
            && record.state.text("form") == Some(&form.id)
            && xml.is_some_and(|xml| xml.device == device && xml.value().is_some_and(|xml| xml.is_string()))
    })?;
    Ok(last.and_then(|record| record.state.text("xml").map(str::to_owned)))
}
