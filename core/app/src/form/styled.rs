//! Texts with styles: a shell draws spans, never markup.

use xforms::{Align, BlockKind, RichText, Script};

/// A paragraph, a heading or an item of a list.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct TextBlock {
    pub kind: TextKind,
    pub align: TextAlign,
    pub spans: Vec<TextSpan>,
}

#[derive(Debug, Clone, Copy, PartialEq, uniffi::Enum)]
pub enum TextKind {
    Paragraph,
    /// 1 (largest) to 6.
    Heading {
        level: u8,
    },
    Bullet,
    Numbered {
        number: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, uniffi::Enum)]
pub enum TextAlign {
    Start,
    Centre,
    End,
}

/// A run of text in one style; a line break is `\n`.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct TextSpan {
    pub text: String,
    pub bold: bool,
    pub italic: bool,
    pub underline: bool,
    pub script: TextScript,
    /// `0xRRGGBB`.
    pub colour: Option<u32>,
    /// Families, best first, between commas.
    pub font: Option<String>,
    /// `http`, `https`, `mailto`, `tel`, `sms` or `geo`.
    pub link: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, uniffi::Enum)]
pub enum TextScript {
    Normal,
    Superscript,
    Subscript,
}

/// Empty for plain text.
pub fn styled(text: &RichText) -> Vec<TextBlock> {
    if text.is_plain() {
        return Vec::new();
    }
    let block = |block: xforms::Block| TextBlock {
        kind: match block.kind {
            BlockKind::Paragraph => TextKind::Paragraph,
            BlockKind::Heading(level) => TextKind::Heading { level },
            BlockKind::Bullet => TextKind::Bullet,
            BlockKind::Numbered(number) => TextKind::Numbered { number },
        },
        align: match block.align {
            Align::Start => TextAlign::Start,
            Align::Centre => TextAlign::Centre,
            Align::End => TextAlign::End,
        },
        spans: block.spans.into_iter().map(span).collect(),
    };
    text.blocks().into_iter().map(block).collect()
}

fn span(span: xforms::Span) -> TextSpan {
    let style = span.style;
    let colour = |c: xforms::Colour| u32::from_be_bytes([0, c.red, c.green, c.blue]);
    TextSpan {
        text: span.text,
        bold: style.bold,
        italic: style.italic,
        underline: style.underline,
        script: match style.script {
            Script::Normal => TextScript::Normal,
            Script::Superscript => TextScript::Superscript,
            Script::Subscript => TextScript::Subscript,
        },
        colour: style.colour.map(colour),
        font: style.font.map(|font| font.to_string()),
        link: style.link.map(|link| link.to_string()),
    }
}
