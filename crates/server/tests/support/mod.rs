//! What integration tests stand on: fresh databases of both engines and a real browser.
#![allow(dead_code, reason = "every test binary uses its own part of this")]

pub mod browser;
pub mod city;
pub mod demo;
pub mod history;
pub mod kinds;
pub mod leaks;
pub mod lived;
pub mod log;
pub mod pg;
pub mod planted;
pub mod site;
pub mod sqlite;

use std::path::PathBuf;

/// The `target` folder of this build, where tests put what a person may want to look at.
fn target() -> PathBuf {
    let tmp = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().map_or(tmp.clone(), PathBuf::from)
}
