//! Texts, in the form or by language, with what they quote.

use super::ExprId;
use crate::text::Text;
use std::collections::HashMap;

pub(crate) enum Segment {
    Text(Text),
    Output(ExprId),
}

/// Text with `<output>`s.
#[derive(Default)]
pub(crate) struct Template(pub Vec<Segment>);

pub(crate) enum TextRef {
    Inline(Template),
    /// An itext id.
    Itext(Text),
    Expr(ExprId),
}

#[derive(Default)]
pub(crate) struct ItextEntry {
    /// Without a form, or `long`.
    pub text: Option<Template>,
    pub short: Option<Template>,
    /// `guidance`, or the specification's older `print`.
    pub guidance: Option<Template>,
    pub image: Option<Text>,
    pub big_image: Option<Text>,
    pub audio: Option<Text>,
    pub video: Option<Text>,
}

#[derive(Default)]
pub(crate) struct Itext {
    pub languages: Vec<Text>,
    pub default: usize,
    /// By language, then id.
    pub entries: Vec<HashMap<Text, ItextEntry>>,
}
