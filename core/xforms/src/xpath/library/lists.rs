use crate::definition::{ROOT_SCOPE, SecondaryInstance};
use crate::state::{At, ROOT_FRAME};
use crate::text::Text;
use crate::xpath::ast::Expr;
use crate::xpath::eval::{Context, Evaluator};
use crate::xpath::function::Function as F;
use crate::xpath::value::{Item, Value};

impl Evaluator<'_> {
    pub(super) fn call_list(&self, function: F, arguments: &[Expr], context: &Context) -> Value {
        let text = |i: usize| self.text(&arguments[i], context);
        match function {
            F::Count => Value::Number(self.nodes(&arguments[0], context).len() as f64),
            F::CountNonEmpty => {
                let items = self.nodes(&arguments[0], context);
                let filled = items.iter().filter(|i| self.with_text(**i, |t| !t.is_empty()));
                Value::Number(filled.count() as f64)
            }
            F::Position => Value::Number(self.position(arguments, context)),
            F::Last => Value::Number(context.size.max(1) as f64),
            F::Name | F::LocalName => Value::Text(self.name(arguments, context)),
            F::Randomize => {
                let items = self.nodes(&arguments[0], context);
                let seed = arguments.get(1).map(|s| self.number(s, context));
                Value::Nodes(self.randomize(items, seed))
            }
            F::Selected => {
                let wanted = text(1);
                Value::Bool(text(0).split_whitespace().any(|v| v == wanted.trim()))
            }
            F::SelectedAt => {
                let place = self.number(&arguments[1], context);
                let list = text(0);
                let found = (place >= 0.0).then(|| list.split_whitespace().nth(place as usize)).flatten();
                Value::Text(found.map_or_else(Text::default, Into::into))
            }
            F::CountSelected => Value::Number(text(0).split_whitespace().count() as f64),
            F::ChoiceName => Value::Text(self.choice_name(arguments, context)),
            F::Itext => {
                let id = text(0);
                Value::Text(self.quoting(|| self.itext(&id, context)))
            }
            F::IndexedRepeat => self.indexed_repeat(arguments, context),
            _ => Value::Text(self.pulldata(&text(0), &text(1), &text(2), &text(3))),
        }
    }

    fn position(&self, arguments: &[Expr], context: &Context) -> f64 {
        let item = match arguments.first() {
            Some(argument) => match self.nodes(argument, context).first() {
                Some(item) => *item,
                None => return f64::NAN,
            },
            None if context.position > 0 => return context.position as f64,
            None => context.item,
        };
        match item {
            Item::Node(at) => self.state.place(self.def, at.frame) as f64,
            Item::Row(instance, row) => {
                let list = self.secondary(instance);
                let same = |r: &crate::definition::Row| list.name(*r) == list.name(row);
                let siblings = list.parent(row).into_iter().flat_map(|p| list.children(p));
                siblings.filter(same).position(|r| r == row).map_or(1.0, |i| i as f64 + 1.0)
            }
        }
    }

    fn name(&self, arguments: &[Expr], context: &Context) -> Text {
        let item = match arguments.first() {
            Some(argument) => self.nodes(argument, context).first().copied(),
            None => Some(context.item),
        };
        match item {
            Some(Item::Node(at)) => self.def.names.text(self.def.node(at.node).name).clone(),
            Some(Item::Row(instance, row)) => self.def.names.text(self.secondary(instance).name(row)).clone(),
            None => Text::default(),
        }
    }

    /// Inside-out Fisher–Yates with the Park–Miller generator (spec, `randomize`).
    fn randomize(&self, items: Vec<Item>, seed: Option<f64>) -> Vec<Item> {
        const MODULUS: i64 = 2_147_483_647;
        let mut seed = match seed {
            Some(seed) if seed.is_finite() => (seed as i64) % MODULUS,
            _ => (self.around.random.borrow_mut().next_u64() >> 33) as i64 % MODULUS,
        };
        if seed <= 0 {
            seed += MODULUS - 1;
        }
        let mut shuffled: Vec<Item> = Vec::with_capacity(items.len());
        for (i, item) in items.into_iter().enumerate() {
            seed = seed * 48_271 % MODULUS;
            let place = ((seed - 1) as f64 / (MODULUS - 1) as f64 * (i as f64 + 1.0)).floor() as usize;
            shuffled.push(item);
            shuffled.swap(i, place.min(i));
        }
        shuffled
    }

    /// The second argument was resolved to the select's node when the form was parsed.
    fn choice_name(&self, arguments: &[Expr], context: &Context) -> Text {
        let value = self.text(&arguments[0], context);
        let Expr::Direct(direct) = &arguments[1] else { return Text::default() };
        let frame = self.state.outer(self.def, self.base(direct.current, context), direct.pivot);
        let at = match direct.down.is_empty() {
            true => At { frame, node: direct.target },
            // From outside of a repeat any instance serves: the first.
            false => {
                let scope = self.def.node(direct.target).scope;
                match self.state.instances(self.def, frame, scope).first() {
                    Some(frame) => At { frame: *frame, node: direct.target },
                    None => return Text::default(),
                }
            }
        };
        let Some(control) = self.def.body.control_of.get(&direct.target) else { return Text::default() };
        self.quoting(|| self.choice_label(*control, at, &value)).unwrap_or_default()
    }

    /// `indexed-repeat(node, repeat, place …)`: repeats that aren't named keep the context's instance.
    fn indexed_repeat(&self, arguments: &[Expr], context: &Context) -> Value {
        let Expr::Direct(target) = &arguments[0] else { return Value::Nodes(Vec::new()) };
        let scope = self.def.node(target.target).scope;
        let places: Vec<_> = arguments[1..]
            .chunks(2)
            .filter_map(|pair| match pair {
                [Expr::Direct(repeat), place] => Some((repeat.target, self.number(place, context))),
                _ => None,
            })
            .collect();
        let own = self.base(false, context);
        let mut frame = ROOT_FRAME;
        for depth in 1..=self.def.depth(scope) {
            let at_depth = self.def.outer(scope, depth);
            let list = &self.state.frame(frame).inner[self.def.scope(at_depth).place as usize];
            let named = places.iter().find(|(node, _)| *node == self.def.scope(at_depth).node);
            let own = self.state.outer(self.def, own, depth);
            frame = match named {
                Some((_, place)) if *place >= 1.0 => match list.get(*place as usize - 1) {
                    Some(found) => *found,
                    None => return Value::Nodes(Vec::new()),
                },
                Some(_) => return Value::Nodes(Vec::new()),
                None if list.contains(&own) => own,
                None => match list.first() {
                    Some(first) => *first,
                    None => return Value::Nodes(Vec::new()),
                },
            };
        }
        debug_assert!(scope == ROOT_SCOPE || self.state.frame(frame).scope == scope);
        let at = At { frame, node: target.target };
        Value::Nodes(if self.state.relevant(self.def, at) { vec![Item::Node(at)] } else { Vec::new() })
    }

    fn pulldata(&self, instance: &str, column: &str, key: &str, wanted: &str) -> Text {
        let find = || {
            let names = &self.def.names;
            let list = self.def.secondary.iter().find(|s| &*s.id == instance)?;
            let (column, key) = (names.find(column)?, names.find(key)?);
            let root = list.children(SecondaryInstance::DOCUMENT).next()?;
            let item = list.children(root).next().map(|r| list.name(r))?;
            let row = *list.index(root, item, key).get(wanted)?.first()?;
            list.child(row, column).map(|cell| list.text(cell).into())
        };
        find().unwrap_or_default()
    }
}
