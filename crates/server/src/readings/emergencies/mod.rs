//! 緊急閲覧: opening, in an emergency, what one's role does not open; and its review (decision 0022).

pub mod find;
pub mod open;
pub mod review;
pub mod view;

#[cfg(test)]
pub mod example;
