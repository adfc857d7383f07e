use crate::{
    date,
    text::Text,
    xpath::{
        ast::Expr,
        eval::{Context, Evaluator},
        function::Function as F,
        value::Value,
    },
};
use chrono::{DateTime, FixedOffset, NaiveTime, Offset, TimeDelta, Utc};

impl Evaluator<'_> {
    pub(super) fn call_date(&self, function: F, arguments: &[Expr], context: &Context) -> Value {
        let now = self.around.now;
        let text = |found: Option<String>| Value::Text(found.map_or_else(Text::default, Into::into));
        match function {
            F::Today => text(Some(date::format_date(date::local_date(&now)))),
            F::Now => text(Some(date::format_date_time(&now))),
            F::Date => {
                let at = self.moment(&arguments[0], context);
                text(at.map(|at| date::format_date(at.naive_local().date())))
            }
            // Days since 1970 in UTC (spec, `decimal-date-time`) and back; all else counts local days.
            F::DateTime => {
                let at = match self.value(&arguments[0], context) {
                    Value::Number(days) => date::date_time_of_days(days, Utc.fix())
                        .map(|at| at.with_timezone(&self.around.offset())),
                    other => self.moment_of_text(&self.to_text(other)),
                };
                text(at.as_ref().map(date::format_date_time))
            }
            F::DecimalDateTime => Value::Number(match self.value(&arguments[0], context) {
                Value::Number(days) => days,
                other => self
                    .moment_of_text(&self.to_text(other))
                    .map_or(f64::NAN, |at| date::days_of_date_time(&at, Utc.fix())),
            }),
            F::DecimalDate => Value::Number(
                self.moment(&arguments[0], context)
                    .map_or(f64::NAN, |at| date::days_of_date(at.naive_local().date())),
            ),
            F::DecimalTime => {
                let value = self.text(&arguments[0], context);
                let local = |(time, offset): (NaiveTime, Option<FixedOffset>)| match offset {
                    Some(offset) => {
                        let by = self.around.offset().local_minus_utc() - offset.local_minus_utc();
                        time.overflowing_add_signed(TimeDelta::seconds(i64::from(by))).0
                    }
                    None => time,
                };
                let time = date::parse_time(&value).map(local);
                let time = time.or_else(|| self.moment_of_text(&value).map(|at| at.naive_local().time()));
                Value::Number(time.map_or(f64::NAN, date::fraction_of_time))
            }
            _ => {
                let pattern = self.text(&arguments[1], context);
                let at = self.moment(&arguments[0], context).map(|at| at.naive_local());
                text(at.and_then(|at| date::format_pattern(&at, &pattern, self.around.vietnamese)))
            }
        }
    }

    /// A date, a date and time, or a day number, as a local moment; a date begins at midnight.
    fn moment(&self, expr: &Expr, context: &Context) -> Option<DateTime<FixedOffset>> {
        match self.value(expr, context) {
            Value::Number(days) => date::date_time_of_days(days, self.around.offset()),
            other => self.moment_of_text(&self.to_text(other)),
        }
    }

    pub(crate) fn moment_of_text(&self, value: &str) -> Option<DateTime<FixedOffset>> {
        let value = value.trim();
        let offset = self.around.offset();
        if let Some(day) = date::parse_date(value) {
            return day.and_time(NaiveTime::MIN).and_local_timezone(offset).single();
        }
        if let Some(at) = date::parse_date_time(value, offset) {
            return Some(at.with_timezone(&offset));
        }
        crate::text::parse_number(value).and_then(|days| date::date_time_of_days(days, offset))
    }
}
