//! 設定: what the office decided for itself, with its meaning, since when and by whom.

pub mod page;
pub mod view;

#[cfg(test)]
pub mod example;
