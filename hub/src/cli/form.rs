//! `form convert`, `form check` and `form publish`.

use super::Convert;
use crate::{
    Hub, HubError,
    forms::{self, CheckedForm, Compiled, FormError, FormProblem, FormSource, Refused},
    office::forms::{Published, check as check_form, publish as keep},
};
use rulebook::Rulebook;
use std::path::{Path, PathBuf};

/// Writes the XForm, and `itemsets.csv` beside it if it needs one.
pub(super) fn convert(options: &Convert) -> Result<(), HubError> {
    let Compiled { xml, warnings, itemsets, .. } = forms::compile(&FormSource::open(&options.path)?)
        .map_err(|Refused { errors, warnings }| {
            print_warnings(&warnings);
            FormError::Problems(errors)
        })?;
    print_warnings(&warnings);
    if options.stdout {
        println!("{xml}");
        return Ok(());
    }
    let out = options.out.clone().unwrap_or_else(|| options.path.with_extension("xml"));
    std::fs::write(&out, xml)?;
    if let Some(itemsets) = itemsets {
        std::fs::write(beside(&out, "itemsets.csv"), itemsets)?;
    }
    Ok(())
}

fn beside(file: &Path, name: &str) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(name)
}

/// As for publishing.
pub(super) fn check(path: &Path) -> Result<(), HubError> {
    let mut source = FormSource::open(path)?;
    // An office gives the next number that it has.
    let number = |_: &str| Ok::<_, FormError>("1".to_owned());
    let CheckedForm { warnings, .. } = forms::check_numbered(&*Rulebook::built_in()?, &mut source, number)?;
    print_warnings(&warnings);
    println!("no errors, {} warnings", warnings.len());
    Ok(())
}

pub(super) fn publish(hub: &Hub, path: &Path) -> Result<(), HubError> {
    let mut source = FormSource::open(path)?;
    let form = hub.read_now(|hub, read| check_form(hub, read, &mut source))?;
    print_warnings(&form.warnings);
    let (id, version) = (form.id.clone(), form.version.clone());
    match hub.write_now(move |hub, tx| keep(hub, tx, &form, None))? {
        Published::New => println!("published {id} {version}"),
        Published::Known => println!("known {id} {version}"),
    }
    Ok(())
}

fn print_warnings(warnings: &[FormProblem]) {
    for warning in warnings {
        eprintln!("warning: {warning}");
    }
}
