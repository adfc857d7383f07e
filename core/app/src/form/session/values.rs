//! A shell's answer values and the engine's, both ways, and how a value reads for people.

use crate::{
    error::Fault,
    form::view::{AnswerValue, ChoiceView, GeoPosition},
    texts,
};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use model::{VIETNAM, clock::vietnam};
use rulebook::Lang;
use xforms::{Answer, GeoPoint, QuestionKind};

/// A value as a shell sends it, for a question of this kind.
pub fn to_answer(value: AnswerValue, kind: &QuestionKind) -> Result<Answer, Fault> {
    Ok(match value {
        AnswerValue::Empty => Answer::Empty,
        AnswerValue::Text { text } if text.is_empty() => Answer::Empty,
        AnswerValue::Text { text } => Answer::Text(text),
        AnswerValue::Integer { number } => Answer::Integer(number),
        AnswerValue::Decimal { number } => decimal(number, kind),
        AnswerValue::Date { iso } => Answer::Date(date(&iso)?),
        AnswerValue::Time { iso } => Answer::Time(time(&iso)?),
        AnswerValue::DateTime { iso } => Answer::DateTime(date_time(&iso)?),
        AnswerValue::Choice { value } if value.is_empty() => Answer::Empty,
        AnswerValue::Choice { value } if *kind == QuestionKind::Boolean => Answer::Boolean(value == "true"),
        AnswerValue::Choice { value } => Answer::Choice(value),
        AnswerValue::Choices { values } if values.is_empty() => Answer::Empty,
        AnswerValue::Choices { values } => Answer::Choices(values),
        AnswerValue::Location { latitude, longitude, altitude, accuracy } => {
            Answer::Point(point(latitude, longitude, altitude, accuracy)?)
        }
        AnswerValue::Points { points } if points.is_empty() => Answer::Empty,
        AnswerValue::Points { points } => Answer::Points(self::points(&points, kind)?),
        // Only `take_photo` names a photo: any other name would point at nothing.
        AnswerValue::Photo { .. } => return Err(Fault::new("app.photo-by-take-photo")),
        AnswerValue::Acknowledged => Answer::Acknowledged,
    })
}

/// A slider gives decimals for whole numbers too.
fn decimal(number: f64, kind: &QuestionKind) -> Answer {
    let whole = matches!(kind, QuestionKind::Integer | QuestionKind::Range { integer: true, .. });
    if whole && number.fract() == 0.0 && number.abs() < 1e15 {
        // Exact: whole and far below the limits of both types.
        #[allow(clippy::cast_possible_truncation)]
        return Answer::Integer(number as i64);
    }
    Answer::Decimal(number)
}

fn date(iso: &str) -> Result<NaiveDate, Fault> {
    NaiveDate::parse_from_str(iso, "%Y-%m-%d").map_err(|_| Fault::new("app.bad-date"))
}

fn time(iso: &str) -> Result<NaiveTime, Fault> {
    let parsed =
        NaiveTime::parse_from_str(iso, "%H:%M").or_else(|_| NaiveTime::parse_from_str(iso, "%H:%M:%S"));
    parsed.map_err(|_| Fault::new("app.bad-date"))
}

/// With an offset, or by Vietnam's time without one; kept by Vietnam's.
fn date_time(iso: &str) -> Result<DateTime<FixedOffset>, Fault> {
    if let Ok(at) = DateTime::parse_from_rfc3339(iso) {
        return Ok(vietnam(&at));
    }
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(iso, format).ok());
    local.and_then(|at| at.and_local_timezone(VIETNAM).single()).ok_or_else(|| Fault::new("app.bad-date"))
}

fn point(latitude: f64, longitude: f64, altitude: f64, accuracy: f64) -> Result<GeoPoint, Fault> {
    let whole = [latitude, longitude, altitude, accuracy].iter().all(|n| n.is_finite());
    if !whole || latitude.abs() > 90.0 || longitude.abs() > 180.0 {
        return Err(Fault::new("app.bad-location"));
    }
    Ok(GeoPoint { latitude, longitude, altitude, accuracy })
}

/// A shape ends where it began (spec, Data Types: geoshape).
fn points(given: &[GeoPosition], kind: &QuestionKind) -> Result<Vec<GeoPoint>, Fault> {
    let one = |p: &GeoPosition| point(p.latitude, p.longitude, p.altitude, p.accuracy);
    let mut points: Vec<GeoPoint> = given.iter().map(one).collect::<Result<_, _>>()?;
    if *kind == QuestionKind::Geoshape {
        if points.len() < 3 {
            return Err(Fault::new("app.few-points"));
        }
        points.extend(points.first().copied());
    }
    Ok(points)
}

/// A stored answer as a shell shows and edits it.
pub fn from_answer(answer: &Answer, kind: &QuestionKind) -> AnswerValue {
    match answer {
        Answer::Empty => AnswerValue::Empty,
        Answer::Text(text) => AnswerValue::Text { text: text.clone() },
        Answer::Integer(number) => AnswerValue::Integer { number: *number },
        Answer::Decimal(number) => AnswerValue::Decimal { number: *number },
        Answer::Boolean(value) => AnswerValue::Choice { value: value.to_string() },
        Answer::Date(date) => AnswerValue::Date { iso: date.format("%Y-%m-%d").to_string() },
        Answer::Time(time) => AnswerValue::Time { iso: time.format("%H:%M").to_string() },
        Answer::DateTime(at) => {
            AnswerValue::DateTime { iso: vietnam(at).format("%Y-%m-%dT%H:%M:%S%:z").to_string() }
        }
        Answer::Point(at) => AnswerValue::Location {
            latitude: at.latitude,
            longitude: at.longitude,
            altitude: at.altitude,
            accuracy: at.accuracy,
        },
        Answer::Points(points) => {
            let closed =
                *kind == QuestionKind::Geoshape && points.len() > 1 && points.first() == points.last();
            let open = &points[..points.len() - usize::from(closed)];
            AnswerValue::Points { points: open.iter().map(position).collect() }
        }
        Answer::Choice(value) => AnswerValue::Choice { value: value.clone() },
        Answer::Choices(values) => AnswerValue::Choices { values: values.clone() },
        Answer::File(name) => AnswerValue::Photo { name: name.clone() },
        Answer::Acknowledged => AnswerValue::Acknowledged,
    }
}

fn position(at: &GeoPoint) -> GeoPosition {
    GeoPosition {
        latitude: at.latitude,
        longitude: at.longitude,
        altitude: at.altitude,
        accuracy: at.accuracy,
    }
}

/// A value as a person reads it.
pub fn shown(answer: &Answer, choices: &[ChoiceView], lang: Lang) -> String {
    let label = |value: &String| {
        choices.iter().find(|c| c.value == *value).map_or_else(|| value.clone(), |c| c.label.clone())
    };
    match answer {
        Answer::Empty => String::new(),
        Answer::Text(text) => text.clone(),
        Answer::Integer(number) => number.to_string(),
        Answer::Decimal(number) => texts::number(lang, *number),
        Answer::Boolean(value) => label(&value.to_string()),
        Answer::Date(date) => rulebook::date(*date),
        Answer::Time(time) => time.format("%H:%M").to_string(),
        Answer::DateTime(at) => rulebook::date_time(at),
        Answer::Point(at) => {
            let exact = if at.accuracy > 0.0 { format!(" (±{:.0} m)", at.accuracy) } else { String::new() };
            format!("{:.5}, {:.5}{exact}", at.latitude, at.longitude)
        }
        Answer::Points(points) => {
            format!("{} {}", points.len(), lang.pick("điểm", "points"))
        }
        Answer::Choice(value) => label(value),
        Answer::Choices(values) => values.iter().map(label).collect::<Vec<_>>().join(", "),
        Answer::File(_) => lang.pick("Đã chụp", "Taken").to_owned(),
        Answer::Acknowledged => lang.pick("Đã xác nhận", "Confirmed").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_sends_comes_back_the_same() {
        let values = [
            (AnswerValue::Text { text: "Bản Lướt".into() }, QuestionKind::Text),
            (AnswerValue::Date { iso: "2026-11-24".into() }, QuestionKind::Date),
            (AnswerValue::Time { iso: "07:30".into() }, QuestionKind::Time),
            (AnswerValue::DateTime { iso: "2026-11-24T07:30:00+07:00".into() }, QuestionKind::DateTime),
            (AnswerValue::Choice { value: "true".into() }, QuestionKind::Boolean),
            (AnswerValue::Choices { values: vec!["a".into(), "b".into()] }, QuestionKind::SelectMultiple),
        ];
        for (value, kind) in values {
            let answer = to_answer(value.clone(), &kind).unwrap();
            assert_eq!(from_answer(&answer, &kind), value);
        }
    }

    #[test]
    fn a_moment_is_told_by_vietnams_time_wherever_the_phone_is() {
        let kept = |iso: &str| {
            let answer =
                to_answer(AnswerValue::DateTime { iso: iso.into() }, &QuestionKind::DateTime).unwrap();
            (from_answer(&answer, &QuestionKind::DateTime), shown(&answer, &[], Lang::Vi))
        };
        let told = AnswerValue::DateTime { iso: "2026-11-24T15:09:00+07:00".into() };
        let told = (told, "24/11/2026 15:09".to_owned());
        assert_eq!(kept("2026-11-24T16:09:00+08:00"), told);
        assert_eq!(kept("2026-11-24T15:09"), told);
    }

    #[test]
    fn a_shape_is_closed_in_the_form_and_open_on_the_screen() {
        let corner = |latitude| GeoPosition { latitude, longitude: 104.1, altitude: 0.0, accuracy: 5.0 };
        let corners = |n: usize| AnswerValue::Points {
            points: [22.1, 22.2, 22.3].into_iter().map(corner).take(n).collect(),
        };
        let shape = to_answer(corners(3), &QuestionKind::Geoshape).unwrap();
        let Answer::Points(stored) = &shape else { panic!("points") };
        assert_eq!((stored.len(), stored[0].latitude), (4, stored[3].latitude));
        assert_eq!(from_answer(&shape, &QuestionKind::Geoshape), corners(3));
        assert_eq!(to_answer(corners(2), &QuestionKind::Geoshape).unwrap_err().code, "app.few-points");
        let trace = to_answer(corners(2), &QuestionKind::Geotrace).unwrap();
        assert_eq!(from_answer(&trace, &QuestionKind::Geotrace), corners(2));
    }

    #[test]
    fn a_slider_of_whole_numbers_gives_whole_numbers() {
        let kind = QuestionKind::Range { start: 0.0, end: 10.0, step: 1.0, integer: true };
        let answer = |number| to_answer(AnswerValue::Decimal { number }, &kind).unwrap();
        assert_eq!(answer(7.0), Answer::Integer(7));
        assert_eq!(answer(7.5), Answer::Decimal(7.5));
    }

    #[test]
    fn what_means_nothing_is_refused_with_a_code() {
        let refused = |value| to_answer(value, &QuestionKind::Text).unwrap_err().code;
        assert_eq!(refused(AnswerValue::Date { iso: "24/11/2026".into() }), "app.bad-date");
        assert_eq!(refused(AnswerValue::Photo { name: "x.jpg".into() }), "app.photo-by-take-photo");
        let nowhere =
            AnswerValue::Location { latitude: f64::NAN, longitude: 0.0, altitude: 0.0, accuracy: 0.0 };
        assert_eq!(refused(nowhere), "app.bad-location");
    }

    #[test]
    fn values_read_as_people_write_them() {
        let vi = Lang::Vi;
        let day = Answer::Date(NaiveDate::from_ymd_opt(2026, 11, 24).unwrap());
        assert_eq!(shown(&day, &[], vi), "24/11/2026");
        assert_eq!(shown(&Answer::Decimal(32.5), &[], vi), "32,5");
        let choices = [ChoiceView {
            value: "female".into(),
            label: "Nữ".into(),
            styled: Vec::new(),
            image: None,
            chosen: true,
        }];
        assert_eq!(shown(&Answer::Choice("female".into()), &choices, vi), "Nữ");
    }
}
