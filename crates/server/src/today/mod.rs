//! 今日の対応: what must be done, by when, and why.

pub mod lines;
pub mod view;

#[cfg(test)]
pub mod example;
