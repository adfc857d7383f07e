//! Checking a submitted instance again: what the same form, evaluated here, would have said.

use crate::{
    definition::{Definition, ElementKind, NodeId, ROOT},
    env::Env,
    error::LoadError,
    loading::{Missing, load},
    session::{Engine, ValueNode},
    state::{At, Frames, ROOT_FRAME},
    text::Text,
    xpath::eval::Context,
};
use std::{collections::HashSet, fmt, sync::Arc};

/// What a submission holds, and where it departs from its form.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    pub instance_id: Option<String>,
    pub instance_name: Option<String>,
    /// The root's `version` attribute as submitted.
    pub version: Option<String>,
    pub differences: Vec<Difference>,
    /// The submission's own values.
    pub root: ValueNode,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Path of the node instance; of an unknown element, nothing but where it stood.
    pub path: String,
    pub kind: DifferenceKind,
}

/// `Debug` shows the kind only: values are personal data.
#[derive(Clone, PartialEq, Eq)]
pub enum DifferenceKind {
    /// A calculation gives another value here.
    Calculation { submitted: Option<String>, computed: Option<String> },
    /// The answer breaks its constraint.
    Constraint,
    /// A required answer is missing.
    Required,
    /// The node was submitted though it is not relevant.
    NotRelevant,
    /// The value is none of the choices.
    NotAChoice,
    /// The submission holds elements that the form doesn't have.
    UnknownElements { count: usize },
    /// The number of instances is another than the form's count.
    RepeatCount { submitted: usize, computed: usize },
    /// Submitted for another version of the form.
    Version { submitted: Option<String> },
}

impl DifferenceKind {
    pub fn code(&self) -> &'static str {
        match self {
            DifferenceKind::Calculation { .. } => "xforms.differs.calculation",
            DifferenceKind::Constraint => "xforms.differs.constraint",
            DifferenceKind::Required => "xforms.differs.required",
            DifferenceKind::NotRelevant => "xforms.differs.not-relevant",
            DifferenceKind::NotAChoice => "xforms.differs.not-a-choice",
            DifferenceKind::UnknownElements { .. } => "xforms.differs.unknown-elements",
            DifferenceKind::RepeatCount { .. } => "xforms.differs.repeat-count",
            DifferenceKind::Version { .. } => "xforms.differs.version",
        }
    }
}

impl fmt::Debug for DifferenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Evaluates a submission with its own form version; `env`'s clock should stand at the submission's
/// own time. Values that another evaluation can't give again (`random()`, `uuid()`, `once()`, `now()`,
/// the last saved instance, preloads) are taken as submitted.
///
/// # Errors
/// When the XML is no instance of this form. Its content never makes an error, only differences.
pub fn evaluate_submission(def: &Arc<Definition>, xml: &str, env: Env) -> Result<Evaluation, LoadError> {
    let mut unknown = 0;
    let loaded = load(def, xml, Missing::Blank, &mut |_| unknown += 1)?;
    let submitted = Frames::new(def, &loaded.skeleton);
    let mut engine = Engine::new(def.clone(), &loaded.skeleton, env);
    engine.rechecking = true;
    engine.recalculate_all();
    let mut checker = Checker { engine: &engine, submitted: &submitted, differences: Vec::new() };
    checker.whole(loaded.version.as_deref(), unknown);
    checker.nodes();
    checker.counts();
    let differences = checker.differences;
    let meta = |name: &str| {
        let value = submitted.value(def, engine.meta(name)?);
        (!value.is_empty()).then(|| value.to_string())
    };
    Ok(Evaluation {
        instance_id: meta("instanceID"),
        instance_name: meta("instanceName"),
        version: loaded.version,
        differences,
        root: ValueNode::of(def, &submitted, engine.root()).unwrap_or_default(),
    })
}

struct Checker<'a> {
    engine: &'a Engine,
    submitted: &'a Frames,
    differences: Vec<Difference>,
}

impl Checker<'_> {
    fn report(&mut self, at: At, kind: DifferenceKind) {
        let path = self.engine.state.path(&self.engine.def, at);
        self.differences.push(Difference { path, kind });
    }

    fn whole(&mut self, version: Option<&str>, unknown: usize) {
        if version != self.engine.def.version.as_deref() {
            self.report(
                self.engine.root(),
                DifferenceKind::Version { submitted: version.map(str::to_owned) },
            );
        }
        if unknown > 0 {
            self.report(self.engine.root(), DifferenceKind::UnknownElements { count: unknown });
        }
    }

    fn nodes(&mut self) {
        let engine = self.engine;
        let def = &engine.def;
        let mut all = Vec::new();
        // Nothing is added or removed while checking: both states have the same frames.
        engine.state.walk(def, engine.root(), &mut |at| all.push(at));
        let questions: HashSet<NodeId> = def.body.control_of.keys().copied().collect();
        for at in all {
            let bind = &def.node(at.node).bind;
            let submitted = self.submitted.value(def, at).clone();
            let computed = engine.state.value(def, at).clone();
            if !engine.state.relevant(def, at) {
                if !submitted.is_empty() && !def.node(at.node).is_attribute {
                    self.report(at, DifferenceKind::NotRelevant);
                }
                continue;
            }
            // A calculation may be overridden by an answer where the question is open to it.
            let answerable = questions.contains(&at.node) && bind.readonly.is_none();
            if bind.calculate.is_some()
                && !answerable
                && submitted != computed
                && !same_number(&submitted, &computed)
            {
                let some = |text: &Text| (!text.is_empty()).then(|| text.to_string());
                let kind =
                    DifferenceKind::Calculation { submitted: some(&submitted), computed: some(&computed) };
                self.report(at, kind);
            }
            if questions.contains(&at.node) {
                self.question(at, &submitted);
            }
        }
    }

    fn question(&mut self, at: At, value: &Text) {
        let def = &self.engine.def;
        let bind = &def.node(at.node).bind;
        let holds = |expr| self.engine.evaluator().run_bool(def.expr(expr), &Context::of(at));
        if value.is_empty() {
            if bind.required.is_some_and(holds) && !bind.readonly.is_some_and(holds) {
                self.report(at, DifferenceKind::Required);
            }
            return;
        }
        if bind.constraint.is_some_and(|c| !holds(c)) {
            self.report(at, DifferenceKind::Constraint);
        }
        let Some(id) = def.body.control_of.get(&at.node) else { return };
        let ElementKind::Control(control) = &def.element(*id).kind else { return };
        if !control.kind.has_choices() {
            return;
        }
        let values = control.kind.values_of(value);
        if !self.engine.evaluator().offers(*id, at, &values) {
            self.report(at, DifferenceKind::NotAChoice);
        }
    }

    fn counts(&mut self) {
        let engine = self.engine;
        let def = &engine.def;
        for scope in &def.scopes {
            let (Some(count), Some(parent)) = (scope.count, scope.parent) else { continue };
            for frame in engine.state.instances(def, ROOT_FRAME, parent) {
                let around = At { frame, node: def.node(scope.node).parent.unwrap_or(ROOT) };
                if !engine.state.relevant(def, around) {
                    continue;
                }
                let at = At { frame, node: scope.node };
                let computed = engine.evaluator().number(&def.expr(count).expr, &Context::of(at));
                let computed = if computed.is_nan() { 0 } else { computed.max(0.0) as usize };
                let submitted = engine.state.frame(frame).inner[scope.place as usize].len();
                if submitted != computed {
                    self.report(around, DifferenceKind::RepeatCount { submitted, computed });
                }
            }
        }
    }
}

/// Two spellings of one number are no difference.
fn same_number(a: &str, b: &str) -> bool {
    match (crate::text::parse_number(a), crate::text::parse_number(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}
