//! A request with its answer, as a snapshot shows it: what differs from run to run is named instead.

use crate::world::Office;
use model::batch::codec;
use regex::{Captures, Regex};
use std::{borrow::Cow, sync::LazyLock};
use testkit::{Client, Link, Request, Response};
use wire::error::code;

pub struct Exchange {
    asked: String,
    pub answer: Response,
}

/// One request over a link.
pub fn exchange(link: &dyn Link, request: &Request) -> Exchange {
    Exchange { asked: format!("{} {}", request.method, request.path), answer: link.send(request) }
}

/// One request of a phone.
pub fn by(phone: &Client, request: Request) -> Exchange {
    exchange(&*phone.link, &request.bearer(&phone.enrolled.token.0))
}

/// Nobody gets an answer without a token, and a phone none once it was revoked.
pub fn for_phones_only(office: &Office, phone: &Client, request: &Request) {
    let refused = |answer: Response| {
        // An answer to HEAD has no body that would say why.
        if answer.body.is_empty() { (answer.status, String::new()) } else { answer.refusal() }
    };
    let body = |code: &str| if request.method == "HEAD" { String::new() } else { code.to_owned() };
    assert_eq!(refused(office.send(request)), (401, body(code::UNAUTHORISED)));
    let wrong = request.clone().bearer(&"x".repeat(43));
    assert_eq!(refused(office.send(&wrong)), (401, body(code::UNAUTHORISED)));
    office.revoke(phone.device);
    assert_eq!(refused(phone.send(request.clone())), (403, body(code::REVOKED)));
}

impl Exchange {
    /// Compares with the snapshot of this name.
    #[track_caller]
    pub fn snapshot(&self, name: &str) {
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name.to_owned(), self.shown()));
    }

    fn shown(&self) -> String {
        let mut shown = format!("{}\n{}\n", self.asked, self.answer.status);
        let mut headers = self.answer.headers.clone();
        headers.retain(|(name, _)| !matches!(name.as_str(), "date" | "content-length"));
        headers.sort();
        for (name, value) in headers {
            shown += &format!("{name}: {value}\n");
        }
        named(&format!("{shown}\n{}", self.body()))
    }

    fn body(&self) -> String {
        let bytes = self.answer.bytes();
        let kind = self.answer.header("content-type").unwrap_or_default();
        let text = || String::from_utf8(bytes.clone()).unwrap();
        match kind.split(';').next().unwrap_or_default() {
            // An answer to HEAD.
            _ if bytes.is_empty() => String::new(),
            "application/json" => {
                let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                serde_json::to_string_pretty(&value).unwrap()
            }
            "application/x-ndjson" => lines(&bytes),
            "text/html" => text().replace("><", ">\n<"),
            "text/css" => "‹a style sheet›".to_owned(),
            "image/jpeg" => format!("‹{} bytes›", bytes.len()),
            _ => text(),
        }
    }
}

/// Lines, and what the pages of batches between them show.
fn lines(mut bytes: &[u8]) -> String {
    let mut shown = Vec::new();
    while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
        let mut line: serde_json::Value = serde_json::from_slice(&bytes[..end]).unwrap();
        bytes = &bytes[end + 1..];
        let length = line.pointer_mut("/puts/bytes").and_then(|bytes| bytes.take().as_u64());
        shown.push(serde_json::to_string_pretty(&line).unwrap());
        if let Some(length) = length {
            let (page, rest) = bytes.split_at(usize::try_from(length).unwrap());
            bytes = rest;
            for batch in codec::decode(page).unwrap() {
                let (said, seen) = (batch.statement(), batch.ids().iter().flatten().count());
                let last = said.next_seq() - 1;
                shown.push(format!("‹{} to {last} of {}, {seen} seen›", said.first_seq, said.device));
            }
        }
    }
    shown.join("\n")
}

/// Ids are numbered as they come; keys, codes, tokens and the hub's port are only named.
fn named(text: &str) -> String {
    static IDS: LazyLock<Regex> = LazyLock::new(|| regex("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
    static OTHERS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            (r"127\.0\.0\.1:\d+", "‹hub›"),
            (r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{2}\b", "‹code›"),
            (r"session=[A-Za-z0-9_-]+", "session=‹token›"),
            (r"<code>[a-z0-9]{12}</code>", "<code>‹password›</code>"),
            (r"(?s)(<\?xml[^<]*)?<svg.*</svg>", "‹a QR code›"),
            (r#""epoch": "[0-9a-f]{16}""#, r#""epoch": "‹epoch›""#),
            (r#""[A-Za-z0-9_-]{22}""#, r#""‹16 bytes›""#),
            (r#""[A-Za-z0-9_-]{43}""#, r#""‹32 bytes›""#),
            (r#""[A-Za-z0-9_-]{86}""#, r#""‹64 bytes›""#),
        ]
        .map(|(pattern, name)| (regex(pattern), name))
        .into()
    });
    let mut seen: Vec<String> = Vec::new();
    let numbered = IDS.replace_all(text, |found: &Captures| {
        let place = seen.iter().position(|id| *id == found[0]).unwrap_or_else(|| {
            seen.push(found[0].to_owned());
            seen.len() - 1
        });
        format!("‹id {}›", place + 1)
    });
    let replace =
        |text: Cow<str>, (pattern, name): &(Regex, &str)| pattern.replace_all(&text, *name).into_owned();
    OTHERS.iter().fold(numbered.into_owned(), |text, other| replace(Cow::Owned(text), other))
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}
