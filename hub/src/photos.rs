//! The photo folder: ciphertexts named by the SHA-256 of their bytes, and beside them uploads under way, each in a file of
//! its own. They begin where they will lie, so that uploads don't wait for each other at one folder.

use crate::{
    HubError, secret,
    turns::{Taken, Turns},
};
use model::DeviceId;
use ring::digest::{Context, SHA256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use uuid::Uuid;

/// A photo of 2,048 px is below 2 MB.
pub const MAX_BYTES: u64 = 20 * 1024 * 1024;

/// Files of a bundle that are open at once: the system allows a process a thousand or so.
const OPEN: usize = 32;

/// Whether the text is a content address: 64 hex digits, lowercase.
pub fn is_address(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

pub struct Photos {
    folder: PathBuf,
    /// Of devices that send.
    sending: Turns,
    /// Of addresses whose ciphertext is put down or taken away.
    places: Turns,
}

/// A file in the photo folder, by what its name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Whole(String),
    Part(Uuid),
    /// Never finished, or of no name that is given here.
    Other,
}

impl Photos {
    pub fn open(folder: &Path) -> Result<Self, HubError> {
        let folder = folder.join("photos");
        let photos = Self { folder, sending: Turns::default(), places: Turns::default() };
        // All of them now: a folder made for its first photo would have to be durable before anybody uses it.
        for n in 0..=u8::MAX {
            fs::create_dir_all(photos.folder.join(secret::hex(&[n])))?;
        }
        sync_folder(&photos.folder)?;
        Ok(photos)
    }

    /// Where the ciphertext of an address lies once whole. Only for what [`is_address`].
    pub fn path(&self, address: &str) -> PathBuf {
        self.folder.join(address.get(..2).unwrap_or_default()).join(address)
    }

    /// The ciphertext; `None` if it is not here (yet).
    pub fn read(&self, address: &str) -> Result<Option<Vec<u8>>, HubError> {
        if !is_address(address) {
            return Ok(None);
        }
        match fs::read(self.path(address)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A device sends over one line at a time: waits for its turn, interrupting who has it.
    pub async fn sending(&self, device: DeviceId) -> Taken {
        self.sending.turn(&device.to_string()).await
    }

    /// The same, if nobody has it.
    pub fn sending_if_idle(&self, device: DeviceId) -> Option<Taken> {
        self.sending.if_idle(&device.to_string())
    }

    /// Waits until nobody else puts down or takes away what lies at the address. For several at once: in their order, so
    /// that none waits for who waits for it.
    pub async fn place(&self, address: &str) -> Taken {
        self.places.turn(address).await
    }

    fn part_path(&self, address: &str, part: Uuid) -> PathBuf {
        self.path(address).with_extension(format!("{part}.part"))
    }

    /// Opens the upload where it stands; what is there is durable.
    pub fn part(&self, address: &str, part: Uuid) -> Result<Part, HubError> {
        let path = self.part_path(address, part);
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        let offset = file.metadata()?.len();
        if offset > 0 {
            file.sync_data()?;
        }
        Ok(Part { path, file, offset, hash: (offset == 0).then(|| Context::new(&SHA256)) })
    }

    /// Durable bytes of an upload.
    pub fn standing(&self, address: &str, part: Uuid) -> Result<u64, HubError> {
        match File::open(self.part_path(address, part)) {
            Ok(file) => {
                file.sync_data()?;
                Ok(file.metadata()?.len())
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    pub fn forget_part(&self, address: &str, part: Uuid) -> Result<(), HubError> {
        remove(&self.part_path(address, part))
    }

    /// Checks the bytes against their address and puts them into their place, durably. Wrong bytes are dropped.
    pub fn finish(&self, address: &str, Part { path, file, hash, .. }: Part) -> Result<(), HubError> {
        let digest = match hash {
            Some(hash) => secret::hex(hash.finish().as_ref()),
            None => secret::hex(&hash_file(&path)?),
        };
        if digest != address {
            remove(&path)?;
            return Err(HubError::WrongAddress);
        }
        let folder = self.put(&path, address)?;
        sync_all(&[file], &BTreeSet::from([folder]))
    }

    /// Puts ciphertexts that were checked into their places, durably. Who calls holds these.
    pub fn keep_all(&self, blobs: &BTreeMap<String, Vec<u8>>) -> Result<(), HubError> {
        let (mut files, mut folders) = (Vec::with_capacity(OPEN), BTreeSet::new());
        for (address, bytes) in blobs {
            let path = self.path(address).with_extension("new");
            let mut file = File::create(&path)?;
            file.write_all(bytes)?;
            files.push(file);
            folders.insert(self.put(&path, address)?);
            if files.len() == OPEN {
                sync_all(&files, &BTreeSet::new())?;
                files.clear();
            }
        }
        sync_all(&files, &folders)
    }

    /// Gives what has come whole its name; returns the folder that is to be made durable.
    fn put(&self, from: &Path, address: &str) -> Result<PathBuf, HubError> {
        let to = self.path(address);
        fs::rename(from, &to)?;
        to.parent().map(Path::to_owned).ok_or(HubError::Internal("a photo has no folder"))
    }

    /// Takes away what lies at the address. Who calls holds its place.
    pub fn remove(&self, address: &str) -> Result<(), HubError> {
        remove(&self.path(address))
    }

    /// Files of a folder that nothing was written to for so long.
    pub fn older_than(&self, folder: u8, age: Duration) -> Result<Vec<(PathBuf, Found)>, HubError> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.folder.join(secret::hex(&[folder])))? {
            let entry = entry?;
            let is_old = match entry.metadata() {
                // A clock that was set back says nothing.
                Ok(of) => of.is_file() && of.modified()?.elapsed().is_ok_and(|old| old >= age),
                // It got its name meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => false,
                Err(error) => return Err(error.into()),
            };
            if is_old {
                found.push((entry.path(), Found::of(&entry.file_name().to_string_lossy())));
            }
        }
        Ok(found)
    }
}

impl Found {
    fn of(name: &str) -> Self {
        let part = || {
            let (address, part) = name.strip_suffix(".part")?.split_once('.')?;
            is_address(address).then(|| part.parse().ok()).flatten()
        };
        match part() {
            _ if is_address(name) => Self::Whole(name.to_owned()),
            Some(part) => Self::Part(part),
            None => Self::Other,
        }
    }
}

/// Also one that is gone already.
pub fn remove(path: &Path) -> Result<(), HubError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn hash_file(path: &Path) -> Result<[u8; 32], HubError> {
    let mut file = File::open(path)?;
    let mut hash = Context::new(&SHA256);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.finish().as_ref());
    Ok(digest)
}

/// Makes files durable that have their names already: the file system then writes both down together, and asking for the
/// folders afterwards costs little. A name alone says nothing: a photo is here once its row says so.
fn sync_all(files: &[File], folders: &BTreeSet<PathBuf>) -> Result<(), HubError> {
    files.iter().try_for_each(File::sync_data)?;
    folders.iter().try_for_each(|folder| sync_folder(folder))
}

/// Makes names in a folder durable.
pub fn sync_folder(folder: &Path) -> Result<(), HubError> {
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// An upload under way.
pub struct Part {
    path: PathBuf,
    file: File,
    pub offset: u64,
    /// Of all bytes, if this request brought them all.
    hash: Option<Context>,
}

impl Part {
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), HubError> {
        self.file.write_all(bytes)?;
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
        self.offset += u64::try_from(bytes.len()).unwrap_or(0);
        Ok(())
    }

    pub fn sync(&self) -> Result<(), HubError> {
        self.file.sync_data()?;
        Ok(())
    }
}
