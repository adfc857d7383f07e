//! How far a person is, whose page it is, and the look back before a form is finished.

use crate::{
    office::{COMMUNE, Office, VERSION, published},
    world::{Answers, World, choice, fill, fill_page, finish, text},
};
use app::{FormSession, view::*};

const QUESTIONS: usize = 24;

/// Numbers from a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// A question a page, each open or not by what others say.
fn generated(seed: u64) -> testkit::office::Form {
    let mut chance = Chance(seed);
    let (mut nodes, mut binds, mut inputs) = (String::new(), String::new(), String::new());
    for n in 0..QUESTIONS {
        nodes += &format!("<q{n}/>");
        let open = match chance.below(3) {
            0 => String::new(),
            closed => {
                let is = if closed == 1 { "=" } else { "!=" };
                let other = chance.below(QUESTIONS);
                // Only what comes before is read: nothing reads each other.
                if other < n { format!(r#"relevant="/data/q{other} {is} 'x'""#) } else { String::new() }
            }
        };
        binds += &format!(r#"<bind nodeset="/data/q{n}" type="string" {open}/>"#);
        inputs += &format!(r#"<input ref="/data/q{n}"><label>{n}</label></input>"#);
    }
    let id = format!("duong{seed}");
    let xml = format!(
        r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
             xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>{id}</h:title><model>
           <instance><data id="{id}" version="{VERSION}">{nodes}<meta><instanceID/></meta></data></instance>
           {binds}<bind nodeset="/data/meta/instanceID" jr:preload="uid"/></model></h:head>
           <h:body>{inputs}</h:body></h:html>"#
    );
    let records = format!(
        "record,kind,parent,path,id_from,when,field,from,type,clears_with\nform,household,,,,,,,,\n\
         h,household,,/data,,,,,,\nh,,,,,,commune,'{COMMUNE}',text,\n"
    );
    let files = [("form.xml".to_owned(), xml.into_bytes()), ("records.csv".to_owned(), records.into_bytes())];
    published(&id, &id, &files)
}

#[test]
fn progress_never_goes_back() {
    let seeds = 1..=6;
    let world = World::with(Office::publishing(seeds.clone().map(generated).collect()), 6);
    for seed in seeds {
        let mut chance = Chance(seed);
        let session = world.app.forms().start(format!("duong{seed}"), None).unwrap();
        let mut page = session.page().unwrap();
        let mut before = page.progress;
        let mut look = |page: &PageView| {
            assert!(
                page.progress >= before && page.progress <= 100,
                "seed {seed}: {before} {}",
                page.progress
            );
            assert!(!page.is_last || page.progress == 100);
            before = page.progress;
        };
        for _ in 0..200 {
            match chance.below(8) {
                0 => page = session.back().unwrap(),
                1 => {
                    let rows = session.outline().unwrap();
                    page = session.go_to(rows[chance.below(rows.len())].index).unwrap();
                }
                2..=4 => {
                    let said = if chance.below(2) == 0 { "x" } else { "y" };
                    let path = page.questions[0].path.clone();
                    page.apply(session.answer(path, text(said)).unwrap());
                    assert_eq!(page, session.page().unwrap());
                }
                _ => {
                    if let PageMove::Moved { page: next } = session.next().unwrap() {
                        page = next;
                    }
                }
            }
            look(&page);
        }
        session.abandon().unwrap();
    }
}

/// Goes to the page that asks this.
fn page_with(session: &FormSession, path: &str) -> PageView {
    let pages = session.outline().unwrap().into_iter().map(|row| session.go_to(row.index).unwrap());
    let found = pages.into_iter().find(|page| page.questions.iter().any(|question| question.path == path));
    found.unwrap()
}

#[test]
fn each_page_of_a_member_says_whose_it_is() {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    fill(&session, &Answers::first_visit());
    let about = page_with(&session, "/data/member[2]/m_about/m_name");
    assert_eq!(
        (about.title.as_str(), &about.breadcrumb[..]),
        ("Nông Thị Hoà", &["Thành viên 2".to_owned()][..])
    );
    let life = page_with(&session, "/data/member[2]/m_life/m_insurance");
    assert_eq!(life.title, "Học tập, việc làm, sức khỏe");
    assert_eq!(life.breadcrumb, ["Thành viên 2 · Nông Thị Hoà"]);
    let titles: Vec<_> = session.outline().unwrap().into_iter().map(|row| row.title).collect();
    for title in ["Thành viên 2 · Nông Thị Hoà", "Thành viên 2 · Nông Thị Hoà · Học tập, việc làm, sức khỏe"]
    {
        assert!(titles.iter().any(|row| row == title), "{titles:?}");
    }
    // Another name is there at once.
    let mut page = page_with(&session, "/data/member[2]/m_about/m_name");
    page.apply(session.answer("/data/member[2]/m_about/m_name".into(), text("Nông Thị Hoa")).unwrap());
    assert_eq!(page.title, "Nông Thị Hoa");
    assert_eq!(
        page_with(&session, "/data/member[2]/m_life/m_work").breadcrumb,
        ["Thành viên 2 · Nông Thị Hoa"]
    );
}

#[test]
fn before_finishing_all_that_was_answered_can_be_looked_at() {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    fill(&session, &Answers::first_visit());
    let here = session.page().unwrap();
    let review = session.review().unwrap();
    assert!(review.problems.is_empty());
    assert_eq!(session.page().unwrap(), here);
    assert_eq!(
        review.changes,
        ["Ghi mới: Hộ gia đình (1), Thành viên (3), Lần thăm (1), Sự đồng ý (5), Ảnh (1), Mục tiêu (1)."]
    );
    let row = |label: &str| {
        let mut rows = review.sections.iter().flat_map(|s| s.rows.iter().map(move |row| (s, row)));
        let (section, row) = rows.find(|(_, row)| row.label == label).unwrap();
        (section.title.clone(), row.value.clone(), section.page)
    };
    let (title, value, page) = row("Mái");
    assert_eq!((title.as_str(), value.as_str()), ("Nhà ở", "Bền chắc"));
    assert_eq!(session.go_to(page).unwrap().title, "Nhà ở");
    assert_eq!(row("Chụp ảnh").1, "Đã chụp");

    // Nothing was kept of it: the form can still be changed, and what is missing comes first.
    session.answer("/data/housing/house_roof".into(), AnswerValue::Empty).unwrap();
    let review = session.review().unwrap();
    let missing: Vec<_> =
        review.problems.iter().map(|problem| (problem.path.as_str(), problem.page)).collect();
    assert_eq!(missing, [("/data/housing/house_roof", page)]);
    assert!(review.changes.is_empty() && !review.sections.is_empty());
    session.answer("/data/housing/house_roof".into(), choice("weak")).unwrap();
    finish(&session);
}

#[test]
fn a_second_visit_says_what_it_will_change() {
    let world = World::new();
    let first = world.app.forms().start("vang_gia".into(), None).unwrap();
    fill(&first, &Answers::first_visit());
    let id = finish(&first).household_id.unwrap();
    let second = world.app.forms().start("vang_gia".into(), Some(format!("household:{id}"))).unwrap();
    let answers = Answers::first_visit()
        .set("/data/visit/visit_purpose", choice("regular"))
        .set("/data/known/changed", AnswerValue::Choices { values: vec!["housing".into()] })
        .set("/data/services/water", choice("tap"))
        .set("/data/observation/photo_wanted", choice("no"));
    let mut pages = 1;
    fill_page(&second, &answers);
    while let PageMove::Moved { .. } = second.next().unwrap() {
        fill_page(&second, &answers);
        pages += 1;
    }
    assert_eq!(pages, 10);
    assert_eq!(
        second.review().unwrap().changes,
        ["Ghi mới: Lần thăm (1).", "Sửa Hộ gia đình Hoàng Văn Sơn: Nguồn nước ăn uống, sinh hoạt chính."]
    );
    finish(&second);
}
