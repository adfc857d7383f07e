//! Answers and photos: checked by the form, kept by the store, then told to the shell.

use super::{live::Live, values};
use crate::{
    desk::Desk,
    error::Fault,
    form::view::{AnswerValue, PageUpdate},
    photos as kept_photos,
};
use model::DraftId;
use photos::TakenPhoto;
use ring::rand::{SecureRandom, SystemRandom};
use store::StoredAnswer;
use xforms::{Changes, QuestionKind};

impl Live {
    pub fn answer(
        &mut self,
        desk: &Desk,
        draft: DraftId,
        path: &str,
        value: AnswerValue,
    ) -> Result<PageUpdate, Fault> {
        let answer = values::to_answer(value, &self.kind(path))?;
        let changes = self.filling.session.answer(path, &answer)?;
        self.keep_changes(desk, draft, &changes)?;
        let update = self.update(desk, &changes.page);
        Ok(PageUpdate { goes_on: self.on_page.goes_on(path, &answer), ..update })
    }

    /// Of a question that the shell shows; after a call that failed it may not be on the page any more.
    fn kind(&mut self, path: &str) -> QuestionKind {
        if let Some(kind) = self.on_page.kind(path) {
            return kind.clone();
        }
        let question = self.filling.session.node(path).and_then(|node| node.question);
        question.map_or(QuestionKind::Text, |question| question.kind)
    }

    fn keep_changes(&mut self, desk: &Desk, draft: DraftId, changes: &Changes) -> Result<(), Fault> {
        if changes.restructured || self.behind {
            return self.keep(desk, draft);
        }
        if changes.saved.is_empty() {
            return Ok(());
        }
        let kept = desk.store.append_answers(draft, &answers(changes));
        self.behind = kept.is_err();
        self.unseen |= kept.is_err();
        Ok(kept?)
    }

    /// Whether the question takes a photo, before the slow part.
    pub fn check_photo(&self, path: &str) -> Result<(), Fault> {
        match self.on_page.kind(path) {
            Some(QuestionKind::Image) => Ok(()),
            Some(_) => Err(Fault::new("app.not-a-photo")),
            None => Err(Fault::new("xforms.unknown-path")),
        }
    }

    /// The photo's row and the answer that names it, in one transaction; neither if that fails.
    pub fn keep_photo(
        &mut self,
        desk: &Desk,
        draft: DraftId,
        path: &str,
        taken: TakenPhoto,
    ) -> Result<PageUpdate, Fault> {
        let name = attachment_name()?;
        let before = self.filling.session.value(path).map(str::to_owned);
        let changes = self.filling.session.answer(path, &xforms::Answer::File(name.clone()))?;
        if let Err(error) = desk.store.add_photo(draft, &name, &taken.file, &answers(&changes)) {
            self.unseen = true;
            let before = before.map_or(xforms::Answer::Empty, xforms::Answer::File);
            self.filling.session.answer(path, &before)?;
            return Err(error.into());
        }
        self.filling.photos.insert(name, taken.file);
        if changes.restructured || self.behind {
            self.keep(desk, draft)?;
        }
        Ok(self.update(desk, &changes.page))
    }

    pub fn preview(&self, desk: &Desk, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        let name = self.filling.session.value(path);
        let Some(file) = name.and_then(|name| self.filling.photos.get(name)) else { return Ok(None) };
        kept_photos::read(desk, &file.thumbnail).map(Some)
    }
}

fn answers(changes: &Changes) -> Vec<StoredAnswer> {
    changes.saved.iter().cloned().map(|(path, value)| StoredAnswer { path, value }).collect()
}

/// Upright, small, stripped, encrypted, and durable before a draft names it.
pub fn take_in(desk: &Desk, bytes: Vec<u8>) -> Result<TakenPhoto, Fault> {
    let taken = photos::take_in(&bytes, &SystemRandom::new(), &desk.now.to_rfc3339())?;
    drop(bytes);
    desk.store.write_blob(&taken.photo)?;
    desk.store.write_blob(&taken.thumbnail)?;
    Ok(taken)
}

/// Random: a name that says nothing, in a submission that is kept for good.
fn attachment_name() -> Result<String, Fault> {
    let mut bytes = [0; 8];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Fault::new("photo.no-randomness"))?;
    Ok(format!("{:016x}.jpg", u64::from_be_bytes(bytes)))
}
