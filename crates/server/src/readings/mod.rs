//! だれが、何のために見たか: the reading log in plain words, for whoever answers for the office, for the person concerned,
//! and for the monthly 閲覧の点検 (decision 0022).

pub mod disclosures;
pub mod emergencies;
pub mod index;
pub mod letter;
pub mod looks;
pub mod month;
pub mod person;
pub mod read;
pub mod remind;
pub mod view;
pub mod words;

#[cfg(test)]
pub mod example;
