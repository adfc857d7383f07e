use crate::{
    answer::{GeoPoint, parse_points},
    xpath::{
        ast::Expr,
        eval::{Context, Evaluator},
        function::Function as F,
        value::Value,
    },
};

/// Metres at the equator, as ODK's clients use it.
const EARTH_RADIUS: f64 = 6_378_100.0;

impl Evaluator<'_> {
    pub(super) fn call_geo(&self, function: F, arguments: &[Expr], context: &Context) -> Value {
        match function {
            F::Distance => Value::Number(self.points(arguments, context).map_or(f64::NAN, |p| distance(&p))),
            F::Area | F::EnclosedArea => {
                Value::Number(self.points(arguments, context).map_or(f64::NAN, |p| area(&p)))
            }
            F::Geofence => {
                let point = self.points(&arguments[..1], context).unwrap_or_default();
                let shape = self.points(&arguments[1..], context).unwrap_or_default();
                Value::Bool(point.first().is_some_and(|p| encloses(&shape, p)))
            }
            _ => Value::Bool(self.points(arguments, context).is_some_and(|p| crosses_itself(&p))),
        }
    }

    /// All points of all values; `None` if one is not a point. Blank values have none.
    fn points(&self, arguments: &[Expr], context: &Context) -> Option<Vec<GeoPoint>> {
        let mut points = Some(Vec::new());
        self.spread(arguments, context, &mut |value| match parse_points(&self.to_text(value)) {
            Some(more) => points.iter_mut().for_each(|p| p.extend_from_slice(&more)),
            None => points = None,
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
    points.windows(2).map(|p| between(&p[0], &p[1])).fold(0.0, |total, metres| total + metres)
}

/// Square metres, on a plane whose origin is the first point and whose parallels have their true length.
fn area(points: &[GeoPoint]) -> f64 {
    let Some(origin) = points.first().filter(|_| points.len() > 2) else { return 0.0 };
    let on_plane = |p: &GeoPoint| {
        let x = (p.longitude - origin.longitude).to_radians() * p.latitude.to_radians().cos();
        (x * EARTH_RADIUS, (p.latitude - origin.latitude).to_radians() * EARTH_RADIUS)
    };
    let plane: Vec<(f64, f64)> = points.iter().map(on_plane).collect();
    // The origin is the first corner: its two sides add nothing.
    let twice = plane.windows(2).fold(0.0, |total, s| total + s[0].1 * s[1].0 - s[0].0 * s[1].1);
    (twice / 2.0).abs()
}

/// Whether a point lies inside a shape: a ray to the east crosses its sides an odd number of times.
fn encloses(shape: &[GeoPoint], point: &GeoPoint) -> bool {
    let sides = shape.iter().zip(shape.iter().cycle().skip(1));
    let crossed = sides.filter(|(a, b)| {
        let spans = (a.latitude > point.latitude) != (b.latitude > point.latitude);
        let share = (point.latitude - a.latitude) / (b.latitude - a.latitude);
        spans && point.longitude < a.longitude + share * (b.longitude - a.longitude)
    });
    crossed.count() % 2 == 1
}

/// Whether two segments of a line meet that aren't neighbours (spec, `intersects`).
fn crosses_itself(points: &[GeoPoint]) -> bool {
    let segments: Vec<_> = points.windows(2).map(|p| (corner(&p[0]), corner(&p[1]))).collect();
    let closed = points.len() > 3 && points.first().map(corner) == points.last().map(corner);
    segments.iter().enumerate().any(|(i, one)| {
        segments.iter().enumerate().skip(i + 2).any(|(j, other)| {
            let neighbours = closed && i == 0 && j + 1 == segments.len();
            !neighbours && meet(*one, *other)
        })
    })
}

type Corner = (f64, f64);

fn corner(point: &GeoPoint) -> Corner {
    (point.longitude, point.latitude)
}

fn meet((a, b): (Corner, Corner), (c, d): (Corner, Corner)) -> bool {
    let side = |p: Corner, q: Corner, r: Corner| (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0);
    let on = |p: Corner, q: Corner, r: Corner| {
        side(p, q, r) == 0.0
            && (p.0.min(q.0)..=p.0.max(q.0)).contains(&r.0)
            && (p.1.min(q.1)..=p.1.max(q.1)).contains(&r.1)
    };
    let apart = |x: f64, y: f64| x > 0.0 && y < 0.0 || x < 0.0 && y > 0.0;
    apart(side(a, b, c), side(a, b, d)) && apart(side(c, d, a), side(c, d, b))
        || on(a, b, c)
        || on(a, b, d)
        || on(c, d, a)
        || on(c, d, b)
}
