//! The Android app: compiled and tested by Maven and Robolectric, linked into a debug APK.

use crate::{
    bindings, install, kotlin,
    sh::{self, Outcome},
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

const TOOLS: [(&str, &str); 4] =
    [("aapt2", "aapt"), ("aapt", "aapt"), ("apksigner", "apksigner"), ("zipalign", "zipalign")];
/// Resources of Android 10, Debian's newest: attributes that came later can't be named in the manifest here.
const FRAMEWORK: &str = "/usr/share/android-framework-res/framework-res.apk";
const PACKAGE: &str = "vn.vanggia.app";
const MIN_SDK: &str = "26";

pub fn test() -> Result<Outcome> {
    install::programs(&TOOLS)?;
    if !Path::new(FRAMEWORK).is_file() {
        install::packages(&["android-framework-res"])?;
    }
    bindings::build()?;
    let app = App { sources: sh::root().join("android"), out: sh::target().join("android") };
    app.resources()?;
    let log = kotlin::maven("android", &app.sources, &["test"])?;
    let tests = kotlin::tests_run(&log)?;
    let apk = app.package()?;
    let size = fs::metadata(&apk)?.len() as f64 / 1e6;
    Ok(Outcome::Passed(format!(
        "{tests}, screens in target/screenshots/android, debug APK {size:.1} MB (without the NDK's library)"
    )))
}

struct App {
    sources: PathBuf,
    out: PathBuf,
}

impl App {
    /// Compiles the resources: `R.java`, and the archive that Robolectric and the APK read.
    fn resources(&self) -> Result<()> {
        let main = self.sources.join("app/src/main");
        let gen_folder = self.out.join("gen");
        fs::create_dir_all(&gen_folder)?;
        let numbers = gen_folder.join("vn/vanggia/app/R.java");
        let before = fs::read(&numbers).unwrap_or_default();
        let compiled = self.text("res.zip");
        let archive = self.text("resources.ap_");
        let manifest = self.manifest(&main)?;
        self.tool("aapt2", &["compile", "--dir", &main.join("res").to_string_lossy(), "-o", &compiled])?;
        let (manifest, gen_folder) = (manifest.to_string_lossy(), gen_folder.to_string_lossy());
        let link = [
            "link",
            "-I",
            FRAMEWORK,
            "--manifest",
            &manifest,
            "--java",
            &gen_folder,
            "-o",
            &archive,
            &compiled,
        ];
        self.tool("aapt2", &link)?;
        // Kotlin's incremental compiler doesn't notice new numbers in R, which are copied into every class.
        if before != fs::read(&numbers)? {
            for stale in ["kotlin-ic", "classes", "test-classes"] {
                let _ = fs::remove_dir_all(self.out.join(stale));
            }
        }
        Ok(())
    }

    /// The manifest with what Gradle takes from `build.gradle.kts` instead.
    fn manifest(&self, main: &Path) -> Result<PathBuf> {
        let source = fs::read_to_string(main.join("AndroidManifest.xml"))?;
        let gradle = fs::read_to_string(self.sources.join("app/build.gradle.kts"))?;
        let setting = |name: &str| -> Result<&str> {
            let line = gradle
                .lines()
                .find_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix('='));
            Ok(line.with_context(|| format!("no {name} in build.gradle.kts"))?.trim().trim_matches('"'))
        };
        let told = format!(
            "<manifest package=\"{}\" android:versionCode=\"{}\" android:versionName=\"{}\"",
            setting("applicationId")?,
            setting("versionCode")?,
            setting("versionName")?,
        );
        let sdk = format!(
            "<uses-sdk android:minSdkVersion=\"{}\" android:targetSdkVersion=\"{}\" />\n    <application",
            setting("minSdk")?,
            setting("targetSdk")?,
        );
        let made = self.out.join("AndroidManifest.xml");
        fs::write(&made, source.replacen("<manifest", &told, 1).replacen("<application", &sdk, 1))?;
        Ok(made)
    }

    /// The debug APK, signed with a key made for it, checked as far as it can be without a phone.
    fn package(&self) -> Result<PathBuf> {
        let classes = self.text("app.jar");
        self.tool("jar", &["--create", "--file", &classes, "-C", &self.text("classes"), "."])?;
        let dex = self.out.join("dex");
        let _ = fs::remove_dir_all(&dex);
        fs::create_dir_all(&dex)?;
        let (d8, lib, java) = (self.jar("r8"), self.jar("android-new"), java_home()?);
        let (jna, stdlib) = (self.jar("jna"), self.jar("kotlin-stdlib"));
        let args = [
            "-cp",
            &d8,
            "com.android.tools.r8.D8",
            "--release",
            "--min-api",
            MIN_SDK,
            "--lib",
            &lib,
            // For `java.*`, which that jar leaves out.
            "--lib",
            &java,
            "--output",
            &dex.to_string_lossy(),
            &classes,
            &jna,
            &stdlib,
        ];
        self.tool("java", &args)?;
        self.zip(&dex)?;
        let apk = self.sign()?;
        self.check(&apk)?;
        Ok(apk)
    }

    /// The archive of resources, with code and JNA's own libraries added.
    fn zip(&self, dex: &Path) -> Result<()> {
        let unsigned = self.out.join("unsigned.apk");
        fs::copy(self.out.join("resources.ap_"), &unsigned)?;
        let unsigned = unsigned.to_string_lossy();
        self.tool(
            "jar",
            &["--update", "--file", &unsigned, "--no-manifest", "-C", &dex.to_string_lossy(), "."],
        )?;
        let natives = self.out.join("natives");
        let _ = fs::remove_dir_all(&natives);
        for abi in ["arm64-v8a", "armeabi-v7a", "x86_64"] {
            let inside = format!("jni/{abi}/libjnidispatch.so");
            fs::create_dir_all(natives.join("lib").join(abi))?;
            sh::run(sh::command(
                "jar",
                &["--extract", "--file", &self.text("jars/jna.aar"), &inside],
                &natives,
            ))?;
            fs::rename(natives.join(&inside), natives.join("lib").join(abi).join("libjnidispatch.so"))?;
        }
        let _ = fs::remove_dir_all(natives.join("jni"));
        // Stored, not deflated: Android maps native libraries straight from the APK.
        self.tool(
            "jar",
            &[
                "--update",
                "--file",
                &unsigned,
                "--no-manifest",
                "--no-compress",
                "-C",
                &natives.to_string_lossy(),
                ".",
            ],
        )
    }

    fn sign(&self) -> Result<PathBuf> {
        let key = self.out.join("debug.keystore");
        let keystore = key.to_string_lossy();
        if !key.is_file() {
            let args = [
                "-genkeypair",
                "-keystore",
                &keystore,
                "-storepass",
                "android",
                "-alias",
                "debug",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "10000",
                "-dname",
                "CN=Debug",
            ];
            self.tool("keytool", &args)?;
        }
        let (unsigned, apk) = (self.text("unsigned.apk"), self.out.join("vanggia-debug.apk"));
        let name = apk.to_string_lossy();
        self.tool("zipalign", &["-f", "-p", "4", &unsigned, &name])?;
        let args =
            ["sign", "--ks", &keystore, "--ks-pass", "pass:android", "--min-sdk-version", MIN_SDK, &name];
        self.tool("apksigner", &args)?;
        Ok(apk)
    }

    fn check(&self, apk: &Path) -> Result<()> {
        let apk = apk.to_string_lossy();
        self.tool("apksigner", &["verify", "--min-sdk-version", MIN_SDK, &apk])?;
        self.tool("zipalign", &["-c", "-p", "4", &apk])?;
        let badging = sh::output(sh::command("aapt", &["dump", "badging", &apk], &self.out))?;
        for wanted in [
            format!("package: name='{PACKAGE}'"),
            format!("sdkVersion:'{MIN_SDK}'"),
            format!("launchable-activity: name='{PACKAGE}.MainActivity'"),
            "application-label:'Vãng Gia'".to_owned(),
            "application-label-en:'Home Visit'".to_owned(),
        ] {
            if !badging.contains(&wanted) {
                bail!("the APK does not say {wanted}");
            }
        }
        Ok(())
    }

    fn tool(&self, program: &str, args: &[&str]) -> Result<()> {
        sh::run_quietly(&format!("android-{program}"), sh::command(program, args, &self.out))
    }

    fn text(&self, name: &str) -> String {
        self.out.join(name).to_string_lossy().into_owned()
    }

    fn jar(&self, name: &str) -> String {
        self.text(&format!("jars/{name}.jar"))
    }
}

/// The JDK's own folder, behind the links that lead to it.
fn java_home() -> Result<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let program = std::env::split_paths(&path).map(|folder| folder.join("javac")).find(|file| file.is_file());
    let program = fs::canonicalize(program.context("no javac")?)?;
    let home = program.parent().and_then(Path::parent).context("javac lies in no JDK")?;
    Ok(home.to_string_lossy().into_owned())
}
