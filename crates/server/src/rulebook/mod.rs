//! 規則集: every rule as an official reads it, against the law and without the program; and how quiet its lines are.
//!
//! Pages are drawn from the rule files themselves (`library`), the ruler from the machine that makes the duties.

pub mod cases;
pub mod changes;
pub mod doses;
pub mod forecast;
pub mod health;
pub mod index;
pub mod library;
pub mod page;
pub mod parts;
pub mod ruler;
pub mod sample;
mod stood;
pub mod view;
pub mod windows;
pub mod words;

#[cfg(test)]
pub mod example;
