//! A session behind commands.

use crate::{
    command::{self, Command, HELP},
    error::PlayError,
    json, reference,
};
use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};
use std::sync::Arc;
use xforms::{Definition, Env, FixedClock, LoadError, Moved, PageIndex, SeededRandom, Session};

/// What a played form takes from outside; without a word, what the device has.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The time stands still here.
    pub now: Option<DateTime<FixedOffset>>,
    /// Chance is repeatable.
    pub seed: Option<u64>,
    /// As the form names it, or its code in brackets.
    pub language: Option<String>,
    /// For `jr:preload="property"`.
    pub properties: Vec<(String, String)>,
    /// The XML of the instance that `jr://instance/last-saved` reads.
    pub last_saved: Option<String>,
}

impl Setup {
    fn env(&self, restarts: u64) -> Env {
        let mut env = Env::system();
        if let Some(now) = self.now {
            env.clock = Arc::new(FixedClock(now));
        }
        if let Some(seed) = self.seed {
            // Another one after a restart: ids must not come again.
            env.random = Box::new(SeededRandom(seed.wrapping_add(restarts)));
        }
        env.language = self.language.clone();
        env.properties.extend(self.properties.iter().cloned());
        env.last_saved = self.last_saved.clone();
        env
    }
}

/// One form being filled by commands.
#[derive(Debug)]
pub struct Player {
    session: Session,
    setup: Setup,
    restarts: u64,
}

impl Player {
    pub fn new(definition: Arc<Definition>, setup: Setup) -> Player {
        let session = Session::start(definition, setup.env(0));
        Player { session, setup, restarts: 0 }
    }

    /// Opens a submission of the form to correct it.
    ///
    /// # Errors
    /// When the XML is no instance of the form.
    pub fn edit(definition: Arc<Definition>, setup: Setup, xml: &str) -> Result<Player, LoadError> {
        let session = Session::edit(definition, setup.env(0), xml)?;
        Ok(Player { session, setup, restarts: 0 })
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Carries one command out. What it can't do is an answer with `error`; `None` answers an empty line
    /// and a comment (`# …`).
    pub fn play(&mut self, line: &str) -> Option<Value> {
        let command = command::read(line)?;
        let answer = command.and_then(|command| self.carry_out(command));
        Some(answer.unwrap_or_else(|error| json::error(&error)))
    }

    fn carry_out(&mut self, command: Command) -> Result<Value, PlayError> {
        match command {
            Command::Answer { path, value } => self.answer(&path, &value),
            Command::Clear(path) => self.answer(&path, ""),
            Command::Add(path) => {
                let added = self.session.add_repeat(&reference::repeat(&self.session, &path)?)?;
                Ok(json::changes(&added.path, &added.changes))
            }
            Command::Remove(path) => {
                let path = reference::node(&self.session, &path)?;
                let changes = self.session.remove_repeat(&path)?;
                Ok(json::changes(&path, &changes))
            }
            Command::Go(to) => self.go(&to),
            Command::Language(name) => {
                self.session.set_language(&name)?;
                Ok(json!({ "language": self.session.language() }))
            }
            Command::Languages => Ok(json!({
                "languages": self.session.definition().languages(),
                "language": self.session.language(),
            })),
            Command::Get(path) => self.get(&path),
            Command::Choices(path) => {
                let path = reference::node(&self.session, &path)?;
                let question = self.session.node(&path).and_then(|node| node.question);
                let question = question.ok_or(xforms::AnswerError::NotAQuestion { path })?;
                Ok(json!({ "path": question.path, "choices": json::choices(&question.choices) }))
            }
            Command::Page => Ok(json::page(&self.session.page())),
            Command::Outline => Ok(json::outline(&self.session.outline())),
            Command::State => {
                let paths = self.session.paths();
                let nodes = paths.iter().filter_map(|path| self.session.node(path));
                Ok(json!({ "nodes": nodes.map(|node| json::node(&node)).collect::<Value>() }))
            }
            Command::Validate => Ok(json::validity(self.session.validate())),
            Command::Submission => Ok(json::submission(&self.session.finish()?)),
            Command::Requests => Ok(json::requests(&self.session.requests())),
            Command::Fulfil { path, value } => {
                let path = reference::node(&self.session, &path)?;
                let changes = self.session.fulfil_text(&path, &value)?;
                Ok(json::changes(&path, &changes))
            }
            Command::Warnings => Ok(json::warnings(&self.session.warnings())),
            Command::Draft => {
                let saved = self.session.saved();
                Ok(json!({ "xml": saved.instance, "page": saved.page, "language": saved.language }))
            }
            Command::Restart => {
                let saved = self.session.saved();
                self.restarts += 1;
                let definition = self.session.definition().clone();
                self.session = Session::resume(definition, self.setup.env(self.restarts), &saved)?;
                Ok(
                    json!({ "page": self.session.page_index().to_string(), "language": self.session.language() }),
                )
            }
            Command::Evaluate { expression, path } => {
                let path = path.map(|path| reference::node(&self.session, &path)).transpose()?;
                let found = self.session.evaluate(&expression, path.as_deref())?;
                let mut answer = json!({ "value": found.value.text() });
                if !found.warnings.is_empty() {
                    let warnings: Vec<_> = found.warnings.iter().map(ToString::to_string).collect();
                    answer["warnings"] = json!(warnings);
                }
                Ok(answer)
            }
            Command::Help => Ok(json!({ "commands": HELP })),
        }
    }

    fn answer(&mut self, path: &str, value: &str) -> Result<Value, PlayError> {
        let path = reference::node(&self.session, path)?;
        let changes = self.session.answer_text(&path, value)?;
        Ok(json::changes(&path, &changes))
    }

    fn get(&mut self, path: &str) -> Result<Value, PlayError> {
        match reference::node(&self.session, path) {
            Ok(path) => {
                let node = self.session.node(&path).ok_or(PlayError::UnknownPath(path))?;
                Ok(json::node(&node))
            }
            // A repeat with none or several instances is its list of them.
            Err(error) if path.trim_end().ends_with(']') => Err(error),
            Err(error) => {
                let Ok(repeat) = reference::repeat(&self.session, path) else { return Err(error) };
                let start = format!("{repeat}[");
                let is_instance = |p: &String| p.starts_with(&start) && p.rfind('/') == start.rfind('/');
                let instances: Vec<String> = self.session.paths().into_iter().filter(is_instance).collect();
                Ok(json!({ "path": repeat, "kind": "repeat", "instances": instances }))
            }
        }
    }

    fn go(&mut self, to: &str) -> Result<Value, PlayError> {
        let moved = match to {
            "next" => self.session.next()?,
            "back" => self.session.back(),
            "start" => {
                let first = self.session.outline().into_iter().next().map(|entry| entry.index);
                self.jump(first.map_or_else(|| "end".parse(), Ok)?)?
            }
            _ => match to.parse::<PageIndex>() {
                Ok(index) => self.jump(index)?,
                Err(_) => {
                    let path = reference::node(&self.session, to)?;
                    let index = self.session.page_of(&path).ok_or(PlayError::NotShown(path))?;
                    self.jump(index)?
                }
            },
        };
        let mut page = json::page(&self.session.page());
        page["moved"] = json!(moved != Moved::Stayed);
        Ok(page)
    }

    fn jump(&mut self, index: PageIndex) -> Result<Moved, PlayError> {
        let moved = *self.session.page_index() != index;
        self.session.go_to(&index)?;
        Ok(if !moved {
            Moved::Stayed
        } else if index.is_end() {
            Moved::ToEnd
        } else {
            Moved::ToPage
        })
    }
}
