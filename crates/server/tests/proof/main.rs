//! Proof: promises held through random histories and named when broken, the audit chain, backups, and a silent log.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod absent;
mod audit;
mod backups;
mod broken;
mod logs;
mod promises;
mod second_lock;
#[path = "../support/mod.rs"]
mod support;
mod terminal;
