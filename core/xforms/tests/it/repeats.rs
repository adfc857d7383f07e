use crate::common::{env, inputs, start, text};
use xforms::{Answer, Moved, PageKind, Session};

const MEMBERS: &str = r#"
  <input ref="/data/head"><label>Chủ hộ</label></input>
  <group ref="/data/member"><label>Thành viên</label>
    <repeat nodeset="/data/member">
      <input ref="/data/member/name"><label>Tên</label></input>
      <input ref="/data/member/age"><label>Tuổi của <output value=" ../name "/></label></input>
    </repeat>
  </group>"#;

const INSTANCE: &str =
    r#"<head/><member jr:template=""><name/><age/><pos/><kind>người</kind></member><total/><count/>"#;

const BINDS: &str = r#"
  <bind nodeset="/data/member/age" type="int"/>
  <bind nodeset="/data/member/pos" calculate="position(..)"/>
  <bind nodeset="/data/total" type="int" calculate="sum(/data/member/age)"/>
  <bind nodeset="/data/count" type="int" calculate="count(/data/member)"/>"#;

fn members() -> Session {
    start(INSTANCE, BINDS, MEMBERS)
}

fn add(session: &mut Session, name: &str, age: i64) {
    let path = session.add_repeat("/data/member").unwrap().path;
    session.answer(&format!("{path}/name"), &text(name)).unwrap();
    session.answer(&format!("{path}/age"), &Answer::Integer(age)).unwrap();
}

#[test]
fn the_boundary_page_lists_instances_and_adds_more() {
    let mut session = members();
    assert_eq!(session.next().unwrap(), Moved::ToPage);
    let page = session.page();
    assert_eq!((page.kind, page.title.as_deref()), (PageKind::Repeat, Some("Thành viên")));
    let repeat = &page.repeats[0];
    assert_eq!((repeat.path.as_str(), repeat.can_add, repeat.can_remove), ("/data/member", true, false));

    let added = session.add_repeat("/data/member").unwrap();
    assert_eq!(added.path, "/data/member[1]");
    assert!(added.changes.restructured);
    let page = session.page();
    assert_eq!(
        (page.questions[0].path.as_str(), page.breadcrumb.as_slice()),
        ("/data/member[1]/name", &["Thành viên 1".to_owned()][..])
    );
    session.answer("/data/member[1]/name", &text("Giàng A Páo")).unwrap();
    session.next().unwrap();
    assert_eq!(session.page().questions[0].label, "Tuổi của Giàng A Páo");
    session.next().unwrap();
    let repeat = session.page().repeats.remove(0);
    assert_eq!(repeat.instances[0].title, "Giàng A Páo");
    session.go_to(repeat.instances[0].first_page.as_ref().unwrap()).unwrap();
    assert_eq!(session.page().questions[0].name, "name");
    assert_eq!(session.value("/data/member[1]/kind"), Some("người"));
}

#[test]
fn sums_counts_and_positions_follow_the_instances() {
    let mut session = members();
    for (name, age) in [("A", 40), ("B", 38), ("C", 5)] {
        add(&mut session, name, age);
    }
    assert_eq!((session.value("/data/total"), session.value("/data/count")), (Some("83"), Some("3")));
    assert_eq!(session.value("/data/member[3]/pos"), Some("3"));
    let changes = session.remove_repeat("/data/member[2]").unwrap();
    assert!(changes.restructured);
    assert!(changes.saved.contains(&("/data/total".to_owned(), Some("45".to_owned()))));
    assert_eq!((session.value("/data/total"), session.value("/data/count")), (Some("45"), Some("2")));
    assert_eq!(
        (session.value("/data/member[2]/name"), session.value("/data/member[2]/pos")),
        (Some("C"), Some("2"))
    );
    assert_eq!(session.value("/data/member[3]/name"), None);
}

#[test]
fn removing_the_instance_one_is_in_leads_to_its_boundary() {
    let mut session = members();
    add(&mut session, "A", 1);
    add(&mut session, "B", 2);
    assert_eq!(session.page().questions[0].path, "/data/member[2]/name");
    session.remove_repeat("/data/member[1]").unwrap();
    assert_eq!(session.page().questions[0].path, "/data/member[1]/name");
    assert_eq!(session.value("/data/member[1]/name"), Some("B"));
    session.remove_repeat("/data/member[1]").unwrap();
    assert_eq!(session.page().kind, PageKind::Repeat);
    assert_eq!(session.remove_repeat("/data/member[1]").unwrap_err().code(), "xforms.unknown-path");
}

#[test]
fn an_absolute_path_inside_a_repeat_means_the_own_instance() {
    let mut session = start(
        "<member><age/><adult/></member><member><age/><adult/></member><adults/>",
        r#"<bind nodeset="/data/member/age" type="int"/>
           <bind nodeset="/data/member/adult" calculate="/data/member/age &gt;= 18"/>
           <bind nodeset="/data/adults" calculate="count(/data/member[age &gt;= 18])"/>"#,
        r#"<repeat nodeset="/data/member"><input ref="/data/member/age"/></repeat>"#,
    );
    session.answer("/data/member[2]/age", &Answer::Integer(30)).unwrap();
    assert_eq!(session.value("/data/member[1]/adult"), Some("false"));
    assert_eq!(session.value("/data/member[2]/adult"), Some("true"));
    assert_eq!(session.value("/data/adults"), Some("1"));
}

#[test]
fn a_running_total_reads_the_instance_before() {
    let mut session = start(
        "<m><n>1</n><t/></m><m><n>2</n><t/></m><m><n>3</n><t/></m>",
        r#"<bind nodeset="/data/m/n" type="int"/>
           <bind nodeset="/data/m/t" calculate="../n + coalesce(/data/m[position() = position(current()/..) - 1]/t, 0)"/>"#,
        r#"<repeat nodeset="/data/m"><input ref="/data/m/n"/></repeat>"#,
    );
    assert_eq!(session.value("/data/m[3]/t"), Some("6"));
    session.answer("/data/m[1]/n", &Answer::Integer(10)).unwrap();
    assert_eq!(session.value("/data/m[3]/t"), Some("15"));
}

#[test]
fn a_count_makes_and_removes_instances_and_has_no_boundary() {
    let mut session = start(
        r#"<n/><m jr:template=""><name/></m><names/>"#,
        r#"<bind nodeset="/data/n" type="int"/><bind nodeset="/data/names" calculate="join(',', /data/m/name)"/>"#,
        r#"<input ref="/data/n"><label>N</label></input>
           <group ref="/data/m"><label>M</label><repeat nodeset="/data/m" jr:count="/data/n"><input ref="/data/m/name"/></repeat></group>"#,
    );
    assert_eq!(session.page().count, 2);
    let changes = session.answer("/data/n", &Answer::Integer(2)).unwrap();
    assert!(changes.restructured);
    assert_eq!(session.page().count, 4);
    session.answer("/data/m[1]/name", &text("a")).unwrap();
    session.answer("/data/m[2]/name", &text("b")).unwrap();
    assert_eq!(session.value("/data/names"), Some("a,b"));
    assert_eq!(session.add_repeat("/data/m").unwrap_err().code(), "xforms.repeat-is-fixed");
    session.answer("/data/n", &Answer::Integer(1)).unwrap();
    assert_eq!(session.value("/data/names"), Some("a"));
    session.answer("/data/n", &Answer::Integer(-3)).unwrap();
    assert_eq!(session.page().count, 2);
}

#[test]
fn repeats_nest() {
    let mut session = start(
        r#"<hh jr:template=""><name/><m jr:template=""><age/></m><sum/></hh><all/>"#,
        r#"<bind nodeset="/data/hh/m/age" type="int"/>
           <bind nodeset="/data/hh/sum" calculate="sum(../m/age)"/><bind nodeset="/data/all" calculate="sum(/data/hh/sum)"/>"#,
        r#"<group ref="/data/hh"><label>Hộ</label><repeat nodeset="/data/hh"><input ref="/data/hh/name"/>
             <group ref="/data/hh/m"><label>Người</label><repeat nodeset="/data/hh/m"><input ref="/data/hh/m/age"/></repeat></group>
           </repeat></group>"#,
    );
    for (hh, ages) in [(1, [1, 2]), (2, [10, 20])] {
        session.add_repeat("/data/hh").unwrap();
        for age in ages {
            let path = session.add_repeat(&format!("/data/hh[{hh}]/m")).unwrap().path;
            session.answer(&format!("{path}/age"), &Answer::Integer(age)).unwrap();
        }
    }
    assert_eq!(session.page().breadcrumb, ["Hộ 2 · 10", "Người 2 · 20"]);
    assert_eq!(session.value("/data/hh[1]/sum"), Some("3"));
    assert_eq!(session.value("/data/all"), Some("33"));
    session.remove_repeat("/data/hh[1]").unwrap();
    assert_eq!(session.value("/data/all"), Some("30"));
    assert_eq!(session.page().questions[0].path, "/data/hh[1]/m[2]/age");
}

#[test]
fn a_field_list_repeat_is_one_page_an_instance() {
    let mut session = start(
        "<m><a/><b/></m><m><a/><b/></m>",
        "",
        r#"<group ref="/data/m"><label>M</label><repeat nodeset="/data/m" appearance="field-list">
           <input ref="/data/m/a"/><input ref="/data/m/b"/></repeat></group>"#,
    );
    assert_eq!(session.page().count, 4);
    session.next().unwrap();
    let page = session.page();
    assert_eq!((page.kind, page.questions.len()), (PageKind::FieldList, 2));
    assert_eq!(page.questions[1].path, "/data/m[2]/b");
    session.next().unwrap();
    assert_eq!(session.page().kind, PageKind::Repeat);
}

#[test]
fn an_irrelevant_repeat_has_no_boundary_and_its_instances_do_not_count() {
    let mut session = start(
        r#"<has/><m jr:template=""><x/></m><n/>"#,
        r#"<bind nodeset="/data/m" relevant="/data/has = 'yes'"/><bind nodeset="/data/n" calculate="count(/data/m)"/>"#,
        r#"<input ref="/data/has"><label>?</label></input><repeat nodeset="/data/m"><input ref="/data/m/x"/></repeat>"#,
    );
    assert_eq!(session.next().unwrap(), Moved::ToEnd);
    session.back();
    session.answer("/data/has", &text("yes")).unwrap();
    assert_eq!(session.next().unwrap(), Moved::ToPage);
    session.add_repeat("/data/m").unwrap();
    assert_eq!(session.value("/data/n"), Some("1"));
    session.answer("/data/has", &text("no")).unwrap();
    assert_eq!(session.value("/data/n"), Some("0"));
}

#[test]
fn new_instances_run_their_actions_and_preloads() {
    let mut session = start(
        r#"<base>20</base><m jr:template=""><age/><id/></m>"#,
        r#"<bind nodeset="/data/m/age" type="int"/><bind nodeset="/data/m/id" jr:preload="uid"/>"#,
        r#"<repeat nodeset="/data/m"><setvalue event="odk-new-repeat" ref="/data/m/age" value="../../base + position(..)"/>
           <input ref="/data/m/age"/></repeat>"#,
    );
    session.add_repeat("/data/m").unwrap();
    session.add_repeat("/data/m").unwrap();
    assert_eq!((session.value("/data/m[1]/age"), session.value("/data/m[2]/age")), (Some("21"), Some("22")));
    let ids = [session.value("/data/m[1]/id").unwrap(), session.value("/data/m[2]/id").unwrap()];
    assert!(ids[0].starts_with("uuid:") && ids[0] != ids[1]);
}

#[test]
fn a_new_instance_takes_no_inner_instances_from_the_first_one_but_those_of_its_template() {
    let body = r#"<repeat nodeset="/data/m"><input ref="/data/m/n"/><repeat nodeset="/data/m/k"><input ref="/data/m/k/x"/></repeat></repeat>"#;
    let mut session = crate::common::start("<m><n>1</n><k><x>a</x></k><k><x>b</x></k></m>", "", body);
    session.add_repeat("/data/m").unwrap();
    assert_eq!(session.value("/data/m[2]/n"), Some("1"));
    assert!(session.is_relevant("/data/m[1]/k[2]/x") && !session.is_relevant("/data/m[2]/k[1]/x"));
    session.add_repeat("/data/m[2]/k").unwrap();
    assert_eq!(session.value("/data/m[2]/k[1]/x"), Some("a"));

    let template = r#"<m jr:template=""><n>2</n><k><x>t</x></k></m><m><n>1</n><k><x>a</x></k></m>"#;
    let mut session = crate::common::start(template, "", body);
    session.add_repeat("/data/m").unwrap();
    assert_eq!((session.value("/data/m[2]/n"), session.value("/data/m[2]/k[1]/x")), (Some("2"), Some("t")));
}

#[test]
fn counts_inside_counts_go_up_and_down() {
    let mut session = crate::common::start(
        r#"<n>1</n><m jr:template=""><n>1</n><k jr:template=""><x/></k></m>"#,
        r#"<bind nodeset="/data/n" type="int"/><bind nodeset="/data/m/n" type="int"/>"#,
        r#"<input ref="/data/n"/><repeat nodeset="/data/m" jr:count="/data/n + 1"><input ref="/data/m/n"/>
           <repeat nodeset="/data/m/k" jr:count="../n"><input ref="/data/m/k/x"/></repeat></repeat>"#,
    );
    let has = |session: &xforms::Session, path: &str| session.is_relevant(path);
    assert!(
        has(&session, "/data/m[2]/k[1]") && !has(&session, "/data/m[3]") && !has(&session, "/data/m[1]/k[2]")
    );
    session.answer("/data/m[2]/n", &xforms::Answer::Integer(3)).unwrap();
    session.answer("/data/m[2]/k[3]/x", &crate::common::text("x")).unwrap();
    session.answer("/data/n", &xforms::Answer::Integer(2)).unwrap();
    assert!(has(&session, "/data/m[3]/k[1]"));
    assert_eq!(session.value("/data/m[2]/k[3]/x"), Some("x"));
    session.answer("/data/m[2]/n", &xforms::Answer::Integer(2)).unwrap();
    assert!(!has(&session, "/data/m[2]/k[3]"));
    session.answer("/data/n", &xforms::Answer::Integer(0)).unwrap();
    assert!(has(&session, "/data/m[1]/k[1]") && !has(&session, "/data/m[2]"));
}

const SUMS: &str = r#"<amount/><line jr:template=""><amount/><kind/><part><weight/></part></line>
  <sum/><lines/><amounts/><weights/>"#;

const SUM_BINDS: &str = r#"
  <bind nodeset="/data/line" relevant="not(/data/amount = 'none')"/>
  <bind nodeset="/data/line/amount" relevant="not(../kind = 'gift')"/>
  <bind nodeset="/data/line/part/weight" calculate="../../amount * 2"/>
  <bind nodeset="/data/sum" calculate="sum(/data/line/amount)"/>
  <bind nodeset="/data/lines" calculate="count(/data/line)"/>
  <bind nodeset="/data/amounts" calculate="count(/data/line/amount)"/>
  <bind nodeset="/data/weights" calculate="sum(/data/line/part/weight)"/>"#;

/// Totals that were kept up to date are those of a draft that is opened and computed from nothing.
fn assert_totals(session: &Session, expected: [&str; 4]) {
    let saved = session.saved();
    let opened = Session::resume(session.definition().clone(), env(), &saved).unwrap();
    for (path, expected) in ["sum", "lines", "amounts", "weights"].into_iter().zip(expected) {
        let path = format!("/data/{path}");
        assert_eq!(session.value(&path), Some(expected), "{path}");
        assert_eq!(opened.value(&path), Some(expected), "{path} of the draft");
    }
}

#[test]
fn totals_follow_answers_conditions_and_instances() {
    let body = format!(
        r#"{}<group ref="/data/line"><repeat nodeset="/data/line">{}</repeat></group>"#,
        inputs(&["/data/amount"]),
        inputs(&["/data/line/amount", "/data/line/kind"])
    );
    let mut session = start(SUMS, SUM_BINDS, &body);
    assert_totals(&session, ["0", "0", "0", "0"]);
    for (place, amount) in ["7", "-20", "100"].into_iter().enumerate() {
        let path = session.add_repeat("/data/line").unwrap().path;
        assert_eq!(path, format!("/data/line[{}]", place + 1));
        session.answer(&format!("{path}/amount"), &text(amount)).unwrap();
    }
    assert_totals(&session, ["87", "3", "3", "174"]);
    // An irrelevant node takes no part; its weight reads as nothing.
    session.answer("/data/line[2]/kind", &text("gift")).unwrap();
    assert_totals(&session, ["107", "3", "2", "214"]);
    session.answer("/data/line[1]/amount", &text("0.5")).unwrap();
    assert_totals(&session, ["100.5", "3", "2", "201"]);
    session.answer("/data/line[1]/amount", &text("many")).unwrap();
    assert_totals(&session, ["100", "3", "2", "200"]);
    session.answer("/data/line[1]/amount", &text("8")).unwrap();
    session.answer("/data/line[2]/kind", &Answer::Empty).unwrap();
    assert_totals(&session, ["88", "3", "3", "176"]);
    session.answer("/data/amount", &text("none")).unwrap();
    assert_totals(&session, ["0", "0", "0", "0"]);
    session.answer("/data/amount", &Answer::Empty).unwrap();
    session.remove_repeat("/data/line[1]").unwrap();
    assert_totals(&session, ["80", "2", "2", "160"]);
    // A frame that is used again brings nothing of what was in it.
    let path = session.add_repeat("/data/line").unwrap().path;
    assert_totals(&session, ["80", "3", "3", "160"]);
    session.answer(&format!("{path}/amount"), &text("9999999999")).unwrap();
    assert_totals(&session, ["10000000079", "3", "3", "20000000158"]);
}
