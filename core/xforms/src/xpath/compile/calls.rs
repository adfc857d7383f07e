//! Calls whose arguments mean more than their values: paths in quotes, repeats, constant patterns.

use super::{Compiler, Doubt, Place};
use crate::{
    date::unknown_escape,
    definition::Dependency,
    xpath::{ast::Expr, function::Function, library::Digest, library_pattern, parser},
};

impl Compiler<'_> {
    /// Returns where the nodes that the call yields stand.
    pub(super) fn call(
        &mut self,
        function: Function,
        arguments: &mut [Expr],
        place: Place,
        limit: u8,
    ) -> Vec<Place> {
        self.volatile |= function.is_volatile();
        if function.takes_nodes() && arguments.first().is_some_and(Expr::yields_no_nodes) {
            let message = format!("{}() takes the path of nodes", function.name());
            self.error("xforms.wrong-arguments", self.at, message);
        }
        let outer = std::mem::replace(&mut self.as_nodes, function.reads_no_values());
        let places = self.arguments(function, arguments, place, limit);
        self.as_nodes = outer;
        places
    }

    fn arguments(
        &mut self,
        function: Function,
        arguments: &mut [Expr],
        place: Place,
        limit: u8,
    ) -> Vec<Place> {
        match (function, arguments) {
            (Function::Position, [argument @ Expr::Path(_)]) => {
                // `position(/data/member)` asks for the own instance.
                if let Expr::Path(path) = argument
                    && let (_, Some(direct)) = self.path(path, place, limit, true)
                {
                    if self.repeat_of(direct.target).is_some()
                        && let Some(own) = self.deps.last_mut()
                    {
                        own.place_only = true;
                    }
                    *argument = Expr::Direct(direct);
                }
            }
            (Function::Position, []) => {
                let scope = self.scope(self.node(self.host).scope);
                self.deps.push(Dependency {
                    node: scope.node,
                    pivot: scope.depth.saturating_sub(1),
                    place_only: true,
                });
            }
            (Function::Randomize, [nodes, seed @ ..]) => {
                let places = self.resolve(nodes, place, limit);
                self.as_nodes = false;
                seed.iter_mut().for_each(|s| drop(self.resolve(s, place, limit)));
                return places;
            }
            (Function::If, [condition, yes, no]) => {
                self.resolve(condition, place, limit);
                let mut places = self.resolve(yes, place, limit);
                places.extend(self.resolve(no, place, limit));
                return places;
            }
            (Function::ChoiceName, [value, node]) => {
                self.resolve(value, place, limit);
                self.choice_name(node, place, limit);
            }
            (Function::IndexedRepeat, arguments) => return self.indexed_repeat(arguments, place, limit),
            (Function::Pulldata, arguments) => {
                if let Expr::Literal(id) = &arguments[0]
                    && !self.schema.secondary.iter().any(|s| s.id == *id)
                {
                    self.missing_instance(id.clone(), self.at);
                }
                self.plain(arguments, place, limit);
            }
            (Function::Digest, arguments) => {
                if let Expr::Literal(algorithm) = &arguments[1]
                    && Digest::find(algorithm).is_none()
                {
                    let message =
                        format!("digest() knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512, not {algorithm}");
                    self.error("xforms.wrong-arguments", self.at, message);
                }
                self.plain(arguments, place, limit);
            }
            (Function::FormatDate | Function::FormatDateTime, arguments) => {
                if let Expr::Literal(pattern) = &arguments[1]
                    && let Some(letter) = unknown_escape(pattern)
                {
                    let message = format!("%{letter} is no part of a date: the text will be blank");
                    self.doubts.push(Doubt { code: "xforms.wrong-format", at: self.at, message });
                }
                self.plain(arguments, place, limit);
            }
            (Function::Id, arguments) => {
                self.plain(arguments, place, limit);
                return vec![Place::Unknown];
            }
            (_, arguments) => self.plain(arguments, place, limit),
        }
        Vec::new()
    }

    fn plain(&mut self, arguments: &mut [Expr], place: Place, limit: u8) {
        for argument in arguments {
            self.resolve(argument, place, limit);
        }
    }

    fn indexed_repeat(&mut self, arguments: &mut [Expr], place: Place, limit: u8) -> Vec<Place> {
        let mut target = Vec::new();
        for (i, argument) in arguments.iter_mut().enumerate() {
            let is_path = i == 0 || i % 2 == 1;
            self.as_nodes = is_path && i > 0;
            let places = self.resolve(argument, place, limit);
            match argument {
                Expr::Direct(direct) if is_path => {
                    self.deps.push(Dependency { node: direct.target, pivot: 0, place_only: false });
                }
                _ if is_path => {
                    self.error("xforms.wrong-arguments", self.at, "indexed-repeat() takes plain paths")
                }
                _ => {}
            }
            if i == 0 {
                target = places;
            }
        }
        target
    }

    /// The select is named by a path in quotes: `jr:choice-name(value, '/data/sex')`.
    fn choice_name(&mut self, argument: &mut Expr, place: Place, limit: u8) {
        let parsed = match argument {
            Expr::Literal(source) => match parser::parse(source, self.names) {
                Ok(expr) => expr,
                Err(_) => {
                    self.error(
                        "xforms.wrong-arguments",
                        self.at,
                        "jr:choice-name() takes the path of a select in quotes",
                    );
                    return;
                }
            },
            _ => std::mem::replace(argument, Expr::Number(0.0)),
        };
        *argument = parsed;
        self.resolve(argument, place, limit);
        match argument {
            Expr::Direct(direct) if self.schema.body.control_of.contains_key(&direct.target) => {
                // What a code is called depends neither on the answer nor on whether the select is asked.
                if let Some(own) = self.deps.iter_mut().rfind(|dep| dep.node == direct.target) {
                    own.place_only = true;
                }
            }
            Expr::Direct(direct) => {
                let path = self.node(direct.target).path.clone();
                self.error("xforms.wrong-arguments", self.at, format!("{path} is not a select"));
            }
            // Unresolved: already reported.
            _ if !self.errors.is_empty() => {}
            _ => self.error(
                "xforms.wrong-arguments",
                self.at,
                "jr:choice-name() takes the path of a select in quotes",
            ),
        }
    }

    pub(super) fn constant_pattern(&mut self, expr: &mut Expr) {
        let Expr::Call(_, arguments, _) = expr else { return };
        let Some(Expr::Literal(pattern)) = arguments.get(1) else { return };
        match library_pattern(pattern) {
            Ok(regex) => {
                let subject = arguments.swap_remove(0);
                *expr = Expr::Match(Box::new(subject), Box::new(regex));
            }
            Err(message) => self.error("xforms.wrong-pattern", self.at, message),
        }
    }
}
