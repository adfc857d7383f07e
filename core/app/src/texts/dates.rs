//! Dates as people here write them: dd/mm/yyyy.

use chrono::{DateTime, Datelike, NaiveDate};
use model::{VIETNAM, clock::vietnam};
use rulebook::{Lang, date, date_time};

/// Seconds that Vietnam's time is ahead of UTC. Pickers of dates go by it: a phone may be set to another zone.
#[uniffi::export]
pub fn utc_offset_seconds() -> i32 {
    VIETNAM.local_minus_utc()
}

/// How long something is to go or late; nobody counts seconds here.
pub fn span(lang: Lang, seconds: u64) -> String {
    match seconds {
        ..120 => lang.pick("1 phút", "a minute").to_owned(),
        seconds => rulebook::duration(lang, seconds),
    }
}

/// A moment given in milliseconds since 1970.
pub fn moment(ms: u64) -> String {
    model::clock::moment(ms).map(|at| date_time(&at)).unwrap_or_default()
}

/// A stored `2026-11-24` or RFC 3339 text; text that is neither stays as it is.
pub fn stored(text: &str) -> String {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return date_time(&at);
    }
    parse(text).map_or_else(|| text.to_owned(), date)
}

/// The day of a stored date or moment.
pub fn parse(text: &str) -> Option<NaiveDate> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(vietnam(&at).date_naive());
    }
    NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()
}

/// `Thứ ba, 24/11/2026`.
pub fn with_weekday(lang: Lang, day: NaiveDate) -> String {
    const NAMES: [(&str, &str); 7] = [
        ("Thứ hai", "Monday"),
        ("Thứ ba", "Tuesday"),
        ("Thứ tư", "Wednesday"),
        ("Thứ năm", "Thursday"),
        ("Thứ sáu", "Friday"),
        ("Thứ bảy", "Saturday"),
        ("Chủ nhật", "Sunday"),
    ];
    let (vietnamese, english) = NAMES[day.weekday().num_days_from_monday() as usize];
    format!("{}, {}", lang.pick(vietnamese, english), date(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_day_first() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        assert_eq!(with_weekday(Lang::Vi, day), "Thứ ba, 24/11/2026");
        assert_eq!(with_weekday(Lang::En, day), "Tuesday, 24/11/2026");
        assert_eq!(stored("2026-11-05"), "05/11/2026");
        assert_eq!(stored("2026-11-24T09:05:00.000+07:00"), "24/11/2026 09:05");
        assert_eq!(stored("2026-11-24T16:09:00+08:00"), "24/11/2026 15:09");
        assert_eq!(parse("2026-11-25T00:30:00+08:00"), Some(day));
        assert_eq!(moment(1_795_507_740_000), "24/11/2026 15:09");
        assert_eq!(stored("mùa mưa"), "mùa mưa");
    }
}
