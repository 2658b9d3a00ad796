//! One person: the page with duties, why and why not, relations and the log; the index; what is set about a person.

pub mod ask_purpose;
pub mod bar;
pub mod came;
pub mod duties;
pub mod explained;
pub mod index;
pub mod log;
pub mod new;
pub mod page;
pub mod purpose;
pub mod register;
pub mod reveal;
pub mod safety;
pub mod sheet;
pub mod told;
pub mod view;

#[cfg(test)]
pub mod example;
