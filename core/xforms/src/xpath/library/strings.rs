use crate::{
    text::Text,
    xpath::{
        ast::Expr,
        eval::{Context, Evaluator},
        function::Function as F,
        value::{Value, round_half_up},
    },
};
use regex::{Regex, RegexBuilder};

/// Compiled size of one pattern; a form can't make the phone build a huge automaton.
const MAX_PATTERN_BYTES: usize = 1 << 20;
const MAX_CACHED_PATTERNS: usize = 256;

/// A pattern must match the whole text, as ODK's clients on phones do.
pub(crate) fn whole_match(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(&format!("^(?:{pattern})$"))
        .size_limit(MAX_PATTERN_BYTES)
        .dfa_size_limit(MAX_PATTERN_BYTES)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
            _ => "the pattern is not a regular expression, or uses look-around or back-references".to_owned(),
        })
}

impl Evaluator<'_> {
    pub(super) fn call_string(&self, function: F, arguments: &[Expr], context: &Context) -> Value {
        let text = |i: usize| self.text(&arguments[i], context);
        match function {
            F::String => Value::Text(self.text_or_own(arguments, context)),
            F::Concat => self.join("", arguments, context),
            F::Join => self.join(&text(0), &arguments[1..], context),
            F::Substr => self.substr(arguments, context),
            F::Substring => self.substring(arguments, context),
            F::SubstringBefore => Value::Text(
                text(0).split_once(&*text(1)).map_or_else(Text::default, |(before, _)| before.into()),
            ),
            F::SubstringAfter => Value::Text(
                text(0).split_once(&*text(1)).map_or_else(Text::default, |(_, after)| after.into()),
            ),
            F::Translate => Value::Text(translate(&text(0), &text(1), &text(2)).into()),
            F::StringLength => Value::Number(self.text_or_own(arguments, context).chars().count() as f64),
            F::NormalizeSpace => {
                let text = self.text_or_own(arguments, context);
                // XML's white space only (XPath 1.0 §4.2): a no-break space is text.
                let words = text.split([' ', '\t', '\r', '\n']).filter(|w| !w.is_empty());
                Value::Text(words.collect::<Vec<_>>().join(" ").into())
            }
            F::Contains => Value::Bool(text(0).contains(&*text(1))),
            F::StartsWith => Value::Bool(text(0).starts_with(&*text(1))),
            F::EndsWith => Value::Bool(text(0).ends_with(&*text(1))),
            F::Regex => Value::Bool(self.regex(&text(0), text(1))),
            _ => Value::Text(self.uuid(arguments.first().map(|a| self.number(a, context)))),
        }
    }

    fn join(&self, separator: &str, arguments: &[Expr], context: &Context) -> Value {
        let mut parts: Vec<Text> = Vec::new();
        self.spread(arguments, context, &mut |value| parts.push(self.to_text(value)));
        let bytes = parts.iter().map(|p| p.len() + separator.len()).fold(0, usize::saturating_add);
        if !self.around.allows_text(bytes) {
            return Value::Text(Text::default());
        }
        Value::Text(parts.join(separator).into())
    }

    /// From 0, end excluded (spec, `substr`).
    fn substr(&self, arguments: &[Expr], context: &Context) -> Value {
        let text = self.text(&arguments[0], context);
        let length = text.chars().count() as f64;
        let place = |number: f64| {
            // A negative place counts from the end.
            let number = if number < 0.0 { length + number } else { number };
            if number.is_nan() { 0 } else { number.clamp(0.0, length) as usize }
        };
        let start = place(self.number(&arguments[1], context));
        let end = arguments.get(2).map_or(length as usize, |e| place(self.number(e, context)));
        Value::Text(text.chars().skip(start).take(end.saturating_sub(start)).collect::<String>().into())
    }

    /// From 1, with a length (XPath 1.0 §4.2).
    fn substring(&self, arguments: &[Expr], context: &Context) -> Value {
        let text = self.text(&arguments[0], context);
        let start = round_half_up(self.number(&arguments[1], context));
        let end = arguments.get(2).map_or(f64::INFINITY, |l| start + round_half_up(self.number(l, context)));
        let chosen = text.chars().enumerate().filter(|(i, _)| {
            let place = *i as f64 + 1.0;
            place >= start && place < end
        });
        Value::Text(chosen.map(|(_, c)| c).collect::<String>().into())
    }

    fn regex(&self, subject: &str, pattern: Text) -> bool {
        let mut patterns = self.around.patterns.borrow_mut();
        if patterns.len() >= MAX_CACHED_PATTERNS {
            patterns.clear();
        }
        let compiled = patterns.entry(pattern).or_insert_with_key(|pattern| whole_match(pattern).ok());
        compiled.as_ref().is_some_and(|c| c.is_match(subject))
    }

    /// A version 4 UUID, or that many random characters (spec, `uuid`).
    pub(crate) fn uuid(&self, length: Option<f64>) -> Text {
        let mut random = self.around.random.borrow_mut();
        match length {
            None => {
                let bits = u128::from(random.next_u64()) << 64 | u128::from(random.next_u64());
                uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid().to_string().into()
            }
            Some(length) => {
                let letters = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
                let length = if length.is_nan() { 0 } else { length.clamp(0.0, 256.0) as usize };
                let letter = |_| letters[(random.next_u64() % letters.len() as u64) as usize] as char;
                (0..length).map(letter).collect::<String>().into()
            }
        }
    }
}

fn translate(text: &str, from: &str, to: &str) -> String {
    let to: Vec<char> = to.chars().collect();
    let replace = |c: char| match from.chars().position(|f| f == c) {
        None => Some(c),
        Some(place) => to.get(place).copied(),
    };
    text.chars().filter_map(replace).collect()
}
