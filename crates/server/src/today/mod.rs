//! 今日の対応: what is open today, why, and by whom.

pub mod lines;
