//! 出生: the child that closes a pregnancy.
pub mod post;
pub mod view;

#[cfg(test)]
pub mod example;
