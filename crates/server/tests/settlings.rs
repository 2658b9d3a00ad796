//! 一括整理 on both databases: a city's first morning is short and true, a decision closes what was seen and nothing else,
//! and is taken back as one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "settlings/office.rs"]
mod office;
#[path = "settlings/pages.rs"]
mod pages;
#[path = "settlings/random.rs"]
mod random;
#[path = "settlings/stories.rs"]
mod stories;
mod support;
