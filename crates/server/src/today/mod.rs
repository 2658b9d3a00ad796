//! 今日の対応: what is open today, why, by when, and by whom.

pub mod asked;
#[cfg(test)]
pub mod example;
pub mod lines;
pub mod owner;
pub mod page;
mod panel;
pub mod persons;
pub(crate) mod side;
pub mod tally;
pub mod view;
pub mod words;

pub use page::page;
