//! What the articles say that deadlines, suggestions and facts come from.

use crate::{error::AppError, shared::Shared, texts::joined};
use rulebook::{Article, Lang};
use std::sync::Arc;

/// An article that a ground names.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ArticleView {
    /// Such as `Nghị định 56/2017/NĐ-CP Điều 26`.
    pub name: String,
    pub title: String,
    /// A summary, marked as one; or that there is none.
    pub text: String,
    /// From when it holds and how sure that is; or empty.
    pub note: String,
}

#[derive(uniffi::Object)]
pub struct Law {
    shared: Arc<Shared>,
}

impl Law {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self { shared: shared.clone() }
    }
}

#[uniffi::export]
impl Law {
    /// The articles that a ground names, as they hold today; never empty.
    pub fn articles(&self, ground: String) -> Result<Vec<ArticleView>, AppError> {
        self.shared.with(|desk| {
            let found = desk.rulebook.articles(&ground, desk.now.date_naive());
            if found.is_empty() {
                let text = rulebook::untold(desk.lang).to_owned();
                return Ok(vec![ArticleView {
                    name: ground,
                    title: String::new(),
                    text,
                    note: String::new(),
                }]);
            }
            Ok(found.into_iter().map(|article| view(article, desk.lang)).collect())
        })
    }
}

fn view(article: &Article, lang: Lang) -> ArticleView {
    let sure = article.certainty.label(lang).unwrap_or_default();
    ArticleView {
        name: article.name(),
        title: article.title.get(lang).to_owned(),
        text: article.told(lang),
        note: joined([article.holds(lang).as_str(), sure], " · "),
    }
}
