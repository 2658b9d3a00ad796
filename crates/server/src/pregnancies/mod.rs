//! 妊娠届 (short): expected day, week, 里帰り.
pub mod births;
pub mod ending;
pub mod post;
pub mod view;

#[cfg(test)]
pub mod example;
