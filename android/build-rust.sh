#!/bin/sh
# Builds libvanggia.so for phones, on a machine with the Android NDK, into target/android-libs, where Gradle finds it.
# Once before: cargo install cargo-ndk; rustup target add aarch64-linux-android armv7-linux-androideabi x86_64-linux-android
set -eu
cd "$(dirname "$0")/.."
: "${ANDROID_NDK_HOME:?the folder of the NDK}"
cargo xtask bindings
cargo ndk --target arm64-v8a --target armeabi-v7a --target x86_64 --platform 26 \
    --output-dir target/android-libs rustc --profile phone --package bindings --lib --crate-type cdylib
