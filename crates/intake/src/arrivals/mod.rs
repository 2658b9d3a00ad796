//! 取り込みの状況: per source what is in, through when, what is expected by its usual lag, and what is late.

pub mod page;
pub mod view;
