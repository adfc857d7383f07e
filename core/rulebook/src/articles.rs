//! What articles of law say (`articles.csv`), found by the grounds that name them, such as
//! `Nghị định 56/2017/NĐ-CP Điều 26 khoản 3, Điều 31 khoản 2`. A document is known by its number; other words of a ground
//! are for people.

use crate::{
    Certainty, Lang, Phrase, Rulebook, date,
    dated::{Days, held},
};
use chrono::NaiveDate;
use serde::Deserialize;

/// A summary of what an article says, or a whole document; no wording of the law.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Row")]
pub struct Article {
    /// Such as `Nghị định 56/2017/NĐ-CP`.
    pub document: String,
    /// Such as `Điều 26`; empty: the document as a whole.
    pub article: String,
    pub title: Phrase,
    /// Empty: the pack doesn't say.
    pub text: Phrase,
    pub days: Days,
    pub certainty: Certainty,
}

#[derive(Deserialize)]
struct Row {
    document: String,
    article: String,
    title_vi: String,
    title_en: String,
    text_vi: String,
    text_en: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    in_force: Option<NaiveDate>,
    certainty: Certainty,
}

impl From<Row> for Article {
    fn from(row: Row) -> Self {
        Self {
            document: row.document,
            article: row.article,
            title: Phrase::new(row.title_vi, row.title_en),
            text: Phrase::new(row.text_vi, row.text_en),
            days: Days { from: row.from, to: row.to, in_force: row.in_force, layer: 0 },
            certainty: row.certainty,
        }
    }
}

impl Article {
    /// Such as `Nghị định 56/2017/NĐ-CP Điều 26`.
    pub fn name(&self) -> String {
        named(&self.document, &self.article)
    }

    /// What it says, marked as a summary; or that the packs don't say.
    pub fn told(&self, lang: Lang) -> String {
        // The law is Vietnamese: without a translation it stands as it is.
        let text = [self.text.get(lang), &self.text.vi].into_iter().find(|text| !text.is_empty());
        text.map_or_else(
            || untold(lang).to_owned(),
            |text| {
                format!(
                    "{} {text}",
                    lang.pick("Tóm tắt, không phải nguyên văn:", "A summary, not the wording:")
                )
            },
        )
    }

    /// Of which days' facts it speaks and from when it may be acted by, such as `Từ 01/07/2017`; empty: it doesn't say.
    pub fn holds(&self, lang: Lang) -> String {
        let Days { from, to, in_force, .. } = self.days;
        let parts = [
            from.map(|day| format!("{} {}", lang.pick("từ", "from"), date(day))),
            to.map(|day| format!("{} {}", lang.pick("đến hết", "until the end of"), date(day))),
            in_force.map(|day| format!("({} {})", lang.pick("hiệu lực", "in force"), date(day))),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// What is shown of an article that the packs don't have.
pub fn untold(lang: Lang) -> &'static str {
    lang.pick("Chưa có nội dung trong gói quy định.", "The pack of rules doesn't say what it says.")
}

pub(crate) fn named(document: &str, article: &str) -> String {
    format!("{document} {article}").trim_end().to_owned()
}

/// What a ground names: a document by its number, and where in it: article, clause, point.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Cited<'g> {
    number: &'g str,
    place: Vec<(Part, &'g str)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    Annex,
    Form,
    Article,
    Clause,
    Point,
}

impl Part {
    /// Of the word that it begins with; `Phụ lục` and `Mẫu số` have two.
    fn of(word: &str, next: Option<&&str>) -> Option<Self> {
        match (word, next) {
            ("Phụ", Some(&"lục")) => Some(Self::Annex),
            ("Mẫu", Some(&"số")) => Some(Self::Form),
            ("Điều", _) => Some(Self::Article),
            ("khoản" | "Khoản", _) => Some(Self::Clause),
            ("điểm" | "Điểm", _) => Some(Self::Point),
            _ => None,
        }
    }

    /// How many parts stand above it.
    fn depth(self) -> usize {
        match self {
            Self::Annex | Self::Form | Self::Article => 0,
            Self::Clause => 1,
            Self::Point => 2,
        }
    }
}

/// `56/2017/NĐ-CP`, `121-TCTK/PPCĐ`; no day.
fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('/') && word.contains(char::is_alphabetic)
}

/// All that a ground names, in its order.
pub(crate) fn cited(ground: &str) -> Vec<Cited<'_>> {
    let words: Vec<&str> = ground
        .split_whitespace()
        .map(|word| word.trim_matches([',', ';', '.', ':', '(', ')']))
        .filter(|word| !word.is_empty())
        .collect();
    let mut all: Vec<Cited<'_>> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if is_number(word) {
            all.push(Cited { number: word, place: Vec::new() });
            continue;
        }
        let (Some(part), Some(last)) = (Part::of(word, words.get(at + 1)), all.last_mut()) else { continue };
        let which = match part {
            Part::Annex => "",
            Part::Form => words.get(at + 2).copied().unwrap_or_default(),
            _ => words.get(at + 1).copied().unwrap_or_default(),
        };
        let depth = part.depth();
        if last.place.len() == depth {
            last.place.push((part, which));
        } else if last.place.len() > depth {
            // Another one beside the last.
            let above = last.place[..depth].iter().copied();
            let beside = Cited { number: last.number, place: above.chain([(part, which)]).collect() };
            all.push(beside);
        }
    }
    all
}

impl<'g> Cited<'g> {
    /// The place itself, then what it lies in: of a point its clause, then its article. A document as a whole says nothing
    /// of its articles.
    pub fn upwards(&self) -> impl Iterator<Item = Cited<'g>> {
        let least = self.place.len().min(1);
        (least..=self.place.len()).rev().map(|parts| Self { place: self.place[..parts].to_vec(), ..*self })
    }
}

impl Rulebook {
    /// The articles that a ground names, in its order, each once, as they hold on a day; of one that doesn't, how it stood
    /// last, or will first. What the packs don't have is left out.
    pub fn articles(&self, ground: &str, day: NaiveDate) -> Vec<&Article> {
        let named: Vec<(String, &Article)> =
            self.articles.iter().map(|article| (article.name(), article)).collect();
        let named: Vec<(Cited<'_>, &Article)> =
            named.iter().filter_map(|(name, article)| Some((cited(name).pop()?, *article))).collect();
        let of = |place: Cited<'_>| {
            let rows = named.iter().filter(move |(named, _)| *named == place);
            as_of(&rows.map(|(_, article)| *article).collect::<Vec<_>>(), day)
        };
        let mut all: Vec<&Article> = Vec::new();
        for found in cited(ground).iter().filter_map(|asked| asked.upwards().find_map(of)) {
            if !all.iter().any(|other| std::ptr::eq(*other, found)) {
                all.push(found);
            }
        }
        all
    }
}

fn as_of<'r>(rows: &[&'r Article], day: NaiveDate) -> Option<&'r Article> {
    let now = held(rows.iter().copied(), |article| article.days, day, day);
    let past = rows.iter().filter(|row| row.days.to.is_some_and(|to| to < day));
    let then = past.max_by_key(|row| row.days.to).or_else(|| rows.iter().min_by_key(|row| row.days.from));
    now.row.or(now.later).or(then.copied())
}

#[cfg(test)]
mod tests {
    use super::{Cited, Part, cited};

    #[test]
    fn a_ground_may_name_several_places_of_several_documents() {
        let ground = "Nghị định 56/2017/NĐ-CP Điều 8 khoản 2, khoản 3 điểm a, Điều 9; QĐ 121-TCTK/PPCĐ ngày 02/3/1979; \
                      Nghị định 07/2021/NĐ-CP, Phụ lục (chưa xác nhận)";
        let place = |number, place: &[(Part, &'static str)]| Cited { number, place: place.to_vec() };
        let (eight, nine) = ((Part::Article, "8"), (Part::Article, "9"));
        let expected = [
            place("56/2017/NĐ-CP", &[eight, (Part::Clause, "2")]),
            place("56/2017/NĐ-CP", &[eight, (Part::Clause, "3"), (Part::Point, "a")]),
            place("56/2017/NĐ-CP", &[nine]),
            place("121-TCTK/PPCĐ", &[]),
            place("07/2021/NĐ-CP", &[(Part::Annex, "")]),
        ];
        assert_eq!(cited(ground), expected);
        assert!(cited("theo thông lệ, Điều 3").is_empty());
    }
}
