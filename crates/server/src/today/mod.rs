//! 今日の対応: what is open today, why, by when, and by whom.

pub mod lines;
pub mod view;
