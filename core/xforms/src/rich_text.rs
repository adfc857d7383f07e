//! Labels as people read them: the subset of Markdown and of inline HTML that ODK's clients style, as values.
//! A shell never sees markup, and what an `<output>` puts in is text, whatever it looks like.

mod blocks;
mod inline;
mod tags;

use crate::text::Text;
use std::{
    fmt,
    ops::{Deref, Range},
    sync::Arc,
};

/// A text with its styles. It reads as its plain text (`Deref`, `Display`); `Debug` hides it, as
/// labels can quote answers.
#[derive(Clone, PartialEq, Eq)]
pub struct RichText {
    plain: Text,
    /// Only where the text is more than one paragraph without styles.
    marked: Option<Arc<Marked>>,
}

#[derive(PartialEq, Eq)]
struct Marked {
    source: Text,
    blocks: Vec<Block>,
}

/// A paragraph, a heading or an item of a list. Its spans follow each other; a line break is `\n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    pub align: Align,
    pub spans: Vec<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BlockKind {
    #[default]
    Paragraph,
    /// Level 1 (largest) to 6.
    Heading(u8),
    Bullet,
    /// The number that the form gives the item.
    Numbered(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    #[default]
    Start,
    Centre,
    End,
}

/// A run of text in one style.
#[derive(Clone, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub style: Style,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Style {
    pub bold: bool,
    pub italic: bool,
    pub underline: bool,
    pub script: Script,
    pub colour: Option<Colour>,
    /// Font families as the form names them, best first.
    pub font: Option<Text>,
    /// Where a tap leads: `http`, `https`, `mailto`, `tel`, `sms` or `geo` only.
    pub link: Option<Text>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Script {
    #[default]
    Normal,
    Superscript,
    Subscript,
}

/// sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

impl RichText {
    /// Text without markup, however it looks.
    pub(crate) fn plain(text: Text) -> RichText {
        RichText { plain: text, marked: None }
    }

    /// Reads the markup of `source`, except in the byte ranges that outputs put in.
    pub(crate) fn read(source: Text, quoted: &[Range<usize>]) -> RichText {
        if !blocks::may_be_marked(&source) {
            return RichText::plain(source);
        }
        let blocks = blocks::read(&inline::Source { text: &source, quoted });
        let plain = blocks::plain(&blocks);
        let styled = |b: &Block| {
            b.kind != BlockKind::Paragraph
                || b.align != Align::Start
                || b.spans.iter().any(|s| s.style != Style::default())
        };
        if *plain == *source && !blocks.iter().any(styled) {
            return RichText::plain(source);
        }
        RichText { plain: plain.into(), marked: Some(Arc::new(Marked { source, blocks })) }
    }

    /// Without any styles; items of lists with their bullet or number.
    pub fn as_str(&self) -> &str {
        &self.plain
    }

    /// As the form writes it, with its markup.
    pub fn source(&self) -> &str {
        self.marked.as_ref().map_or(&self.plain, |m| &m.source)
    }

    pub(crate) fn source_text(&self) -> Text {
        self.marked.as_ref().map_or(&self.plain, |m| &m.source).clone()
    }

    /// It is its plain text and nothing more.
    pub fn is_plain(&self) -> bool {
        self.marked.is_none()
    }

    /// What to draw. Of plain text, one paragraph.
    pub fn blocks(&self) -> Vec<Block> {
        match &self.marked {
            Some(marked) => marked.blocks.clone(),
            None if self.plain.is_empty() => Vec::new(),
            None => {
                let spans = vec![Span { text: self.plain.to_string(), style: Style::default() }];
                vec![Block { kind: BlockKind::Paragraph, align: Align::Start, spans }]
            }
        }
    }
}

impl Default for RichText {
    fn default() -> Self {
        RichText::plain(Text::default())
    }
}

impl Deref for RichText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.plain
    }
}

impl fmt::Display for RichText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.plain)
    }
}

impl fmt::Debug for RichText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_plain() { "RichText::Plain" } else { "RichText::Marked" })
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Span").field("style", &self.style).finish_non_exhaustive()
    }
}

impl PartialEq<str> for RichText {
    fn eq(&self, other: &str) -> bool {
        &*self.plain == other
    }
}

impl PartialEq<&str> for RichText {
    fn eq(&self, other: &&str) -> bool {
        &*self.plain == *other
    }
}
