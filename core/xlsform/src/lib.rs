//! XLSForm to XForm: a workbook that a form's author wrote, to the XML that form engines read.
//!
//! ```no_run
//! let workbook = xlsform::read("visit.xlsx".as_ref())?;
//! let form = xlsform::convert(&workbook, &xlsform::Options::default())?;
//! for warning in &form.warnings {
//!     eprintln!("{warning}");
//! }
//! println!("{}", form.xml);
//! # Ok::<(), xlsform::Problems>(())
//! ```
//!
//! What is made follows the [XLSForm standard](https://xlsform.org) as pyxform 4.5 understands it.

mod choices;
mod columns;
mod convert;
mod element;
mod entities;
mod fields;
mod form;
mod lexer;
mod names;
mod output;
mod paths;
mod problem;
mod question_types;
mod read;
mod references;
mod settings;
mod sheet_names;
mod survey;
mod table;
mod translations;
mod workbook;
mod xml;

pub use convert::{Converted, Options, convert};
pub use problem::{Problem, Problems, Severity};
pub use read::{read, read_bytes, read_sheets};
pub use workbook::{Format, Row, Sheet, Workbook, is_form_sheet};
