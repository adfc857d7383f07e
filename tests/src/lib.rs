//! Journeys across crates: phones with the real core, a real hub process, links that break, invented people.
//!
//! A [`hub::HubProcess`] serves a folder, a [`phone::Phone`] is the app over another (a [`headless::Headless`] has no
//! screens), a [`link::Link`] between them can be slow and break; [`visit`] fills forms as a worker does, [`seed`] makes an
//! office that knows its households already; a [`wire_phone::WirePhone`] sends what an honest core never would. A [`world::World`] has all of them for one story, and the hub's [`console::Console`].

pub mod attack;
pub mod console;
pub mod headless;
pub mod hub;
pub mod link;
pub mod phone;
pub mod picture;
pub mod recorded;
pub mod seed;
pub mod story;
pub mod story_clock;
pub mod synthetic;
pub mod visit;
pub mod wire_phone;
pub mod world;
