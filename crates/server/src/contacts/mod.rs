//! 電話・面談・手紙: one contact with a family, and who saw the child.

#[cfg(test)]
pub mod example;
pub mod form;
pub mod post;
pub mod postings;
pub mod view;
