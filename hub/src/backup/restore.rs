//! A hub made from a backup: verified first, with a feed epoch of its own.

use super::{BackupError, MANIFEST, Manifest, ManifestFile, VERSION, hash, photo_name, tar};
use crate::{
    HubError,
    db::{self, copy},
    identity::new_epoch,
    photos::{is_address, sync_folder},
};
use std::{
    fs::{self, File},
    io::{BufReader, Write},
    path::Path,
};

/// The database's name until everything is verified: without `hub.db` the folder is no hub.
const UNVERIFIED: &str = "restoring.db";
/// A manifest of a million photos is below this.
const MAX_MANIFEST: u64 = 256 * 1024 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    pub photos: u64,
}

/// Unpacks and verifies `from` into the empty folder `to`. What fails leaves an empty folder.
pub fn restore(from: &Path, to: &Path) -> Result<Restored, HubError> {
    fs::create_dir_all(to)?;
    if fs::read_dir(to)?.next().is_some() {
        return Err(BackupError::TargetNotEmpty.into());
    }
    let restored = unpack(from, to);
    if restored.is_err() {
        // Only what was made here: the folder was empty.
        let _ = fs::remove_file(to.join(UNVERIFIED));
        let _ = fs::remove_dir_all(to.join("photos"));
    }
    restored
}

fn unpack(from: &Path, to: &Path) -> Result<Restored, HubError> {
    let mut reader = tar::Reader::new(BufReader::with_capacity(1 << 20, File::open(from)?));
    let mut found = Vec::new();
    let mut manifest = None;
    while let Some((name, size)) = reader.next()? {
        if name == MANIFEST {
            if size > MAX_MANIFEST {
                return Err(BackupError::NotABackup.into());
            }
            let mut bytes = Vec::new();
            reader.body(size, &mut bytes)?;
            manifest = Some(bytes);
            continue;
        }
        let photo = name.rsplit('/').next().filter(|address| is_address(address));
        // A name leads nowhere but to the two places that a backup has.
        let path = match photo {
            Some(address) if name == photo_name(address) => to.join(&name),
            _ if name == db::FILE => to.join(UNVERIFIED),
            _ => return Err(BackupError::NotABackup.into()),
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = super::private_file(&path)?;
        reader.body(size, &mut file)?;
        file.flush()?;
        file.sync_data()?;
        // Read again: what counts is what lies there now.
        let (size, sha256) = hash(&path)?;
        found.push(ManifestFile { name, size, sha256 });
    }
    verify(&manifest.ok_or(BackupError::NotABackup)?, &found)?;
    let photos: Vec<String> = found
        .iter()
        .filter_map(|file| file.name.rsplit('/').next())
        .filter(|address| is_address(address))
        .map(str::to_owned)
        .collect();
    copy::begin_epoch(&to.join(UNVERIFIED), &new_epoch()?, &photos)?;
    let whole = to.join("photos");
    fs::create_dir_all(&whole)?;
    for entry in fs::read_dir(&whole)? {
        sync_folder(&entry?.path())?;
    }
    sync_folder(&whole)?;
    fs::rename(to.join(UNVERIFIED), to.join(db::FILE))?;
    sync_folder(to)?;
    Ok(Restored { photos: u64::try_from(photos.len()).unwrap_or(0) })
}

fn verify(manifest: &[u8], found: &[ManifestFile]) -> Result<(), HubError> {
    #[derive(serde::Deserialize)]
    struct Version {
        v: u16,
    }
    let version: Version = serde_json::from_slice(manifest).map_err(|_| BackupError::NotABackup)?;
    if version.v > VERSION {
        return Err(BackupError::Newer(version.v).into());
    }
    let manifest: Manifest = serde_json::from_slice(manifest).map_err(|_| BackupError::NotABackup)?;
    if !found.iter().any(|file| file.name == db::FILE) {
        return Err(BackupError::NotABackup.into());
    }
    let mut expected: Vec<&ManifestFile> = manifest.files.iter().collect();
    let mut found: Vec<&ManifestFile> = found.iter().collect();
    expected.sort_by(|a, b| a.name.cmp(&b.name));
    found.sort_by(|a, b| a.name.cmp(&b.name));
    for (expected, found) in expected.iter().zip(&found) {
        if expected != found {
            return Err(BackupError::Damaged(expected.name.clone()).into());
        }
    }
    if expected.len() == found.len() { Ok(()) } else { Err(BackupError::NotABackup.into()) }
}
