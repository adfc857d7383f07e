//! ISO dates and times as ODK stores them, and the day numbers that arithmetic uses.

use chrono::{
    DateTime, Datelike, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike,
};

const MILLIS_PER_DAY: f64 = 86_400_000.0;

pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// Time of day with its offset, if it carries one (`07:30:00.000+07:00`).
pub(crate) fn parse_time(text: &str) -> Option<(NaiveTime, Option<FixedOffset>)> {
    let (clock, offset) = split_offset(text)?;
    let time = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|f| NaiveTime::parse_from_str(clock, f).ok())?;
    // Second 60 is read as a leap second; no clock of a form shows one.
    (time.nanosecond() < 1_000_000_000).then_some((time, offset))
}

pub(crate) fn parse_date_time(text: &str, local: FixedOffset) -> Option<DateTime<FixedOffset>> {
    let (date, time) = text.split_once('T')?;
    let date = parse_date(date)?;
    let (time, offset) = parse_time(time)?;
    offset.unwrap_or(local).from_local_datetime(&NaiveDateTime::new(date, time)).single()
}

fn split_offset(text: &str) -> Option<(&str, Option<FixedOffset>)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, FixedOffset::east_opt(0)));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, None)) };
    let sign = if text.as_bytes()[at] == b'+' { 1 } else { -1 };
    let digits: String = text[at + 1..].chars().filter(|c| *c != ':').collect();
    if !(digits.len() == 4 || digits.len() == 2) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = if digits.len() == 4 { digits[2..].parse().ok().filter(|m| *m < 60)? } else { 0 };
    Some((&text[..at], Some(FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))?)))
}

pub(crate) fn format_date(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

pub(crate) fn format_time(time: NaiveTime) -> String {
    time.format("%H:%M:%S%.3f").to_string()
}

pub(crate) fn format_date_time(at: &DateTime<FixedOffset>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

fn epoch() -> NaiveDate {
    NaiveDate::default()
}

pub(crate) fn days_of_date(date: NaiveDate) -> f64 {
    date.signed_duration_since(epoch()).num_days() as f64
}

/// Days since 1 January 1970 on the local calendar, so that a local midnight is a whole number
/// and `now() - today()` is the time of day.
pub(crate) fn days_of_date_time(at: &DateTime<FixedOffset>, local: FixedOffset) -> f64 {
    let wall = at.with_timezone(&local).naive_local();
    let since = wall.signed_duration_since(epoch().and_time(NaiveTime::MIN));
    since.num_milliseconds() as f64 / MILLIS_PER_DAY
}

pub(crate) fn date_of_days(days: f64) -> Option<NaiveDate> {
    if !days.is_finite() || days.abs() > 40_000_000.0 {
        return None;
    }
    epoch().checked_add_signed(Duration::try_days(days.floor() as i64)?)
}

pub(crate) fn date_time_of_days(days: f64, local: FixedOffset) -> Option<DateTime<FixedOffset>> {
    let date = date_of_days(days)?;
    let millis = ((days - days.floor()) * MILLIS_PER_DAY).round() as i64;
    let wall = date.and_time(NaiveTime::MIN).checked_add_signed(Duration::try_milliseconds(millis)?)?;
    local.from_local_datetime(&wall).single()
}

/// The day number of a date or a date and time; `None` for any other text.
pub(crate) fn days_of_text(text: &str, local: FixedOffset) -> Option<f64> {
    if text.len() < 10 || !text.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    if let Some(date) = parse_date(text) {
        return Some(days_of_date(date));
    }
    parse_date_time(text, local).map(|at| days_of_date_time(&at, local))
}

/// Fraction of a day: noon is 0.5 (spec, `decimal-time`).
pub(crate) fn fraction_of_time(time: NaiveTime) -> f64 {
    f64::from(time.num_seconds_from_midnight()) / 86_400.0
        + f64::from(time.nanosecond() % 1_000_000_000) / 86_400e9
}

pub(crate) fn local_date(at: &DateTime<FixedOffset>) -> NaiveDate {
    at.naive_local().date()
}

/// The first letter after a `%` that `format_pattern` doesn't know.
pub(crate) fn unknown_escape(pattern: &str) -> Option<char> {
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c == '%' {
            let letter = chars.next().unwrap_or('%');
            if !"%YymnBbdeWHhMS3Aa".contains(letter) {
                return Some(letter);
            }
        }
    }
    None
}

/// `format-date` and `format-date-time` (spec, Date and Time Functions). `None` for an unknown escape.
pub(crate) fn format_pattern(at: &NaiveDateTime, pattern: &str, vietnamese: bool) -> Option<String> {
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let piece = match chars.next()? {
            '%' => "%".to_owned(),
            'Y' => format!("{:04}", at.year()),
            'y' => format!("{:02}", at.year().rem_euclid(100)),
            'm' => format!("{:02}", at.month()),
            'n' => at.month().to_string(),
            'B' | 'b' => month_name(at.month(), vietnamese),
            'd' => format!("{:02}", at.day()),
            'e' => at.day().to_string(),
            'W' => format!("{:02}", at.iso_week().week()),
            'H' => format!("{:02}", at.hour()),
            'h' => at.hour().to_string(),
            'M' => format!("{:02}", at.minute()),
            'S' => format!("{:02}", at.second()),
            '3' => format!("{:03}", at.and_utc().timestamp_subsec_millis().min(999)),
            'A' | 'a' => day_name(at.weekday().num_days_from_monday(), vietnamese),
            _ => return None,
        };
        out.push_str(&piece);
    }
    Some(out)
}

fn month_name(month: u32, vietnamese: bool) -> String {
    if vietnamese {
        return format!("Thg {month}");
    }
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    names[(month as usize - 1) % 12].to_owned()
}

fn day_name(from_monday: u32, vietnamese: bool) -> String {
    let english = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let local = ["T2", "T3", "T4", "T5", "T6", "T7", "CN"];
    let names = if vietnamese { local } else { english };
    names[from_monday as usize % 7].to_owned()
}
