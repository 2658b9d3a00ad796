//! 訪問: recording a visit, and who saw the child.

#[cfg(test)]
pub mod example;
pub mod form;
pub mod post;
pub mod view;
