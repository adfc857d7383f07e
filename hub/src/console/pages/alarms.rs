//! Alarms in open pages: server-sent events (HTML, 9.2) that say how many nobody has taken on, and the one script that
//! listens to them.

use crate::{
    Hub,
    console::visitor::{Permission, Refusal, Visitor},
    office::alarms,
};
use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http_body::Frame;
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{sync::mpsc, time};

/// How often it is looked, and how long one stream lasts: a browser asks anew, and is asked who it is.
const EVERY: Duration = Duration::from_secs(4);
const TURNS: u32 = 75;

pub async fn stream(State(hub): State<Hub>, visitor: Visitor) -> Result<Response, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let (send, receive) = mpsc::channel(4);
    tokio::spawn(tell(hub, visitor.user, send));
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Body::new(Events(receive))).into_response())
}

async fn tell(hub: Hub, user: crate::db::users::User, send: mpsc::Sender<Bytes>) {
    let (mut told, mut stopping) = (None, hub.stopping.subscribe());
    for _ in 0..TURNS {
        let user = user.clone();
        let Ok(count) = hub.read(move |hub, read| alarms::seen_by(hub, read, &user)).await else { return };
        // A line of comment keeps what lies between from ending the stream.
        let event = if told == Some(count) {
            Bytes::from_static(b":\n\n")
        } else {
            Bytes::from(format!("event: alarms\ndata: {count}\n\n"))
        };
        told = Some(count);
        if send.send(event).await.is_err() {
            return;
        }
        tokio::select! {
            () = time::sleep(EVERY) => {}
            () = send.closed() => return,
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// A body of events as they come.
struct Events(mpsc::Receiver<Bytes>);

impl http_body::Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}

pub async fn script() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("../alarm.js"))
}
