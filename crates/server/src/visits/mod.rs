//! 家庭訪問: one visit and what was seen.
pub mod view;

#[cfg(test)]
pub mod example;
