//! The one binary of Tsumugi as a library: features, and the platform they stand on.

pub mod platform;
pub mod today;
