//! Question types and what each makes: the control in the body and the attributes of its bind.

/// What a question type stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QuestionType {
    pub control: Control,
    /// `bind` attributes that the row may override.
    pub bind: &'static [(&'static str, &'static str)],
    pub hint: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// Only a node and its bind.
    None,
    Input,
    Select,
    Select1,
    Rank,
    Trigger,
    Range,
    /// The media type that is taken.
    Upload(&'static str),
    /// `input` that draws a shape or a point, maybe with places to choose from.
    Geo,
    /// Done by an action in the model.
    Action,
}

impl Control {
    pub fn tag(self) -> &'static str {
        match self {
            Self::None | Self::Action => "",
            Self::Input | Self::Geo => "input",
            Self::Select => "select",
            Self::Select1 => "select1",
            Self::Rank => "odk:rank",
            Self::Trigger => "trigger",
            Self::Range => "range",
            Self::Upload(_) => "upload",
        }
    }

    pub fn is_choice(self) -> bool {
        matches!(self, Self::Select | Self::Select1 | Self::Rank)
    }
}

type Bind = &'static [(&'static str, &'static str)];

const STRING: Bind = &[("type", "string")];
const BINARY: Bind = &[("type", "binary")];
const GEOPOINT: Bind = &[("type", "geopoint")];
const DATE_TIME: Bind = &[("type", "dateTime")];
const BARCODE: Bind = &[("type", "barcode")];

macro_rules! property {
    ($name:literal) => {
        &[("type", "string"), ("jr:preload", "property"), ("jr:preloadParams", $name)]
    };
}

/// `None`: no such type.
pub(crate) fn question_type(name: &str) -> Option<QuestionType> {
    use Control::{Action, Geo, Input, None as Hidden, Range, Rank, Select, Select1, Trigger, Upload};
    let mut hint = None;
    let (control, bind): (Control, Bind) = match name {
        "text" | "string" | "q string" | "add text prompt" => (Input, STRING),
        "integer" | "int" | "q int" | "add integer prompt" => (Input, &[("type", "int")]),
        "decimal" | "q decimal" | "add decimal prompt" => (Input, &[("type", "decimal")]),
        "note" | "q note" | "add note prompt" => (Input, &[("type", "string"), ("readonly", "true()")]),
        "date" | "q date" | "add date prompt" => (Input, &[("type", "date")]),
        "time" => (Input, &[("type", "time")]),
        "dateTime"
        | "datetime"
        | "date time"
        | "q dateTime"
        | "q date time"
        | "add dateTime prompt"
        | "add date time prompt" => (Input, DATE_TIME),
        "geopoint" => (Geo, GEOPOINT),
        "geotrace" => (Geo, &[("type", "geotrace")]),
        "geoshape" => (Geo, &[("type", "geoshape")]),
        "gps" | "location" | "q location" | "q geopoint" | "add location prompt" => (Input, GEOPOINT),
        "q geotrace" => (Input, &[("type", "geotrace")]),
        "q geoshape" => (Input, &[("type", "geoshape")]),
        "barcode" | "q barcode" | "add barcode prompt" => (Input, BARCODE),
        "photo" | "image" | "q picture" | "q image" | "add image prompt" => (Upload("image/*"), BINARY),
        "audio" | "q audio" | "add audio prompt" => (Upload("audio/*"), BINARY),
        "video" | "q video" | "add video prompt" => (Upload("video/*"), BINARY),
        "file" | "add file prompt" => (Upload("application/*"), BINARY),
        "osm" => (Upload("osm/*"), BINARY),
        "acknowledge" | "q acknowledge" | "add acknowledge prompt" => (Trigger, STRING),
        "trigger" => (Trigger, &[]),
        "range" => (Range, &[("type", "int")]),
        "select one" | "select one using" | "q select1" | "add select one prompt using" => (Select1, STRING),
        "select one external" => (Input, STRING),
        "select all that apply"
        | "select all that apply from"
        | "select multiple from"
        | "select multiple using"
        | "q select"
        | "add select multiple prompt using" => (Select, STRING),
        "rank" => (Rank, &[("type", "odk:rank")]),
        "calculate" | "q calculate" | "add calculate prompt" | "hidden" => (Hidden, STRING),
        "audit" => (Hidden, BINARY),
        "start" | "start time" | "get start time" => {
            (Hidden, &[("type", "dateTime"), ("jr:preload", "timestamp"), ("jr:preloadParams", "start")])
        }
        "end" | "end time" | "get end time" => {
            (Hidden, &[("type", "dateTime"), ("jr:preload", "timestamp"), ("jr:preloadParams", "end")])
        }
        "today" | "get today" => {
            (Hidden, &[("type", "date"), ("jr:preload", "date"), ("jr:preloadParams", "today")])
        }
        "deviceid" | "device id" | "get device id" | "imei" => (Hidden, property!("deviceid")),
        "subscriberid" | "subscriber id" | "get subscriber id" => (Hidden, property!("subscriberid")),
        "simserial" | "sim id" | "get sim id" => (Hidden, property!("simserial")),
        "phonenumber" | "get phone number" => (Hidden, property!("phonenumber")),
        "username" => (Hidden, property!("username")),
        "email" => (Hidden, property!("email")),
        "uri:deviceid" => (Hidden, property!("uri:deviceid")),
        "uri:subscriberid" => (Hidden, property!("uri:subscriberid")),
        "uri:simserial" => (Hidden, property!("uri:simserial")),
        "uri:phonenumber" => (Hidden, property!("uri:phonenumber")),
        "uri:username" => (Hidden, property!("uri:username")),
        "uri:email" => (Hidden, property!("uri:email")),
        "start-geopoint" => (Action, GEOPOINT),
        "background-audio" => (Action, BINARY),
        "background-geopoint" => (Trigger, GEOPOINT),
        "percentage" => (Input, &[("type", "int"), ("constraint", "0 <= . and . <= 100")]),
        "phone number" => {
            hint = Some("Enter numbers only.");
            (Input, &[("type", "string"), ("constraint", "regex(., '^\\d*$')")])
        }
        "number of days in last month" => {
            hint = Some("Enter a number 0-31.");
            (Input, &[("type", "int"), ("constraint", "0 <= . and . <= 31")])
        }
        "number of days in last six months" => {
            hint = Some("Enter a number 0-183.");
            (Input, &[("type", "int"), ("constraint", "0 <= . and . <= 183")])
        }
        "number of days in last year" => {
            hint = Some("Enter a number 0-365.");
            (Input, &[("type", "int"), ("constraint", "0 <= . and . <= 365")])
        }
        _ => return None,
    };
    Some(QuestionType { control, bind, hint })
}

/// The types that authors are told of when one is misspelt.
pub(crate) const COMMON: &[&str] = &[
    "text",
    "integer",
    "decimal",
    "note",
    "date",
    "time",
    "dateTime",
    "geopoint",
    "geotrace",
    "geoshape",
    "barcode",
    "image",
    "audio",
    "video",
    "file",
    "acknowledge",
    "range",
    "rank",
    "select_one",
    "select_multiple",
    "select_one_from_file",
    "select_multiple_from_file",
    "select_one_external",
    "calculate",
    "hidden",
    "audit",
    "start",
    "end",
    "today",
    "deviceid",
    "phonenumber",
    "username",
    "email",
    "start-geopoint",
    "background-audio",
    "background-geopoint",
    "csv-external",
    "xml-external",
    "begin_group",
    "end_group",
    "begin_repeat",
    "end_repeat",
];

/// Other names of a question type, replaced before anything else is looked at.
pub(crate) fn canonical(name: &str) -> &str {
    match name {
        "imei" => "deviceid",
        "image" | "add image prompt" | "add photo prompt" => "photo",
        "add audio prompt" => "audio",
        "add video prompt" => "video",
        "add file prompt" => "file",
        other => other,
    }
}
