//! The frame around every page, the parts pages share, and the pages shown when something is refused.
pub mod form;
pub mod problem;
pub mod view;

#[cfg(test)]
pub mod example;
#[cfg(test)]
mod look;
