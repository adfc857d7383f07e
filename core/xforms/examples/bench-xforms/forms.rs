//! The forms that are measured, with the steps to take in each: the same bytes for every engine, from fixed seeds.

use std::{fmt::Write, path::Path};
use xforms::{Random, SeededRandom};

/// One line of `steps.tsv`, that each engine's program carries out.
pub enum Step {
    /// What follows is timed under this name.
    Phase(&'static str),
    /// Path and stored text.
    Answer(String, String),
    /// Path of a repeat that gets one more instance.
    Add(String),
    /// Path of a select and how many choices it must offer now.
    Choices(String, usize),
}

pub struct Case {
    pub name: String,
    pub xml: String,
    /// Attached lists by file name.
    pub files: Vec<(&'static str, String)>,
    pub steps: Vec<Step>,
}

impl Case {
    /// Writes `form.xml`, the lists and `steps.tsv` into a folder.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("form.xml"), &self.xml)?;
        for (name, text) in &self.files {
            std::fs::write(folder.join(name), text)?;
        }
        let mut lines = String::new();
        for step in &self.steps {
            let line = match step {
                Step::Phase(name) => format!("phase\t{name}\n"),
                Step::Answer(path, value) => format!("answer\t{path}\t{value}\n"),
                Step::Add(path) => format!("add\t{path}\n"),
                Step::Choices(path, count) => format!("choices\t{path}\t{count}\n"),
            };
            lines.push_str(&line);
        }
        std::fs::write(folder.join("steps.tsv"), lines)
    }
}

/// A form in two languages, put together from its parts.
#[derive(Default)]
struct Form {
    instance: String,
    model: String,
    body: String,
    vietnamese: String,
    english: String,
    texts: usize,
}

/// Writing to a String can't fail.
macro_rules! put {
    ($to:expr, $($arg:tt)*) => {{ let _ = write!($to, $($arg)*); }};
}

impl Form {
    /// An itext id for a text in both languages; `number` keeps texts apart.
    fn text(&mut self, vietnamese: &str, english: &str) -> String {
        let id = format!("t{}:label", self.texts);
        self.texts += 1;
        put!(self.vietnamese, r#"<text id="{id}"><value>{vietnamese}</value></text>"#);
        put!(self.english, r#"<text id="{id}"><value>{english}</value></text>"#);
        id
    }

    fn bind(&mut self, path: &str, attributes: &str) {
        put!(self.model, r#"<bind nodeset="{path}" {attributes}/>"#);
    }

    /// The control of a node, with a label in both languages.
    fn control(&mut self, element: &str, path: &str, number: usize, inside: &str) {
        let text = self.text(
            &format!("Câu hỏi {number}: gia đình trả lời thế nào?"),
            &format!("Question {number}: what does the family say?"),
        );
        let label = format!(r#"<label ref="jr:itext('{text}')"/>"#);
        put!(self.body, r#"<{element} ref="{path}">{label}{inside}</{element}>"#);
    }

    /// An integer from 0 to 1,000.
    fn integer(&mut self, parent: &str, name: &str, number: usize) {
        put!(self.instance, "<{name}/>");
        let path = format!("{parent}/{name}");
        self.bind(&path, r#"type="int" constraint=". &gt;= 0 and . &lt;= 1000""#);
        self.control("input", &path, number, "");
    }

    fn calculate(&mut self, parent: &str, name: &str, expression: &str) {
        put!(self.instance, "<{name}/>");
        self.bind(&format!("{parent}/{name}"), &format!(r#"type="int" calculate="{expression}""#));
    }

    /// Opens a `field-list` group with a label.
    fn open_page(&mut self, path: &str, number: usize) {
        let name = path.rsplit('/').next().unwrap_or(path);
        put!(self.instance, "<{name}>");
        let text = self.text(&format!("Trang {number}"), &format!("Page {number}"));
        put!(self.body, r#"<group appearance="field-list" ref="{path}"><label ref="jr:itext('{text}')"/>"#);
    }

    fn close_page(&mut self, name: &str) {
        put!(self.instance, "</{name}>");
        self.body.push_str("</group>");
    }

    fn open_repeat(&mut self, name: &str) {
        put!(self.instance, r#"<{name} jr:template="">"#);
        let text = self.text("Thành viên", "Member");
        put!(
            self.body,
            r#"<group ref="/data/{name}"><label ref="jr:itext('{text}')"/><repeat nodeset="/data/{name}">"#
        );
    }

    fn close_repeat(&mut self, name: &str) {
        put!(self.instance, "</{name}>");
        self.body.push_str("</repeat></group>");
    }

    fn list(&mut self, id: &str) {
        put!(self.model, r#"<instance id="{id}" src="jr://file-csv/{id}.csv"/>"#);
    }

    /// A select from an attached list; `filter` is a predicate or nothing.
    fn select(&mut self, name: &str, number: usize, list: &str, filter: &str) {
        put!(self.instance, "<{name}/>");
        let path = format!("/data/{name}");
        self.bind(&path, r#"type="string""#);
        let inside = format!(
            r#"<itemset nodeset="instance('{list}')/root/item{filter}"><value ref="name"/><label ref="label"/></itemset>"#
        );
        self.control("select1", &path, number, &inside);
    }

    fn xml(self, title: &str) -> String {
        let Form { instance, model, body, vietnamese, english, .. } = self;
        format!(
            r#"<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:ev="http://www.w3.org/2001/xml-events" xmlns:jr="http://openrosa.org/javarosa" xmlns:odk="http://www.opendatakit.org/xforms" xmlns:orx="http://openrosa.org/xforms">
<h:head><h:title>{title}</h:title>
<model odk:xforms-version="1.0.0">
<itext><translation lang="Tiếng Việt (vi)" default="true()">{vietnamese}</translation><translation lang="English (en)">{english}</translation></itext>
<instance><data id="{title}" version="1">{instance}<meta><instanceID/></meta></data></instance>
{model}<bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/>
</model></h:head>
<h:body>{body}</h:body></h:html>
"#
        )
    }
}

/// The sizes of the big form's steps: an engine that takes minutes gets fewer of them.
pub struct Size {
    pub answers: usize,
    pub instances: usize,
}

impl Size {
    pub const WHOLE: Size = Size { answers: 200, instances: 50 };
    pub const TENTH: Size = Size { answers: 20, instances: 5 };
}

/// Questions of a repeat instance.
const IN_REPEAT: usize = 20;

fn question_path(i: usize) -> String {
    format!("/data/page{}/q{i}", (i - 1) / 20 + 1)
}

/// 586 questions and calculates, 199 of these in a chain; selects over a list of 5,000; a repeat.
pub fn big(name: &str, size: &Size) -> Case {
    let mut form = Form::default();
    form.list("villages");
    for page in 1..=10 {
        form.open_page(&format!("/data/page{page}"), page);
        for i in (page - 1) * 20 + 1..=page * 20 {
            form.integer(&format!("/data/page{page}"), &format!("q{i}"), i);
        }
        form.close_page(&format!("page{page}"));
    }
    for i in 1..=199 {
        let before =
            if i == 1 { format!("coalesce({}, 0)", question_path(1)) } else { format!("/data/c{}", i - 1) };
        form.calculate(
            "/data",
            &format!("c{i}"),
            &format!("{before} + coalesce({}, 0)", question_path(i + 1)),
        );
    }
    form.select("district", 201, "villages", "[kind = 'district']");
    form.select("village", 202, "villages", "[district = /data/district]");
    form.select("anywhere", 203, "villages", "");
    for i in 1..=160 {
        let (name, path) = (format!("t{i}"), format!("/data/t{i}"));
        put!(form.instance, "<{name}/>");
        let relevant = format!("{} &gt; {}", question_path(i), i % 7);
        match i % 4 {
            0 => {
                form.bind(
                    &path,
                    &format!(r#"type="date" relevant="{relevant}" constraint=". &lt;= today()""#),
                );
                form.control("input", &path, 300 + i, "");
            }
            1 => {
                form.bind(&path, &format!(r#"type="string" relevant="{relevant}""#));
                let yes = form.text("Có", "Yes");
                let no = form.text("Không", "No");
                let item = |id: &str, value: &str| {
                    format!(r#"<item><label ref="jr:itext('{id}')"/><value>{value}</value></item>"#)
                };
                form.control("select1", &path, 300 + i, &(item(&yes, "yes") + &item(&no, "no")));
            }
            _ => {
                let constraint = "string-length(.) &lt; 100";
                form.bind(
                    &path,
                    &format!(r#"type="string" relevant="{relevant}" constraint="{constraint}""#),
                );
                form.control("input", &path, 300 + i, "");
            }
        }
    }
    member(&mut form);
    form.calculate("/data", "members", "count(/data/member)");
    form.calculate("/data", "total", "sum(/data/member/sum)");

    let mut steps = vec![Step::Phase("answers")];
    let mut random = SeededRandom(4);
    for i in 1..=size.answers {
        steps.push(Step::Answer(question_path(i), (random.next_u64() % 1000).to_string()));
    }
    steps.push(Step::Phase("cascade"));
    for round in 0..10 {
        steps.push(Step::Answer(question_path(1), (round * 3).to_string()));
    }
    steps.push(Step::Phase("lists"));
    steps.push(Step::Choices("/data/district".to_owned(), 100));
    for district in [7, 93, 40] {
        steps.push(Step::Answer("/data/district".to_owned(), format!("d{district}")));
        steps.push(Step::Choices("/data/village".to_owned(), 49));
        steps.push(Step::Answer("/data/village".to_owned(), format!("v{}", district + 200)));
    }
    steps.push(Step::Choices("/data/anywhere".to_owned(), 5000));
    steps.push(Step::Answer("/data/anywhere".to_owned(), "v1234".to_owned()));
    steps.push(Step::Phase("repeats"));
    add_members(&mut steps, 1..=size.instances);

    let mut villages = "name,label,kind,district\n".to_owned();
    for i in 0..100 {
        put!(villages, "d{i},Huyện số {i},district,\n");
    }
    for i in 100..5000 {
        put!(villages, "v{i},Thôn số {i},village,d{}\n", i % 100);
    }
    Case { name: name.to_owned(), xml: form.xml(name), files: vec![("villages.csv", villages)], steps }
}

fn member(form: &mut Form) {
    form.open_repeat("member");
    for i in 1..=IN_REPEAT {
        form.integer("/data/member", &format!("a{i}"), 500 + i);
    }
    form.calculate("/data/member", "sum", "../a1 + ../a2");
    form.calculate("/data/member", "place", "position(..)");
    form.close_repeat("member");
}

fn add_members(steps: &mut Vec<Step>, instances: std::ops::RangeInclusive<usize>) {
    for instance in instances {
        steps.push(Step::Add("/data/member".to_owned()));
        for i in 1..=IN_REPEAT {
            let value = ((instance * 31 + i * 17) % 1000).to_string();
            steps.push(Step::Answer(format!("/data/member[{instance}]/a{i}"), value));
        }
    }
}

/// One question that 200 calculations read, and one that nothing reads.
pub fn fan() -> Case {
    let mut form = Form::default();
    form.integer("/data", "source", 1);
    form.integer("/data", "quiet", 2);
    for i in 1..=200 {
        form.calculate("/data", &format!("c{i}"), &format!("/data/source * {i} + 1"));
    }
    let mut steps = vec![Step::Phase("source")];
    for i in 0..100 {
        steps.push(Step::Answer("/data/source".to_owned(), (i * 7 % 997).to_string()));
    }
    steps.push(Step::Phase("quiet"));
    for i in 0..1000 {
        steps.push(Step::Answer("/data/quiet".to_owned(), (i * 7 % 997).to_string()));
    }
    Case { name: "fan".to_owned(), xml: form.xml("fan"), files: vec![], steps }
}

/// A repeat that grows to `last` instances: the tenth and the last ten are timed.
pub fn repeats(last: usize) -> Case {
    let mut form = Form::default();
    member(&mut form);
    form.calculate("/data", "members", "count(/data/member)");
    form.calculate("/data", "total", "sum(/data/member/sum)");
    let mut steps = vec![Step::Phase("first")];
    add_members(&mut steps, 1..=5);
    steps.push(Step::Phase("tenth"));
    add_members(&mut steps, 6..=15);
    steps.push(Step::Phase("between"));
    add_members(&mut steps, 16..=last - 10);
    steps.push(Step::Phase("last"));
    add_members(&mut steps, last - 9..=last);
    Case { name: format!("repeats{last}"), xml: form.xml("repeats"), files: vec![], steps }
}

/// Province → commune → village: the country's 3,321 communes and 15,000 villages, in attached lists.
/// `units` is the text of `admin_units.csv`; as many provinces as asked for are gone into.
pub fn places(name: &str, units: &str, answered: usize) -> Result<Case, csv::Error> {
    const VILLAGES: usize = 15_000;
    let mut form = Form::default();
    ["provinces", "communes", "villages"].iter().for_each(|id| form.list(id));
    form.select("province", 1, "provinces", "");
    form.select("commune", 2, "communes", "[province = /data/province]");
    form.select("village", 3, "villages", "[commune = /data/commune]");
    form.control("input", "/data/note", 4, "");
    form.instance.push_str("<note/>");

    let mut provinces: Vec<(String, Vec<usize>)> = Vec::new();
    let mut communes: Vec<(String, usize)> = Vec::new();
    let mut province_list = "name,label\n".to_owned();
    let mut commune_list = "name,label,province\n".to_owned();
    for record in csv::Reader::from_reader(units.as_bytes()).records() {
        let record = record?;
        let (code, label, parent) = (&record[0], &record[3], &record[4]);
        if &record[1] == "province" {
            put!(province_list, "{code},{label}\n");
            provinces.push((code.to_owned(), Vec::new()));
        } else if let Some((_, inside)) = provinces.iter_mut().find(|(p, _)| p == parent) {
            put!(commune_list, "{code},{label},{parent}\n");
            inside.push(communes.len());
            communes.push((code.to_owned(), 0));
        }
    }
    let mut village_list = "name,label,commune\n".to_owned();
    for i in 0..VILLAGES {
        let place = i % communes.len();
        let (commune, inside) = &mut communes[place];
        *inside += 1;
        put!(village_list, "v{i},Thôn số {inside},{commune}\n");
    }

    let mut steps = vec![Step::Phase("places")];
    for (province, inside) in provinces.iter().take(answered) {
        let (commune, villages) = &communes[inside[inside.len() / 2]];
        steps.push(Step::Choices("/data/province".to_owned(), provinces.len()));
        steps.push(Step::Answer("/data/province".to_owned(), province.clone()));
        steps.push(Step::Choices("/data/commune".to_owned(), inside.len()));
        steps.push(Step::Answer("/data/commune".to_owned(), commune.clone()));
        steps.push(Step::Choices("/data/village".to_owned(), *villages));
        steps.push(Step::Answer("/data/village".to_owned(), format!("v{}", inside[inside.len() / 2])));
    }
    let files = vec![
        ("provinces.csv", province_list),
        ("communes.csv", commune_list),
        ("villages.csv", village_list),
    ];
    Ok(Case { name: name.to_owned(), xml: form.xml(name), files, steps })
}

/// A form of so many questions, on pages of ten with a condition, each with a sum of its own.
pub fn growth(questions: usize) -> Case {
    let mut form = Form::default();
    let pages = questions / 10;
    for page in 1..=pages {
        let path = format!("/data/page{page}");
        form.open_page(&path, page);
        for i in 1..=10 {
            form.integer(&path, &format!("q{i}"), page * 10 + i);
        }
        form.calculate(&path, "sum", &format!("{path}/q1 + {path}/q2"));
        form.close_page(&format!("page{page}"));
        if page > 1 {
            form.bind(&path, &format!(r#"relevant="not(/data/page{}/q3 = 7)""#, page - 1));
        }
    }
    let mut steps = vec![Step::Phase("answer")];
    for i in 0..100 {
        let page = i * pages / 100 + 1;
        steps.push(Step::Answer(format!("/data/page{page}/q{}", i % 10 + 1), (i + 10).to_string()));
    }
    Case { name: format!("growth{questions}"), xml: form.xml("growth"), files: vec![], steps }
}
