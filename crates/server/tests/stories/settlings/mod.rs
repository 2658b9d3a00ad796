//! 一括整理 on both databases: a city's first morning is short and true, a decision closes what was seen and nothing else,
//! and is taken back as one.

mod office;
mod pages;
mod random;
mod stories;
