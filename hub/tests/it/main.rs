//! The hub through its real face: a server on loopback, signed changes, real files.

mod backup;
mod command_line;
mod enrolment;
mod feeds;
mod forms;
mod messages;
mod phone;
mod photos;
mod push;
mod scope;
mod tls;
mod world;
