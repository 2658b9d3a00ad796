//! センターの設置状況: since when each municipality of the prefecture has a centre, and of which kind. No person is in it.

pub mod chart;
pub mod found;
pub mod own;
pub mod page;
pub mod read;
pub mod view;

#[cfg(test)]
pub mod example;
