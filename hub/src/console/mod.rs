//! The pages that the office sees.

use crate::Hub;
use axum::{Router, response::Html, routing::get};

/// All pages of the console.
pub fn router(hub: Hub) -> Router {
    Router::new().route("/", get(|| async { Html("<!doctype html><title>Vãng Gia</title>") })).with_state(hub)
}
