//! 訂正・取下げ: a recorded event is corrected by another that names it; nothing is overwritten.
pub mod fields;
pub mod marks;
pub mod post;
pub mod view;

#[cfg(test)]
pub mod example;
