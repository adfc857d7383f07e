//! The columns that sheets have, and their other names.

/// What a sheet's columns may be called.
pub(crate) struct Columns {
    /// Columns of the sheet.
    pub known: &'static [&'static str],
    /// Another name, and what it stands for: a column, or a place in a group such as `bind::relevant`.
    pub aliases: &'static [(&'static str, &'static [&'static str])],
}

pub(crate) const SURVEY: Columns = Columns {
    known: &[
        "name",
        "label",
        "default",
        "guidance_hint",
        "instance",
        "query",
        "sms_field",
        "trigger",
        "bind",
        "choice_filter",
        "control",
        "hint",
        "media",
        "parameters",
        "type",
        "choices",
        "itemset",
        "list_name",
        "actions",
    ],
    aliases: &[
        ("sms_field", &["sms_field"]),
        ("sms_option", &["sms_option"]),
        ("sms_separator", &["sms_separator"]),
        ("sms_allow_media", &["sms_allow_media"]),
        ("sms_date_format", &["sms_date_format"]),
        ("sms_datetime_format", &["sms_datetime_format"]),
        ("sms_response", &["sms_response"]),
        ("compact_tag", &["instance", "odk:tag"]),
        ("read_only", &["bind", "readonly"]),
        ("readonly", &["bind", "readonly"]),
        ("relevant", &["bind", "relevant"]),
        ("relevance", &["bind", "relevant"]),
        ("caption", &["label"]),
        ("appearance", &["control", "appearance"]),
        ("required", &["bind", "required"]),
        ("constraint", &["bind", "constraint"]),
        ("constraining_message", &["bind", "jr:constraintMsg"]),
        ("constraint_message", &["bind", "jr:constraintMsg"]),
        ("calculation", &["bind", "calculate"]),
        ("calculate", &["bind", "calculate"]),
        ("command", &["type"]),
        ("tag", &["name"]),
        ("value", &["name"]),
        ("image", &["media", "image"]),
        ("big-image", &["media", "big-image"]),
        ("audio", &["media", "audio"]),
        ("video", &["media", "video"]),
        ("count", &["control", "jr:count"]),
        ("repeat_count", &["control", "jr:count"]),
        ("jr:count", &["control", "jr:count"]),
        ("autoplay", &["control", "autoplay"]),
        ("rows", &["control", "rows"]),
        ("noapperrorstring", &["bind", "jr:noAppErrorString"]),
        ("no_app_error_string", &["bind", "jr:noAppErrorString"]),
        ("requiredmsg", &["bind", "jr:requiredMsg"]),
        ("required_message", &["bind", "jr:requiredMsg"]),
        ("body", &["control"]),
        ("save_to", &["bind", "entities:saveto"]),
    ],
};

pub(crate) const CHOICES: Columns = Columns {
    known: &["name", "label", "media", "sms_option"],
    aliases: &[
        ("caption", &["label"]),
        ("list_name", &["list name"]),
        ("value", &["name"]),
        ("image", &["media", "image"]),
        ("big-image", &["media", "big-image"]),
        ("audio", &["media", "audio"]),
        ("video", &["media", "video"]),
    ],
};

pub(crate) const SETTINGS: Columns = Columns {
    known: &[
        "name",
        "label",
        "bind",
        "control",
        "hint",
        "media",
        "type",
        "instance",
        "flat",
        "sms_field",
        "add_none_option",
        "clean_text_values",
        "attribute",
        "auto_delete",
        "auto_send",
        "choices",
        "default_language",
        "file_name",
        "id_string",
        "instance_name",
        "instance_xmlns",
        "namespaces",
        "omit_instanceID",
        "public_key",
        "sms_allow_media",
        "sms_date_format",
        "sms_datetime_format",
        "sms_keyword",
        "sms_response",
        "sms_separator",
        "style",
        "submission_url",
        "title",
        "version",
        "allow_choice_duplicates",
        "client_editable",
        "delimiter",
        "prefix",
        "entity_version",
    ],
    aliases: &[
        ("form_title", &["title"]),
        ("set_form_title", &["title"]),
        ("form_id", &["id_string"]),
        ("set_form_id", &["id_string"]),
        ("prefix", &["prefix"]),
    ],
};

pub(crate) const ENTITIES: Columns = Columns {
    known: &["dataset", "entity_id", "create_if", "update_if", "repeat", "label"],
    aliases: &[("list_name", &["dataset"])],
};

impl Columns {
    pub fn alias(&self, name: &str) -> Option<&'static [&'static str]> {
        self.aliases.iter().find(|(alias, _)| *alias == name).map(|(_, path)| *path)
    }

    pub fn is_known(&self, name: &str) -> bool {
        self.known.contains(&name) && self.alias(name).is_none()
    }
}
