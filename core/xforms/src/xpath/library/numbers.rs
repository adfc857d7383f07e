use crate::xpath::{
    ast::Expr,
    eval::{Context, Evaluator},
    function::Function as F,
    value::{Value, number_of, round_half_up},
};

impl Evaluator<'_> {
    pub(super) fn call_number(&self, function: F, arguments: &[Expr], context: &Context) -> Value {
        let number = |i: usize| self.number(&arguments[i], context);
        Value::Number(match function {
            F::Number => match arguments.first() {
                Some(argument) => self.number(argument, context),
                None => self.item_number(context.item),
            },
            F::Random => {
                let bits = self.around.random.borrow_mut().next_u64() >> 11;
                bits as f64 / (1u64 << 53) as f64
            }
            F::Int => number(0).trunc(),
            // What isn't answered yet adds nothing, and is neither largest nor smallest.
            F::Sum => self
                .known_sum(arguments, context)
                .unwrap_or_else(|| self.answered(arguments, context).iter().fold(0.0, |total, n| total + n)),
            F::Max => self.answered(arguments, context).into_iter().reduce(f64::max).unwrap_or(f64::NAN),
            F::Min => self.answered(arguments, context).into_iter().reduce(f64::min).unwrap_or(f64::NAN),
            F::Round => {
                let decimals = arguments.get(1).map_or(0.0, |d| self.number(d, context));
                round_to(number(0), decimals)
            }
            F::Floor => number(0).floor(),
            F::Ceiling => number(0).ceil(),
            F::Abs => number(0).abs(),
            F::Pow => number(0).powf(number(1)),
            F::Log => number(0).ln(),
            F::Log10 => number(0).log10(),
            F::Sin => number(0).sin(),
            F::Cos => number(0).cos(),
            F::Tan => number(0).tan(),
            F::Asin => number(0).asin(),
            F::Acos => number(0).acos(),
            F::Atan => number(0).atan(),
            F::Atan2 => number(0).atan2(number(1)),
            F::Sqrt => number(0).sqrt(),
            F::Exp => number(0).exp(),
            F::Exp10 => 10f64.powf(number(0)),
            F::Pi => std::f64::consts::PI,
            _ => return Value::Bool(self.checklist(function, arguments, context)),
        })
    }

    fn numbers(&self, arguments: &[Expr], context: &Context) -> Vec<f64> {
        let mut numbers = Vec::new();
        self.spread(arguments, context, &mut |value| numbers.push(self.to_number(value)));
        numbers
    }

    /// The sum over a repeat's instances where it is kept; a group's value is all texts inside it.
    fn known_sum(&self, arguments: &[Expr], context: &Context) -> Option<f64> {
        let [argument] = arguments else { return None };
        let (node, total) = self.total(argument, context)?;
        if self.def.node(node).children.is_empty() { total.sum() } else { None }
    }

    fn answered(&self, arguments: &[Expr], context: &Context) -> Vec<f64> {
        let mut numbers = self.numbers(arguments, context);
        numbers.retain(|n| !n.is_nan());
        numbers
    }

    /// How many values count, or what their weights add up to, lies between the bounds; -1 is no bound.
    fn checklist(&self, function: F, arguments: &[Expr], context: &Context) -> bool {
        let bound = |i: usize| self.number(&arguments[i], context);
        let (min, max) = (bound(0), bound(1));
        let total: f64 = if function == F::Checklist {
            self.truths(&arguments[2..], context).into_iter().filter(|t| *t).count() as f64
        } else {
            arguments[2..].chunks(2).map(|pair| self.weight(pair, context)).fold(0.0, |a, b| a + b)
        };
        (min < 0.0 || total >= min) && (max < 0.0 || total <= max)
    }

    /// The weights of the values that count; nodes are paired one by one.
    fn weight(&self, pair: &[Expr], context: &Context) -> f64 {
        let truths = self.truths(&pair[..1], context).into_iter();
        let weights = self.numbers(&pair[1..], context);
        truths.zip(weights).filter(|(counts, _)| *counts).fold(0.0, |total, (_, weight)| total + weight)
    }

    /// A number counts when it is above 0 (spec, `checklist`), any other text when there is some.
    fn truths(&self, arguments: &[Expr], context: &Context) -> Vec<bool> {
        let mut truths = Vec::new();
        self.spread(arguments, context, &mut |value| {
            truths.push(match value {
                Value::Bool(value) => value,
                other => {
                    let text = self.to_text(other);
                    match number_of(&text, self.around.offset()) {
                        number if number.is_nan() => !text.is_empty(),
                        number => number > 0.0,
                    }
                }
            });
        });
        truths
    }
}

/// Rounds the decimal number that is written, not its binary neighbour: `round(1.005, 2)` is 1.01.
fn round_to(number: f64, decimals: f64) -> f64 {
    let decimals = decimals.clamp(-30.0, 30.0) as i32;
    if decimals == 0 || !number.is_finite() {
        return round_half_up(number);
    }
    times_ten_to(round_half_up(times_ten_to(number, decimals)), -decimals)
}

/// The number times a power of ten, exactly as its decimal digits say.
fn times_ten_to(number: f64, power: i32) -> f64 {
    let written = format!("{number:e}");
    let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let exponent = exponent.parse::<i32>().unwrap_or(0) + power;
    format!("{digits}e{exponent}").parse().unwrap_or(f64::NAN)
}
