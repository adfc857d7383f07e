//! The kinds and fields as a page to read: `docs/records.md`.

use crate::{Kind, Rulebook};
use std::fmt::Write;

impl Rulebook {
    /// Markdown; a test keeps `docs/records.md` equal to it.
    pub fn printed(&self) -> String {
        let mut page = String::from(
            "# Records\n\nPrinted from `kinds.csv` and `fields.csv` of `packs/quoc_gia` by `cargo xtask records`; don't edit.\n",
        );
        for kind in self.kinds() {
            page.push_str(&self.section(kind));
        }
        page
    }

    fn section(&self, kind: &Kind) -> String {
        let top = if kind.is_root { "stands at the top" } else { "never stands at the top" };
        let parents = match kind.parents.as_slice() {
            _ if kind.is_anywhere => ", lies under any kind".to_owned(),
            [] => String::new(),
            parents => format!(", lies under {}", parents.join(" or ")),
        };
        let mut flags =
            vec![format!("{top}{parents}"), format!("scope {}", kebab(&format!("{:?}", kind.scope)))];
        flags.extend(kind.listed.then(|| "listed and found by search".to_owned()));
        flags.extend(kind.by_form.then(|| "made by forms only".to_owned()));
        flags.extend(kind.by_program.then(|| "made by the program only".to_owned()));
        flags.extend(kind.immutable.then(|| "immutable".to_owned()));
        let mut text =
            format!("\n## {}\n{} · {}. {}.\n\n", kind.name, kind.label.vi, kind.label.en, flags.join("; "));
        text.push_str("| field | type | called | together | merged | privacy | search | shown |\n|---|---|---|---|---|---|---|---|\n");
        for field in &kind.fields {
            let list = field.list.as_ref().map(|list| format!(" of {list}")).unwrap_or_default();
            let search = field.search.map(|rank| rank.to_string()).unwrap_or_default();
            let merged = format!("{:?}", field.merge);
            let _ = writeln!(
                text,
                "| `{}` | {}{list} | {} · {} | {} | {} | {} | {search} | {} |",
                field.name,
                field.kind.as_str(),
                field.label.vi,
                field.label.en,
                field.group.as_deref().unwrap_or_default(),
                kebab(&merged),
                kebab(&format!("{:?}", field.privacy)),
                kebab(&format!("{:?}", field.shown)),
            );
        }
        text
    }
}

/// `GrowOnly` as the tables write it.
fn kebab(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text
}
