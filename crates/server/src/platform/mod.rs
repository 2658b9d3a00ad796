//! What every feature stands on: database and doors, clock, faults, the event store, the web adapter.

pub mod check;
pub mod clock;
pub mod db;
pub mod door;
pub mod fault;
pub mod mask;
pub mod migrate;
pub mod people;
pub mod record;
pub mod rulebook;
pub mod secret;
pub mod store;
pub mod subject;
pub mod typed;
pub mod web;

pub use clock::Clock;
pub use db::{Database, Db};
pub use door::{Actor, Door, Doors};
pub use fault::{Fault, Problem, Refusal};
