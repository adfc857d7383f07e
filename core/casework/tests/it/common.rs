//! The forms of the catalogue, compiled once, and people who fill them.

use casework::{FinishContext, Finished, FormRules, Outcome, advice};
use chrono::{DateTime, FixedOffset};
use model::{
    BlobRef, ChangeId, DeviceId, FieldState, Head, PhotoFile, RecordEdit, RecordRef, RecordState, Said,
    Stamp, SubmissionId, UserId, encoding::Bytes, record::field,
};
use rulebook::{Lang, Rulebook};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
    fs,
    path::PathBuf,
    sync::{Arc, LazyLock, Mutex},
};
use uuid::Uuid;
use xforms::{Answer, DataType, Definition, Env, GeoPoint, Session, Submission};

pub static RULEBOOK: LazyLock<Arc<Rulebook>> = LazyLock::new(|| Rulebook::built_in().unwrap());

pub struct Form {
    pub definition: Arc<Definition>,
    pub rules: FormRules,
}

pub fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../packs/quoc_gia/forms").join(name)
}

pub fn records_csv(name: &str) -> String {
    fs::read_to_string(folder(name).join("records.csv")).unwrap()
}

pub fn load(name: &str) -> Form {
    // A pack has its lists once for all forms.
    let lists = folder("../lists");
    let media = |file: &str| fs::read(folder(name).join(file)).or_else(|_| fs::read(lists.join(file))).ok();
    let workbook = xlsform::read(&folder(name)).unwrap();
    let form = xlsform::convert(&workbook, &xlsform::Options::default()).unwrap();
    let definition = Definition::parse_with(&form.xml, &media).unwrap();
    let rules = FormRules::parse(&RULEBOOK, &records_csv(name), &definition).unwrap();
    Form { definition, rules }
}

pub static VISIT: LazyLock<Form> = LazyLock::new(|| load("vang_gia"));
pub static FOLLOW_UP: LazyLock<Form> = LazyLock::new(|| load("theo_doi"));
pub static REPORT: LazyLock<Form> = LazyLock::new(|| load("tiep_nhan_tre_em"));

pub fn at(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

/// What the worker is told after finishing, a line each.
pub fn told(outcome: &Outcome, lang: Lang) -> String {
    let advice = advice::after_finish(&RULEBOOK, outcome, now(), lang);
    let told = advice.into_iter().map(|advice| format!("{} [{}]", advice.text, advice.ground));
    told.collect::<Vec<_>>().join("\n")
}

/// A Tuesday.
pub fn now() -> DateTime<FixedOffset> {
    at("2026-11-24T09:30:00+07:00")
}

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// Somebody with a form.
pub struct Fill {
    pub session: Session,
    types: HashMap<String, DataType>,
}

impl Fill {
    pub fn new(form: &Form, known: &[(String, String)]) -> Self {
        let env = Env::fixed(now(), 7).property("username", "thu");
        let session = Session::start_with(form.definition.clone(), env, known);
        let types = form.definition.nodes().map(|node| (node.path, node.data_type)).collect();
        Self { session, types }
    }

    /// Answers as the question's type wants it.
    pub fn say(&mut self, path: &str, answer: &str) -> &mut Self {
        let plain: String = without_places(path);
        let definition = self.session.definition().clone();
        let answer = match self.types[&plain] {
            _ if answer.is_empty() => Answer::Empty,
            DataType::Int => Answer::Integer(answer.parse().unwrap()),
            DataType::Decimal => Answer::Decimal(answer.parse().unwrap()),
            DataType::Date => Answer::Date(answer.parse().unwrap()),
            DataType::DateTime => Answer::DateTime(at(answer)),
            DataType::Binary => Answer::File(answer.to_owned()),
            DataType::Geopoint => {
                let numbers: Vec<f64> = answer.split(' ').map(|n| n.parse().unwrap()).collect();
                let (latitude, longitude) = (numbers[0], numbers[1]);
                Answer::Point(GeoPoint { latitude, longitude, altitude: 0.0, accuracy: 12.0 })
            }
            _ if definition.choice_values(&plain).is_empty() => Answer::Text(answer.to_owned()),
            _ => Answer::Choice(answer.to_owned()),
        };
        self.give(path, &answer)
    }

    /// Answers a question with several choices.
    pub fn choose(&mut self, path: &str, choices: &str) -> &mut Self {
        self.give(path, &Answer::Choices(choices.split(' ').map(str::to_owned).collect()))
    }

    fn give(&mut self, path: &str, answer: &Answer) -> &mut Self {
        if let Err(problem) = self.session.answer(path, answer) {
            panic!("{path}: {problem}");
        }
        self
    }

    pub fn add(&mut self, repeat: &str) -> &mut Self {
        self.session.add_repeat(repeat).unwrap();
        self
    }

    pub fn all(&mut self, answers: &[(&str, &str)]) -> &mut Self {
        for (path, answer) in answers {
            self.say(path, answer);
        }
        self
    }

    pub fn finish(&mut self) -> Submission {
        match self.session.finish() {
            Ok(submission) => submission,
            Err(problems) => panic!("{:?}", problems.problems),
        }
    }
}

fn without_places(path: &str) -> String {
    let step = |step: &str| step.split('[').next().unwrap_or(step).to_owned();
    path.split('/').map(step).collect::<Vec<_>>().join("/")
}

/// A report about a child of nine whose carer is said to have done harm.
pub fn report() -> Fill {
    let mut fill = Fill::new(&REPORT, &[]);
    fill.all(&[
        ("/data/intake/received_at", "2026-11-24T07:10:00+07:00"),
        ("/data/intake/source", "phone"),
        ("/data/child/child_name", "Giàng Thị Dung"),
        ("/data/child/child_birth_known", "age"),
        ("/data/child/child_age", "9"),
        ("/data/child/child_sex", "female"),
        ("/data/place/province", "15"),
        ("/data/place/commune", "04456"),
        ("/data/place/place_detail", "Tại nhà"),
        ("/data/event/summary", "Hàng xóm nghe tiếng khóc nhiều đêm."),
        ("/data/child/child_home", "same"),
        ("/data/state/child_state", "Có vết bầm ở tay."),
        ("/data/state/threatened", "unknown"),
        ("/data/state/severity", "high"),
        ("/data/family/mother_name", "Vàng Thị Mỷ"),
        ("/data/family/mother_age", "38"),
        ("/data/family/siblings_at_risk", "unknown"),
        ("/data/informant/informant_name", "Sùng A Páo"),
        ("/data/informant/informant_phone", "0987654321"),
        ("/data/receiver/receiver_name", "Lò Thị Thu"),
    ]);
    fill.choose("/data/event/abuse_types", "physical").choose("/data/event/harmers", "carer");
    fill.say("/data/event/harmer_access", "unknown");
    fill.choose("/data/actions/actions_done", "commune");
    fill
}

/// A household of three: the father by his year of birth, a daughter by her birthday.
pub fn three_members(known: &[(String, String)]) -> Fill {
    let mut fill = Fill::new(&VISIT, known);
    fill.all(&[
        ("/data/visit/outcome", "met"),
        ("/data/visit/visit_purpose", "first"),
        ("/data/place/province", "15"),
        ("/data/place/commune", "04456"),
        ("/data/place/village", "Bản Phố 2"),
        ("/data/consent/consent_support", "agree"),
        ("/data/consent/consent_ethnicity", "agree"),
        ("/data/consent/consent_health", "agree"),
        ("/data/consent/consent_location", "agree"),
        ("/data/consent/consent_photo", "agree"),
        ("/data/consent/consent_by", "head"),
        ("/data/consent/consent_form", "spoken"),
        ("/data/consent/consent_witness", "Lù Thị Chứng"),
        ("/data/household/household_name", "Giàng A Chứ"),
        ("/data/household/address", "Cạnh trường tiểu học"),
        ("/data/household/phone", "0912345678"),
    ]);
    fill.choose("/data/visit/visit_present", "head members");
    fill.add("/data/member").add("/data/member");
    member(&mut fill, 1, &[("name", "Giàng A Chứ"), ("relation", "head"), ("sex", "male")], "1985");
    member(&mut fill, 2, &[("name", "Vàng Thị Mỷ"), ("relation", "spouse"), ("sex", "female")], "1988");
    member(
        &mut fill,
        3,
        &[("name", "Giàng Thị Dung"), ("relation", "child"), ("sex", "female")],
        "2017-03-05",
    );
    fill.all(&[
        ("/data/member[1]/m_life/m_diploma", "none"),
        ("/data/member[1]/m_life/m_work", "no_contract"),
        ("/data/member[2]/m_life/m_diploma", "primary"),
        ("/data/member[2]/m_life/m_work", "own"),
        ("/data/member[3]/m_life/m_studying", "primary"),
        ("/data/member[3]/m_life/m_undernourished", "yes"),
        ("/data/member[3]/m_life/m_disabled", "yes"),
        ("/data/member[3]/m_life/m_degree", "mild"),
        ("/data/housing/house_wall", "weak"),
        ("/data/housing/house_column", "solid"),
        ("/data/housing/house_roof", "weak"),
        ("/data/housing/house_area", "38.5"),
        ("/data/services/water", "unsafe"),
        ("/data/services/toilet", "none"),
        ("/data/services/internet", "yes"),
        ("/data/poverty/b1_total", "120"),
        ("/data/observation/children_seen", "all"),
        ("/data/observation/obs_facts", "Mái nhà dột ở góc bếp."),
        ("/data/location", "22.3964 103.4701"),
        ("/data/photo[1]/p_about/photo_file", "1764000000123.jpg"),
        ("/data/photo[1]/p_about/photo_caption", "Mái bếp"),
        ("/data/goal[1]/g_about/goal_text", "Lợp lại mái bếp"),
        ("/data/goal[1]/g_about/goal_who", "household"),
        ("/data/goal[1]/g_about/goal_due", "2026-12-31"),
        ("/data/agreed/agreed_text", "Xã hỗ trợ tấm lợp."),
        ("/data/agreed/next_visit", "2026-12-24"),
    ]);
    fill.choose("/data/member[3]/m_life/m_disability", "movement");
    fill.choose("/data/services/devices", "phone television");
    fill.choose("/data/needs/need_groups", "health");
    fill.say("/data/n_health/need_health", "Khám dinh dưỡng cho cháu")
        .say("/data/n_health/priority_health", "high");
    fill
}

/// One member; the birth is a year or a day.
pub fn member(fill: &mut Fill, n: usize, about: &[(&str, &str)], birth: &str) {
    let path = |name: &str| format!("/data/member[{n}]/m_about/m_{name}");
    for (name, answer) in about {
        fill.say(&path(name), answer);
    }
    let known = if birth.len() == 4 { "year" } else { "date" };
    fill.say(&path("birth_known"), known).say(&path(&format!("birth_{known}")), birth);
    fill.say(&path("ethnicity"), "08");
    for name in ["insurance", "benefit"] {
        fill.say(
            &format!("/data/member[{n}]/m_life/m_{name}"),
            if name == "insurance" { "yes" } else { "no" },
        );
    }
    fill.say(&format!("/data/member[{n}]/m_life/m_disabled"), "no");
}

pub fn photo() -> PhotoFile {
    let blob = |n: u8| BlobRef { address: format!("{n:02x}").repeat(32), key: Bytes([n; 32]), size: 1000 };
    PhotoFile {
        blob: blob(1),
        width: 2048,
        height: 1536,
        thumbnail: blob(2),
        taken_at: "2026-11-24T09:20:00+07:00".into(),
    }
}

pub fn context() -> FinishContext {
    FinishContext {
        submission: SubmissionId(id(0x5b)),
        author: UserId(id(0xa1)),
        author_name: "Lò Thị Thu".into(),
        duty_managers: vec![
            (UserId(id(0xa2)), "Nguyễn Văn Trực".into()),
            (UserId(id(0xa1)), "Lò Thị Thu".into()),
        ],
        about: None,
        photos: BTreeMap::from([("1764000000123.jpg".to_owned(), photo())]),
        known: BTreeMap::new(),
    }
}

/// Applies with ids 1, 2, 3 …
pub fn apply(form: &Form, submission: &Submission, context: &FinishContext) -> Outcome {
    apply_from(form, submission, context, 1)
}

pub fn apply_from(form: &Form, submission: &Submission, context: &FinishContext, first: u128) -> Outcome {
    let finished = Finished::of(submission, at("2026-11-24T09:00:00+07:00"), now());
    let mut ids = first..;
    form.rules.apply(&RULEBOOK, &finished, context, &mut || id(ids.next().unwrap())).unwrap()
}

/// The batch as text: one record a paragraph, ids by their number.
pub fn shown(outcome: &Outcome) -> String {
    let mut text = format!("root {}, title {}\n", short(&outcome.about), outcome.title);
    for edit in &outcome.edits {
        let parent = edit.parent.as_ref().map(|p| format!(" under {}", short(p))).unwrap_or_default();
        write!(text, "\n{}{parent}\n", short(&edit.record)).unwrap();
        for (name, value) in &edit.fields {
            match (name.as_str(), value) {
                ("xml" | "pack", _) => writeln!(text, "  {name} = …").unwrap(),
                ("user", _) => {
                    writeln!(text, "  user = {}", value.as_str().unwrap().trim_matches(['0', '-'])).unwrap()
                }
                ("file", file) => {
                    writeln!(text, "  file = {}", &file["address"].as_str().unwrap()[..8]).unwrap()
                }
                _ => writeln!(text, "  {name} = {value}").unwrap(),
            }
        }
    }
    text
}

pub fn short(record: &RecordRef) -> String {
    format!("{}:{:x}", record.kind, record.id.as_u128())
}

/// The records as they stand after batches, each change seen by the next.
#[derive(Default)]
pub struct Records(pub BTreeMap<RecordRef, RecordState>);

impl Records {
    pub fn take(&mut self, edits: &[RecordEdit]) {
        static NEXT: Mutex<u128> = Mutex::new(1);
        for edit in edits {
            let state = self.0.entry(edit.record.clone()).or_default();
            let parent = edit.parent.as_ref().map(|p| (field::PARENT.to_owned(), Value::from(p.to_string())));
            for (name, value) in edit.fields.clone().into_iter().chain(parent) {
                let mut next = NEXT.lock().unwrap();
                *next += 1;
                state.fields.insert(name, one_head(*next, value));
            }
        }
    }

    pub fn children(&self) -> Vec<(RecordRef, RecordState)> {
        self.0.iter().map(|(record, state)| (record.clone(), state.clone())).collect()
    }

    pub fn known(&self) -> BTreeMap<RecordRef, BTreeMap<String, Value>> {
        self.0.iter().map(|(record, state)| (record.clone(), state.shown())).collect()
    }
}

pub fn one_head(n: u128, value: Value) -> FieldState {
    let head = Head {
        change: ChangeId(id(n)),
        at: Stamp(n as u64, 0),
        device: DeviceId(id(1)),
        said: Said::Value(value),
    };
    FieldState { heads: vec![head], ..FieldState::default() }
}

pub fn state_of(fields: &[(&str, Value)]) -> RecordState {
    let fields = fields.iter().enumerate();
    RecordState {
        fields: fields.map(|(i, (name, v))| ((*name).to_owned(), one_head(i as u128, v.clone()))).collect(),
    }
}
