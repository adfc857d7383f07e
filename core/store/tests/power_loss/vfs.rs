//! A SQLite VFS that remembers which bytes were synced, so that a loss of power can be played: what was synced is
//! there, of the rest any part may be.
//!
//! SQLite's interface for this is C, hence `unsafe` in this test. Each function gets the pointers that SQLite gave to
//! `xOpen` of this VFS, with the real VFS's file lying right behind ours in the same allocation (`szOsFile` asks for
//! both); SQLite calls a file's methods only between `xOpen` and `xClose`.

use crate::common::Dice;
use rusqlite::ffi::*;
use std::{
    collections::HashMap,
    ffi::{CStr, c_char, c_int, c_void},
    fs,
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, MutexGuard, Once},
};

#[derive(Clone)]
enum Op {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

/// What the disk holds for sure, and what it may hold or not.
#[derive(Clone, Default)]
struct Tracked {
    durable: Option<Vec<u8>>,
    pending: Vec<Op>,
}

#[derive(Default)]
struct Disk {
    files: HashMap<PathBuf, Tracked>,
    /// Files below this folder can't grow.
    full: Option<PathBuf>,
    /// Takes an image of this folder at some writes and at each sync.
    watched: Option<(PathBuf, Dice)>,
    images: Vec<Image>,
}

/// The database's files after a loss of power.
pub type Image = HashMap<PathBuf, Vec<u8>>;

static DISK: LazyLock<Mutex<Disk>> = LazyLock::new(Mutex::default);

fn disk() -> MutexGuard<'static, Disk> {
    DISK.lock().unwrap()
}

fn apply(content: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Write(offset, bytes) => {
            content.resize(content.len().max(offset + bytes.len()), 0);
            content[*offset..offset + bytes.len()].copy_from_slice(bytes);
        }
        Op::Truncate(size) => content.truncate(*size),
    }
}

impl Disk {
    fn image(&self, folder: &Path, dice: &mut Dice) -> Image {
        let mut image = Image::new();
        for (path, file) in self.files.iter().filter(|(path, _)| path.starts_with(folder)) {
            let mut content = file.durable.clone();
            // Nothing, a part in any order, or all of what was not synced; the last write may be torn.
            let chance = dice.below(3);
            for op in &file.pending {
                if chance == 2 || (chance == 1 && dice.below(2) == 0) {
                    let op = match op {
                        Op::Write(at, bytes) if dice.below(4) == 0 => {
                            Op::Write(*at, bytes[..dice.below(bytes.len())].to_vec())
                        }
                        op => op.clone(),
                    };
                    apply(content.get_or_insert_default(), &op);
                }
            }
            if let Some(content) = content {
                image.insert(path.strip_prefix(folder).unwrap().to_owned(), content);
            }
        }
        image
    }

    fn watch(&mut self, path: &Path, one_in: usize) {
        let Some((folder, mut dice)) = self.watched.take() else { return };
        if path.starts_with(&folder) && dice.below(one_in) == 0 {
            let image = self.image(&folder, &mut dice);
            self.images.push(image);
        }
        self.watched = Some((folder, dice));
    }
}

/// What a loss of power at this moment could leave of the files below `folder`.
pub fn power_loss(folder: &Path, dice: &mut Dice) -> Image {
    disk().image(folder, dice)
}

/// Images of moments in the middle of what `work` does.
pub fn images_during(folder: &Path, dice: &mut Dice, work: impl FnOnce()) -> Vec<Image> {
    disk().watched = Some((folder.to_owned(), dice.clone()));
    work();
    let mut disk = disk();
    if let Some((_, after)) = disk.watched.take() {
        *dice = after;
    }
    std::mem::take(&mut disk.images)
}

/// Files below this folder can't grow until this is called with `None`.
pub fn fill_disk(folder: Option<&Path>) {
    disk().full = folder.map(Path::to_owned);
}

/// Writes an image, and the files that are no database's, into an empty folder.
pub fn restore(image: &Image, from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_file() && !name.starts_with("store.db") {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
    fs::create_dir(to.join("blobs")).unwrap();
    for (name, bytes) in image {
        fs::write(to.join(name), bytes).unwrap();
    }
}

#[repr(C)]
struct File {
    base: sqlite3_file,
    path: *mut PathBuf,
}

/// The real file and our path of what SQLite calls a file.
unsafe fn parts(file: *mut sqlite3_file) -> (*mut sqlite3_file, &'static sqlite3_io_methods, PathBuf) {
    unsafe {
        let real = file.cast::<File>().add(1).cast::<sqlite3_file>();
        (real, &*(*real).pMethods, (*(*file.cast::<File>()).path).clone())
    }
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    unsafe {
        let real_vfs = (*vfs).pAppData.cast::<sqlite3_vfs>();
        let real = file.cast::<File>().add(1).cast::<sqlite3_file>();
        let path = if name.is_null() {
            PathBuf::new()
        } else {
            PathBuf::from(CStr::from_ptr(name).to_str().unwrap())
        };
        let existing = fs::read(&path).ok();
        (*file).pMethods = std::ptr::null();
        let code = ((*real_vfs).xOpen.unwrap())(real_vfs, name, real, flags, out_flags);
        if code == SQLITE_OK {
            disk()
                .files
                .entry(path.clone())
                .or_insert_with(|| Tracked { durable: existing, pending: Vec::new() });
            (*file.cast::<File>()).path = Box::into_raw(Box::new(path));
            (*file).pMethods = &raw const METHODS;
        }
        code
    }
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    unsafe {
        let real_vfs = (*vfs).pAppData.cast::<sqlite3_vfs>();
        disk().files.remove(Path::new(CStr::from_ptr(name).to_str().unwrap()));
        ((*real_vfs).xDelete.unwrap())(real_vfs, name, sync)
    }
}

unsafe extern "C" fn access(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    unsafe {
        let real_vfs = (*vfs).pAppData.cast::<sqlite3_vfs>();
        ((*real_vfs).xAccess.unwrap())(real_vfs, name, flags, out)
    }
}

unsafe extern "C" fn full_pathname(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    n: c_int,
    out: *mut c_char,
) -> c_int {
    unsafe {
        let real_vfs = (*vfs).pAppData.cast::<sqlite3_vfs>();
        ((*real_vfs).xFullPathname.unwrap())(real_vfs, name, n, out)
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    unsafe {
        let (real, methods, _) = parts(file);
        drop(Box::from_raw((*file.cast::<File>()).path));
        (methods.xClose.unwrap())(real)
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    n: c_int,
    at: sqlite3_int64,
) -> c_int {
    unsafe {
        let (real, methods, path) = parts(file);
        {
            let mut disk = disk();
            let mut size = 0;
            (methods.xFileSize.unwrap())(real, &raw mut size);
            let grows = at + i64::from(n) > size;
            if grows && disk.full.as_ref().is_some_and(|folder| path.starts_with(folder)) {
                return SQLITE_FULL;
            }
            let copy = std::slice::from_raw_parts(bytes.cast::<u8>(), usize::try_from(n).unwrap()).to_vec();
            let op = Op::Write(usize::try_from(at).unwrap(), copy);
            disk.files.entry(path.clone()).or_default().pending.push(op);
            disk.watch(&path, 12);
        }
        (methods.xWrite.unwrap())(real, bytes, n, at)
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    unsafe {
        let (real, methods, path) = parts(file);
        let op = Op::Truncate(usize::try_from(size).unwrap());
        disk().files.entry(path).or_default().pending.push(op);
        (methods.xTruncate.unwrap())(real, size)
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    unsafe {
        let (real, methods, path) = parts(file);
        let mut disk = disk();
        disk.watch(&path, 1);
        let tracked = disk.files.entry(path).or_default();
        let content = tracked.durable.get_or_insert_default();
        tracked.pending.drain(..).for_each(|op| apply(content, &op));
        (methods.xSync.unwrap())(real, flags)
    }
}

/// Methods that only go on to the real file.
macro_rules! forward {
    ($($name:ident as $method:ident ($($arg:ident: $type:ty),*) -> $result:ty;)*) => {$(
        unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $arg: $type)*) -> $result {
            unsafe {
                let (real, methods, _) = parts(file);
                (methods.$method.unwrap())(real $(, $arg)*)
            }
        }
    )*};
}

forward! {
    read as xRead(bytes: *mut c_void, n: c_int, at: sqlite3_int64) -> c_int;
    file_size as xFileSize(size: *mut sqlite3_int64) -> c_int;
    lock as xLock(kind: c_int) -> c_int;
    unlock as xUnlock(kind: c_int) -> c_int;
    check_reserved_lock as xCheckReservedLock(out: *mut c_int) -> c_int;
    file_control as xFileControl(op: c_int, arg: *mut c_void) -> c_int;
    sector_size as xSectorSize() -> c_int;
    device_characteristics as xDeviceCharacteristics() -> c_int;
    shm_map as xShmMap(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int;
    shm_lock as xShmLock(offset: c_int, n: c_int, flags: c_int) -> c_int;
    shm_barrier as xShmBarrier() -> ();
    shm_unmap as xShmUnmap(delete: c_int) -> c_int;
}

/// Version 2: without memory mapping, which would write past us.
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Makes this the VFS of every database that the process opens from now on.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| unsafe {
        assert_eq!(sqlite3_initialize(), SQLITE_OK);
        let real = sqlite3_vfs_find(std::ptr::null());
        let ours = sqlite3_vfs {
            szOsFile: (*real).szOsFile + c_int::try_from(size_of::<File>()).unwrap(),
            zName: c"power-loss".as_ptr(),
            pNext: std::ptr::null_mut(),
            pAppData: real.cast(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            ..*real
        };
        assert_eq!(sqlite3_vfs_register(Box::into_raw(Box::new(ours)), 1), SQLITE_OK);
    });
}
