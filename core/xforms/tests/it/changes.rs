//! A page that was told every change is the page as it would be drawn anew.

use crate::common::{env, form, form_with, start, text};
use proptest::prelude::*;
use std::{fmt::Write, sync::Arc};
use xforms::{
    Answer, Changes, Definition, Moved, PageChange, PageView, QuestionKind, Random, SeededRandom, Session,
};

/// A form drawn from a seed: groups, field lists and repeats in each other, with questions that read earlier ones.
struct Drawn {
    random: SeededRandom,
    instance: String,
    binds: String,
    body: String,
    /// Paths of questions so far.
    leaves: Vec<String>,
    count: usize,
}

impl Drawn {
    fn new(seed: u64) -> Drawn {
        let (instance, binds, body) = (String::new(), String::new(), String::new());
        Drawn { random: SeededRandom(seed), instance, binds, body, leaves: Vec::new(), count: 0 }
    }

    fn below(&mut self, n: usize) -> usize {
        (self.random.next_u64() % n as u64) as usize
    }

    fn earlier(&mut self) -> Option<String> {
        let place = self.below(self.leaves.len().max(1));
        self.leaves.get(place).cloned()
    }

    fn condition(&mut self) -> String {
        match self.earlier() {
            Some(path) => {
                [format!("{path} = 'a'"), format!("{path} != ''"), format!("string-length({path}) &lt; 2")]
                    [self.below(3)]
                .clone()
            }
            None => "true()".to_owned(),
        }
    }

    fn label(&mut self, name: &str) -> String {
        match self.earlier().filter(|_| self.below(3) == 0) {
            Some(path) => format!(r#"<label>{name} *<output value="{path}"/>*</label>"#),
            None => format!("<label>{name}</label>"),
        }
    }

    fn children(&mut self, around: &str, depth: usize) {
        for _ in 0..2 + self.below(4) {
            self.count += 1;
            let name = format!("n{}", self.count);
            let path = format!("{around}/{name}");
            if depth < 3 && self.below(3) == 0 {
                self.container(&name, &path, depth);
            } else {
                self.question(&name, &path);
            }
        }
    }

    fn container(&mut self, name: &str, path: &str, depth: usize) {
        let appearance = if self.below(2) == 0 { r#" appearance="field-list""# } else { "" };
        let label = self.label(name);
        let mut binds = String::new();
        if self.below(3) == 0 {
            let condition = self.condition();
            write!(binds, r#"<bind nodeset="{path}" relevant="{condition}"/>"#).unwrap();
        }
        let repeats = self.below(2) == 0;
        let end = if repeats {
            let count = match self.earlier().filter(|_| self.below(3) == 0) {
                Some(path) => format!(r#" jr:count="string-length({path})""#),
                None => String::new(),
            };
            write!(self.body, r#"<group ref="{path}">{label}<repeat nodeset="{path}"{count}{appearance}>"#)
                .unwrap();
            "</repeat></group>"
        } else {
            write!(self.body, r#"<group ref="{path}"{appearance}>{label}"#).unwrap();
            "</group>"
        };
        write!(self.instance, "<{name}>").unwrap();
        self.children(path, depth + 1);
        write!(self.instance, "</{name}>").unwrap();
        self.body.push_str(end);
        self.binds.push_str(&binds);
    }

    fn question(&mut self, name: &str, path: &str) {
        let mut attributes = String::new();
        for (attribute, odds) in [("relevant", 3), ("required", 4), ("constraint", 5), ("readonly", 9)] {
            if self.below(odds) == 0 {
                let condition = self.condition();
                write!(attributes, r#" {attribute}="{condition}""#).unwrap();
            }
        }
        let kind = self.below(6);
        if let Some(read) = self.earlier().filter(|_| kind == 0) {
            write!(attributes, r#" calculate="concat({read}, 'x')""#).unwrap();
        }
        write!(self.instance, "<{name}/>").unwrap();
        write!(self.binds, r#"<bind nodeset="{path}"{attributes}/>"#).unwrap();
        let label = self.label(name);
        let hint =
            if self.below(4) == 0 { self.label(name).replace("label>", "hint>") } else { String::new() };
        match (kind, self.earlier()) {
            (1 | 2, Some(read)) => write!(
                self.body,
                r#"<select1 ref="{path}">{label}{hint}<itemset nodeset="instance('l')/root/item[k = {read} or k = '']"><value ref="v"/><label ref="v"/></itemset></select1>"#
            ),
            _ => write!(self.body, r#"<input ref="{path}">{label}{hint}</input>"#),
        }
        .unwrap();
        self.leaves.push(path.to_owned());
    }

    fn definition(mut self) -> (Arc<Definition>, SeededRandom) {
        self.children("/data", 0);
        let itext =
            r#"<itext><translation lang="vi"><text id="t"><value>T</value></text></translation></itext>"#;
        let list = "<instance id=\"l\"><root><item><k/><v>a</v></item><item><k>a</k><v>b</v></item><item><k>b</k><v>c</v></item></root></instance>";
        let xml = form_with(itext, &self.instance, &format!("{list}{}", self.binds), &self.body);
        (Definition::parse(&xml).unwrap(), self.random)
    }
}

/// What a person may do next on this page.
enum Act {
    Answer(String, Answer),
    Add(String),
    Remove(String),
    Next,
    Back,
}

fn act(page: &PageView, random: &mut SeededRandom) -> Act {
    let mut below = |n: usize| (random.next_u64() % n.max(1) as u64) as usize;
    let values = ["", "a", "b", "aa", "c"];
    let (what, which, value) = (below(10), below(97), values[below(5)]);
    let pick = |n: usize| which % n;
    match what {
        0 => Act::Back,
        1 | 2 => Act::Next,
        3 if !page.repeats.is_empty() => {
            let repeat = &page.repeats[pick(page.repeats.len())];
            match repeat.instances.len() {
                0 => Act::Add(repeat.path.clone()),
                n => Act::Remove(repeat.instances[pick(n)].path.clone()),
            }
        }
        4 if !page.repeats.is_empty() => Act::Add(page.repeats[pick(page.repeats.len())].path.clone()),
        _ if page.questions.is_empty() => Act::Next,
        _ => {
            let question = &page.questions[pick(page.questions.len())];
            let answer = match (&question.kind, value) {
                (_, "") => Answer::Empty,
                (QuestionKind::SelectOne, value) => Answer::Choice(value.to_owned()),
                (_, value) => Answer::Text(value.to_owned()),
            };
            Act::Answer(question.path.clone(), answer)
        }
    }
}

/// All that a page shows, for a message that tells where two differ.
fn spelled(page: &PageView) -> Vec<String> {
    let mut lines = vec![format!(
        "{} {:?} {:?} {:?} {} {}/{}",
        page.index, page.kind, page.title, page.breadcrumb, page.is_first, page.number, page.count
    )];
    lines.extend(page.questions.iter().map(|q| {
        let choices: Vec<&str> = q.choices.iter().map(|c| &*c.value).collect();
        let (label, hint, problem) =
            (q.label.as_str(), q.hint.as_deref(), q.problem.as_ref().map(|p| p.kind));
        let (path, stored, groups) = (&q.path, &q.stored, &q.groups);
        format!(
            "{path} {label} {hint:?} {stored:?} {groups:?} {choices:?} {} {} {problem:?}",
            q.required, q.readonly
        )
    }));
    lines.extend(page.repeats.iter().map(|r| {
        let rows = r.instances.iter().map(|i| format!("{} {} {:?}; ", i.path, i.title, i.first_page));
        format!("{} {} {} {} {}", r.path, r.label, r.can_add, r.can_remove, rows.collect::<String>())
    }));
    lines
}

fn perform(session: &mut Session, act: &Act) -> Option<Changes> {
    match act {
        Act::Answer(path, answer) => session.answer(path, answer).ok(),
        Act::Add(path) => session.add_repeat(path).ok().map(|added| added.changes),
        Act::Remove(path) => session.remove_repeat(path).ok(),
        Act::Next => session.next().map_or(None, |moved| (moved == Moved::Stayed).then(Changes::default)),
        Act::Back => {
            session.back();
            None
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]
    #[test]
    fn a_page_with_its_changes_is_the_page_drawn_anew(seed: u64) {
        let (definition, mut random) = Drawn::new(seed).definition();
        let mut told = Session::start(definition.clone(), env());
        let mut anew = Session::start(definition, env());
        let mut page = told.page();
        for _ in 0..40 {
            let act = act(&page, &mut random);
            let changes = perform(&mut told, &act);
            perform(&mut anew, &act);
            // Everything that was kept between pages is made again.
            anew.set_language("vi").unwrap();
            let fresh = anew.page();
            match changes {
                Some(changes) if page.apply(&changes.page) => {}
                // It turned the page, or what happened changes nothing or leads elsewhere.
                _ => page = told.page(),
            }
            prop_assert_eq!(spelled(&page), spelled(&fresh));
            prop_assert!(page == fresh && told.page() == fresh);
        }
    }
}

#[test]
fn only_the_choices_are_told_where_only_they_changed() {
    let mut session = start(
        "<g><k/><c/></g>",
        r#"<instance id="l"><root><item><k>a</k><v>1</v></item><item><k>b</k><v>2</v></item></root></instance>"#,
        r#"<group ref="/data/g" appearance="field-list"><input ref="/data/g/k"/><select1 ref="/data/g/c"><label>C</label>
           <itemset nodeset="instance('l')/root/item[k = /data/g/k]"><value ref="v"/><label ref="v"/></itemset></select1></group>"#,
    );
    session.page();
    let changes = session.answer("/data/g/k", &text("a")).unwrap();
    assert_eq!(format!("{:?}", changes.page), "[Updated(/data/g/k), Choices(/data/g/c, 1)]");
}

#[test]
fn a_title_a_trail_and_the_number_of_pages_are_told() {
    let mut session = start(
        "<g><a/><b/></g><c/>",
        r#"<bind nodeset="/data/c" relevant="/data/g/a = 'x'"/>"#,
        r#"<group ref="/data/g" appearance="field-list"><label>Của <output value="/data/g/a"/></label>
           <input ref="/data/g/a"/><input ref="/data/g/b"/></group><input ref="/data/c"/>"#,
    );
    session.page();
    let changes = session.answer("/data/g/a", &text("x")).unwrap();
    assert_eq!(format!("{:?}", changes.page), "[Updated(/data/g/a), Heading, Place(0, 3)]");
    let told =
        |c: &PageChange| matches!(c, PageChange::Heading { title, .. } if title.as_deref() == Some("Của x"));
    assert!(changes.page.iter().any(told));
}

#[test]
fn repeats_in_a_field_list_grow_and_shrink_on_its_page() {
    let mut session = start(
        "<g><m><n/></m><m><n/></m><out><in><q/></in></out></g>",
        "",
        r#"<group ref="/data/g" appearance="field-list"><label>Hộ</label>
           <group ref="/data/g/m"><label>Người</label><repeat nodeset="/data/g/m"><input ref="/data/g/m/n"><label>Tên</label></input></repeat></group>
           <group ref="/data/g/out"><label>Ngoài</label><repeat nodeset="/data/g/out/in"><input ref="/data/g/out/in/q"/></repeat></group></group>"#,
    );
    let mut page = session.page();
    assert_eq!(page.repeats.len(), 2);
    assert_eq!(page.questions[1].groups, ["Người 2"]);
    session.answer("/data/g/m[1]/n", &text("An")).unwrap();
    page = session.page();
    let changes = session.remove_repeat("/data/g/m[1]").unwrap();
    assert!(page.apply(&changes.page));
    assert_eq!(page.questions.len(), 2);
    assert_eq!(
        (page.questions[0].path.as_str(), page.questions[0].stored.as_deref()),
        ("/data/g/m[1]/n", None)
    );
    let added = session.add_repeat("/data/g/m").unwrap();
    assert!(page.apply(&added.changes.page));
    assert_eq!(page.repeats[0].instances.len(), 2);
    assert!(page == session.page());
}

#[test]
fn a_repeat_that_its_form_opens_with_no_instance_is_told() {
    let xml = form(
        "<a/><m><n/></m>",
        r#"<bind nodeset="/data/m" relevant="/data/a = 'x'"/>"#,
        r#"<input ref="/data/a"/><repeat nodeset="/data/m"><input ref="/data/m/n"/></repeat>"#,
    );
    let mut session = Session::start(Definition::parse(&xml).unwrap(), env());
    session.answer("/data/a", &text("x")).unwrap();
    session.remove_repeat("/data/m[1]").unwrap();
    session.answer("/data/a", &text("y")).unwrap();
    assert_eq!(session.page().count, 2);
    let changes = session.answer("/data/a", &text("x")).unwrap();
    assert_eq!(format!("{:?}", changes.page), "[Updated(/data/a), Place(0, 3)]");
}
