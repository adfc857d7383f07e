//! The way back: what is known of a household, as answers of a form, so that nobody types it again.

use crate::FormRules;
use model::{RecordRef, RecordState};

impl FormRules {
    /// Instance paths and stored values for `xforms::Session::start_with`: what lasts, never what belongs to one
    /// visit (its date, consents, observations). `children`: records of any kind below the root.
    pub fn prefill(
        &self,
        root: &RecordRef,
        state: &RecordState,
        children: &[(RecordRef, RecordState)],
    ) -> Vec<(String, String)> {
        let _ = (root, state, children);
        Vec::new()
    }
}
