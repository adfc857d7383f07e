//! A consistent copy of a running hub in one file, and a hub made from one.
//!
//! The file is a tar of the database, the whole photos, and at its end a manifest with the hash of each. It holds
//! the office's keys: keep it as safe as the hub itself.

pub mod error;
mod restore;
mod tar;

pub use error::BackupError;
pub use restore::{Restored, restore};

use crate::{
    Hub, HubError,
    db::{self, blobs, copy},
    secret,
};
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io::{self, BufWriter, ErrorKind, Read},
    path::{Path, PathBuf},
};

const MANIFEST: &str = "manifest.json";
const VERSION: u16 = 1;

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    v: u16,
    created_at: u64,
    files: Vec<ManifestFile>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ManifestFile {
    name: String,
    size: u64,
    sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub photos: u64,
    /// Photos whose file is gone or no longer has its address: they are not in the backup.
    pub damaged: Vec<String>,
}

/// Copies the hub while it runs. The file appears under its name once it is whole and durable.
pub fn backup(hub: &Hub, to: &Path) -> Result<Summary, HubError> {
    if to.exists() {
        return Err(BackupError::FileExists.into());
    }
    let part = beside(to, "part");
    let snapshot = beside(to, "db");
    let result = write(hub, &part, &snapshot);
    let _ = fs::remove_file(&snapshot);
    let summary = match result {
        Ok(summary) => summary,
        Err(error) => {
            let _ = fs::remove_file(&part);
            return Err(error);
        }
    };
    fs::rename(&part, to)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    crate::photos::sync_folder(folder)?;
    Ok(summary)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{ending}"));
    path.with_file_name(name)
}

fn write(hub: &Hub, part: &Path, snapshot: &Path) -> Result<Summary, HubError> {
    let _ = fs::remove_file(snapshot);
    // One state of the database, without stopping the writer. Photos come before their rows say that they are whole,
    // so all photos that the copy speaks of are there.
    let addresses = hub.read_now(|_, read| Ok(copy::take(read, snapshot)?))?;
    let file = private_file(part)?;
    let mut tar = tar::Writer::new(BufWriter::with_capacity(1 << 20, file));
    let mut files = vec![add(&mut tar, db::FILE, snapshot)?];
    let mut damaged = Vec::new();
    for address in addresses {
        let path = hub.photos.path(&address);
        match hash(&path) {
            Ok((_, sha256)) if sha256 == address => files.push(add(&mut tar, &photo_name(&address), &path)?),
            Ok(_) => damaged.push(address),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Nothing named it any more, and it was swept meanwhile.
                if hub.read_now(|_, read| Ok(blobs::size(read, &address)?))?.is_some() {
                    damaged.push(address);
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    let photos = u64::try_from(files.len() - 1).unwrap_or(0);
    let manifest = Manifest { v: VERSION, created_at: hub.now(), files };
    let manifest = serde_json::to_vec(&manifest)?;
    tar.add(MANIFEST, u64::try_from(manifest.len()).unwrap_or(0), &mut manifest.as_slice())?;
    let file = tar.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(Summary { photos, damaged })
}

fn photo_name(address: &str) -> String {
    format!("photos/{}/{address}", address.get(..2).unwrap_or_default())
}

fn add(tar: &mut tar::Writer<BufWriter<File>>, name: &str, path: &Path) -> Result<ManifestFile, HubError> {
    let (size, sha256) = hash(path)?;
    tar.add(name, size, &mut File::open(path)?)?;
    Ok(ManifestFile { name: name.to_owned(), size, sha256 })
}

/// Size and SHA-256.
fn hash(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut hash = Context::new(&SHA256);
    let mut buffer = vec![0; 256 * 1024];
    let mut size = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((size, secret::hex(hash.finish().as_ref())));
        }
        hash.update(&buffer[..read]);
        size += u64::try_from(read).unwrap_or(0);
    }
}

/// A new file that only this user may read.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
