//! UniFFI's generator for Kotlin, in a crate of its own so that its dependencies never reach the library.

fn main() {
    uniffi::uniffi_bindgen_main();
}
