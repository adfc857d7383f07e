//! Recalculation along the graph: what reads a changed node is computed again, each vertex once, in order.

use crate::{
    date,
    definition::{BodyId, DataType, Definition, ElementKind, Facet, ROOT, RequestKind, ScopeId, Vertex},
    env::{Clock, Properties},
    error::SessionWarning,
    loading::{MAX_FRAMES, MAX_INSTANCES},
    session::{Device, queue::Queue},
    state::{At, FrameId, Frames, ROOT_FRAME},
    text::{Text, number_text},
    xpath::{
        eval::{Context, Evaluator, Surroundings},
        value::Value,
    },
};
use rustc_hash::FxHashSet;
use std::{collections::BTreeSet, sync::Arc};

/// Actions and emptied selects may set off one another; a form that never rests is stopped here.
const MAX_ROUNDS: usize = 64;

pub(crate) struct Engine {
    pub def: Arc<Definition>,
    pub state: Frames,
    pub around: Surroundings,
    pub device: Device,
    pub(super) queue: Queue,
    /// Selects whose filter reads something that changed.
    pub(super) stale_choices: BTreeSet<(BodyId, FrameId)>,
    /// Questions answered or set, and instances made, whose actions wait.
    pub(super) changed_values: Vec<At>,
    pub(super) new_frames: Vec<FrameId>,
    /// What actions asked of the device and have not been told yet.
    pub(super) requests: Vec<(At, RequestKind)>,
    /// Nodes whose value is another than when changes were last forgotten.
    pub values_changed: FxHashSet<At>,
    pub relevance_changed: FxHashSet<At>,
    pub restructured: bool,
    /// … some went, so that others moved.
    pub shrunk: bool,
    /// Repeats whose instances came or went.
    pub resized: BTreeSet<ScopeId>,
    /// Instances that came or went, and the frames that held them.
    pub reshaped: Vec<FrameId>,
    pub evaluations: u64,
    pub warnings: BTreeSet<SessionWarning>,
    /// Values that a submission carries are kept where they can't be computed again.
    pub rechecking: bool,
}

impl Engine {
    pub(super) fn assemble(
        def: Arc<Definition>,
        state: Frames,
        around: Surroundings,
        clock: Arc<dyn Clock>,
        properties: Properties,
    ) -> Engine {
        Engine {
            def,
            state,
            around,
            device: Device { clock, properties },
            queue: Queue::default(),
            stale_choices: BTreeSet::new(),
            changed_values: Vec::new(),
            new_frames: Vec::new(),
            requests: Vec::new(),
            values_changed: FxHashSet::default(),
            relevance_changed: FxHashSet::default(),
            restructured: false,
            shrunk: false,
            resized: BTreeSet::new(),
            reshaped: Vec::new(),
            evaluations: 0,
            warnings: BTreeSet::new(),
            rechecking: false,
        }
    }

    pub fn evaluator(&self) -> Evaluator<'_> {
        Evaluator { def: &self.def, state: &self.state, around: &self.around }
    }

    pub fn forget_changes(&mut self) {
        self.values_changed.clear();
        self.relevance_changed.clear();
        self.restructured = false;
        self.shrunk = false;
        self.resized.clear();
        self.reshaped.clear();
    }

    /// A repeat without instances has nothing to carry its relevance, so what that reads is looked at.
    pub fn boundaries_changed(&self) -> bool {
        let reads = &self.def.body.boundary_reads;
        let changed = self.values_changed.iter().chain(&self.relevance_changed);
        !reads.is_empty() && changed.into_iter().any(|at| reads.binary_search(&at.node).is_ok())
    }

    /// Everything, as if it had all changed.
    pub fn recalculate_all(&mut self) {
        self.around.now = self.device.clock.now();
        self.schedule_inside(ROOT_FRAME);
        let selects: BTreeSet<BodyId> =
            self.def.graph.choice_dependents.iter().flatten().map(|(select, _)| *select).collect();
        for select in selects {
            let scope = self.def.node(self.def.element(select).context).scope;
            let frames = self.state.instances(&self.def, ROOT_FRAME, scope);
            self.stale_choices.extend(frames.into_iter().map(|f| (select, f)));
        }
        self.settle();
    }

    /// Runs until nothing is left to compute, then the waiting actions, then what those set off.
    pub fn settle(&mut self) {
        self.around.begin();
        self.around.share();
        for _ in 0..MAX_ROUNDS {
            self.run();
            if self.rechecking {
                self.stale_choices.clear();
            }
            let acted = self.run_actions();
            let emptied = self.drop_withdrawn_choices();
            if !acted && !emptied && self.queue.is_empty() {
                return;
            }
        }
        self.queue.clear();
        let message = "what the form sets off never comes to rest: it was stopped";
        self.warn("xforms.restless", self.root(), message);
    }

    fn warn(&mut self, code: &'static str, at: At, message: &'static str) {
        let path = self.state.path(&self.def, at);
        self.warnings.insert(SessionWarning { code, path, message });
    }

    fn run(&mut self) {
        while let Some((vertex, mut frames)) = self.queue.pop() {
            if frames.len() > 1 && self.def.graph.vertices[vertex as usize].reads_itself {
                frames.sort_by(|a, b| self.state.order(*a, *b));
            }
            for frame in frames {
                // An instance removed meanwhile waits no more.
                if self.queue.take(vertex, frame) {
                    self.compute(vertex, frame);
                }
            }
        }
    }

    /// All expressions of a frame and of the frames in it.
    fn schedule_inside(&mut self, frame: FrameId) {
        let def = self.def.clone();
        let mut open = vec![frame];
        while let Some(frame) = open.pop() {
            let scope = self.state.frame(frame).scope;
            for node in &def.scope(scope).nodes {
                let own = [def.graph.calculate_of[node.0 as usize], def.graph.relevant_of[node.0 as usize]];
                own.into_iter().flatten().for_each(|v| self.queue.push(v, frame));
            }
            for inner in &def.scope(scope).inner {
                if let Some(vertex) = def.graph.count_of[def.scope(*inner).node.0 as usize] {
                    self.queue.push(vertex, frame);
                }
            }
            open.extend(self.state.frame(frame).inner.iter().flatten());
        }
    }

    /// Stores a value and tells its readers; whether it was another one.
    pub fn set(&mut self, at: At, value: Text) -> bool {
        self.set_by(at, value, None)
    }

    fn set_by(&mut self, at: At, value: Text, by: Option<(u32, FrameId)>) -> bool {
        if *self.state.value(&self.def, at) == value {
            return false;
        }
        self.state.set_value(&self.def, at, value);
        self.values_changed.insert(at);
        self.notify(at, by);
        true
    }

    fn compute(&mut self, vertex: u32, frame: FrameId) {
        let def = self.def.clone();
        let Some(Vertex { node, facet, .. }) = def.graph.vertices.get(vertex as usize) else { return };
        let at = At { frame, node: *node };
        let bind = &def.node(*node).bind;
        self.evaluations += 1;
        match facet {
            Facet::Calculate => {
                let Some(expr) = bind.calculate.map(|e| def.expr(e)) else { return };
                if self.rechecking && expr.volatile {
                    return;
                }
                let value = self.evaluator().value(&expr.expr, &Context::of(at));
                let text = self.typed(value, bind.data_type);
                if self.overrun(at) {
                    return;
                }
                self.set_by(at, text, Some((vertex, frame)));
            }
            Facet::Relevant => {
                let Some(expr) = bind.relevant.map(|e| def.expr(e)) else { return };
                let own = self.evaluator().run_bool(expr, &Context::of(at));
                if self.overrun(at) {
                    return;
                }
                self.state.set_own_relevant(&def, at, own);
                let around = self.state.parent(&def, at).is_none_or(|p| self.state.relevant(&def, p));
                self.spread_relevance(at, around, Some((vertex, frame)));
            }
            Facet::Count => {
                let scope = def.node(*node).scope;
                let Some(expr) = def.scope(scope).count.map(|e| def.expr(e)) else { return };
                let asked = self.evaluator().number(&expr.expr, &Context::of(at));
                let count = if asked.is_nan() { 0 } else { asked.clamp(0.0, MAX_INSTANCES as f64) as usize };
                if !self.rechecking {
                    self.resize(scope, frame, count);
                    let made = self.state.frame(frame).inner[def.scope(scope).place as usize].len();
                    if made < count || asked > MAX_INSTANCES as f64 {
                        let message = "the repeat has more instances than can be made: the rest is left out";
                        self.warn("xforms.too-many-instances", at, message);
                    }
                }
            }
        }
    }

    /// Whether the expression that was evaluated just now cost too much, so that its value means nothing.
    fn overrun(&mut self, at: At) -> bool {
        let exhausted = self.around.is_exhausted();
        if exhausted {
            let message = "its expression costs too much: it keeps the value it had";
            self.warn("xforms.too-costly", at, message);
        }
        self.around.share();
        exhausted
    }

    /// Hands a group's relevance down to all it holds.
    fn spread_relevance(&mut self, at: At, around: bool, by: Option<(u32, FrameId)>) {
        let effective = around && self.state.own_relevant(&self.def, at);
        if effective == self.state.relevant(&self.def, at) {
            return;
        }
        self.state.set_relevant(&self.def, at, effective);
        self.relevance_changed.insert(at);
        self.notify(at, by);
        let def = self.def.clone();
        for child in &def.node(at.node).children {
            let instances: Vec<At> = self.state.children_of(&def, at, *child).collect();
            for instance in instances {
                self.spread_relevance(instance, effective, by);
            }
        }
    }

    fn resize(&mut self, scope: ScopeId, parent: FrameId, count: usize) {
        let place = self.def.scope(scope).place as usize;
        let before = self.state.frame(parent).inner[place].len();
        for _ in before..count {
            if self.state.count() >= MAX_FRAMES {
                break;
            }
            self.grow_quietly(scope, parent);
        }
        let removed = self.state.frame(parent).inner[place].get(count..).unwrap_or_default().to_vec();
        self.remove(&removed);
        if before != count {
            self.notify_structure(scope, parent, before.min(count));
        }
    }

    /// Adds an instance at the end; its actions wait until `settle`.
    pub fn grow(&mut self, scope: ScopeId, parent: FrameId) -> FrameId {
        let frame = self.grow_quietly(scope, parent);
        self.notify_structure(scope, parent, self.state.place(frame) - 1);
        frame
    }

    fn grow_quietly(&mut self, scope: ScopeId, parent: FrameId) -> FrameId {
        let def = self.def.clone();
        let frame = self.state.grow(&def, scope, &def.scope(scope).template, Some(parent));
        self.state.append(&def, parent, def.scope(scope).place as usize, frame);
        let at = At { frame, node: def.scope(scope).node };
        let around = self.state.parent(&def, at).is_none_or(|p| self.state.relevant(&def, p));
        if !around {
            self.spread_relevance(at, false, None);
        }
        self.preload_inside(frame, |_| true);
        self.schedule_inside(frame);
        self.new_frames.push(frame);
        self.reshaped.extend([frame, parent]);
        frame
    }

    /// Removes an instance.
    pub fn shrink(&mut self, frame: FrameId) {
        let scope = self.state.frame(frame).scope;
        let Some(parent) = self.state.frame(frame).parent else { return };
        let place = self.state.place(frame) - 1;
        self.remove(&[frame]);
        self.notify_structure(scope, parent, place);
    }

    /// Removes instances, and forgets all that waited for them.
    fn remove(&mut self, frames: &[FrameId]) {
        if frames.is_empty() {
            return;
        }
        let mut gone: FxHashSet<FrameId> = FxHashSet::default();
        let mut open = frames.to_vec();
        while let Some(id) = open.pop() {
            gone.insert(id);
            open.extend(self.state.frame(id).inner.iter().flatten());
        }
        self.queue.forget(&gone);
        self.stale_choices.retain(|(_, f)| !gone.contains(f));
        self.values_changed.retain(|at| !gone.contains(&at.frame));
        self.relevance_changed.retain(|at| !gone.contains(&at.frame));
        self.changed_values.retain(|at| !gone.contains(&at.frame));
        self.new_frames.retain(|f| !gone.contains(f));
        self.requests.retain(|(at, _)| !gone.contains(&at.frame));
        self.reshaped.extend(gone);
        self.reshaped.extend(frames.iter().filter_map(|f| self.state.frame(*f).parent));
        self.shrunk = true;
        // The last first, so that none has to move up.
        frames.iter().rev().for_each(|f| self.state.remove(&self.def, *f));
    }

    /// A filtered choice that is no longer offered is no answer any more.
    fn drop_withdrawn_choices(&mut self) -> bool {
        let mut dropped = false;
        for (control, frame) in std::mem::take(&mut self.stale_choices) {
            let def = self.def.clone();
            let ElementKind::Control(select) = &def.element(control).kind else { continue };
            let at = At { frame, node: select.node };
            let value = self.state.value(&def, at).clone();
            if value.is_empty() {
                continue;
            }
            let evaluator = self.evaluator();
            let kept: Vec<&str> =
                value.split_whitespace().filter(|v| evaluator.offers(control, at, &[v])).collect();
            if !self.around.is_exhausted() && kept.len() < value.split_whitespace().count() {
                dropped |= self.set(at, kept.join(" ").into());
                self.changed_values.push(at);
            }
        }
        dropped
    }

    /// The text that a node of this type stores for a value (spec, Data Types).
    pub fn typed(&self, value: Value, data_type: DataType) -> Text {
        let evaluator = self.evaluator();
        let offset = self.around.offset();
        match (data_type, value) {
            (_, Value::Number(number)) if number.is_nan() => Text::default(),
            (DataType::Date, Value::Number(days)) => {
                date::date_of_days(days).map_or_else(Text::default, |d| date::format_date(d).into())
            }
            (DataType::DateTime, Value::Number(days)) => date::date_time_of_days(days, offset)
                .map_or_else(Text::default, |at| date::format_date_time(&at).into()),
            (DataType::Int, Value::Number(number)) => number_text(number.trunc()).into(),
            (data_type, value) => {
                let text = evaluator.to_text(value);
                match data_type {
                    // A moment stored as a date keeps its day only.
                    DataType::Date if text.len() > 10 => {
                        let at = date::parse_date_time(&text, offset);
                        at.map_or(text, |at| date::format_date(date::local_date(&at)).into())
                    }
                    DataType::Int if text.contains('.') => match crate::text::parse_number(&text) {
                        Some(number) => number_text(number.trunc()).into(),
                        None => text,
                    },
                    _ => text,
                }
            }
        }
    }

    pub fn root(&self) -> At {
        At { frame: ROOT_FRAME, node: ROOT }
    }
}
