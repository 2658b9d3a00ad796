//! 開示請求: received with its clock, looked over record by record (点検版), copied with what is marked blacked out (写し), decided
//! (decision 0027).

pub mod copy;
pub mod index;
pub mod page;
pub mod post;
pub mod receiver;
pub mod view;

#[cfg(test)]
pub mod example;
