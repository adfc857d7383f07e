#!/bin/sh
# The Rust core for iPhone and simulator, as the xcframework and the sources that Package.swift expects.
# On a Mac with Xcode and Rust: `rustup target add aarch64-apple-ios aarch64-apple-ios-sim`, then ./build-rust.sh
set -eu

cd "$(dirname "$0")/.."
export IPHONEOS_DEPLOYMENT_TARGET=17.0
targets="aarch64-apple-ios aarch64-apple-ios-sim"
build=ios/Build
target_folder="${CARGO_TARGET_DIR:-target}"

for target in $targets; do
    # One crate type alone: Cargo then applies link-time optimisation.
    cargo rustc --release --package bindings --lib --crate-type staticlib --target "$target"
done

# Sources and header are the same for every target: made from a library for this Mac.
cargo build --package bindings
cargo build --package bindgen
library="$target_folder/debug/libvanggia.dylib"
rm -rf "$build"
mkdir -p "$build/headers/VangGiaCoreFFI" ios/Sources/VangGiaCore
"$target_folder/debug/bindgen-swift" --swift-sources "$library" ios/Sources/VangGiaCore
"$target_folder/debug/bindgen-swift" --headers "$library" "$build/headers/VangGiaCoreFFI"
cp ios/Sources/VangGiaCoreFFI/module.modulemap "$build/headers/VangGiaCoreFFI/"

arguments=""
for target in $targets; do
    arguments="$arguments -library $target_folder/$target/release/libvanggia.a -headers $build/headers"
done
# shellcheck disable=SC2086 # one argument a word
xcodebuild -create-xcframework $arguments -output "$build/VangGiaCoreFFI.xcframework"
