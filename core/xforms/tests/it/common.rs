//! Forms written short.

use chrono::{DateTime, FixedOffset};
use std::sync::Arc;
use xforms::{Answer, Definition, Env, ParseErrors, Session};

/// Half past nine on 4 March 2026 in Vietnam.
pub fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-03-04T09:30:00+07:00").unwrap()
}

pub fn env() -> Env {
    Env::fixed(now(), 7)
}

/// A form of these parts; `model` holds lists, binds, actions and texts.
pub fn form(instance: &str, model: &str, body: &str) -> String {
    form_with("", instance, model, body)
}

pub fn form_with(itext: &str, instance: &str, model: &str, body: &str) -> String {
    format!(
        r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
             xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"
             xmlns:odk="http://www.opendatakit.org/xforms" xmlns:ev="http://www.w3.org/2001/xml-events"
             xmlns:entities="http://www.opendatakit.org/xforms/entities">
          <h:head><h:title>Test</h:title><model>{itext}
            <instance><data id="test" version="1">{instance}<orx:meta><orx:instanceID/><orx:instanceName/></orx:meta></data></instance>
            {model}</model></h:head>
          <h:body>{body}</h:body></h:html>"#
    )
}

pub fn parse(instance: &str, model: &str, body: &str) -> Result<Arc<Definition>, ParseErrors> {
    Definition::parse(&form(instance, model, body))
}

pub fn start(instance: &str, model: &str, body: &str) -> Session {
    Session::start(parse(instance, model, body).unwrap(), env())
}

/// `<input>`s with their paths as labels.
pub fn inputs(paths: &[&str]) -> String {
    paths.iter().map(|p| format!(r#"<input ref="{p}"><label>{p}</label></input>"#)).collect()
}

pub fn text(value: &str) -> Answer {
    Answer::Text(value.to_owned())
}

/// The value of one expression, in a form with a few answers to read.
pub fn calculated(expression: &str) -> String {
    let expression = expression.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let session = start(
        "<a>3</a><b>4.5</b><s>  Nguyễn  Thị Hoà </s><list>mot hai ba</list><d>2026-02-28</d><empty/>
         <m><n>1</n></m><m><n>2</n></m><m><n>3</n></m><result/>",
        &format!(
            r#"<instance id="c"><root><item><name>vn</name><label>Việt Nam</label></item>
               <item><name>la</name><label>Lào</label></item></root></instance>
               <bind nodeset="/data/a" type="int"/><bind nodeset="/data/d" type="date"/>
               <bind nodeset="/data/result" calculate="{expression}"/>"#
        ),
        r#"<repeat nodeset="/data/m"><input ref="/data/m/n"/></repeat>"#,
    );
    session.value("/data/result").unwrap_or_default().to_owned()
}
