//! What every feature stands on: database and doors, clock, faults, the event store, who is signed in, the web adapter.
//! It knows no feature: those bring their pages in a route table.

pub mod audit;
pub mod backup;
pub mod check;
pub mod clock;
pub mod db;
pub mod door;
pub mod fault;
pub mod mask;
pub mod meter;
pub mod migrate;
pub mod people;
pub mod readings;
pub mod record;
pub mod responsibility;
pub mod rulebook;
pub mod search;
pub mod secret;
pub mod session;
pub mod sql;
pub mod store;
pub mod typed;
pub mod web;

pub use clock::Clock;
pub use db::{Database, Db, rights};
pub use door::{Actor, Door, Doors};
pub use fault::{Fault, Problem, Refusal};
