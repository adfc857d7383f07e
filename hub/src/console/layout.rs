//! What every page shares: the document around it, and small parts.

use chrono::DateTime;
use maud::{DOCTYPE, Markup, html};
use rulebook::Lang;

/// A page for nobody in particular: a message.
pub fn message(lang: Lang, text: &str) -> Markup {
    let back = html! { p.notice role="alert" { (text) } p { a href="/" { (lang.pick("Về trang đầu", "To the first page")) } } };
    document(lang, "Vãng Gia", "/", &html! {}, &back)
}

/// `path`: of the page in another language.
pub fn document(lang: Lang, title: &str, path: &str, menu: &Markup, content: &Markup) -> Markup {
    let joint = if path.contains('?') { '&' } else { '?' };
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Vãng Gia" }
                link rel="stylesheet" href="/style.css";
                link rel="icon" href="data:,";
                // Who has no scripts hears of an alarm with the next look at the first page.
                @if path.starts_with("/work") { noscript { meta http-equiv="refresh" content="60"; } }
            }
            body {
                a.skip href="#content" { (lang.pick("Đến nội dung", "To the content")) }
                header {
                    a.brand href="/" { "Vãng Gia" }
                    (menu)
                    div.languages {
                        a href={ (path) (joint) "lang=vi" } lang="vi" hreflang="vi" aria-current=[(lang == Lang::Vi).then_some("true")] { "Tiếng Việt" }
                        a href={ (path) (joint) "lang=en" } lang="en" hreflang="en" aria-current=[(lang == Lang::En).then_some("true")] { "English" }
                    }
                }
                main #content { h1 { (title) } (content) }
            }
        }
    }
}

/// Labelled facts.
pub fn facts(pairs: &[(String, String)]) -> Markup {
    html! {
        @if !pairs.is_empty() {
            dl.facts { @for (label, value) in pairs { div { dt { (label) } dd { (value) } } } }
        }
    }
}

/// A section of a page; nothing if it is empty.
pub fn section(title: &str, count: usize, content: &Markup) -> Markup {
    html! { @if count > 0 { section { h2 { (title) @if count > 1 { " (" (count) ")" } } (content) } } }
}

/// `24/11/2026 15:04` of milliseconds since 1970; a dash for never.
pub fn time(ms: Option<u64>) -> String {
    ms.and_then(model::clock::moment).map_or("–".to_owned(), |at| rulebook::date_time(&at))
}

/// A stored date or time as people write it; other text stays.
pub fn date(stored: &str) -> String {
    if let Ok(at) = DateTime::parse_from_rfc3339(stored) {
        return rulebook::date_time(&at);
    }
    chrono::NaiveDate::parse_from_str(stored, "%Y-%m-%d").map_or_else(|_| stored.to_owned(), rulebook::date)
}
