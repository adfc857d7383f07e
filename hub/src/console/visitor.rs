//! Who looks at a page, and what their role lets them do.

use super::{
    browser::{cookie, same_origin},
    language, layout,
};
use crate::{
    Hub, HubError,
    db::{
        offices,
        users::{self, User},
    },
    office::login,
    recovery,
};
use axum::{
    extract::FromRequestParts,
    http::{Method, StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use rulebook::{Lang, Rulebook, Sees};
use std::sync::Arc;

pub const SESSION_COOKIE: &str = "session";
/// So long all pages tell that the hub was rewound.
const TELL_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// What a page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Whom one's role lets one read of at all: at least restricted cases that one is a member of.
    ReadPeople,
    /// Households of one's places.
    ReadPlaces,
    /// All phones and when they last synchronised.
    SeeDevices,
    /// Invite, revoke; add users.
    Administer,
    /// Forms and packs.
    SeeForms,
    PublishForms,
}

/// A user who is logged in, and the language of their pages.
pub struct Visitor {
    pub user: User,
    pub rulebook: Arc<Rulebook>,
    pub lang: Lang,
    /// When the hub found that it was rewound, if that is no longer ago than people are told of it.
    pub rewound_at: Option<u64>,
    /// A device was enrolled for them, or is wished for, and they have not looked.
    pub has_news: bool,
    /// Path now shown, for the menu and the language links.
    pub path: String,
    /// The recovery key still lies on the server: whoever looks after it is told on every page.
    pub must_put_key_away: bool,
}

impl Visitor {
    pub fn may(&self, permission: Permission) -> bool {
        let Some(role) = self.rulebook.role_of(self.user.role.as_str()) else { return false };
        match permission {
            Permission::ReadPeople => role.sees >= Sees::Cases,
            Permission::ReadPlaces => role.sees >= Sees::Places,
            Permission::SeeDevices => role.sees_devices,
            Permission::Administer | Permission::PublishForms => role.runs_office,
            Permission::SeeForms => true,
        }
    }

    pub fn require(&self, permission: Permission) -> Result<(), Refusal> {
        if self.may(permission) { Ok(()) } else { Err(Refusal::Forbidden(self.lang)) }
    }

    pub fn failed(&self, error: HubError) -> Refusal {
        Refusal::Failed(self.lang, error)
    }

    pub fn not_found(&self) -> Refusal {
        Refusal::Failed(self.lang, HubError::NotFound)
    }
}

/// Why no page is shown.
pub enum Refusal {
    LogIn,
    Forbidden(Lang),
    /// A form that was sent from another site's page.
    Foreign(Lang),
    Failed(Lang, HubError),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, lang, vi, en) = match self {
            Refusal::LogIn => return Redirect::to("/login").into_response(),
            Refusal::Forbidden(lang) => (
                StatusCode::FORBIDDEN,
                lang,
                "Vai trò của bạn không được xem trang này.",
                "Your role may not see this page.",
            ),
            Refusal::Foreign(lang) => (
                StatusCode::FORBIDDEN,
                lang,
                "Yêu cầu đến từ một trang khác và bị từ chối.",
                "The request came from another site's page and was refused.",
            ),
            Refusal::Failed(lang, error) => {
                let (vi, en) = error.messages();
                let status =
                    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                if status.is_server_error() {
                    tracing::error!(code = error.code(), "a console page failed");
                }
                (status, lang, vi, en)
            }
        };
        (status, layout::message(lang, lang.pick(vi, en))).into_response()
    }
}

impl FromRequestParts<Hub> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, Refusal> {
        let lang = language::of(&parts.uri, &parts.headers);
        if parts.method != Method::GET && !same_origin(&parts.headers) {
            return Err(Refusal::Foreign(lang));
        }
        let token = cookie(&parts.headers, SESSION_COOKIE).ok_or(Refusal::LogIn)?;
        let found = hub
            .read(move |hub, read| {
                let Some(user) = login::user(read, &token)? else { return Ok(None) };
                let told = |at: &u64| read.now().saturating_sub(*at) < TELL_MS;
                let rewound_at = offices::rewound_at(read)?.filter(told);
                let has_news = users::has_news(read, user.id)?;
                Ok(Some((user, rewound_at, has_news, recovery::lies_in(&hub.folder))))
            })
            .await
            .map_err(|error| Refusal::Failed(lang, error))?;
        let (user, rewound_at, has_news, key_lies_here) = found.ok_or(Refusal::LogIn)?;
        let (rulebook, path) = (hub.rulebook(), parts.uri.path().to_owned());
        let must_put_key_away = false;
        let mut visitor = Visitor { user, rulebook, lang, rewound_at, has_news, path, must_put_key_away };
        visitor.must_put_key_away = key_lies_here && visitor.may(Permission::Administer);
        Ok(visitor)
    }
}
