//! Any text as a form: read, and started if it is one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xforms::{Definition, Env, Session};

fuzz_target!(|form: &str| {
    if let Ok(definition) = Definition::parse(form) {
        let now = chrono::DateTime::parse_from_rfc3339("2026-03-04T09:30:00+07:00").expect("a moment");
        let mut session = Session::start(definition, Env::fixed(now, 7));
        let _ = session.page();
        let _ = session.finish();
    }
});
