use crate::common::{inputs, start, text};
use xforms::{Answer, Moved, PageChange, PageKind, PageState, ProblemKind};

const GROUPS: &str = r#"
  <input ref="/data/name"><label>Họ tên</label></input>
  <group ref="/data/home"><label>Nhà ở</label>
    <input ref="/data/home/roof"><label>Mái</label></input>
    <group ref="/data/home/water" appearance="field-list"><label>Nước</label>
      <input ref="/data/home/water/source"><label>Nguồn</label></input>
      <input ref="/data/home/water/far"><label>Cách bao xa</label></input>
    </group>
  </group>"#;

fn household(binds: &str) -> xforms::Session {
    start("<name/><home><roof/><water><source/><far/></water></home>", binds, GROUPS)
}

#[test]
fn a_page_is_a_question_or_a_whole_field_list() {
    let mut session = household("");
    let page = session.page();
    assert_eq!((page.kind, page.questions.len(), page.is_first), (PageKind::Question, 1, true));
    assert_eq!((page.number, page.count), (0, 4));
    assert_eq!(session.next().unwrap(), Moved::ToPage);
    assert_eq!(session.page().breadcrumb, ["Nhà ở"]);
    session.next().unwrap();
    let page = session.page();
    assert_eq!((page.kind, page.title.as_deref()), (PageKind::FieldList, Some("Nước")));
    assert_eq!(page.questions.iter().map(|q| q.name.as_str()).collect::<Vec<_>>(), ["source", "far"]);
    assert_eq!(session.next().unwrap(), Moved::ToEnd);
    assert!(session.is_at_end());
    assert_eq!(session.page().kind, PageKind::End);
    assert_eq!(session.next().unwrap(), Moved::Stayed);
    assert_eq!(session.back(), Moved::ToPage);
    assert_eq!(session.page().title.as_deref(), Some("Nước"));
}

#[test]
fn back_from_the_first_page_stays() {
    let mut session = household("");
    assert_eq!(session.back(), Moved::Stayed);
}

#[test]
fn pages_without_a_relevant_question_are_skipped_and_groups_hand_relevance_down() {
    let mut session = household(r#"<bind nodeset="/data/home" relevant="/data/name != ''"/>"#);
    assert_eq!(session.next().unwrap(), Moved::ToEnd);
    session.back();
    session.answer("/data/name", &text("Mẩy")).unwrap();
    assert!(session.is_relevant("/data/home/water/far"));
    session.next().unwrap();
    assert_eq!(session.page().questions[0].name, "roof");
    session.back();
    session.answer("/data/name", &Answer::Empty).unwrap();
    assert!(!session.is_relevant("/data/home/water/far"));
}

#[test]
fn a_required_answer_is_asked_for_when_going_on() {
    let mut session = household(r#"<bind nodeset="/data/name" required="true()" jr:requiredMsg="Cần tên"/>"#);
    assert!(session.page().questions[0].required);
    assert!(session.page().questions[0].problem.is_none());
    let problems = session.next().unwrap_err();
    assert_eq!(problems.problems[0].kind, ProblemKind::Required);
    assert_eq!(problems.problems[0].message.as_deref(), Some("Cần tên"));
    let problem = session.page().questions.remove(0).problem.unwrap();
    assert_eq!(problem.kind.code(), "xforms.required");
    let changes = session.answer("/data/name", &text("Mẩy")).unwrap();
    let [PageChange::Updated(question)] = changes.page.as_slice() else { panic!("{changes:?}") };
    assert!(question.problem.is_none());
    assert_eq!(session.next().unwrap(), Moved::ToPage);
}

#[test]
fn an_answer_that_breaks_its_constraint_is_kept_with_its_problem() {
    let mut session = start(
        "<age/>",
        r#"<bind nodeset="/data/age" type="int" constraint=". &gt;= 0 and . &lt; 130" jr:constraintMsg="Tuổi?"/>"#,
        &inputs(&["/data/age"]),
    );
    session.page();
    let changes = session.answer("/data/age", &Answer::Integer(200)).unwrap();
    let [PageChange::Updated(question)] = changes.page.as_slice() else { panic!("{changes:?}") };
    assert_eq!(question.problem.as_ref().unwrap().message.as_deref(), Some("Tuổi?"));
    assert_eq!(changes.saved, [("/data/age".to_owned(), Some("200".to_owned()))]);
    assert_eq!(session.next().unwrap_err().problems[0].kind, ProblemKind::Constraint);
    assert!(session.finish().is_err());
}

#[test]
fn an_answer_tells_what_changed_on_its_page_and_nothing_else() {
    let mut session = start(
        "<g><a/><b/><c/><sum/></g>",
        r#"<bind nodeset="/data/g/b" relevant="../a = 'x'"/>
           <bind nodeset="/data/g/sum" calculate="concat(../a, '!')" readonly="true()"/>"#,
        r#"<group ref="/data/g" appearance="field-list">
             <input ref="/data/g/a"><label>A</label></input><input ref="/data/g/b"><label>B</label></input>
             <input ref="/data/g/c"><label>C <output value="/data/g/a"/></label></input>
             <input ref="/data/g/sum"><label>S</label></input></group>"#,
    );
    assert_eq!(session.page().questions.len(), 3);
    let changes = session.answer("/data/g/a", &text("x")).unwrap();
    let told: Vec<String> = changes.page.iter().map(|c| format!("{c:?}")).collect();
    assert_eq!(
        told,
        ["Updated(/data/g/a)", "Appeared(/data/g/b, 1)", "Updated(/data/g/c)", "Updated(/data/g/sum)"]
    );
    let changes = session.answer("/data/g/c", &text("z")).unwrap();
    assert_eq!(format!("{:?}", changes.page), "[Updated(/data/g/c)]");
    let changes = session.answer("/data/g/a", &text("y")).unwrap();
    let told: Vec<String> = changes.page.iter().map(|c| format!("{c:?}")).collect();
    assert_eq!(
        told,
        ["Disappeared(/data/g/b)", "Updated(/data/g/a)", "Updated(/data/g/c)", "Updated(/data/g/sum)"]
    );
}

#[test]
fn what_a_page_was_told_adds_up_to_the_page() {
    let mut session = household(r#"<bind nodeset="/data/home/water/far" relevant="../source = 'suoi'"/>"#);
    session.next().unwrap();
    session.next().unwrap();
    session.page();
    session.answer("/data/home/water/source", &text("suoi")).unwrap();
    let page = session.page();
    assert_eq!(page.questions.len(), 2);
    assert!(session.answer("/data/home/water/source", &text("suoi")).unwrap().page.is_empty());
}

#[test]
fn the_outline_lists_pages_with_their_state_and_leads_to_them() {
    let mut session = household(r#"<bind nodeset="/data/home/roof" constraint=". != 'x'"/>"#);
    session.answer("/data/name", &text("Mẩy")).unwrap();
    session.answer("/data/home/roof", &text("x")).unwrap();
    let outline = session.outline();
    let states: Vec<_> = outline.iter().map(|e| (e.title.as_str(), e.state, e.is_current)).collect();
    use PageState::{Answered, Invalid, Untouched};
    assert_eq!(states, [("Họ tên", Answered, true), ("Mái", Invalid, false), ("Nước", Untouched, false)]);
    let index = outline[2].index.to_string().parse().unwrap();
    session.go_to(&index).unwrap();
    assert_eq!(session.page().title.as_deref(), Some("Nước"));
    assert!(session.go_to(&"99.1".parse().unwrap()).is_err());
}

#[test]
fn a_readonly_group_takes_no_answers() {
    let mut session = household(r#"<bind nodeset="/data/home" readonly="/data/name = 'khoá'"/>"#);
    session.answer("/data/home/roof", &text("tôn")).unwrap();
    session.answer("/data/name", &text("khoá")).unwrap();
    assert_eq!(session.answer("/data/home/roof", &text("ngói")).unwrap_err().code(), "xforms.read-only");
}

#[test]
fn an_irrelevant_question_takes_no_answer_and_keeps_its_value() {
    let mut session = household(r#"<bind nodeset="/data/home/roof" relevant="/data/name = 'a'"/>"#);
    session.answer("/data/name", &text("a")).unwrap();
    session.answer("/data/home/roof", &text("tôn")).unwrap();
    session.answer("/data/name", &text("b")).unwrap();
    assert_eq!(session.answer("/data/home/roof", &text("x")).unwrap_err().code(), "xforms.not-relevant");
    session.answer("/data/name", &text("a")).unwrap();
    assert_eq!(session.value("/data/home/roof"), Some("tôn"));
}
