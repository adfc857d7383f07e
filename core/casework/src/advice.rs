//! What a worker should know after finishing a form: deadlines, suggestions, whom to call, each with its ground.

use crate::{Lang, Outcome};
use chrono::{DateTime, FixedOffset};

/// Finished sentences; what is no duty but a hint is marked «Gợi ý».
pub fn after_finish(outcome: &Outcome, now: DateTime<FixedOffset>, lang: Lang) -> Vec<String> {
    let _ = (outcome, now, lang);
    Vec::new()
}
