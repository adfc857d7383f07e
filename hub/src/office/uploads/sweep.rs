//! What was begun and left, and what nothing names any more: swept at the start and daily.

use super::super::limits;
use crate::{
    Hub, HubError,
    db::{
        Read, blobs,
        uploads::{self, Key},
    },
    photos::{self, Found},
    state::blocking,
};
use std::{path::PathBuf, time::Duration};

/// At once, so that nobody waits long.
const MOST: u32 = 500;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads that expired, or of what is here.
    pub uploads: usize,
    /// Ciphertexts that no batch names.
    pub unnamed: usize,
    /// Files without a row, as crashes leave them.
    pub files: usize,
}

/// Sweeps. What is being sent or put into its place is left for the next time.
pub async fn sweep(hub: &Hub) -> Result<Swept, HubError> {
    let mut swept = Swept { uploads: over(hub).await?, unnamed: unnamed(hub).await?, files: 0 };
    for folder in 0..=u8::MAX {
        for (path, found) in leftovers(hub, folder).await? {
            swept.files += usize::from(remove(hub, path, found).await?);
        }
    }
    Ok(swept)
}

async fn over(hub: &Hub) -> Result<usize, HubError> {
    let before = hub.now().saturating_sub(limits::UPLOAD_MS);
    let mut swept = 0;
    for key in hub.read(move |_, read| Ok(uploads::over(read, before, MOST)?)).await? {
        // What it brings now ends the upload, or makes it young.
        let Some(_turn) = hub.photos.sending_if_idle(key.device) else { continue };
        swept += usize::from(end(hub, key, before).await?);
    }
    Ok(swept)
}

/// Whether it still was to be ended.
async fn end(hub: &Hub, key: Key, before: u64) -> Result<bool, HubError> {
    let address = key.address.clone();
    let part = hub
        .write(move |_, tx| {
            let Some(upload) = uploads::find(tx, &key)? else { return Ok(None) };
            if upload.touched_at >= before && blobs::size(tx, &key.address)?.is_none() {
                return Ok(None);
            }
            uploads::remove(tx, &key)?;
            Ok(Some(upload.part))
        })
        .await?;
    let Some(part) = part else { return Ok(false) };
    let hub = hub.clone();
    blocking(move || hub.photos.forget_part(&address, part)).await?;
    Ok(true)
}

async fn unnamed(hub: &Hub) -> Result<usize, HubError> {
    let before = hub.now().saturating_sub(limits::SWEEP_MS);
    let addresses = hub.read(move |_, read| Ok(blobs::unnamed(read, before, MOST)?)).await?;
    let mut swept = 0;
    for address in addresses {
        let _place = hub.photos.place(&address).await;
        let of = address.clone();
        if hub.write(move |_, tx| Ok(blobs::remove_unnamed(tx, &of)?)).await? {
            let hub = hub.clone();
            blocking(move || hub.photos.remove(&address)).await?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// Files of a folder that no row knows.
async fn leftovers(hub: &Hub, folder: u8) -> Result<Vec<(PathBuf, Found)>, HubError> {
    hub.read(move |hub, read| {
        let mut leftovers = Vec::new();
        for (path, found) in hub.photos.older_than(folder, Duration::from_millis(limits::SWEEP_MS))? {
            if !is_known(read, &found)? {
                leftovers.push((path, found));
            }
        }
        Ok(leftovers)
    })
    .await
}

fn is_known(read: &Read, found: &Found) -> Result<bool, HubError> {
    Ok(match found {
        Found::Whole(address) => blobs::size(read, address)?.is_some(),
        Found::Part(part) => uploads::has_part(read, *part)?,
        Found::Other => false,
    })
}

/// Whether nothing knows it still.
async fn remove(hub: &Hub, path: PathBuf, found: Found) -> Result<bool, HubError> {
    let _place = match &found {
        Found::Whole(address) => Some(hub.photos.place(address).await),
        Found::Part(_) | Found::Other => None,
    };
    if hub.read(move |_, read| is_known(read, &found)).await? {
        return Ok(false);
    }
    blocking(move || photos::remove(&path)).await?;
    Ok(true)
}
