//! The native library and its generated Kotlin and Swift, in `target/bindings`.

use crate::{build, sh};
use anyhow::Result;
use std::path::PathBuf;

/// The library's file name on Linux.
pub const LIBRARY: &str = "libvanggia.so";

/// Where the pieces lie.
pub struct Bindings {
    /// The folder of `libvanggia.so` and `libvanggia.a`.
    pub library: PathBuf,
    /// A source folder with `vn/vanggia/core/*.kt`.
    pub kotlin: PathBuf,
    /// Swift sources, the C header and the module map.
    pub swift: PathBuf,
}

pub fn generate(_args: &[String]) -> Result<()> {
    let made = build()?;
    sh::say(format!(
        "library {}\nkotlin  {}\nswift   {}",
        made.library.display(),
        made.kotlin.display(),
        made.swift.display()
    ));
    Ok(())
}

/// Debug library, generator and both languages; quick when nothing changed.
pub fn build() -> Result<Bindings> {
    let root = sh::root();
    let target = sh::target();
    let debug = target.join("debug");
    build::all()?;
    sh::run(sh::command("cargo", &["build", "--quiet", "--package", "bindgen"], &root))?;
    let made = Bindings {
        library: debug.clone(),
        kotlin: target.join("bindings/kotlin"),
        swift: target.join("bindings/swift"),
    };
    let library = debug.join(LIBRARY);
    let library = library.to_string_lossy();
    std::fs::create_dir_all(&made.kotlin)?;
    std::fs::create_dir_all(&made.swift)?;
    let kotlin = made.kotlin.to_string_lossy();
    let generator = debug.join("bindgen");
    sh::run(sh::command(
        &generator.to_string_lossy(),
        &["generate", "--language", "kotlin", "--no-format", "--out-dir", &kotlin, &library],
        &root,
    ))?;
    let swift = made.swift.to_string_lossy();
    let generator = debug.join("bindgen-swift");
    for part in ["--swift-sources", "--headers", "--modulemap"] {
        sh::run(sh::command(&generator.to_string_lossy(), &[part, &library, &swift], &root))?;
    }
    Ok(made)
}
