//! Which bind expression reads what: an order to compute in, and who hears of a change.

use super::{Builder, expressions::contains_choice_name};
use crate::{
    definition::{
        Body, BodyId, ChoiceSource, Dependency, Edge, ElementKind, ExprId, Facet, Graph, NodeId, ROOT_SCOPE,
        ScopeId, Vertex,
    },
    error::ParseProblem,
};
use std::collections::{BTreeMap, BTreeSet};

type Key = (NodeId, u8);

const CALCULATE: u8 = 0;
const RELEVANT: u8 = 1;
const COUNT: u8 = 2;

struct Draft {
    key: Key,
    expr: ExprId,
    /// Vertices that must come before.
    before: BTreeSet<usize>,
    reads_itself: bool,
}

impl Builder<'_> {
    pub(super) fn graph(&mut self, body: &Body) -> Graph {
        let mut drafts = self.drafts();
        let places: BTreeMap<Key, usize> = drafts.iter().enumerate().map(|(i, d)| (d.key, i)).collect();
        for i in 0..drafts.len() {
            self.connect(&mut drafts, &places, i, body);
        }
        let order = match order(&drafts) {
            Ok(order) => order,
            Err(rest) => {
                self.report_cycles(&drafts, &rest);
                return Graph::default();
            }
        };
        self.finish_graph(&drafts, &order, body)
    }

    fn drafts(&self) -> Vec<Draft> {
        let mut drafts = Vec::new();
        let mut add = |node: NodeId, facet, expr: Option<ExprId>| {
            drafts.extend(expr.map(|expr| Draft {
                key: (node, facet),
                expr,
                before: BTreeSet::new(),
                reads_itself: false,
            }));
        };
        for (i, node) in self.nodes.iter().enumerate() {
            add(NodeId(i as u32), CALCULATE, node.bind.calculate);
            add(NodeId(i as u32), RELEVANT, node.bind.relevant);
        }
        for scope in &self.scopes {
            add(scope.node, COUNT, scope.count);
        }
        drafts
    }

    fn scopes_around(&self, node: NodeId) -> impl Iterator<Item = ScopeId> + '_ {
        std::iter::successors(Some(self.node(node).scope), |s| self.scopes[s.0 as usize].parent)
    }

    fn connect(&self, drafts: &mut [Draft], places: &BTreeMap<Key, usize>, i: usize, body: &Body) {
        let (node, facet) = drafts[i].key;
        let mut before = BTreeSet::new();
        let mut reads_itself = false;
        for dep in self.dependencies(drafts[i].expr, body) {
            let gate = self.node(dep.node).gate;
            let sources = [Some((dep.node, CALCULATE)), gate.map(|gate| (gate, RELEVANT))];
            let sources = sources.into_iter().flatten().filter(|_| !dep.place_only);
            let counts = self.scopes_around(dep.node).map(|s| (self.scopes[s.0 as usize].node, COUNT));
            for key in sources.chain(counts) {
                let Some(source) = places.get(&key).copied() else { continue };
                // Other instances of the same node may be read: they are computed in document order.
                let other_instance = dep.pivot < self.scopes[self.node(dep.node).scope.0 as usize].depth;
                if source == i && other_instance {
                    reads_itself = true;
                } else {
                    before.insert(source);
                }
            }
        }
        // What is inside comes after what opens it: counts of its repeats, conditions of its groups.
        let own_count = facet == COUNT;
        for scope in self.scopes_around(node).skip(usize::from(own_count)) {
            before.extend(places.get(&(self.scopes[scope.0 as usize].node, COUNT)));
        }
        if facet == RELEVANT
            && let Some(outer) = self.node(node).parent.and_then(|p| self.node(p).gate)
        {
            before.extend(places.get(&(outer, RELEVANT)));
        }
        drafts[i].before = before;
        drafts[i].reads_itself = reads_itself;
    }

    /// What an expression reads, the filters of selects that it quotes included.
    fn dependencies(&self, expr: ExprId, body: &Body) -> Vec<Dependency> {
        let compiled = &self.exprs[expr.0 as usize];
        let mut deps = compiled.deps.clone();
        if contains_choice_name(&compiled.expr) {
            let quoted = compiled.deps.iter().filter_map(|d| body.control_of.get(&d.node));
            for element in quoted.map(|id| &body.elements[id.0 as usize]) {
                if let ElementKind::Control(control) = &element.kind
                    && let ChoiceSource::Itemset(itemset) = &control.choices
                {
                    let filter = &self.exprs[itemset.nodeset.0 as usize].deps;
                    deps.extend(filter.iter().map(|d| Dependency { pivot: 0, ..*d }));
                }
            }
        }
        deps
    }

    /// One problem for each knot of vertices that read each other.
    fn report_cycles(&mut self, drafts: &[Draft], rest: &BTreeSet<usize>) {
        let mut left = rest.clone();
        while let Some(start) = left.first().copied() {
            let cycle = cycle_from(drafts, &left, start);
            let mut names: Vec<String> =
                cycle.iter().map(|i| self.node(drafts[*i].key.0).path.to_string()).collect();
            names.dedup();
            let first = &drafts[cycle[0]];
            let attribute = ["calculate", "relevant", "jr:count"][first.key.1 as usize];
            names.push(names[0].clone());
            let mut problem =
                ParseProblem::new("xforms.cycle", format!("these read each other: {}", names.join(" ← ")));
            problem.expression = Some(self.exprs[first.expr.0 as usize].source.to_string());
            self.problem(problem.at_node(names[0].clone()).attribute(attribute));
            cycle.iter().for_each(|i| {
                left.remove(i);
            });
            // What only hangs on the cycle is no cycle of its own.
            prune(drafts, &mut left);
        }
    }

    fn finish_graph(&self, drafts: &[Draft], order: &[usize], body: &Body) -> Graph {
        let empty = || vec![None; self.nodes.len()];
        let mut graph = Graph {
            vertices: Vec::with_capacity(drafts.len()),
            dependents: vec![Vec::new(); self.nodes.len()],
            choice_dependents: vec![Vec::new(); self.nodes.len()],
            calculate_of: empty(),
            relevant_of: empty(),
            count_of: empty(),
        };
        for (vertex, draft) in order.iter().map(|i| &drafts[*i]).enumerate() {
            let (node, facet) = draft.key;
            let vertex = vertex as u32;
            let (facet, of) = match facet {
                CALCULATE => (Facet::Calculate, &mut graph.calculate_of),
                RELEVANT => (Facet::Relevant, &mut graph.relevant_of),
                _ => (Facet::Count, &mut graph.count_of),
            };
            of[node.0 as usize] = Some(vertex);
            let own = self.node(node).scope;
            let scope = match facet {
                Facet::Count => self.scopes[own.0 as usize].parent.unwrap_or(ROOT_SCOPE),
                _ => own,
            };
            graph.vertices.push(Vertex { node, facet, scope, reads_itself: draft.reads_itself });
            for dep in self.dependencies(draft.expr, body) {
                graph.dependents[dep.node.0 as usize].push(Edge {
                    vertex,
                    pivot: dep.pivot,
                    place_only: dep.place_only,
                });
            }
        }
        for (i, element) in body.elements.iter().enumerate() {
            if let ElementKind::Control(control) = &element.kind
                && let ChoiceSource::Itemset(itemset) = &control.choices
            {
                for dep in self.dependencies(itemset.nodeset, body) {
                    graph.choice_dependents[dep.node.0 as usize].push((BodyId(i as u32), dep.pivot));
                }
            }
        }
        graph
    }
}

/// Kahn's order, lowest number first so that it is the same each time; else the vertices left over.
fn order(drafts: &[Draft]) -> Result<Vec<usize>, BTreeSet<usize>> {
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); drafts.len()];
    let mut waiting: Vec<usize> = drafts.iter().map(|d| d.before.len()).collect();
    for (i, draft) in drafts.iter().enumerate() {
        draft.before.iter().for_each(|b| after[*b].push(i));
    }
    let mut ready: BTreeSet<usize> = (0..drafts.len()).filter(|i| waiting[*i] == 0).collect();
    let mut order = Vec::with_capacity(drafts.len());
    while let Some(next) = ready.pop_first() {
        order.push(next);
        for dependent in &after[next] {
            waiting[*dependent] -= 1;
            if waiting[*dependent] == 0 {
                ready.insert(*dependent);
            }
        }
    }
    if order.len() == drafts.len() {
        return Ok(order);
    }
    let mut rest: BTreeSet<usize> = (0..drafts.len()).filter(|i| waiting[*i] > 0).collect();
    prune(drafts, &mut rest);
    Err(rest)
}

/// Leaves only vertices that both read and are read by others that are left.
fn prune(drafts: &[Draft], left: &mut BTreeSet<usize>) {
    loop {
        let read: BTreeSet<usize> = left.iter().flat_map(|i| drafts[*i].before.iter().copied()).collect();
        let keep: BTreeSet<usize> = left
            .iter()
            .copied()
            .filter(|i| read.contains(i) && drafts[*i].before.iter().any(|b| left.contains(b)))
            .collect();
        if keep.len() == left.len() {
            return;
        }
        *left = keep;
    }
}

/// Walks back along what is read until a vertex comes again.
fn cycle_from(drafts: &[Draft], left: &BTreeSet<usize>, start: usize) -> Vec<usize> {
    let mut walked = vec![start];
    loop {
        let here = walked[walked.len() - 1];
        let Some(next) = drafts[here].before.iter().copied().find(|b| left.contains(b)) else {
            return walked;
        };
        if let Some(first) = walked.iter().position(|w| *w == next) {
            return walked.split_off(first);
        }
        walked.push(next);
    }
}
