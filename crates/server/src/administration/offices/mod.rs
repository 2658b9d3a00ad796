//! センターの設置状況: since when each municipality of the prefecture has a centre, and of which kind; a centre is added,
//! renamed and closed. No person is in it.

pub mod chart;
pub mod close;
pub mod found;
pub mod name;
pub mod own;
pub mod page;
pub mod read;
pub mod view;

#[cfg(test)]
pub mod example;
