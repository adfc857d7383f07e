use crate::common::{env, form, inputs};
use xforms::{Definition, ParseErrors, Session};

/// The value of an expression over the list `l` that this file makes.
fn read(source: &str, content: &str, expression: &str) -> Result<(String, Vec<&'static str>), ParseErrors> {
    let model = format!(
        r#"<instance id="l" src="{source}"/><bind nodeset="/data/r" calculate="{}"/>"#,
        expression.replace('<', "&lt;")
    );
    let definition =
        Definition::parse_with(&form("<r/>", &model, ""), &|_| Some(content.as_bytes().to_vec()))?;
    let codes = definition.warnings().iter().map(|w| w.code).collect();
    let session = Session::start(definition, env());
    Ok((session.value("/data/r").unwrap_or_default().to_owned(), codes))
}

fn value(source: &str, content: &str, expression: &str) -> String {
    let (value, warnings) = read(source, content, expression).unwrap();
    assert_eq!(warnings, [""; 0], "{expression}");
    value
}

#[test]
fn csv_has_commas_semicolons_or_tabs_and_quoted_cells() {
    let names = "join('|', instance('l')/root/item/name)";
    for content in [
        "name,label\na,\"Bản Lao Xa, 1\"\nb,\"\"\"x\"\"\"\n",
        "name;label\na;\"Bản Lao Xa, 1\"\nb;\"\"\"x\"\"\"\n",
        "\u{feff}name\tlabel\r\na\t\"Bản Lao Xa, 1\"\r\nb\t\"\"\"x\"\"\"\r\n",
    ] {
        assert_eq!(value("jr://file-csv/l.csv", content, names), "a|b");
        let labels = value("jr://file-csv/l.csv", content, "join('|', instance('l')/root/item/label)");
        assert_eq!(labels, "Bản Lao Xa, 1|\"x\"");
    }
    let lines =
        value("jr://file-csv/l.csv", "name,note\na,\"1\n2\"\n", "instance('l')/root/item[name = 'a']/note");
    assert_eq!(lines, "1\n2");
    assert_eq!(value("jr://file-csv/l.csv", "name,note\na,\n", "count(instance('l')/root/item/note)"), "1");
}

#[test]
fn xml_is_read_as_it_stands() {
    let xml =
        "<?xml version='1.0'?><places><place><name>a</name><in><deep>x</deep></in></place><place/></places>";
    assert_eq!(value("jr://file/l.xml", xml, "instance('l')/places/place[name = 'a']/in/deep"), "x");
    assert_eq!(value("jr://file/l.xml", xml, "count(instance('l')/places/place)"), "2");
}

#[test]
fn features_are_items_with_their_geometry() {
    let json = r#"{"type": "FeatureCollection", "name": "x", "features": [
      {"type": "Feature", "id": "f1", "properties": {"name": "Đồng Văn", "people": 2161000, "share": 0.25, "town": true, "none": null},
       "geometry": {"type": "Point", "coordinates": [105.3622, 23.2744]}},
      {"type": "Feature", "properties": {"name": "road", "id": 7},
       "geometry": {"type": "LineString", "coordinates": [[105, 23, 900.5], [106, 24]]}},
      {"type": "Feature", "properties": {"name": "field"},
       "geometry": {"type": "Polygon", "coordinates": [[[0, 1], [2, 3], [4, -5], [0, 1]], [[9, 9], [8, 8], [9, 9]]]}},
      {"type": "Feature", "properties": {"name": "nowhere"}, "geometry": null}]}"#;
    let read_value = |expression: &str| value("jr://file/l.geojson", json, expression);
    assert_eq!(read_value("join('|', instance('l')/root/item/name)"), "Đồng Văn|road|field|nowhere");
    assert_eq!(read_value("instance('l')/root/item[id = 'f1']/people"), "2161000");
    assert_eq!(
        read_value("concat(instance('l')/root/item[1]/share, instance('l')/root/item[1]/town)"),
        "0.25true"
    );
    let (none, warnings) = read("jr://file/l.geojson", json, "count(instance('l')/root/item/none)").unwrap();
    assert_eq!((none.as_str(), warnings.as_slice()), ("0", ["xforms.unknown-column"].as_slice()));
    assert_eq!(read_value("instance('l')/root/item[id = 7]/geometry"), "23 105 900.5 0; 24 106 0 0");
    assert_eq!(read_value("instance('l')/root/item[1]/geometry"), "23.2744 105.3622 0 0");
    assert_eq!(read_value("instance('l')/root/item[3]/geometry"), "1 0 0 0; 3 2 0 0; -5 4 0 0; 1 0 0 0");
    assert_eq!(read_value("count(instance('l')/root/item/geometry)"), "3");
}

#[test]
fn a_list_that_cannot_be_read_is_refused() {
    let feature = |geometry: &str, properties: &str| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},"geometry":{geometry}}}]}}"#
        )
    };
    let point = r#"{"type":"Point","coordinates":[1,2]}"#;
    let cases = [
        ("jr://file/l.geojson", "{".to_owned(), "no GeoJSON"),
        ("jr://file/l.geojson", r#"{"type":"Feature","features":[]}"#.to_owned(), "no FeatureCollection"),
        (
            "jr://file/l.geojson",
            feature(r#"{"type":"MultiPoint","coordinates":[]}"#, "{}"),
            "feature 1 is a MultiPoint",
        ),
        ("jr://file/l.geojson", feature(r#"{"type":"Point","coordinates":"x"}"#, "{}"), "wrong coordinates"),
        ("jr://file/l.geojson", feature(r#"{"type":"Point","coordinates":[1]}"#, "{}"), "without a latitude"),
        ("jr://file/l.geojson", feature(point, r#"{"a":{"b":1}}"#), "property a"),
        ("jr://file/l.xml", "<a><b></a>".to_owned(), "can't be read"),
        ("jr://file-csv/l.csv", "\u{0}".to_owned(), ""),
    ];
    for (source, content, said) in cases {
        match read(source, &content, "1") {
            Err(errors) => {
                assert_eq!(errors.problems[0].code, "xforms.wrong-list", "{errors}");
                assert!(errors.problems[0].message.contains(said), "{errors}");
            }
            Ok((_, warnings)) => assert!(said.is_empty() && !warnings.is_empty(), "{content}"),
        }
    }
    let bytes =
        Definition::parse_with(&form("<r/>", r#"<instance id="l" src="jr://file-csv/l.csv"/>"#, ""), &|_| {
            Some(vec![0xff, 0xfe, b'x'])
        });
    assert_eq!(bytes.unwrap_err().problems[0].code, "xforms.wrong-list");
}

#[test]
fn doubtful_lists_are_named() {
    let warned = |content: &str| read("jr://file-csv/l.csv", content, "1").unwrap().1;
    assert_eq!(warned("name,label\n"), ["xforms.empty-list"]);
    assert_eq!(warned("name,2nd,name\na,b,c\n"), ["xforms.wrong-column", "xforms.wrong-column"]);
    assert_eq!(warned("name,label\na,b,c\nd\n"), ["xforms.ragged-list"]);
    assert_eq!(read("jr://file/l.xml", "<root/>", "1").unwrap().1, ["xforms.empty-list"]);
    // An empty list offers nothing, and reading it is no error in the field.
    let (value, _) =
        read("jr://file-csv/l.csv", "name,label\n", "instance('l')/root/item[name = 'x']/label").unwrap();
    assert_eq!(value, "");
}

#[test]
fn the_last_saved_instance_gives_what_was_answered_before() {
    let xml = form(
        "<village/><worker/>",
        r#"<instance id="__last-saved" src="jr://instance/last-saved"/>
           <setvalue event="odk-instance-first-load" ref="/data/village" value="instance('__last-saved')/data/village"/>
           <bind nodeset="/data/worker" calculate="instance('__last-saved')/data/orx:meta/orx:instanceName"/>"#,
        &inputs(&["/data/village"]),
    );
    let def = Definition::parse(&xml).unwrap();
    assert_eq!(def.warnings(), []);
    let mut first = Session::start(def.clone(), env());
    assert_eq!(first.value("/data/village"), None);
    first.answer("/data/village", &crate::common::text("Lao Xa")).unwrap();
    let last = first
        .finish()
        .unwrap()
        .xml
        .replace("<orx:instanceName/>", "<orx:instanceName>Hộ</orx:instanceName><more>1</more>");

    let second = Session::start(def.clone(), env().last_saved(last));
    assert_eq!(second.value("/data/village"), Some("Lao Xa"));
    assert_eq!(second.value("/data/worker"), Some("Hộ"));
    // The definition is shared: the next form begins without it.
    assert_eq!(Session::start(def.clone(), env()).value("/data/village"), None);
    for none in ["", "<data id='other'><village>x</village></data>"] {
        assert_eq!(Session::start(def.clone(), env().last_saved(none)).value("/data/village"), None);
    }
}

#[test]
fn a_long_list_is_looked_up() {
    let mut content = String::from("name,label,commune\n");
    for i in 0..15_000 {
        content.push_str(&format!("v{i},Thôn {i},c{}\n", i % 3321));
    }
    assert_eq!(
        value("jr://file-csv/l.csv", &content, "instance('l')/root/item[name = 'v14999']/label"),
        "Thôn 14999"
    );
    assert_eq!(value("jr://file-csv/l.csv", &content, "count(instance('l')/root/item[commune = 'c5'])"), "5");
}
