//! The one native library of both shells: [`app`]'s calls through UniFFI, and nothing else.

pub use app::*;

app::uniffi_reexport_scaffolding!();
