//! Casework: what may be recorded about a person, what it means, and who may do it.
//!
//! Pure: events and commands in, events, facts and duties out. No clock (`today` and `now` are arguments), no database.
//! One word, one file: what may be recorded about a word of the glossary is decided in the module of that word.
#![no_std]
extern crate alloc;

pub mod act;
pub mod birth;
pub mod body;
pub mod contact;
pub mod correction;
pub mod difference;
pub mod duties;
pub mod event;
pub mod explain;
pub mod fold;
pub mod joining;
pub mod kin;
pub mod layers;
pub mod matching;
pub mod office;
pub mod permissions;
pub mod person;
pub mod pregnancy;
pub mod publication;
pub mod readings;
pub mod resident;
pub mod responsibility;
pub mod scopes;
pub mod service;

pub use act::{Act, Command, Decision, Known, Refusal, decide};
pub use body::{Body, certify};
pub use difference::{Difference, difference};
pub use duties::{Derived, Duty, derive};
pub use event::{Event, FileRef, NewEvent, Sensitivity};
pub use fold::{Story, View, fold};
pub use kin::Relative;
pub use office::{setting, staff};
pub use permissions::{Permission, Role};
pub use person::Person;
pub use readings::{disclosure, emergency, inspection, marks, protection};
