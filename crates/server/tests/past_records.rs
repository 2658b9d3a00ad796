//! Files of past records on both databases: what a nurse finds afterwards, what waits for her, and that it can be stopped
//! anywhere and taken back whole.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "past_records/office.rs"]
mod office;
#[path = "past_records/pages.rs"]
mod pages;
#[path = "past_records/stories.rs"]
mod stories;
mod support;
#[path = "past_records/undo.rs"]
mod undo;
