//! The inline HTML that forms use for styles. Everything else that looks like a tag is text.

use super::{Align, BlockKind, Colour, Script, Style};
use crate::text::Text;

/// A longer tag is text.
pub(super) const MAX_TAG: usize = 400;

pub(super) enum Tag {
    Open {
        name: &'static str,
        change: Change,
    },
    Close {
        name: &'static str,
    },
    LineBreak,
    /// A new block; its kind is that of the text around it if the tag has none.
    Block {
        kind: Option<BlockKind>,
        align: Align,
    },
    BlockEnd,
    /// Known, and without effect here.
    Ignored,
}

/// What a tag makes of the style around it.
#[derive(Default)]
pub(super) struct Change {
    bold: bool,
    italic: bool,
    underline: bool,
    script: Script,
    colour: Option<Colour>,
    font: Option<Text>,
    link: Option<Text>,
}

impl Change {
    pub fn over(self, outer: Style) -> Style {
        Style {
            bold: self.bold || outer.bold,
            italic: self.italic || outer.italic,
            underline: self.underline || outer.underline,
            script: if self.script == Script::Normal { outer.script } else { self.script },
            colour: self.colour.or(outer.colour),
            font: self.font.or(outer.font),
            link: self.link.or(outer.link),
        }
    }
}

/// The tag between `<` and `>`; `None` if it is none that forms style with.
pub(super) fn read(inside: &str) -> Option<Tag> {
    let (closing, inside) = inside.strip_prefix('/').map_or((false, inside), |rest| (true, rest));
    let inside = inside.trim_end_matches('/');
    let (name, attributes) = inside.split_at(inside.find(char::is_whitespace).unwrap_or(inside.len()));
    let name = name.to_ascii_lowercase();
    if let Some(level) = heading(&name) {
        let kind = Some(BlockKind::Heading(level));
        return Some(if closing { Tag::BlockEnd } else { Tag::Block { kind, align: align(attributes) } });
    }
    let block = |kind, align| if closing { Tag::BlockEnd } else { Tag::Block { kind, align } };
    match name.as_str() {
        "br" => return Some(Tag::LineBreak),
        "p" | "div" => return Some(block(None, align(attributes))),
        "center" => return Some(block(None, Align::Centre)),
        "li" => return Some(block(Some(BlockKind::Bullet), Align::Start)),
        "ul" | "ol" | "small" | "big" => return Some(Tag::Ignored),
        _ => {}
    }
    const STYLED: [&str; 10] = ["b", "strong", "i", "em", "u", "sup", "sub", "span", "font", "a"];
    let name = *STYLED.iter().find(|known| **known == name)?;
    if closing {
        return Some(Tag::Close { name });
    }
    let mut change = Change {
        bold: matches!(name, "b" | "strong"),
        italic: matches!(name, "i" | "em"),
        underline: name == "u",
        ..Change::default()
    };
    match name {
        "sup" => change.script = Script::Superscript,
        "sub" => change.script = Script::Subscript,
        "font" => {
            change.colour = attribute(attributes, "color").and_then(colour);
            change.font = attribute(attributes, "face").and_then(font);
        }
        "a" => {
            let target = attribute(attributes, "href").map(super::inline::safe_target);
            change.link = target.filter(|t| !t.is_empty());
        }
        _ => {}
    }
    for (property, value) in declarations(attributes) {
        match property.as_str() {
            "color" => change.colour = colour(value).or(change.colour),
            "font-family" => change.font = font(value).or(change.font),
            "font-weight" => change.bold |= value == "bold" || value.parse::<u16>().is_ok_and(|w| w >= 600),
            "font-style" => change.italic |= value == "italic",
            "text-decoration" => change.underline |= value == "underline",
            _ => {}
        }
    }
    Some(Tag::Open { name, change })
}

fn heading(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

fn align(attributes: &str) -> Align {
    let of = |value: &str| match value {
        "center" => Align::Centre,
        "right" | "end" => Align::End,
        _ => Align::Start,
    };
    let styled = declarations(attributes).into_iter().find(|(property, _)| property == "text-align");
    styled.map(|(_, value)| of(value)).or_else(|| attribute(attributes, "align").map(of)).unwrap_or_default()
}

/// The value of one attribute, in either kind of quotation marks.
fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = attributes.trim_start();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, next) = after[1..].split_once(quote)?;
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = next.trim_start();
    }
    None
}

fn declarations(attributes: &str) -> Vec<(String, &str)> {
    let style = attribute(attributes, "style").unwrap_or_default();
    let pairs = style.split(';').filter_map(|d| d.split_once(':'));
    pairs.map(|(property, value)| (property.trim().to_ascii_lowercase(), value.trim())).collect()
}

fn font(value: &str) -> Option<Text> {
    let known = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | ',' | '_');
    let value = value.replace(['"', '\''], "");
    (!value.trim().is_empty() && value.chars().all(known)).then(|| value.trim().into())
}

/// `#rgb`, `#rrggbb`, `rgb(r, g, b)` or one of CSS's basic names (CSS Color 4).
fn colour(value: &str) -> Option<Colour> {
    let value = value.trim().to_ascii_lowercase();
    let rgb = |red, green, blue| Some(Colour { red, green, blue });
    if let Some(digits) = value.strip_prefix('#') {
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        return match digits.len() {
            6 => rgb(red, green, blue),
            3 => {
                let digit = |shift: u32| ((number >> shift) & 0xf) as u8 * 17;
                rgb(digit(8), digit(4), digit(0))
            }
            _ => None,
        };
    }
    if let Some(parts) = value.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')) {
        let parts: Vec<u8> = parts.split(',').map(|p| p.trim().parse().ok()).collect::<Option<_>>()?;
        return match parts.as_slice() {
            [red, green, blue] => rgb(*red, *green, *blue),
            _ => None,
        };
    }
    let (_, [red, green, blue]) = NAMES.iter().find(|(name, _)| *name == value)?;
    rgb(*red, *green, *blue)
}

const NAMES: [(&str, [u8; 3]); 26] = [
    ("black", [0, 0, 0]),
    ("silver", [192, 192, 192]),
    ("gray", [128, 128, 128]),
    ("grey", [128, 128, 128]),
    ("white", [255, 255, 255]),
    ("maroon", [128, 0, 0]),
    ("red", [255, 0, 0]),
    ("purple", [128, 0, 128]),
    ("fuchsia", [255, 0, 255]),
    ("magenta", [255, 0, 255]),
    ("green", [0, 128, 0]),
    ("lime", [0, 255, 0]),
    ("olive", [128, 128, 0]),
    ("yellow", [255, 255, 0]),
    ("navy", [0, 0, 128]),
    ("blue", [0, 0, 255]),
    ("teal", [0, 128, 128]),
    ("aqua", [0, 255, 255]),
    ("cyan", [0, 255, 255]),
    ("orange", [255, 165, 0]),
    ("pink", [255, 192, 203]),
    ("brown", [165, 42, 42]),
    ("darkred", [139, 0, 0]),
    ("darkgreen", [0, 100, 0]),
    ("darkblue", [0, 0, 139]),
    ("crimson", [220, 20, 60]),
];

/// The character of `&name;`: those that XML knows, the hard space, and numbers.
pub(super) fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())
        }
    }
}
