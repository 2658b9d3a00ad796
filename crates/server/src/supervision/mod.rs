//! 体制: who answers for what, where nobody does, and what happens when somebody leaves.
//!
//! Responsibility is resolved, not stored: everything here asks the one table ([`casework::responsibility`]) for a day,
//! today's or another. What is decided here is events of the office's own file; no duty is touched.

pub mod absences;
pub mod charges;
pub mod counts;
pub mod desk;
pub mod escalations;
pub mod handovers;
pub mod page;
pub mod rehearsal;
pub mod table;
pub mod view;

#[cfg(test)]
pub mod example;
