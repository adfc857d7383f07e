use crate::form;

#[track_caller]
fn has(xml: &str, part: &str) {
    assert!(xml.contains(part), "no {part}\nin {xml}");
}

#[test]
fn a_question_has_a_node_a_bind_and_a_control() {
    let form = form(
        "| survey |\n| | type | name | label | required | constraint |\n\
         | | integer | age | Age | yes | . < 120 |\n\
         | settings |\n| | form_title | form_id | version |\n| | A visit | visit | 3 |",
    );
    has(&form.xml, "<h:title>A visit</h:title>");
    has(&form.xml, r#"<data id="visit" version="3"><age/><meta><instanceID/></meta></data>"#);
    has(&form.xml, r#"<bind nodeset="/data/age" type="int" required="true()" constraint=". &lt; 120"/>"#);
    has(&form.xml, r#"<input ref="/data/age"><label>Age</label></input>"#);
    assert_eq!(form.rows["/data/age"], 2);
    assert_eq!(form.columns["constraint"], "constraint");
}

#[test]
fn references_are_relative_in_a_repeat_and_absolute_elsewhere() {
    let form = form(
        "| survey |\n| | type | name | label | calculation | relevant |\n\
         | | text | head | Head | | |\n\
         | | begin repeat | person | Person | | |\n\
         | | text | name | Name | | ${head} != '' |\n\
         | | begin group | g | G | | |\n\
         | | calculate | shout | | ${name} | |\n\
         | | calculate | before | | indexed-repeat(${name}, ${person}, 1) | |\n\
         | | end group | | | | |\n\
         | | end repeat | | | | |\n\
         | | calculate | all | | join(' ', ${name}) | |",
    );
    has(&form.xml, r#"relevant=" /data/head  != ''""#);
    has(&form.xml, r#"calculate=" ../../name ""#);
    has(&form.xml, r#"calculate="indexed-repeat( /data/person/name ,  /data/person , 1)""#);
    has(&form.xml, r#"calculate="join(' ',  /data/person/name )""#);
}

#[test]
fn languages_become_itext_and_what_lacks_is_a_dash() {
    let form = form(
        "| survey |\n| | type | name | label::Tiếng Việt (vi) | label::English (en) | hint::English (en) |\n\
         | | text | a | Tên | Name | As in papers |\n\
         | | note | b | Chào ${a} | | |\n\
         | settings |\n| | default_language |\n| | Tiếng Việt (vi) |",
    );
    has(&form.xml, r#"<translation lang="Tiếng Việt (vi)" default="true()">"#);
    has(&form.xml, r#"<value> Chào <output value=" /data/a "/> </value>"#);
    has(&form.xml, r#"<text id="/data/b:label"><value>-</value></text>"#);
    has(&form.xml, r#"<label ref="jr:itext('/data/a:label')"/><hint ref="jr:itext('/data/a:hint')"/>"#);
    assert!(form.warnings.iter().any(|warning| warning.code == "xlsform.missing-translation"));
}

#[test]
fn choices_come_from_lists_files_and_repeats() {
    let form = form(
        "| survey |\n| | type | name | label | choice_filter | parameters |\n\
         | | select_one yn | a | A | | randomize=true seed=7 |\n\
         | | select_one_from_file communes.csv | b | B | province = ${a} | value=code label=ten |\n\
         | | begin repeat | r | R | | |\n| | text | child | Child | | |\n| | end repeat | | | | |\n\
         | | select_one ${child} | c | C | | |\n\
         | choices |\n| | list_name | name | label | order |\n| | yn | y | Yes | 1 |\n| | yn | n | No | 2 |",
    );
    has(&form.xml, "<item><name>y</name><label>Yes</label><order>1</order></item>");
    has(&form.xml, r#"nodeset="randomize(instance('yn')/root/item, 7)""#);
    has(&form.xml, r#"<instance id="communes" src="jr://file-csv/communes.csv"/>"#);
    has(
        &form.xml,
        r#"nodeset="instance('communes')/root/item[province =  /data/a ]"><value ref="code"/><label ref="ten"/>"#,
    );
    has(&form.xml, r#"nodeset="/data/r[./child != '']"><value ref="child"/>"#);
    assert_eq!(form.media, ["communes.csv"]);
}

#[test]
fn defaults_are_written_or_computed() {
    let form = form(
        "| survey |\n| | type | name | label | default | trigger | calculation |\n\
         | | text | a | A | b-c | | |\n\
         | | date | d | D | today() | | |\n\
         | | text | t | T | | ${a} | concat(${a}, '!') |",
    );
    has(&form.xml, "<a>b-c</a>");
    has(&form.xml, r#"<setvalue ref="/data/d" event="odk-instance-first-load" value="today()"/>"#);
    has(
        &form.xml,
        r#"<setvalue ref="/data/t" event="xforms-value-changed" value="concat( /data/a , '!')"/>"#,
    );
}

#[test]
fn external_choices_become_a_csv_beside_the_form() {
    let form = form(
        "| survey |\n| | type | name | label | choice_filter |\n\
         | | text | p | P | |\n| | select_one_external town | t | T | p=${p} |\n\
         | external_choices |\n| | list_name | name | label | p |\n| | town | x | X \"1\" | 1 |\n| | town | y | | 2 |",
    );
    has(&form.xml, r#"query="instance('town')/root/item[p= /data/p ]""#);
    let lines = "\"list_name\",\"name\",\"label\",\"p\"\r\n\"town\",\"x\",\"X \"\"1\"\"\",\"1\"\r\n\"town\",\"y\",\"\",\"2\"\r\n";
    assert_eq!(form.itemsets.unwrap(), lines);
}

#[test]
fn a_loop_asks_once_for_each_choice() {
    let form = form(
        "| survey |\n| | type | name | label |\n\
         | | begin loop over goods | owns | Owns |\n\
         | | integer | count | How many of %(label)s? 100%% |\n| | end loop | | |\n\
         | choices |\n| | list_name | name | label |\n| | goods | pig | pigs |\n| | goods | hen | hens |",
    );
    has(&form.xml, "<owns><pig><count/></pig><hen><count/></hen></owns>");
    has(&form.xml, "<label>How many of hens? 100%</label>");
}

#[test]
fn paths_into_lists_are_outputs_of_labels() {
    let form = form(
        "| survey |\n| | type | name | label |\n| | integer | a | A |\n\
         | | note | n | It is instance('c')/root/item[order < ${a} and name = \"x\"]/label now |\n\
         | choices |\n| | list_name | name | label | order |\n| | c | x | X | 1 |",
    );
    let path = "instance('c')/root/item[order &lt;  /data/a  and name = &quot;x&quot;]/label";
    has(&form.xml, &format!(r#"<label> It is <output value="{path}"/> now </label>"#));
}
