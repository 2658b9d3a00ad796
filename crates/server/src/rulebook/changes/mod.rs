//! 規則の変更: proposed, shown what it would do to the living population, approved by another person, published, and put
//! back. What is said and decided stands in the office's own file (`casework::publication`); here are its pages and the
//! work that runs beside them.

pub mod decide;
pub mod desk;
pub mod effects;
pub mod page;
pub mod persons;
pub mod preview;
pub mod propose;
pub mod publish;
pub mod receipt;
pub mod run;
pub mod typed;
pub mod view;
pub mod work;

#[cfg(test)]
pub mod example;
