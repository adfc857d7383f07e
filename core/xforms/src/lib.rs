//! An ODK XForms engine: a form's XML becomes an immutable [`Definition`], a [`Session`] fills it,
//! page by page, and recalculates only what an answer touches.
//!
//! ```
//! use xforms::{Answer, Definition, Env, Moved, Session};
//!
//! let form = r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
//!   <h:head><h:title>Visit</h:title><model>
//!     <instance><data id="visit" version="1"><age/><adult/><meta><instanceID/></meta></data></instance>
//!     <bind nodeset="/data/age" type="int" required="true()" constraint=". &lt; 130"/>
//!     <bind nodeset="/data/adult" type="string" calculate="if(/data/age &gt;= 18, 'yes', 'no')"/>
//!   </model></h:head>
//!   <h:body><input ref="/data/age"><label>Age</label></input></h:body>
//! </h:html>"#;
//!
//! let definition = Definition::parse(form)?;
//! let mut session = Session::start(definition, Env::system());
//! assert_eq!(session.page().questions[0].label, "Age");
//!
//! let changes = session.answer("/data/age", &Answer::Integer(41))?;
//! assert_eq!(changes.saved.len(), 2); // the answer, and what was calculated from it
//! assert_eq!(session.next()?, Moved::ToEnd);
//! assert_eq!(session.finish()?.root.text("adult"), Some("yes"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`Definition::parse_with`] reports all problems of a form at once, each with node, expression
//!   and position.
//! - [`Session::answer`] returns what changed on the page and which stored values are new, so that a
//!   store can keep each answer at once; [`Session::saved`] and [`Session::resume`] carry a draft over
//!   a restart.
//! - [`Session::finish`] checks everything and yields the OpenRosa submission; a server checks it
//!   again with [`evaluate_submission`].
//! - Time, chance and the device come in through [`Env`].

#![forbid(unsafe_code)]

mod answer;
mod appearance;
mod date;
mod definition;
mod env;
mod error;
mod evaluation;
mod labels;
mod loading;
mod parameters;
mod parse;
mod rich_text;
mod serialise;
mod session;
mod skeleton;
mod state;
mod text;
mod view;
mod xpath;

pub use answer::{Answer, GeoPoint, QuestionKind};
pub use appearance::{Appearance, Calendar, Look};
pub use definition::{Calculation, DataType, Definition, EntityInfo, NodeInfo, RequestKind, SubmissionInfo};
pub use env::{Clock, Env, FixedClock, Properties, Random, SeededRandom, SystemClock, SystemRandom};
pub use error::{AnswerError, LoadError, NavigationError, ParseErrors, ParseProblem, SessionWarning};
pub use evaluation::{Difference, DifferenceKind, Evaluation, evaluate_submission};
pub use parameters::{Autoplay, Parameters, Quality};
pub use parse::MediaSource;
pub use rich_text::{Align, Block, BlockKind, Colour, RichText, Script, Span, Style};
pub use session::{
    Added, EntityAction, Evaluated, FoundNode, NodeState, NotCarried, NotCarriedReason, Request, Saved,
    Session, Submission, ValueNode, XPathValue,
};
pub use view::{
    Changes, ChoiceView, InstanceView, Media, Moved, OutlineEntry, PageChange, PageIndex, PageKind,
    PageState, PageView, Problem, ProblemKind, Problems, QuestionView, RepeatView,
};
