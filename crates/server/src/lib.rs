//! The one binary of Tsumugi as a library: one folder per feature, the commands, and the table of routes.

pub mod administration;
pub mod certify;
pub mod checkups;
pub mod cli;
pub mod closures;
pub mod compartment;
pub mod contacts;
pub mod corrections;
pub mod demo;
pub mod family;
pub mod manual;
pub mod persons;
pub mod pregnancies;
pub mod readings;
pub mod routes;
pub mod rulebook;
pub mod session;
pub mod settlings;
pub mod subject;
pub mod supervision;
pub mod today;
pub mod visits;

pub use ::{intake, platform};

#[cfg(test)]
mod look;
#[cfg(test)]
use look::example;
