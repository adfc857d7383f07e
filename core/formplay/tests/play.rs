//! The command language, as `docs/form-play.md` describes it.

// Helpers of tests are tests too: a failed step should panic where it stands.
#![allow(clippy::unwrap_used)]

use formplay::{Player, Setup};
use serde_json::{Value, json};
use std::sync::Arc;
use xforms::Definition;

const FORM: &str = r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
    xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"><h:head><model>
  <itext><translation lang="Tiếng Việt (vi)"><text id="ten"><value>Họ tên</value></text></translation>
    <translation lang="English (en)"><text id="ten"><value>Name</value></text></translation></itext>
  <instance><data id="ho"><chu_ho/><tuoi/><xa/><thanh_vien jr:template=""><ten/><con jr:template=""><ten_con/></con></thanh_vien>
    <orx:meta><orx:instanceID/></orx:meta></data></instance>
  <bind nodeset="/data/chu_ho" required="true()"/>
  <bind nodeset="/data/tuoi" type="int" constraint=". &lt; 130" jr:constraintMsg="Quá lớn"/>
  <bind nodeset="/data/xa" relevant="/data/tuoi &gt; 17"/>
  <bind nodeset="/data/orx:meta/orx:instanceID" jr:preload="uid"/>
 </model></h:head><h:body>
  <input ref="/data/chu_ho"><label ref="jr:itext('ten')"/></input>
  <input ref="/data/tuoi"><label>Tuổi</label></input>
  <select1 ref="/data/xa"><label>Xã</label><item><label>Xã A</label><value>a</value></item>
    <item><label>Xã B</label><value>b</value></item></select1>
  <group ref="/data/thanh_vien"><label>Thành viên</label><repeat nodeset="/data/thanh_vien">
    <input ref="/data/thanh_vien/ten"><label>Tên</label></input>
    <group ref="/data/thanh_vien/con"><repeat nodeset="/data/thanh_vien/con"><input ref="/data/thanh_vien/con/ten_con"/></repeat></group>
  </repeat></group></h:body></h:html>"#;

fn player() -> Player {
    let now = chrono::DateTime::parse_from_rfc3339("2026-03-04T09:30:00+07:00").unwrap();
    let setup = Setup { now: Some(now), seed: Some(1), ..Setup::default() };
    Player::new(Definition::parse(FORM).unwrap(), setup)
}

fn play(player: &mut Player, line: &str) -> Value {
    player.play(line).unwrap()
}

fn code(answer: &Value) -> &str {
    answer["error"]["code"].as_str().unwrap_or("no error")
}

#[test]
fn answers_say_what_changed() {
    let mut player = player();
    let answer = play(&mut player, "answer /data/tuoi 41");
    assert_eq!(answer["changed"], json!([{ "path": "/data/tuoi", "value": "41" }]));
    assert_eq!(play(&mut player, "get /data/xa")["relevant"], true);
    play(&mut player, "answer xa b");
    assert_eq!(play(&mut player, "clear tuoi")["changed"], json!([{ "path": "/data/tuoi", "value": null }]));
    let xa = play(&mut player, "get xa");
    assert_eq!((&xa["relevant"], &xa["value"]), (&json!(false), &json!("b")));
}

#[test]
fn quoted_values_keep_blanks_and_lines() {
    let mut player = player();
    for (line, value) in [
        ("answer chu_ho Nguyễn Thị  Hoà", "Nguyễn Thị  Hoà"),
        (r#"answer "/data/chu_ho" "hai\ndòng ""#, "hai\ndòng "),
        ("answer ${chu_ho} ' có cách '", " có cách "),
    ] {
        play(&mut player, line);
        assert_eq!(play(&mut player, "get chu_ho")["value"], value, "{line}");
    }
}

#[test]
fn what_a_type_cannot_hold_is_an_answer_and_the_next_command_goes_on() {
    let mut player = player();
    assert_eq!(code(&play(&mut player, "answer tuoi bốn mươi")), "xforms.wrong-type");
    assert_eq!(code(&play(&mut player, "answer tuoi 41.5")), "xforms.wrong-type");
    assert_eq!(code(&play(&mut player, "answer xa a")), "xforms.not-relevant");
    play(&mut player, "answer tuoi 41");
    assert_eq!(code(&play(&mut player, "answer xa c")), "xforms.not-a-choice");
    assert_eq!(code(&play(&mut player, "answer nha a")), "xforms.unknown-path");
    assert_eq!(code(&play(&mut player, "answer instanceID a")), "xforms.not-a-question");
    assert_eq!(code(&play(&mut player, "fly")), "play.unknown-command");
    assert_eq!(code(&play(&mut player, "get")), "play.usage");
    assert_eq!(play(&mut player, "get tuoi")["value"], "41");
    assert!(player.play("").is_none() && player.play("# a remark").is_none());
}

#[test]
fn paths_may_be_short_where_they_are_clear() {
    let mut player = player();
    assert_eq!(play(&mut player, "add thanh_vien")["path"], "/data/thanh_vien[1]");
    play(&mut player, "answer /data/thanh_vien/ten Hoà");
    assert_eq!(play(&mut player, "add /data/thanh_vien")["path"], "/data/thanh_vien[2]");
    let ambiguous = play(&mut player, "get ten");
    assert_eq!(code(&ambiguous), "play.ambiguous-path");
    assert_eq!(ambiguous["error"]["candidates"][1], "/data/thanh_vien[2]/ten");
    assert_eq!(play(&mut player, "get thanh_vien[1]/ten")["value"], "Hoà");
    assert_eq!(play(&mut player, "add thanh_vien[2]/con")["path"], "/data/thanh_vien[2]/con[1]");
    assert_eq!(code(&play(&mut player, "add con")), "play.ambiguous-path");
    assert_eq!(
        play(&mut player, "get thanh_vien")["instances"],
        json!(["/data/thanh_vien[1]", "/data/thanh_vien[2]"])
    );
    play(&mut player, "remove thanh_vien[1]");
    assert_eq!(play(&mut player, "get ten")["value"], Value::Null);
}

#[test]
fn pages_are_gone_to_by_name_number_and_direction() {
    let mut player = player();
    assert_eq!(play(&mut player, "page")["questions"][0]["label"], "Họ tên");
    assert_eq!(code(&play(&mut player, "go next")), "xforms.problems");
    play(&mut player, "answer chu_ho Hoà");
    let page = play(&mut player, "go next");
    assert_eq!((&page["moved"], &page["questions"][0]["name"]), (&json!(true), &json!("tuoi")));
    let index = page["page"].as_str().unwrap().to_owned();
    assert_eq!(play(&mut player, "go end")["kind"], "end");
    assert_eq!(play(&mut player, &format!("go {index}"))["questions"][0]["name"], "tuoi");
    assert_eq!(play(&mut player, "go chu_ho")["is_first"], true);
    assert_eq!(code(&play(&mut player, "go xa")), "xforms.no-such-page");
    assert_eq!(play(&mut player, "outline")["pages"][0]["state"], "answered");
}

#[test]
fn a_restart_keeps_answers_language_and_page() {
    let mut player = player();
    play(&mut player, "answer chu_ho Hoà");
    assert_eq!(play(&mut player, "language en")["language"], "English (en)");
    play(&mut player, "go tuoi");
    let before = play(&mut player, "state");
    play(&mut player, "restart");
    assert_eq!(play(&mut player, "state"), before);
    assert_eq!(play(&mut player, "page")["questions"][0]["name"], "tuoi");
    assert_eq!(play(&mut player, "get chu_ho")["label"], "Name");
}

#[test]
fn a_form_is_finished_when_nothing_is_wrong() {
    let mut player = player();
    play(&mut player, "answer tuoi 200");
    let tuoi = play(&mut player, "get tuoi");
    assert_eq!((&tuoi["valid"], &tuoi["problem"]["message"]), (&json!(false), &json!("Quá lớn")));
    assert_eq!(play(&mut player, "validate")["problems"].as_array().unwrap().len(), 2);
    assert_eq!(code(&play(&mut player, "submission")), "xforms.problems");
    play(&mut player, "answer tuoi 20");
    play(&mut player, "answer chu_ho Hoà");
    assert_eq!(play(&mut player, "validate")["valid"], true);
    let submission = play(&mut player, "submission");
    assert!(submission["xml"].as_str().unwrap().contains("<chu_ho>Hoà</chu_ho>"));
    assert_eq!(submission["form_id"], "ho");
}

#[test]
fn expressions_are_evaluated_where_they_are_asked() {
    let mut player = player();
    play(&mut player, "add thanh_vien");
    play(&mut player, "answer ten Hoà");
    assert_eq!(play(&mut player, "evaluate 1 + 1")["value"], "2");
    assert_eq!(play(&mut player, "evaluate concat(../ten, '!') AT thanh_vien[1]/ten")["value"], "Hoà!");
    assert_eq!(play(&mut player, "evaluate count(/data/thanh_vien)")["value"], "1");
    let wrong = play(&mut player, "evaluate 1 +");
    assert_eq!(code(&wrong), "xforms.wrong-expression");
    assert!(wrong["error"]["problems"][0]["position"].is_number());
}

#[test]
fn a_line_in_is_a_line_out() {
    let mut out = Vec::new();
    formplay::run(&mut player(), &b"# remark\nanswer tuoi 3\n\nget tuoi\r\n"[..], &mut out).unwrap();
    let lines: Vec<Value> = out
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["value"], "3");
}

const DEVICE: &str = r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
    xmlns:jr="http://openrosa.org/javarosa" xmlns:odk="http://www.opendatakit.org/xforms"
    xmlns:orx="http://openrosa.org/xforms" xmlns:entities="http://www.opendatakit.org/xforms/entities">
 <h:head><model odk:xforms-version="1.0.0" entities:entities-version="2024.1.0">
  <instance><data id="tram"><ten/><xa/><noi/><ghi_am/><so/><nguoi><tuoi/></nguoi>
    <orx:meta><orx:instanceID/><entity dataset="tram" id="" create="1"><label/></entity></orx:meta></data></instance>
  <instance id="truoc" src="jr://instance/last-saved"/>
  <bind nodeset="/data/ten" entities:saveto="ten"/><bind nodeset="/data/xa" type="string"/>
  <bind nodeset="/data/noi" type="geopoint" entities:saveto="geometry"/><bind nodeset="/data/ghi_am" type="binary"/>
  <bind nodeset="/data/so" type="int"/>
  <bind nodeset="/data/orx:meta/orx:instanceID" jr:preload="uid"/>
  <bind nodeset="/data/orx:meta/entity/@id" calculate="once(uuid())"/>
  <bind nodeset="/data/orx:meta/entity/label" calculate="/data/ten"/>
  <setvalue event="odk-instance-first-load" ref="/data/xa" value="instance('truoc')/data/xa"/>
  <odk:setgeopoint event="odk-instance-first-load" ref="/data/noi"/>
  <odk:recordaudio event="odk-instance-first-load" ref="/data/ghi_am" odk:quality="voice-only"/>
 </model></h:head><h:body><input ref="/data/ten"/><input ref="/data/xa"/><input ref="/data/so"/>
  <group><repeat nodeset="/data/nguoi" jr:count="/data/so"><input ref="/data/nguoi/tuoi"/></repeat></group></h:body></h:html>"#;

fn device() -> Arc<Definition> {
    Definition::parse(DEVICE).unwrap()
}

#[test]
fn a_submission_tells_its_entities() {
    let mut player = Player::new(device(), Setup { seed: Some(1), ..Setup::default() });
    play(&mut player, "answer ten Trạm Nà Pò");
    play(&mut player, "fulfil noi 22.6 106.2 0 5");
    let submission = play(&mut player, "submission");
    assert_eq!(submission["deprecated_id"], Value::Null);
    let [entity] = submission["entities"].as_array().unwrap().as_slice() else { panic!("one entity") };
    assert!(submission["xml"].as_str().unwrap().contains(entity["id"].as_str().unwrap()));
    assert_eq!(entity["id"].as_str().unwrap().len(), 36);
    assert_eq!((&entity["dataset"], &entity["label"]), (&json!("tram"), &json!("Trạm Nà Pò")));
    assert_eq!((&entity["create"], &entity["update"]), (&json!(true), &json!(false)));
    assert_eq!(entity["properties"], json!({ "ten": "Trạm Nà Pò", "geometry": "22.6 106.2 0 5" }));
    for version in ["base_version", "trunk_version", "branch_id"] {
        assert_eq!(entity.get(version), Some(&Value::Null), "{version}");
    }
}

#[test]
fn what_the_form_asks_of_the_device_is_listed_and_fulfilled() {
    let mut player = Player::new(device(), Setup::default());
    let position = json!({ "path": "/data/noi", "kind": "position" });
    let audio = json!({ "path": "/data/ghi_am", "kind": "audio", "quality": "voice-only" });
    assert_eq!(play(&mut player, "requests"), json!({ "requests": [position, audio] }));
    assert_eq!(code(&play(&mut player, "fulfil noi somewhere")), "xforms.wrong-type");
    assert_eq!(code(&play(&mut player, "fulfil ten 1 2")), "xforms.unknown-path");
    assert_eq!(code(&play(&mut player, "fulfil")), "play.usage");
    let answer = play(&mut player, "fulfil noi 22.6 106.2");
    assert_eq!(answer["changed"], json!([{ "path": "/data/noi", "value": "22.6 106.2 0 0" }]));
    assert_eq!(play(&mut player, "requests"), json!({ "requests": [audio] }));
    assert_eq!(play(&mut player, "fulfil ghi_am")["changed"], json!([]), "it could not be had");
    assert_eq!(play(&mut player, "requests"), json!({ "requests": [] }));
}

#[test]
fn what_had_to_be_left_undone_is_told() {
    let mut player = Player::new(device(), Setup::default());
    assert_eq!(play(&mut player, "warnings"), json!({ "warnings": [] }));
    play(&mut player, "answer so 2000000");
    let warnings = play(&mut player, "warnings");
    assert_eq!(warnings["warnings"][0]["code"], "xforms.too-many-instances");
    assert!(warnings["warnings"][0]["path"].as_str().unwrap().starts_with("/data"));
}

#[test]
fn a_submission_is_opened_again_and_the_next_form_reads_it() {
    let mut player = Player::new(device(), Setup { seed: Some(1), ..Setup::default() });
    play(&mut player, "answer xa Đồng Văn");
    let first = play(&mut player, "submission");
    let xml = first["xml"].as_str().unwrap();

    let mut edited = Player::edit(device(), Setup { seed: Some(2), ..Setup::default() }, xml).unwrap();
    assert_eq!(play(&mut edited, "get xa")["value"], "Đồng Văn");
    assert_eq!(play(&mut edited, "requests"), json!({ "requests": [] }), "it was begun before");
    let corrected = play(&mut edited, "submission");
    assert_eq!(corrected["deprecated_id"], first["instance_id"]);
    assert_ne!(corrected["instance_id"], first["instance_id"]);
    let other = Player::edit(device(), Setup::default(), "<data id='khac'/>");
    assert_eq!(other.unwrap_err().code(), "xforms.other-form");

    let setup = Setup { last_saved: Some(xml.to_owned()), ..Setup::default() };
    assert_eq!(play(&mut Player::new(device(), setup), "get xa")["value"], "Đồng Văn");
    assert_eq!(play(&mut Player::new(device(), Setup::default()), "get xa")["value"], Value::Null);
}
