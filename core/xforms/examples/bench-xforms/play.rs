//! Taking a case's steps through the engine's public face, timing each.

use chrono::DateTime;
use std::{
    collections::HashMap,
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};
use xforms::{Answer, Definition, Env, PageIndex, PageView, QuestionKind, Session, ValueNode};

pub struct Case {
    pub name: String,
    folder: PathBuf,
    xml: String,
    steps: Vec<Vec<String>>,
    /// The page of each question outside of repeats.
    pages: HashMap<String, PageIndex>,
}

pub struct Played {
    /// Milliseconds of each step, by phase.
    pub times: Vec<(String, Vec<f64>)>,
    pub session: Session,
}

pub fn read(folder: &Path) -> Result<Case, Box<dyn Error>> {
    let steps = std::fs::read_to_string(folder.join("steps.tsv"))?;
    let mut case = Case {
        name: folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
        folder: folder.to_owned(),
        xml: std::fs::read_to_string(folder.join("form.xml"))?,
        steps: steps.lines().map(|l| l.split('\t').map(str::to_owned).collect()).collect(),
        pages: HashMap::new(),
    };
    let mut session = start(load(&case)?)?;
    for entry in session.outline() {
        session.go_to(&entry.index)?;
        for question in session.page().questions {
            case.pages.insert(question.path, entry.index.clone());
        }
    }
    Ok(case)
}

fn load(case: &Case) -> Result<Arc<Definition>, Box<dyn Error>> {
    let media = |name: &str| std::fs::read(case.folder.join(name)).ok();
    Ok(Definition::parse_with(&case.xml, &media)?)
}

fn start(definition: Arc<Definition>) -> Result<Session, Box<dyn Error>> {
    let now = DateTime::parse_from_rfc3339("2026-03-04T09:30:00+07:00")?;
    Ok(Session::start(definition, Env::fixed(now, 7)))
}

fn timed<T>(steps: &mut Vec<f64>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    steps.push(start.elapsed().as_secs_f64() * 1000.0);
    done
}

/// Loads the form and takes all steps. A question is answered on its page as drawn: the answer's time includes what it
/// changes there. Turning to the page is timed as a phase of its own.
pub fn play(case: &Case) -> Result<Played, Box<dyn Error>> {
    let mut loading = Vec::new();
    let mut session = timed(&mut loading, || start(load(case)?))?;
    let mut times = vec![("load".to_owned(), loading)];
    let mut turns = Vec::new();
    let mut page = session.page();
    for step in &case.steps {
        let steps = &mut times.last_mut().ok_or("no phase")?.1;
        match step.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["phase", name] => times.push(((*name).to_owned(), Vec::new())),
            ["answer", path, value] => {
                turn_to(case, &mut session, &mut page, path, &mut turns)?;
                let kind = page.question(path).map(|q| q.kind.clone()).ok_or("not on the page")?;
                let answer = typed(value, &kind)?;
                timed(steps, || session.answer(path, &answer))?;
            }
            ["add", path] => {
                timed(steps, || session.add_repeat(path))?;
                page = session.page();
            }
            ["choices", path, count] => {
                // The page is drawn within the time: that is when its choices are found.
                session.go_to(case.pages.get(*path).ok_or("not on any page")?)?;
                page = timed(steps, || session.page());
                let offered = page.question(path).map(|q| q.choices.len());
                if offered != Some(count.parse()?) {
                    return Err(format!("{path} offers {offered:?} choices, not {count}").into());
                }
            }
            _ => return Err(format!("unknown step {step:?}").into()),
        }
    }
    let mut serialising = Vec::new();
    let saved = timed(&mut serialising, || session.saved());
    if !saved.instance.contains("</data>") {
        return Err("nothing was serialised".into());
    }
    times.push(("serialise".to_owned(), serialising));
    if !turns.is_empty() {
        times.push(("turn".to_owned(), turns));
    }
    Ok(Played { times, session })
}

/// Goes to the question's page unless it is there already.
fn turn_to(
    case: &Case,
    session: &mut Session,
    page: &mut PageView,
    path: &str,
    turns: &mut Vec<f64>,
) -> Result<(), Box<dyn Error>> {
    if page.question(path).is_some() {
        return Ok(());
    }
    *page = timed(turns, || -> Result<PageView, Box<dyn Error>> {
        match case.pages.get(path) {
            Some(index) => session.go_to(index)?,
            // The next question of a repeat instance.
            None => {
                session.next()?;
            }
        }
        Ok(session.page())
    })?;
    Ok(())
}

fn typed(value: &str, kind: &QuestionKind) -> Result<Answer, Box<dyn Error>> {
    Ok(match kind {
        QuestionKind::Integer => Answer::Integer(value.parse()?),
        QuestionKind::SelectOne => Answer::Choice(value.to_owned()),
        _ => Answer::Text(value.to_owned()),
    })
}

/// `name=value` of each relevant answer in the form's order, one a line; all engines must end with the same.
pub fn values(session: &Session) -> String {
    fn add(node: &ValueNode, out: &mut String) {
        if node.name == "meta" {
            return;
        }
        if let Some(value) = &node.value {
            out.push_str(&format!("{}={value}\n", node.name));
        }
        node.children.iter().for_each(|c| add(c, out));
    }
    let mut out = String::new();
    add(&session.values(), &mut out);
    out
}
