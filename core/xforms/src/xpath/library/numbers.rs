use crate::answer::{GeoPoint, parse_points};
use crate::xpath::ast::Expr;
use crate::xpath::eval::{Context, Evaluator};
use crate::xpath::function::Function as F;
use crate::xpath::value::{Value, round_half_up};

/// Mean radius of the earth in metres, as ODK's clients use it.
const EARTH_RADIUS: f64 = 6_378_100.0;

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
            F::Sum => self.numbers(arguments, context).iter().sum(),
            F::Max => self.extreme(arguments, context, f64::gt),
            F::Min => self.extreme(arguments, context, f64::lt),
            F::Round => {
                let decimals = arguments.get(1).map_or(0.0, |d| self.number(d, context)).clamp(-30.0, 30.0);
                if decimals == 0.0 {
                    round_half_up(number(0))
                } else {
                    let scale = 10f64.powi(decimals as i32);
                    round_half_up(number(0) * scale) / scale
                }
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
            F::Distance => distance(&self.points(arguments, context)),
            F::Area => area(&self.points(arguments, context)),
            _ => return Value::Bool(self.checklist(function, arguments, context)),
        })
    }

    fn numbers(&self, arguments: &[Expr], context: &Context) -> Vec<f64> {
        let mut numbers = Vec::new();
        self.spread(arguments, context, &mut |value| numbers.push(self.to_number(value)));
        numbers
    }

    /// NaN when there is no value, or one is no number (XPath 3.0, `max`).
    fn extreme(&self, arguments: &[Expr], context: &Context, better: fn(&f64, &f64) -> bool) -> f64 {
        let numbers = self.numbers(arguments, context);
        let pick = |a: f64, b: f64| {
            if a.is_nan() || b.is_nan() {
                f64::NAN
            } else if better(&b, &a) {
                b
            } else {
                a
            }
        };
        numbers.into_iter().reduce(pick).unwrap_or(f64::NAN)
    }

    /// How many values count, or what their weights add up to, lies between the bounds; -1 is no bound.
    fn checklist(&self, function: F, arguments: &[Expr], context: &Context) -> bool {
        let bound = |i: usize| self.number(&arguments[i], context);
        let (min, max) = (bound(0), bound(1));
        let counts = |n: f64| n > 0.0;
        let values = self.numbers(&arguments[2..], context);
        let total: f64 = if function == F::Checklist {
            values.iter().filter(|n| counts(**n)).count() as f64
        } else {
            values.chunks(2).filter(|pair| counts(pair[0])).filter_map(|pair| pair.get(1)).sum()
        };
        (min < 0.0 || total >= min) && (max < 0.0 || total <= max)
    }

    fn points(&self, arguments: &[Expr], context: &Context) -> Vec<GeoPoint> {
        let mut points = Vec::new();
        self.spread(arguments, context, &mut |value| {
            points.extend(parse_points(&self.to_text(value)).unwrap_or_default());
        });
        points
    }
}

fn distance(points: &[GeoPoint]) -> f64 {
    let between = |a: &GeoPoint, b: &GeoPoint| {
        let (lat_a, lat_b) = (a.latitude.to_radians(), b.latitude.to_radians());
        let dlat = (lat_b - lat_a) / 2.0;
        let dlon = (b.longitude - a.longitude).to_radians() / 2.0;
        let h = dlat.sin().powi(2) + lat_a.cos() * lat_b.cos() * dlon.sin().powi(2);
        2.0 * EARTH_RADIUS * h.sqrt().min(1.0).asin()
    };
    let metres: f64 = points.windows(2).map(|p| between(&p[0], &p[1])).sum();
    (metres * 100.0).round() / 100.0
}

/// Spherical excess of a polygon, in square metres.
fn area(points: &[GeoPoint]) -> f64 {
    if points.len() < 3 {
        return 0.0;
    }
    let next = points.iter().cycle().skip(1);
    let total: f64 = points
        .iter()
        .zip(next)
        .map(|(a, b)| {
            (b.longitude - a.longitude).to_radians()
                * (2.0 + a.latitude.to_radians().sin() + b.latitude.to_radians().sin())
        })
        .sum();
    let square_metres = (total * EARTH_RADIUS * EARTH_RADIUS / 2.0).abs();
    (square_metres * 100.0).round() / 100.0
}
