//! 終結・対象外: a duty leaves the list by a decision with a reason and a name.
pub mod form;
pub mod post;
pub mod view;

#[cfg(test)]
pub mod example;
