//! The functions' meanings, by family.

mod bytes;
mod dates;
mod geo;
mod lists;
mod numbers;
mod strings;

pub(crate) use bytes::Digest;
pub(crate) use strings::whole_match;

use super::{
    ast::Expr,
    eval::{Context, Evaluator},
    function::Function as F,
    value::{Item, Value},
};
use crate::text::Text;

impl Evaluator<'_> {
    pub(super) fn call(&self, function: F, arguments: &[Expr], context: &Context) -> Value {
        match function {
            F::True => Value::Bool(true),
            F::False => Value::Bool(false),
            F::Boolean => Value::Bool(self.bool(&arguments[0], context)),
            F::Not => Value::Bool(!self.bool(&arguments[0], context)),
            F::BooleanFromString => Value::Bool(matches!(&*self.text(&arguments[0], context), "true" | "1")),
            F::If => self.value(&arguments[if self.bool(&arguments[0], context) { 1 } else { 2 }], context),
            F::Coalesce => {
                let texts = arguments.iter().map(|a| self.text(a, context));
                Value::Text(texts.into_iter().find(|t| !t.is_empty()).unwrap_or_default())
            }
            F::Once => {
                // The stored value counts even while the node is irrelevant, or it would change.
                let kept = self.state.value(self.def, context.host);
                if kept.is_empty() { self.value(&arguments[0], context) } else { Value::Text(kept.clone()) }
            }
            F::String
            | F::Concat
            | F::Join
            | F::Substr
            | F::Substring
            | F::SubstringBefore
            | F::SubstringAfter
            | F::Translate
            | F::StringLength
            | F::NormalizeSpace
            | F::Contains
            | F::StartsWith
            | F::EndsWith
            | F::Regex
            | F::Uuid => self.call_string(function, arguments, context),
            F::Number
            | F::Random
            | F::Int
            | F::Sum
            | F::Max
            | F::Min
            | F::Round
            | F::Floor
            | F::Ceiling
            | F::Abs
            | F::Pow
            | F::Log
            | F::Log10
            | F::Sin
            | F::Cos
            | F::Tan
            | F::Asin
            | F::Acos
            | F::Atan
            | F::Atan2
            | F::Sqrt
            | F::Exp
            | F::Exp10
            | F::Pi
            | F::Checklist
            | F::WeightedChecklist => self.call_number(function, arguments, context),
            F::Distance | F::Area | F::EnclosedArea | F::Intersects | F::Geofence => {
                self.call_geo(function, arguments, context)
            }
            F::Digest | F::Base64Decode | F::ExtractSigned => self.call_bytes(function, arguments, context),
            F::Version => Value::Text(self.def.version().unwrap_or_default().into()),
            F::Property => {
                let name = self.text(&arguments[0], context);
                Value::Text(
                    self.around.properties.get(&*name).map_or_else(Text::default, |v| v.as_str().into()),
                )
            }
            // The others are only there to make the value depend on them.
            F::Depend => self.value(&arguments[0], context),
            F::Today
            | F::Now
            | F::FormatDate
            | F::FormatDateTime
            | F::Date
            | F::DateTime
            | F::DecimalDateTime
            | F::DecimalDate
            | F::DecimalTime => self.call_date(function, arguments, context),
            F::Count
            | F::CountNonEmpty
            | F::Position
            | F::Last
            | F::Name
            | F::LocalName
            | F::NamespaceUri
            | F::Id
            | F::Lang
            | F::Randomize
            | F::Selected
            | F::IsSelected
            | F::SelectedAt
            | F::CountSelected
            | F::ChoiceName
            | F::Itext
            | F::IndexedRepeat
            | F::Pulldata => self.call_list(function, arguments, context),
        }
    }

    /// The argument's text, or that of the context node when there is none.
    fn text_or_own(&self, arguments: &[Expr], context: &Context) -> Text {
        match arguments.first() {
            Some(argument) => self.text(argument, context),
            None => self.item_text(context.item),
        }
    }

    /// Every value of every argument: nodes one by one, anything else as itself.
    fn spread(&self, arguments: &[Expr], context: &Context, visit: &mut dyn FnMut(Value)) {
        for argument in arguments {
            match self.value(argument, context) {
                Value::Nodes(items) => {
                    items.into_iter().for_each(|i: Item| visit(Value::Text(self.item_text(i))))
                }
                value => visit(value),
            }
        }
    }
}
