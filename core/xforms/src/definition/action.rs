//! Actions and the events that set them off (spec, Events and Actions).

use super::{ExprId, NodeId, ScopeId};
use crate::text::Text;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    FirstLoad,
    /// Every opening: of a new form, of a draft, of a submission.
    Load,
    NewRepeat,
    ValueChanged,
}

pub(crate) struct Action {
    pub events: Vec<Event>,
    /// For a changed value: the node whose change triggers it. For a new repeat: its scope's node.
    pub source: Option<NodeId>,
    pub target: NodeId,
    /// The scope whose instance binds the target's path.
    pub scope: ScopeId,
    pub effect: Effect,
}

impl Action {
    pub fn happens(&self, events: &[Event]) -> bool {
        self.events.iter().any(|event| events.contains(event))
    }
}

pub(crate) enum Effect {
    Text(Text),
    Expr(ExprId),
    /// Only the device can tell.
    Request(RequestKind),
}

/// What an action asks of the device; the value is stored when it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestKind {
    /// `odk:setgeopoint`: where the device is now; [`Answer::Point`](crate::Answer::Point).
    Position,
    /// `odk:recordaudio`: a recording of the whole interview from now on, while the person answers;
    /// [`Answer::File`](crate::Answer::File).
    Audio {
        /// `voice-only`, `low`, `normal`; the form may leave it open.
        quality: Option<String>,
    },
}
