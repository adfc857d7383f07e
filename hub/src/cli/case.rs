//! `case play`: a case driven by commands on standard input.

use super::pack::told;
use crate::{HubError, packs};
use caseplay::{Form, Player};
use casework::FormRules;
use std::{collections::BTreeMap, io, path::PathBuf};

pub(super) fn play(folders: &[PathBuf]) -> Result<(), HubError> {
    let layers = folders.iter().map(|path| packs::read(path)).collect::<Result<Vec<_>, _>>()?;
    let packs::Report { readable: rulebook, forms, problems, .. } = packs::open(&layers);
    for problem in &problems {
        eprintln!("warning: {}", told(problem));
    }
    let played = |form: crate::forms::CheckedForm| {
        let table = form.files.get("records.csv").map(|bytes| String::from_utf8_lossy(bytes))?;
        let rules = FormRules::parse(&rulebook, &table, &form.definition).ok()?;
        Some((form.id, Form { definition: form.definition, rules }))
    };
    let forms: BTreeMap<String, Form> = forms.into_iter().filter_map(played).collect();
    let mut player = Player::new(rulebook.clone(), forms);
    Ok(caseplay::run(&mut player, io::stdin().lock(), io::stdout().lock())?)
}
