//! Photos, opened with the key of their record, for those who may read the record.

use crate::{
    Hub, HubError,
    console::{
        layout,
        visitor::{Permission, Refusal, Visitor},
    },
    db::{audit, records::RecordRow},
    office::{records, uploads},
};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use model::{BlobRef, Feed, PhotoFile, PhotoId};
use rulebook::Lang;
use uuid::Uuid;

pub fn gallery(photos: &[&RecordRow], lang: Lang) -> Markup {
    html! {
        div.photos { @for photo in photos {
            @if let Some(file) = file(photo) {
                figure {
                    a href={ "/photos/" (photo.id()) } {
                        img src={ "/photos/" (photo.id()) "/thumbnail" } loading="lazy"
                            alt=(if photo.text("caption").is_empty() { lang.pick("Ảnh", "Photo") } else { photo.text("caption") });
                    }
                    figcaption { (photo.text("caption")) " " small { (layout::date(&file.taken_at)) } }
                }
            }
        } }
    }
}

fn file(photo: &RecordRow) -> Option<PhotoFile> {
    serde_json::from_value(photo.state.value("file")?.clone()).ok()
}

pub async fn whole(hub: State<Hub>, visitor: Visitor, id: Path<Uuid>) -> Result<Response, Refusal> {
    show(hub, visitor, id, |file| file.blob).await
}

pub async fn thumbnail(hub: State<Hub>, visitor: Visitor, id: Path<Uuid>) -> Result<Response, Refusal> {
    show(hub, visitor, id, |file| file.thumbnail).await
}

async fn show(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(id): Path<Uuid>,
    which: fn(PhotoFile) -> BlobRef,
) -> Result<Response, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let user = visitor.user.clone();
    let reference = PhotoId(id).reference();
    let found = hub
        .read(move |hub, read| {
            let Some(photo) = records::find(hub, read, &user, &reference)? else { return Ok(None) };
            let Some(file) = file(&photo) else { return Ok(None) };
            let blob = which(file);
            let Some(sealed) = uploads::whole(hub, read, &blob.address)? else { return Ok(None) };
            let jpeg = wire::blob::open(&sealed, &blob.key)
                .map_err(|_| HubError::Internal("a kept photo can't be opened"))?;
            Ok(Some((photo, jpeg)))
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let (photo, jpeg) = found.ok_or_else(|| visitor.not_found())?;
    if matches!(photo.feed, Feed::Case(_)) {
        let reader = visitor.user.id;
        hub.write(move |_, tx| Ok(audit::add(tx, Some(reader), "photo", &photo.reference)?))
            .await
            .map_err(|error| visitor.failed(error))?;
    }
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], jpeg).into_response())
}
