//! The device's side of sync. [`Machine`] decides (no I/O, so that a simulator can drive it), [`run`] does what it wishes
//! with a real store and a real [`Transport`]; [`enrol`] makes a phone a device of one worker.

#![forbid(unsafe_code)]

mod cancel;
mod codec;
mod driver;
mod enrol;
mod error;
mod http;
pub mod machine;
mod pace;
mod pinned;
mod report;
mod retry;
mod stall;
mod transport;

pub use cancel::Cancel;
pub use driver::{Reads, run};
pub use enrol::enrol;
pub use error::SyncError;
pub use http::HttpTransport;
pub use machine::Machine;
pub use report::{Phase, Progress, Report, Summary};
pub use retry::Retry;
pub use transport::{LinkError, Method, Request, Response, Transport, Upload};
