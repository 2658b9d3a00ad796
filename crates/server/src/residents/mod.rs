//! 住民記録の取込: a city's register comes in, is looked at, applied chunk by chunk, and can be taken back whole.
//!
//! `stage` reads a file into staging tables and says what it would do; `apply` does it, row by row through the one
//! write path and household by household for births; `withdraw` takes it back. `plan` alone decides what a row means.

pub mod apply;
pub mod batch;
pub mod cli;
pub mod families;
pub mod layout;
pub mod on_file;
pub mod pages;
pub mod plan;
pub mod row;
pub mod run;
pub mod stage;
pub mod summary;
pub mod upload;
pub mod view;
pub mod withdraw;

#[cfg(test)]
pub mod example;
