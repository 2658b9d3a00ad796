//! The page of one person: duties with why and why not, relations, and the log.
pub mod view;

#[cfg(test)]
pub mod example;
