//! Actions and the events that set them off (spec, Events and Actions).

use super::{ExprId, NodeId, ScopeId};
use crate::text::Text;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    FirstLoad,
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
    pub value: ActionValue,
}

pub(crate) enum ActionValue {
    Text(Text),
    Expr(ExprId),
}
