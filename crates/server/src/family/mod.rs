//! 家庭: everybody of a family on one page: who belongs, what is open, where each child stands, and their life courses.

mod chart;
mod lanes;
mod log;
mod members;
mod open;
pub mod page;
mod read;
mod ribbon;
pub mod view;

#[cfg(test)]
pub mod example;
