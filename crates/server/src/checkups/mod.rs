//! 健診・検査の結果: that a duty was carried out, and with which result.
pub mod form;
pub mod post;
pub mod view;

#[cfg(test)]
pub mod example;
