//! Lines to paragraphs, headings and items.

use super::{
    Align, Block, BlockKind,
    inline::{Inline, Source},
};
use std::{fmt::Write, ops::Range};

/// Whether anything in the text could be markup: most labels are done with here.
pub(super) fn may_be_marked(text: &str) -> bool {
    let begins_item =
        |line: &str| line.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+'));
    text.bytes().any(|b| matches!(b, b'*' | b'_' | b'[' | b'<' | b'\\' | b'&' | b'#'))
        || text.lines().any(begins_item)
        || text.contains("\n\n")
}

/// One block, or the part of one that a tag does not break up.
struct Stretch {
    kind: BlockKind,
    range: Range<usize>,
}

pub(super) fn read(source: &Source) -> Vec<Block> {
    let mut inline = Inline::default();
    for stretch in stretches(source) {
        inline.block(source, stretch.kind, stretch.range);
    }
    inline.finish()
}

/// A blank line ends a paragraph; headings and items stand on a line of their own.
fn stretches(source: &Source) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    let mut open = false;
    for line in lines(source) {
        let text = &source.text[line.clone()];
        if text.trim().is_empty() {
            open = false;
            continue;
        }
        let start = line.start + (text.len() - text.trim_start().len());
        let (kind, marker) = marker(source, start..line.end);
        if kind == BlockKind::Paragraph {
            match found.last_mut().filter(|_| open) {
                Some(last) => last.range.end = line.end,
                None => found.push(Stretch { kind, range: line.start..line.end }),
            }
            open = true;
        } else {
            found.push(Stretch { kind, range: start + marker..line.end });
            open = false;
        }
    }
    found
}

fn lines(source: &Source) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, _) in source.text.match_indices('\n').filter(|(at, _)| !source.is_quoted(*at)) {
        lines.push(start..at);
        start = at + 1;
    }
    lines.push(start..source.text.len());
    lines
}

/// What a line begins with, and how many bytes of it are the marker.
fn marker(source: &Source, line: Range<usize>) -> (BlockKind, usize) {
    let none = (BlockKind::Paragraph, 0);
    if source.is_quoted(line.start) {
        return none;
    }
    let text = &source.text[line.clone()];
    let marker = text.split([' ', '\t']).next().unwrap_or_default();
    if marker.len() == text.len() || source.is_quoted(line.start + marker.len()) {
        return none;
    }
    let kind = match marker {
        "-" | "*" | "+" => BlockKind::Bullet,
        _ if marker.len() <= 6 && marker.bytes().all(|b| b == b'#') => BlockKind::Heading(marker.len() as u8),
        _ => match marker.strip_suffix('.').filter(|n| n.len() <= 4).map(str::parse) {
            Some(Ok(number)) => BlockKind::Numbered(number),
            _ => return none,
        },
    };
    (kind, marker.len() + 1)
}

pub(super) fn plain(blocks: &[Block]) -> String {
    let mut out = String::new();
    for (i, block) in blocks.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        // Writing to a String can't fail.
        let _ = match block.kind {
            BlockKind::Bullet => write!(out, "• "),
            BlockKind::Numbered(number) => write!(out, "{number}. "),
            BlockKind::Paragraph | BlockKind::Heading(_) => Ok(()),
        };
        block.spans.iter().for_each(|span| out.push_str(&span.text));
    }
    out
}

/// A block with nothing in it is none; line breaks at its ends are none either.
pub(super) fn close(mut block: Block) -> Option<Block> {
    if let Some(first) = block.spans.first_mut() {
        first.text.drain(..first.text.len() - first.text.trim_start().len());
    }
    if let Some(last) = block.spans.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    block.spans.retain(|s| !s.text.is_empty());
    (!block.spans.is_empty()).then_some(block)
}

pub(super) fn empty(kind: BlockKind, align: Align) -> Block {
    Block { kind, align, spans: Vec::new() }
}
