//! What phones speak to: the paths of [`wire::paths`]. Every status of 400 and above carries an
//! [`wire::error::ErrorBody`].

mod auth;
mod body;
mod enrol;
mod forms;
mod packs;
mod photos;
mod pull;
mod push;

use crate::{Hub, HubError, console, office, state::blocking};
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, patch, post},
};
use body::Json;
use std::time::Instant;
use wire::{Hello, paths};

/// Phones' paths and the console.
pub fn router(hub: Hub) -> Router {
    let one_photo = format!("{}/{{address}}", paths::PHOTOS);
    let form_file = format!("{}/{{id}}/{{version}}/{{file}}", paths::FORMS);
    let pack_file = format!("{}/files/{{sha256}}", paths::PACKS);
    Router::new()
        .route(paths::HELLO, get(hello))
        .route(paths::ENROL, post(enrol::enrol))
        .route(paths::PUSH, post(push::push))
        .route(paths::PULL, post(pull::pull))
        .route(paths::FORMS, get(forms::list))
        .route(&form_file, get(forms::file))
        .route(paths::PACKS, get(packs::list))
        .route(&pack_file, get(packs::file))
        .route(paths::PHOTOS, post(photos::create).options(photos::options))
        .route(paths::PHOTOS_MISSING, post(photos::missing))
        .route(paths::PHOTOS_BUNDLE, post(photos::bundle))
        .route(&one_photo, patch(photos::append).head(photos::head).options(photos::options))
        .with_state(hub.clone())
        .merge(console::router(hub.clone()))
        .fallback(|| async { HubError::NotFound })
        .method_not_allowed_fallback(|| async { HubError::WrongMethod })
        .layer(from_fn_with_state(hub, follow))
        .layer(from_fn(log))
}

async fn hello(State(hub): State<Hub>) -> Result<Json<Hello>, HubError> {
    Ok(Json::plain(Hello {
        hub: hub.identity.hub,
        versions: wire::VERSIONS.collect(),
        server_time: hub.now(),
    }))
}

/// Each request is answered by the packs that count now: another process may have published one, or a day has begun.
async fn follow(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let followed = match office::packs::is_behind(&hub) {
        Ok(true) => blocking(move || office::packs::follow(&hub)).await,
        asked => asked.map(drop),
    };
    if let Err(error) = followed {
        tracing::error!(code = error.code(), %error, "what stood before goes on: the packs can't be read");
    }
    next.run(request).await
}

/// Logs the route's template, never a path with an id or a query.
async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    tracing::info!(
        %method,
        route = route.as_deref().unwrap_or("-"),
        status = response.status().as_u16(),
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    );
    response
}

impl IntoResponse for HubError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() && !matches!(self, Self::Full) {
            tracing::error!(code = self.code(), error = %self, "request failed");
        }
        let body = serde_json::to_vec(&self.body()).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        if matches!(self, Self::TusVersion) {
            headers.insert(HeaderName::from_static("tus-version"), HeaderValue::from_static("1.0.0"));
        }
        response
    }
}
