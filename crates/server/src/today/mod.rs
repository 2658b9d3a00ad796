//! 今日の対応: what is open today, why, by whom, and by when.

pub mod lines;
pub mod view;
