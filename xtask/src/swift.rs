//! The Swift package on Linux: a whole visit against a real hub, screen models, and the views type-checked.
//!
//! Debian's Swift lives in a chroot of its own in the cache folder. The tests run in namespaces of their own: with
//! their end, however it comes, the mounts are gone, and so are what tests wrote and each hub that they started.

use crate::{
    bindings::{self, Bindings},
    install,
    sh::{self, Outcome},
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

const SUITE: &str = "trixie";
const PACKAGES: &str = "swiftlang,libc6-dev,libstdc++-14-dev,libgcc-14-dev";
/// Where the chroot sees `target/swift`.
const SEEN_AT: &str = "srv/vanggia";
/// What is formatted: all but what was generated.
const OURS: &str = "Package.swift App Stub Tests Sources/VangGiaModels Sources/VangGiaUI";
/// New mounts and processes of its own; what is still there at the end is ended by the kernel.
const APART: [&str; 5] = ["--mount", "--pid", "--fork", "--kill-child", "--"];

pub fn test() -> Result<Outcome> {
    if let Some(why) = obstacle() {
        return Ok(Outcome::Skipped(why));
    }
    let Some(chroot) = toolchain()? else {
        return Ok(Outcome::Skipped("Swift comes from Debian's archive, and this is no Debian".to_owned()));
    };
    let made = bindings::build()?;
    let package = sh::target().join("swift");
    lay_out(&package, &made)?;
    let seen = chroot.join(SEEN_AT);
    fs::create_dir_all(&seen)?;
    let script = format!(
        "set -e; mount -t proc proc {root}/proc; mount -t tmpfs tmpfs {root}/tmp; mount --bind {package} {seen}
         chroot {root} /usr/bin/env -i PATH=/usr/bin:/bin HOME=/root LANG=C.UTF-8 TZ=Asia/Ho_Chi_Minh \
         VANGGIA_LIBRARY=/{SEEN_AT}/lib VANGGIA_HUB=/{SEEN_AT}/hub VANGGIA_FORMS=/{SEEN_AT}/forms \
         VANGGIA_STORIES=/{SEEN_AT}/stories \
         VANGGIA_PICTURE=/{SEEN_AT}/picture.jpg \
         sh -ec 'cd /{SEEN_AT}/package
         swift format lint --strict --recursive {OURS}
         swift test --scratch-path /{SEEN_AT}/build -Xswiftc -warnings-as-errors'",
        root = quote(&chroot),
        package = quote(&package),
        seen = quote(&seen),
    );
    sh::run_quietly("swift", apart(&script))?;
    let log = String::from_utf8_lossy(&fs::read(sh::target().join("logs/swift.log"))?).into_owned();
    Ok(Outcome::Passed(summary(&log)?))
}

/// Why the chroot can't be used here: no rights, or a machine without them to give.
fn obstacle() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("the chroot is for Linux; on a Mac see ios/README.md".to_owned());
    }
    if !install::is_root() {
        return Some("chroot and mount need root".to_owned());
    }
    if !sh::has("unshare") || !sh::has("chroot") {
        return Some("unshare or chroot is missing".to_owned());
    }
    let scratch = std::env::temp_dir();
    let probe = format!("mount -t proc proc {}", quote(&scratch));
    sh::output(apart(&probe)).err().map(|_| "no right to mount here".to_owned())
}

fn apart(script: &str) -> std::process::Command {
    let mut args: Vec<&str> = APART.to_vec();
    args.extend(["sh", "-c", script]);
    sh::command("unshare", &args, Path::new("/"))
}

/// The folder of the chroot, made at first use; `None` where there is no Debian to take it from.
fn toolchain() -> Result<Option<PathBuf>> {
    let folder = sh::cache()?.join(format!("swift-{SUITE}"));
    let stamp = folder.join("complete");
    if fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == PACKAGES) {
        return Ok(Some(folder));
    }
    let Some(archive) = archive() else { return Ok(None) };
    install::programs(&[("debootstrap", "debootstrap")])?;
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("can't clear {}", folder.display()))?;
    }
    sh::say("Swift's toolchain: about 3 GB, once");
    let script = format!(
        "debootstrap --variant=minbase --include={PACKAGES} {SUITE} {} {}",
        quote(&folder),
        quote(Path::new(&archive))
    );
    sh::run_quietly("swift-toolchain", apart(&script))?;
    // Packages are only needed to install more.
    let _ = fs::remove_dir_all(folder.join("var/cache/apt/archives"));
    fs::write(&stamp, PACKAGES)?;
    Ok(Some(folder))
}

/// The archive that this machine itself installs from, if it is a Debian.
fn archive() -> Option<String> {
    let os = fs::read_to_string("/etc/os-release").ok()?;
    if !os.lines().any(|line| line == "ID=debian") {
        return None;
    }
    let new = fs::read_to_string("/etc/apt/sources.list.d/debian.sources").unwrap_or_default();
    let old = fs::read_to_string("/etc/apt/sources.list").unwrap_or_default();
    let uri = new.lines().find_map(|line| line.strip_prefix("URIs:")?.split_whitespace().next());
    let of_old = |line: &str| {
        line.strip_prefix("deb ")?.split_whitespace().find(|w| w.contains("://")).map(str::to_owned)
    };
    uri.map(str::to_owned).or_else(|| old.lines().find_map(of_old))
}

/// `target/swift`: the package with what was generated for it, the library alone in a folder, hub, forms and stories.
fn lay_out(folder: &Path, made: &Bindings) -> Result<()> {
    let root = sh::root();
    let package = folder.join("package");
    fs::create_dir_all(&package)?;
    copy("ios/.", &root, &package)?;
    let sources = package.join("Sources");
    // Holds generated code only, so that the repository does not have it.
    fs::create_dir_all(sources.join("VangGiaCore"))?;
    let generated = made.swift.join("VangGiaCore.swift");
    copy_newer(&generated, &sources.join("VangGiaCore/VangGiaCore.swift"))?;
    copy_newer(&made.swift.join("VangGiaCoreFFI.h"), &sources.join("VangGiaCoreFFI/VangGiaCoreFFI.h"))?;
    fs::create_dir_all(folder.join("lib"))?;
    if copy_newer(&made.library.join("libvanggia.a"), &folder.join("lib/libvanggia.a"))? {
        // SwiftPM doesn't know that its test program depends on this file.
        let program = folder.join("build/debug/VangGiaPackageTests.xctest");
        if program.exists() {
            fs::remove_file(program)?;
        }
    }
    copy_newer(&sh::target().join("debug/vanggia-hub"), &folder.join("hub"))?;
    let picture = folder.join("picture.jpg");
    if !picture.exists() {
        let args = ["run", "--quiet", "--package", "journeys", "--example", "camera-picture", "--"];
        let mut make = sh::command("cargo", &args, &root);
        make.arg(&picture);
        sh::run(make)?;
    }
    for (from, to) in [
        ("packs/quoc_gia/forms/.", "forms"),
        ("packs/quoc_gia/lists/.", "lists"),
        ("tests/stories/.", "stories"),
    ] {
        fs::create_dir_all(folder.join(to))?;
        copy(from, &root, &folder.join(to))?;
    }
    Ok(())
}

/// Mirrors a folder: what is gone there goes here, times are kept so that nothing is built without need.
fn copy(from: &str, root: &Path, to: &Path) -> Result<()> {
    fs::remove_dir_all(to)?;
    fs::create_dir_all(to)?;
    sh::run(sh::command("cp", &["--archive", from, &to.to_string_lossy()], root))
}

/// Whether there was something to copy.
fn copy_newer(from: &Path, to: &Path) -> Result<bool> {
    let stamp = |path: &Path| -> Option<(SystemTime, u64)> {
        let about = fs::metadata(path).ok()?;
        Some((about.modified().ok()?, about.len()))
    };
    let wanted = stamp(from).with_context(|| format!("{} is missing", from.display()))?;
    if stamp(to) == Some(wanted) {
        return Ok(false);
    }
    fs::copy(from, to)?;
    fs::File::options().write(true).open(to)?.set_modified(wanted.0)?;
    Ok(true)
}

/// Both runners end with a line of their own; XCTest says nothing of use where it has no tests.
fn summary(log: &str) -> Result<String> {
    let line = log.lines().rev().find(|line| line.contains("Test run with"));
    let count = line.and_then(|line| line.split("Test run with ").nth(1)?.split(' ').next());
    match count {
        Some(count) if count != "0" => {
            Ok(format!("{count} tests; views checked against declarations of ours"))
        }
        _ => bail!("no test ran"),
    }
}

fn quote(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}
