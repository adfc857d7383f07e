//! The forms that are being filled now.

use super::session::FormSession;
use crate::{lifecycle::LifecycleObserver, mutex::locked};
use model::DraftId;
use std::sync::{Arc, Mutex, Weak};

#[derive(Default)]
pub struct OpenForms(Mutex<Vec<Weak<FormSession>>>);

impl OpenForms {
    pub fn add(&self, session: &Arc<FormSession>) {
        let mut sessions = locked(&self.0);
        sessions.retain(|known| known.strong_count() > 0);
        sessions.push(Arc::downgrade(session));
    }

    /// The session that fills this draft already.
    pub fn of(&self, draft: DraftId) -> Option<Arc<FormSession>> {
        let sessions: Vec<_> = locked(&self.0).iter().filter_map(Weak::upgrade).collect();
        sessions.into_iter().find(|session| session.draft() == draft && session.is_open())
    }
}

impl LifecycleObserver for OpenForms {
    fn on_lock(&self) {
        for session in locked(&self.0).drain(..).filter_map(|known| known.upgrade()) {
            session.close();
        }
    }
}
