//! A phone that visits and visits until it is killed. Says on standard output what it found, what it is about to do and
//! what was acknowledged, a line each, so that whoever kills it can hold the next one to it (see the story of killed
//! phones in `tests/it`).
//!
//! `filler FOLDER [NAME …]`: the phone's folder, and heads of households to be looked at whole.

#![allow(clippy::print_stdout)] // standard output is what it is for

use anyhow::{Context, Result};
use app::{FormSession, view::AnswerValue};
use image::{RgbImage, codecs::jpeg::JpegEncoder};
use journeys::{
    phone::Phone,
    story,
    synthetic::{self, Household},
    visit,
};
use std::{
    io::{self, Write},
    path::Path,
    sync::Arc,
};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("which folder?")?;
    let phone = Phone::start(Path::new(&folder))?;
    phone.unlock()?;
    tell_drafts(&phone)?;
    for name in arguments {
        tell_household(&phone, &name)?;
    }
    tell("ready")?;
    loop {
        visit_once(&phone)?;
    }
}

/// A line that is out before anything else happens.
fn tell(line: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

fn tell_drafts(phone: &Phone) -> Result<()> {
    for draft in phone.app.today().view()?.drafts {
        tell(&format!("draft\t{}", draft.draft_id))?;
        let form = phone.app.forms().resume(draft.draft_id.clone())?;
        for page in form.outline()? {
            for question in form.go_to(page.index)?.questions {
                if question.value != AnswerValue::Empty {
                    let key = story::key_of(&question.path);
                    tell(&format!("kept\t{}\t{key}\t{:?}", draft.draft_id, question.value))?;
                }
            }
        }
    }
    Ok(())
}

/// How many of what a household has here; nothing at all if it is not known.
fn tell_household(phone: &Phone, name: &str) -> Result<()> {
    let found = phone.app.households().list(name.to_owned(), 0, 5)?;
    for row in found.rows.iter().filter(|row| row.name == name) {
        let view = phone.app.households().view(row.id.clone())?;
        let counts = [
            view.members.len(),
            view.count("visit") as usize,
            view.count("goal") as usize,
            view.photos.len(),
        ];
        tell(&format!("household\t{name}\t{counts:?}"))?;
    }
    Ok(())
}

/// Goes on with the draft that is open, or begins a new one, and finishes it.
fn visit_once(phone: &Phone) -> Result<()> {
    let form = match phone.app.today().view()?.drafts.first() {
        Some(draft) => {
            // From its beginning: what was answered is answered again, with another text.
            let form = phone.app.forms().resume(draft.draft_id.clone())?;
            let first = form.outline()?.first().context("a form without pages")?.index;
            form.go_to(first)?;
            form
        }
        None => phone.app.forms().start("vang_gia".into(), None)?,
    };
    let draft = form.draft_id();
    let household = household(&draft);
    let name = household.people[0].name.clone();
    fill(&form, &draft, &household)?;
    tell(&format!("finishing\t{draft}\t{name}"))?;
    visit::finish(&form)?;
    tell(&format!("finished\t{draft}\t{name}"))
}

/// The same for the same draft, with a head whom no other has.
fn household(draft: &str) -> Household {
    let mut household = synthetic::household(1, 1);
    household.people.truncate(2);
    household.people[0].name = format!("Hà Thị {draft}");
    household
}

fn fill(form: &Arc<FormSession>, draft: &str, household: &Household) -> Result<()> {
    let mut script = visit::household_visit(household, "Hẹn tháng sau", "Khám bệnh")?;
    let mut under_way: Option<String> = None;
    let mut trouble = Ok(());
    let mut round = 0;
    let mut answers = |name: &str, instance: usize| {
        // The one before has been acknowledged.
        if let Some(key) = under_way.take()
            && trouble.is_ok()
        {
            trouble = tell(&format!("answered\t{draft}\t{key}"));
        }
        let mut value = script(name, instance)?;
        if let ("obs_facts", AnswerValue::Text { text }) = (name, &mut value) {
            round += 1;
            text.push_str(&format!(" (lần {round}, {})", std::process::id()));
        }
        let key = format!("{name}/{instance}");
        if trouble.is_ok() {
            trouble = tell(&format!("answering\t{draft}\t{key}\t{value:?}"));
        }
        under_way = Some(key);
        Some(value)
    };
    let counts = |repeat: &str| if repeat == "member" { household.people.len() } else { 1 };
    visit::fill(form, &mut answers, &counts, &mut vec![small_picture()?])?;
    trouble?;
    if let Some(key) = under_way {
        tell(&format!("answered\t{draft}\t{key}"))?;
    }
    Ok(())
}

fn small_picture() -> Result<Vec<u8>> {
    let picture = RgbImage::from_fn(320, 240, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    let mut jpeg = Vec::new();
    JpegEncoder::new(&mut jpeg).encode_image(&picture)?;
    Ok(jpeg)
}
