//! 要対協・通告: what only the child-protection compartment knows of (児童福祉法25条, 25条の2). For everybody else it is not there.

pub mod page;
pub mod view;

#[cfg(test)]
pub mod example;
