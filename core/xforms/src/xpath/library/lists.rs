use super::bytes::seed_of;
use crate::{
    definition::{ROOT_SCOPE, SecondaryInstance},
    state::{At, ROOT_FRAME},
    text::Text,
    xpath::{
        ast::Expr,
        axes::ROOT_AT,
        eval::{Context, Evaluator},
        function::Function as F,
        value::{Item, Value},
    },
};

impl Evaluator<'_> {
    pub(super) fn call_list(&self, function: F, arguments: &[Expr], context: &Context) -> Value {
        let text = |i: usize| self.text(&arguments[i], context);
        match function {
            F::Count => Value::Number(match self.total(&arguments[0], context) {
                Some((_, total)) => total.relevant as f64,
                None => self.nodes(&arguments[0], context).len() as f64,
            }),
            F::CountNonEmpty => {
                let items = self.nodes(&arguments[0], context);
                let filled = items.iter().filter(|i| self.with_text(**i, |t| !t.is_empty()));
                Value::Number(filled.count() as f64)
            }
            F::Position => Value::Number(self.position(arguments, context)),
            F::Last => Value::Number(context.size.max(1) as f64),
            F::Name => self.about(arguments, context, Self::qualified_name),
            F::LocalName => self.about(arguments, context, Self::local_name),
            F::NamespaceUri => self.about(arguments, context, Self::namespace),
            F::Id => Value::Nodes(self.by_id(&arguments[0], context)),
            F::Lang => Value::Bool(self.lang(&text(0), context)),
            F::Randomize => {
                let items = self.nodes(&arguments[0], context);
                let seed = arguments.get(1).map(|s| self.seed(s, context));
                Value::Nodes(self.randomize(items, seed))
            }
            F::Selected | F::IsSelected => {
                let (list, wanted) = (text(0), text(1));
                let wanted = wanted.trim();
                // Of no choice, nothing is selected.
                let none = wanted.is_empty() && list.trim().is_empty();
                Value::Bool(none || list.split_whitespace().any(|v| v == wanted))
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
            Item::Node(at) if self.def.repeat_of(at.node).is_some() => self.state.place(at.frame) as f64,
            Item::Row(instance, row) | Item::RowText(instance, row) => {
                let list = self.secondary(instance);
                let same = |r: &crate::definition::Row| list.name(*r) == list.name(row);
                let siblings = list.parent(row).into_iter().flat_map(|p| list.children(p));
                siblings.filter(same).position(|r| r == row).map_or(1.0, |i| i as f64 + 1.0)
            }
            // Only repeated elements have siblings of their name.
            Item::Node(_) | Item::Text(_) | Item::Document => 1.0,
        }
    }

    fn about(&self, arguments: &[Expr], context: &Context, tell: fn(&Self, Item) -> Text) -> Value {
        Value::Text(self.item(arguments, context).map_or_else(Text::default, |item| tell(self, item)))
    }

    /// The argument's first node, or the context node when there is no argument.
    fn item(&self, arguments: &[Expr], context: &Context) -> Option<Item> {
        match arguments.first() {
            Some(argument) => self.nodes(argument, context).first().copied(),
            None => Some(context.item),
        }
    }

    /// With its prefix, as the form writes it.
    fn qualified_name(&self, item: Item) -> Text {
        match item {
            Item::Node(at) => self.def.node(at.node).tag.trim_start_matches('@').into(),
            _ => self.local_name(item),
        }
    }

    fn local_name(&self, item: Item) -> Text {
        self.name_of(item).map_or_else(Text::default, |name| self.def.names.text(name).clone())
    }

    /// The namespace of the name's prefix; the form's own is the default one.
    fn namespace(&self, item: Item) -> Text {
        let name = self.qualified_name(item);
        let prefix = name.split_once(':').map(|(prefix, _)| prefix);
        let known = self.def.namespaces.iter().find(|(p, _)| p.as_deref() == prefix);
        known.map_or_else(Text::default, |(_, uri)| uri.as_str().into())
    }

    /// Nodes whose `id` attribute is one of the words (XPath 1.0 §4.1; a form has no DTD that says otherwise).
    fn by_id(&self, argument: &Expr, context: &Context) -> Vec<Item> {
        let mut wanted: Vec<Text> = Vec::new();
        self.spread(std::slice::from_ref(argument), context, &mut |value| {
            wanted.extend(self.to_text(value).split_whitespace().map(Text::from));
        });
        let Some(id) = self.def.names.find("id") else { return Vec::new() };
        let mut found = Vec::new();
        self.state.walk(self.def, ROOT_AT, &mut |at| {
            let node = self.def.node(at.node);
            if node.is_attribute
                && node.name == id
                && wanted.contains(self.state.value(self.def, at))
                && let Some(parent) = self.state.parent(self.def, at)
            {
                found.push(Item::Node(parent));
            }
        });
        found
    }

    /// `xml:lang` of the node or of what is around it (XPath 1.0 §4.3).
    fn lang(&self, wanted: &str, context: &Context) -> bool {
        let language = std::iter::successors(Some(context.item), |i| self.parent(*i)).find_map(|item| {
            let Item::Node(at) = item else { return None };
            let mut children = self.def.node(at.node).children.iter();
            let attribute = *children.find(|c| &*self.def.node(**c).tag == "@xml:lang")?;
            let value = self.state.value(self.def, At { frame: at.frame, node: attribute });
            (!value.is_empty()).then(|| value.to_ascii_lowercase())
        });
        let wanted = wanted.to_ascii_lowercase();
        language.is_some_and(|l| {
            l.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    }

    /// A number as it is; of any other text, its digest. Nothing counts as 0.
    fn seed(&self, expr: &Expr, context: &Context) -> i64 {
        let value = self.value(expr, context);
        let number = self.to_number(value.clone());
        if !number.is_nan() {
            return number as i64;
        }
        match self.to_text(value) {
            text if text.is_empty() => 0,
            text => seed_of(&text),
        }
    }

    /// Inside-out Fisher–Yates with the Park–Miller generator (spec, `randomize`).
    fn randomize(&self, items: Vec<Item>, seed: Option<i64>) -> Vec<Item> {
        const MODULUS: i64 = 2_147_483_647;
        const MULTIPLIER: i64 = 16_807;
        let seed = seed.unwrap_or_else(|| (self.around.random.borrow_mut().next_u64() >> 33) as i64);
        // The remainder of a double, as everywhere that the generator is used: large seeds lose digits first.
        let mut seed = (seed as f64 % MODULUS as f64) as i64;
        if seed <= 0 {
            seed += MODULUS - 1;
        }
        let mut shuffled: Vec<Item> = Vec::with_capacity(items.len());
        for (i, item) in items.into_iter().enumerate() {
            seed = seed * MULTIPLIER % MODULUS;
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
            let row = *list.index(root, item, key)?.get(wanted)?.first()?;
            list.child(row, column).map(|cell| list.text(cell).into())
        };
        find().unwrap_or_default()
    }
}
