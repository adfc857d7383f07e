//! Emphasis, links, escapes and tags inside a block. One pass over the text and one over its pieces: time
//! grows with the length, whatever the text is.

use super::{
    Align, Block, BlockKind, Span, Style, blocks,
    tags::{self, Tag},
};
use crate::text::Text;
use std::ops::Range;

/// Tags deeper than this are left out.
const MAX_DEPTH: usize = 16;
/// Longer targets are no links.
const MAX_LINK: usize = 2_000;
const LINK_SCHEMES: [&str; 6] = ["http:", "https:", "mailto:", "tel:", "sms:", "geo:"];

pub(super) struct Source<'a> {
    pub text: &'a str,
    /// What outputs put in, in order.
    pub quoted: &'a [Range<usize>],
}

impl Source<'_> {
    pub fn is_quoted(&self, at: usize) -> bool {
        let next = self.quoted.partition_point(|range| range.end <= at);
        self.quoted.get(next).is_some_and(|range| range.contains(&at))
    }

    /// The first unquoted `wanted` within `limit` bytes.
    fn find(&self, range: Range<usize>, wanted: u8, limit: usize) -> Option<usize> {
        let end = range.end.min(range.start + limit);
        let bytes = &self.text.as_bytes()[range.start..end];
        bytes
            .iter()
            .enumerate()
            .find(|(i, b)| **b == wanted && !self.is_quoted(range.start + i))
            .map(|(i, _)| range.start + i)
    }

    fn character_before(&self, at: usize) -> Option<char> {
        self.text[..at].chars().next_back()
    }

    fn character_at(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next()
    }
}

/// How many emphases of each weight begin or end at a run.
#[derive(Clone, Copy, Default)]
struct Weights {
    bold: usize,
    italic: usize,
}

enum Piece {
    Text(Range<usize>),
    Literal(char),
    /// A run of `*` or `_`. Matched ones start and end emphasis, the others are text.
    Run {
        mark: u8,
        left: usize,
        starts: Weights,
        ends: Weights,
    },
    /// `[`, with the target once its end was found.
    Bracket {
        target: Option<Text>,
    },
    LinkEnd,
    Tag(Tag),
}

/// Blocks so far; tags may stay open from one to the next.
#[derive(Default)]
pub(super) struct Inline {
    blocks: Vec<Block>,
    current: Option<Block>,
    open: Vec<(&'static str, Style)>,
}

impl Inline {
    pub fn finish(mut self) -> Vec<Block> {
        self.end_block();
        self.blocks
    }

    fn end_block(&mut self) {
        self.blocks.extend(self.current.take().and_then(blocks::close));
    }

    pub fn block(&mut self, source: &Source, kind: BlockKind, range: Range<usize>) {
        self.end_block();
        let align = Align::Start;
        self.current = Some(blocks::empty(kind, align));
        let (mut bold, mut italic) = (0_usize, 0_usize);
        let mut link: Option<Text> = None;
        for piece in pieces(source, range) {
            match piece {
                Piece::Text(range) => self.text(&source.text[range], bold, italic, &link),
                Piece::Literal(c) => self.text(c.encode_utf8(&mut [0; 4]), bold, italic, &link),
                Piece::Run { mark, left, starts, ends } => {
                    bold = bold.saturating_sub(ends.bold);
                    italic = italic.saturating_sub(ends.italic);
                    self.text(&char::from(mark).to_string().repeat(left), bold, italic, &link);
                    bold += starts.bold;
                    italic += starts.italic;
                }
                Piece::Bracket { target: None } => self.text("[", bold, italic, &link),
                Piece::Bracket { target } => link = target.filter(|t| !t.is_empty()),
                Piece::LinkEnd => link = None,
                Piece::Tag(tag) => self.tag(tag, kind),
            }
        }
    }

    fn text(&mut self, text: &str, bold: usize, italic: usize, link: &Option<Text>) {
        if text.is_empty() {
            return;
        }
        let mut style = self.open.last().map(|(_, style)| style.clone()).unwrap_or_default();
        style.bold |= bold > 0;
        style.italic |= italic > 0;
        style.link = link.clone().or(style.link);
        let block = self.current.get_or_insert_with(|| blocks::empty(BlockKind::Paragraph, Align::Start));
        match block.spans.last_mut().filter(|span| span.style == style) {
            Some(span) => span.text.push_str(text),
            None => block.spans.push(Span { text: text.to_owned(), style }),
        }
    }

    fn tag(&mut self, tag: Tag, around: BlockKind) {
        match tag {
            Tag::LineBreak => self.text("\n", 0, 0, &None),
            Tag::Ignored => {}
            Tag::Block { kind, align } => {
                self.end_block();
                self.current = Some(blocks::empty(kind.unwrap_or(around), align));
            }
            Tag::BlockEnd => {
                self.end_block();
                self.current = Some(blocks::empty(BlockKind::Paragraph, Align::Start));
            }
            Tag::Open { name, change } => {
                if self.open.len() < MAX_DEPTH {
                    let outer = self.open.last().map(|(_, style)| style.clone()).unwrap_or_default();
                    self.open.push((name, change.over(outer)));
                }
            }
            Tag::Close { name } => {
                if let Some(at) = self.open.iter().rposition(|(open, _)| *open == name) {
                    self.open.truncate(at);
                }
            }
        }
    }
}

/// Runs that may still start emphasis, by piece, and how many there are of each mark: a search for one
/// that isn't there must cost nothing.
#[derive(Default)]
struct Openers {
    stack: Vec<(usize, u8)>,
    stars: usize,
}

impl Openers {
    fn push(&mut self, piece: usize, mark: u8) {
        self.stack.push((piece, mark));
        self.stars += usize::from(mark == b'*');
    }

    fn pop(&mut self) -> Option<(usize, u8)> {
        let popped = self.stack.pop()?;
        self.stars -= usize::from(popped.1 == b'*');
        Some(popped)
    }

    /// The nearest of this mark; those after it can start nothing any more.
    fn nearest(&mut self, mark: u8) -> Option<usize> {
        let count = if mark == b'*' { self.stars } else { self.stack.len() - self.stars };
        if count == 0 {
            return None;
        }
        while let Some((piece, top)) = self.stack.last().copied() {
            if top == mark {
                return Some(piece);
            }
            self.pop();
        }
        None
    }
}

fn pieces(source: &Source, range: Range<usize>) -> Vec<Piece> {
    let bytes = source.text.as_bytes();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut openers = Openers::default();
    let mut brackets: Vec<usize> = Vec::new();
    let mut plain_from = range.start;
    let mut at = range.start;
    while at < range.end {
        let special = matches!(bytes[at], b'*' | b'_' | b'[' | b']' | b'<' | b'\\' | b'&');
        if !special || source.is_quoted(at) {
            at += 1;
            continue;
        }
        let Some((piece, length)) = special_piece(source, at..range.end, &mut pieces, &mut brackets) else {
            at += 1;
            continue;
        };
        if plain_from < at {
            // A link's end was found after the text before it.
            pieces.push(Piece::Text(plain_from..at));
        }
        at += length;
        plain_from = at;
        match piece {
            Piece::Run { mark, left, .. } => {
                let (opens, closes) = flanks(source, at - length..at, mark);
                pieces.push(piece);
                let here = pieces.len() - 1;
                let left = if closes { match_run(&mut pieces, &mut openers, here) } else { left };
                if opens && left > 0 {
                    openers.push(here, mark);
                }
            }
            Piece::Bracket { .. } => {
                pieces.push(piece);
                brackets.push(pieces.len() - 1);
            }
            piece => pieces.push(piece),
        }
    }
    pieces.push(Piece::Text(plain_from..range.end));
    pieces
}

/// What begins at a special character and its length in bytes; `None` if it is just itself.
fn special_piece(
    source: &Source,
    rest: Range<usize>,
    pieces: &mut [Piece],
    brackets: &mut Vec<usize>,
) -> Option<(Piece, usize)> {
    let bytes = source.text.as_bytes();
    let at = rest.start;
    match bytes[at] {
        mark @ (b'*' | b'_') => {
            let same = |i: &usize| bytes[*i] == mark && !source.is_quoted(*i);
            let left = rest.take_while(same).count();
            Some((Piece::Run { mark, left, starts: Weights::default(), ends: Weights::default() }, left))
        }
        b'[' => Some((Piece::Bracket { target: None }, 1)),
        b']' => {
            let open = *brackets.last()?;
            let target = (at + 1 < rest.end && bytes[at + 1] == b'(' && !source.is_quoted(at + 1))
                .then(|| source.find(at + 2..rest.end, b')', MAX_LINK))
                .flatten();
            let Some(end) = target else {
                brackets.pop();
                return None;
            };
            // Links don't nest: what was open around this one stays text.
            brackets.clear();
            if let Piece::Bracket { target } = &mut pieces[open] {
                *target = Some(safe_target(&source.text[at + 2..end]));
            }
            Some((Piece::LinkEnd, end + 1 - at))
        }
        b'<' => {
            let end = source.find(at + 1..rest.end, b'>', tags::MAX_TAG)?;
            Some((Piece::Tag(tags::read(&source.text[at + 1..end])?), end + 1 - at))
        }
        b'\\' => {
            let next = *bytes.get(at + 1).filter(|_| at + 1 < rest.end && !source.is_quoted(at + 1))?;
            next.is_ascii_punctuation().then(|| (Piece::Literal(char::from(next)), 2))
        }
        _ => {
            let end = source.find(at + 1..rest.end, b';', 10)?;
            Some((Piece::Literal(tags::entity(&source.text[at + 1..end])?), end + 1 - at))
        }
    }
}

/// Empty for a target that a tap must not lead to.
pub(super) fn safe_target(target: &str) -> Text {
    let target = target.trim();
    let lower = target.get(..8.min(target.len())).unwrap_or_default().to_ascii_lowercase();
    let safe = LINK_SCHEMES.iter().any(|scheme| lower.starts_with(scheme));
    if safe && !target.contains(char::is_control) { target.into() } else { Text::default() }
}

/// Whether a run can start and can end emphasis; `_` inside a word does neither (CommonMark 6.2).
fn flanks(source: &Source, run: Range<usize>, mark: u8) -> (bool, bool) {
    let (before, after) = (source.character_before(run.start), source.character_at(run.end));
    let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let mark_of = |c: Option<char>| c.is_some_and(|c| !c.is_alphanumeric() && !c.is_whitespace());
    let left = !space(after) && (!mark_of(after) || space(before) || mark_of(before));
    let right = !space(before) && (!mark_of(before) || space(after) || mark_of(after));
    if mark == b'_' {
        (left && (!right || mark_of(before)), right && (!left || mark_of(after)))
    } else {
        (left, right)
    }
}

/// Ends what earlier runs of the same mark can start; how many marks are left of this one.
fn match_run(pieces: &mut [Piece], openers: &mut Openers, here: usize) -> usize {
    let Piece::Run { mark, mut left, .. } = pieces[here] else { return 0 };
    let mut ended = Weights::default();
    while left > 0
        && let Some(opener) = openers.nearest(mark)
        && let Piece::Run { left: waiting, starts, .. } = &mut pieces[opener]
    {
        let used = if left >= 2 && *waiting >= 2 { 2 } else { 1 };
        for weights in [starts, &mut ended] {
            match used {
                2 => weights.bold += 1,
                _ => weights.italic += 1,
            }
        }
        *waiting -= used;
        left -= used;
        if *waiting == 0 {
            openers.pop();
        }
    }
    if let Piece::Run { left: own, ends, .. } = &mut pieces[here] {
        *own = left;
        *ends = ended;
    }
    left
}
