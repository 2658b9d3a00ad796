//! The one binary of Tsumugi as a library: features, and the platform they stand on.

pub mod births;
pub mod checkups;
pub mod cli;
pub mod closures;
pub mod contacts;
pub mod corrections;
pub mod dates;
pub mod demo;
pub mod forecast;
pub mod home;
pub mod persons;
pub mod platform;
pub mod pregnancies;
pub mod residents;
pub mod routes;
pub mod session;
pub mod today;
pub mod visits;
