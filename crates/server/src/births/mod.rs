//! 出生: the child that closes a pregnancy.
pub mod view;

#[cfg(test)]
pub mod example;
