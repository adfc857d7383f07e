//! What is the same on every page: the document, the national heading, the foot.

use crate::{Prints, Subject};
use chrono::{Datelike, NaiveDate};
use qrcode::{EcLevel, QrCode, render::svg};
use rulebook::{Certainty, Lang, Print};

/// What of [`crate::POLICY`] a document can say of itself: a phone shows it without headers.
const META: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// A4, black on white; `line` is written on, `keep` isn't torn apart by the end of a page.
const STYLE: &str = "
@page { size: A4; margin: 20mm 15mm 20mm 25mm; @bottom-center { content: counter(page) \"/\" counter(pages); font: 10pt serif } }
body { font: 12pt/1.35 'Times New Roman', 'Liberation Serif', serif; color: #000; background: #fff; margin: 0 }
@media screen { body { max-width: 170mm; margin: 10mm auto; padding: 0 5mm } }
h1 { font-size: 14pt; text-align: center; text-transform: uppercase; margin: 6mm 0 2mm }
h2 { font-size: 12pt; margin: 4mm 0 1.5mm; break-after: avoid }
p { margin: 1.5mm 0 }
table { border-collapse: collapse; width: 100% }
th, td { border: .3mm solid #000; padding: 1mm 2mm; text-align: left; vertical-align: top; overflow-wrap: break-word }
th { font-weight: bold }
thead { display: table-header-group }
tr, .keep { break-inside: avoid }
.said { white-space: pre-line; overflow-wrap: break-word }
.line { display: inline-block; min-width: 40mm; max-width: 100%; border-bottom: .3mm dotted #000; height: 1em }
td .line { min-width: 15mm; width: 100% }
.lines .line { display: block; max-width: none; height: 1.6em }
.open { display: flex; flex-wrap: wrap; gap: 1mm }
.open .line { flex: 1 }
.open .lines { flex-basis: 100% }
.cells { display: flex; gap: 4mm }
.cells p { flex: 1 }
.cells .line { min-width: 15mm }
.option { display: inline-block; margin-right: 2mm }
.heading small { display: block }
.note { font-size: 10pt; font-style: italic }
.centre { text-align: center }
.levels td:last-child { width: 45% }
.high td { height: 9mm }
.part { break-before: page }
.heading { display: flex; justify-content: space-between; gap: 8mm; text-align: center; font-size: 12pt }
.heading div { flex: 1 }
.heading div:last-child { flex: 1.7; white-space: nowrap }
.heading b { display: block }
.place { text-align: right; font-style: italic }
.signatures { display: flex; justify-content: space-between; gap: 5mm; margin-top: 6mm; text-align: center; break-inside: avoid }
.signatures div { flex: 1; min-height: 28mm }
.signatures .left { text-align: left }
.signatures small { display: block; font-style: italic }
.signatures span { display: block; margin-top: 20mm }
footer { margin-top: 4mm; font-size: 9pt; display: flex; justify-content: space-between; align-items: end; gap: 5mm; break-inside: avoid }
footer svg { width: 20mm; height: 20mm; flex: none }
";

pub fn document(prints: &Prints<'_>, print: &Print, subject: Option<&Subject<'_>>, body: &str) -> String {
    let (lang, title) = (prints.lang, escaped(print.label.get(prints.lang)));
    let reference = subject.map(|subject| subject.record.0.to_string());
    let qr = reference.as_deref().and_then(code).unwrap_or_default();
    let id = reference.as_deref().map_or_else(String::new, |reference| format!("<br>{}", escaped(reference)));
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{META}\"><title>{title}</title><style>{STYLE}</style></head>\
         <body>{body}<footer><div>{}{id}</div>{qr}</footer></body></html>",
        lang.code(),
        escaped(&ground(print, lang)),
    )
}

/// What the paper follows, and how sure its layout is.
fn ground(print: &Print, lang: Lang) -> String {
    let sure = match print.certainty {
        Certainty::Confirmed => "",
        Certainty::Practice => lang.pick("mẫu dùng nội bộ", "our own paper, not a form of the law"),
        Certainty::CarriedOver | Certainty::Unconfirmed => lang.pick(
            "bố cục theo nội dung quy định, chưa đối chiếu bản gốc",
            "laid out by what must be declared, not compared with the original",
        ),
    };
    [print.article.as_str(), sure].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" – ")
}

/// Who issues the paper and its number at the left, the national heading at the right.
pub fn heading(office: &str, number: &str, lang: Lang) -> String {
    let english = match lang {
        Lang::Vi => "",
        Lang::En => "<small>Socialist Republic of Viet Nam<br>Independence – Freedom – Happiness</small>",
    };
    format!(
        "<div class=\"heading\"><div><b>{}</b>{}</div><div><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b>\
         <b>Độc lập - Tự do - Hạnh phúc</b>{english}</div></div>",
        escaped(&office.to_uppercase()),
        escaped(number),
    )
}

/// The commune's people's committee; of a paper without a place dots to write on.
pub fn committee(prints: &Prints<'_>) -> String {
    let place = if prints.office.is_empty() { "…………………" } else { prints.office };
    match prints.lang {
        Lang::Vi => format!("Ủy ban nhân dân {place}"),
        Lang::En => format!("People's Committee, {place}"),
    }
}

/// `…, ngày … tháng … năm …`: what isn't known is written by hand.
pub fn placed(place: &str, day: Option<NaiveDate>, lang: Lang) -> String {
    let dots = |text: String, dots: &str| if text.is_empty() { dots.to_owned() } else { escaped(&text) };
    let number = |number: Option<u32>| dots(number.map(|n| format!("{n:02}")).unwrap_or_default(), "……");
    let year = day.map_or("20……".to_owned(), |day| day.year().to_string());
    let (place, month) = (dots(place.to_owned(), "……………………"), number(day.map(|day| day.month())));
    let day = number(day.map(|day| day.day()));
    let said = match lang {
        Lang::Vi => format!("{place}, ngày {day} tháng {month} năm {year}"),
        Lang::En => format!("{place}, day {day} month {month} year {year}"),
    };
    format!("<p class=\"place\">{said}</p>")
}

/// A field to sign in; `name` is markup.
pub fn signature(title: &str, hint: Option<&str>, name: &str, lang: Lang) -> String {
    let hint = hint.unwrap_or(lang.pick("(Ký, ghi rõ họ tên)", "(Signature and full name)"));
    format!("<div><b>{}</b><small>{}</small><span>{name}</span></div>", escaped(title), escaped(hint))
}

/// The record's reference, for whoever gets the paper back.
fn code(reference: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(reference, EcLevel::M).ok()?;
    let svg = code.render::<svg::Color<'_>>().quiet_zone(false).build();
    // Of a document within a document only the element.
    svg.find("<svg").map(|start| svg[start..].to_owned())
}

pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    out
}
