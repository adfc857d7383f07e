//! Any text as a saved draft and as a submission of a form.
#![no_main]

use std::sync::{Arc, OnceLock};
use libfuzzer_sys::fuzz_target;
use xforms::{Definition, Env, Saved, Session, evaluate_submission};

static DEFINITION: OnceLock<Arc<Definition>> = OnceLock::new();

fuzz_target!(|instance: &str| {
    let definition = DEFINITION.get_or_init(|| Definition::parse(include_str!("form.xml")).expect("the form is right"));
    let now = chrono::DateTime::parse_from_rfc3339("2026-03-04T09:30:00+07:00").expect("a moment");
    let saved = Saved { instance: instance.to_owned(), ..Saved::default() };
    if let Ok(mut session) = Session::resume(definition.clone(), Env::fixed(now, 7), &saved) {
        let _ = session.finish();
    }
    let _ = evaluate_submission(definition, instance, Env::fixed(now, 7));
});
