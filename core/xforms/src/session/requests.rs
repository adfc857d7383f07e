//! What actions ask of the device: a position, a recording (spec, Actions).

use crate::{
    answer::{Answer, GeoPoint},
    definition::RequestKind,
    error::AnswerError,
    session::Session,
    view::Changes,
};

/// A value that only the device can tell; it answers with [`Session::fulfil`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Instance path of the node that the value is for.
    pub path: String,
    pub kind: RequestKind,
}

impl Session {
    /// What the form waits for, oldest first; look after starting and after each change. A request that is
    /// never fulfilled hinders nothing; it is not kept in a draft.
    pub fn requests(&self) -> Vec<Request> {
        let path = |at| self.engine.state.path(&self.engine.def, at);
        let requests = self.engine.requests.iter();
        requests.map(|(at, kind)| Request { path: path(*at), kind: kind.clone() }).collect()
    }

    /// Stores what was asked for; [`Answer::Empty`] where it could not be had.
    ///
    /// # Errors
    /// When nothing is asked for at this path (any more), or the answer is of another type; then nothing
    /// changed.
    pub fn fulfil(&mut self, path: &str, answer: &Answer) -> Result<Changes, AnswerError> {
        let place = self.request_at(path)?;
        let (at, kind) = &self.engine.requests[place];
        let expected = match (kind, answer) {
            (_, Answer::Empty)
            | (RequestKind::Position, Answer::Point(_))
            | (RequestKind::Audio { .. }, Answer::File(_)) => None,
            (RequestKind::Position, _) => Some("a position"),
            (RequestKind::Audio { .. }, _) => Some("a file name"),
        };
        if let Some(expected) = expected {
            return Err(AnswerError::WrongType { path: path.to_owned(), expected });
        }
        let at = *at;
        self.engine.requests.remove(place);
        self.begin();
        if self.engine.set(at, answer.to_stored().unwrap_or_default().into()) {
            self.engine.changed_values.push(at);
        }
        self.engine.settle();
        Ok(self.changes())
    }

    /// As [`Session::fulfil`], with the text that the instance stores; an empty one where the value could
    /// not be had.
    ///
    /// # Errors
    /// As of [`Session::fulfil`], and for a text that is no position where one is asked for.
    pub fn fulfil_text(&mut self, path: &str, text: &str) -> Result<Changes, AnswerError> {
        let (_, kind) = &self.engine.requests[self.request_at(path)?];
        let answer = match kind {
            _ if text.is_empty() => Answer::Empty,
            RequestKind::Position => GeoPoint::parse(text)
                .map(Answer::Point)
                .ok_or_else(|| AnswerError::WrongType { path: path.to_owned(), expected: "a position" })?,
            RequestKind::Audio { .. } => Answer::File(text.to_owned()),
        };
        self.fulfil(path, &answer)
    }

    fn request_at(&self, path: &str) -> Result<usize, AnswerError> {
        let found = self.engine.state.find(&self.engine.def, path);
        let place = self.engine.requests.iter().position(|(at, _)| Some(*at) == found);
        place.ok_or_else(|| AnswerError::UnknownPath { path: path.to_owned() })
    }
}
