//! A worker with an enrolled phone and the forms on it, and how they fill a form page by page.

use crate::{
    office::Office,
    phone::{PIN, Phone, synchronise},
};
use app::{App, FormSession, view::*};
use std::{collections::HashMap, sync::Arc};

pub struct World {
    pub office: Office,
    pub phone: Phone,
    pub app: Arc<App>,
}

impl World {
    pub fn new() -> Self {
        Self::with(Office::open(), 2)
    }

    /// With a phone that is there already.
    pub fn on(phone: Phone) -> Self {
        Self::enrolled(Office::open(), phone, 2)
    }

    /// A worker of an office with so many forms.
    pub fn with(office: Office, forms: u64) -> Self {
        Self::enrolled(office, Phone::new(), forms)
    }

    fn enrolled(office: Office, phone: Phone, forms: u64) -> Self {
        let app = phone.app();
        app.access().enrol(office.invitation("GOOD"), PIN.into()).unwrap();
        assert_eq!(synchronise(&app).forms_received, forms);
        Self { office, phone, app }
    }
}

pub fn choice(value: &str) -> AnswerValue {
    AnswerValue::Choice { value: value.into() }
}

pub fn text(text: &str) -> AnswerValue {
    AnswerValue::Text { text: text.into() }
}

fn choices(values: &[&str]) -> AnswerValue {
    AnswerValue::Choices { values: values.iter().map(|v| (*v).to_owned()).collect() }
}

/// What the worker answers, by path.
pub struct Answers(HashMap<String, AnswerValue>);

/// Name, relation, sex, year of birth.
pub const MEMBERS: [(&str, &str, &str, i64); 3] = [
    ("Hoàng Văn Sơn", "head", "male", 1986),
    ("Nông Thị Hoà", "spouse", "female", 1988),
    ("Hoàng Thị Ngần", "child", "female", 2017),
];

impl Answers {
    /// A first visit with three members and one photo.
    pub fn first_visit() -> Self {
        let mut answers = HashMap::new();
        let mut say = |path: &str, value: AnswerValue| answers.insert(format!("/data/{path}"), value);
        say("visit/outcome", choice("met"));
        say("visit/visit_purpose", choice("first"));
        say("place/province", choice("20"));
        say("place/commune", choice("06040"));
        say("place/village", text("Nà Pò"));
        for purpose in ["support", "ethnicity", "health", "location", "photo"] {
            say(&format!("consent/consent_{purpose}"), choice("agree"));
        }
        say("consent/consent_by", choice("head"));
        say("consent/consent_form", choice("written"));
        say("observation/children_seen", choice("all"));
        // Asked at a household that is known.
        say("observation/photo_wanted", choice("yes"));
        say("household/household_name", text("Hoàng Văn Sơn"));
        say("household/address", text("Nhà số 3"));
        for (place, (name, relation, sex, year)) in MEMBERS.iter().enumerate() {
            let mut say = |name: &str, value| say(&format!("member[{}]/{name}", place + 1), value);
            say("m_about/m_name", text(name));
            say("m_about/m_residence", choice("present"));
            say("m_about/m_relation", choice(relation));
            say("m_about/m_sex", choice(sex));
            say("m_about/m_birth_known", choice("year"));
            say("m_about/m_birth_year", AnswerValue::Integer { number: *year });
            say("m_about/m_ethnicity", choice("02"));
            say("m_life/m_studying", choice("primary"));
            say("m_life/m_diploma", choice("primary"));
            say("m_life/m_work", choice("own"));
            say("m_life/m_insurance", choice("yes"));
            say("m_life/m_benefit", choice("no"));
            say("m_life/m_undernourished", choice("no"));
            say("m_life/m_disabled", choice("no"));
        }
        for part in ["wall", "column", "roof"] {
            say(&format!("housing/house_{part}"), choice("solid"));
        }
        say("housing/house_area", AnswerValue::Decimal { number: 62.5 });
        say("services/water", choice("protected_spring"));
        say("services/toilet", choice("vip"));
        say("services/internet", choice("yes"));
        say("services/devices", choices(&["smartphone", "television"]));
        say(
            "location",
            AnswerValue::Location { latitude: 22.258_01, longitude: 106.474_2, altitude: 0.0, accuracy: 8.0 },
        );
        say("photo[1]/p_about/photo_caption", text("Mái nhà"));
        say("goal[1]/g_about/goal_text", text("Khám tại trạm y tế xã"));
        say("goal[1]/g_about/goal_who", choice("worker"));
        say("goal[1]/g_about/goal_state", choice("open"));
        say("agreed/agreed_text", text("Làm thẻ bảo hiểm cho cháu"));
        Self(answers)
    }

    pub fn set(mut self, path: &str, value: AnswerValue) -> Self {
        self.0.insert(path.to_owned(), value);
        self
    }
}

/// Answers what the page asks and checks that the updates make up the page.
pub fn fill_page(session: &FormSession, answers: &Answers) {
    let mut page = session.page().unwrap();
    let mut answered = Vec::new();
    while let Some((path, value)) = page.questions.iter().find_map(|question| {
        let value = answers.0.get(&question.path)?;
        (question.value != *value && !answered.contains(&question.path))
            .then(|| (question.path.clone(), value.clone()))
    }) {
        answered.push(path.clone());
        let update = session.answer(path.clone(), value).unwrap_or_else(|e| panic!("{path}: {e}"));
        page.apply(update);
        assert_eq!(page, session.page().unwrap(), "after {path}");
    }
    if page.questions.iter().any(|q| q.kind == QuestionKind::Photo && q.value == AnswerValue::Empty) {
        let path = page.questions.iter().find(|q| q.kind == QuestionKind::Photo).unwrap().path.clone();
        page.apply(session.take_photo(path, jpeg()).unwrap());
        fill_page(session, answers);
    }
}

/// Goes on to the end, adding members and one photo on the way; returns the titles of the pages passed.
pub fn fill(session: &FormSession, answers: &Answers) -> Vec<String> {
    let mut titles = Vec::new();
    for _ in 0..100 {
        fill_page(session, answers);
        let page = session.page().unwrap();
        titles.push(page.title.clone());
        let wanted = |path: &str| match path {
            "/data/member" => 3,
            "/data/photo" => 1,
            _ => 0,
        };
        if let Some(repeat) = page.repeats.into_iter().find(|r| r.instances.len() < wanted(&r.path)) {
            session.add_repeat(repeat.path).unwrap();
            continue;
        }
        match session.next().unwrap() {
            PageMove::Moved { .. } => {}
            PageMove::AtEnd => return titles,
            PageMove::Blocked { problems, .. } => {
                let what: Vec<_> = problems.iter().map(|p| (&p.path, &p.problem.text)).collect();
                panic!("blocked: {what:?}");
            }
        }
    }
    panic!("no end after 100 pages: {titles:?}");
}

pub fn finish(session: &FormSession) -> FinishedView {
    match session.finish().unwrap() {
        FinishOutcome::Finished { visit } => visit,
        FinishOutcome::Incomplete { problems } => panic!("incomplete: {problems:?}"),
    }
}

/// A small picture with some detail.
pub fn jpeg() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(640, 480, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}
