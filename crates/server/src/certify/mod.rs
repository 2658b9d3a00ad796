//! 未把握・未対応点検表: everybody on the register is covered, released or listed (promise 1), per municipality and day,
//! and what is still to be done, with the dates of the sources and the limits in plain words.
//!
//! The same figures twice: of today from the read tables ([`stored`]), of any day and as known at any instant from the
//! events ([`evaluate`]). Everything is counted as everybody may know of it: a step that only the 要対協 compartment knows
//! of covers nobody here, and its lines are not counted.

pub mod confirm;
pub mod evaluate;
pub mod figures;
pub mod names;
pub mod office;
pub mod page;
pub mod stored;
pub mod view;

#[cfg(test)]
pub mod example;
