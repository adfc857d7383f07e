//! Any text as an expression: read, resolved and evaluated at four places of a form.
#![no_main]

use std::cell::OnceCell;
use libfuzzer_sys::fuzz_target;
use xforms::{Definition, Env, Session};

thread_local! {
    static SESSION: OnceCell<Session> = const { OnceCell::new() };
}

fn session() -> Session {
    let now = chrono::DateTime::parse_from_rfc3339("2026-03-04T09:30:00+07:00").expect("a moment");
    let definition = Definition::parse(include_str!("form.xml")).expect("the form is right");
    Session::start(definition, Env::fixed(now, 7))
}

fuzz_target!(|expression: &str| {
    SESSION.with(|cell| {
        let session = cell.get_or_init(session);
        for place in [None, Some("/"), Some("/data/g/e"), Some("/data/m[2]/n")] {
            // An error is an answer; a panic, an endless loop or too much memory is not.
            let _ = session.evaluate(expression, place);
        }
    });
});
