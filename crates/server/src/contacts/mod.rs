//! 電話・面談・手紙: one contact with a family, and who saw the child.
pub mod view;

#[cfg(test)]
pub mod example;
