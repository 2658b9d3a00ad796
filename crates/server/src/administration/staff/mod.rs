//! 職員: accounts, their dated posts and passwords for one time. Each change is a record of the office's own file; what a
//! 管理者 sees here is staff, never a person's record.

pub mod acts;
pub mod forms;
pub mod page;
pub mod post;
pub mod read;
pub mod view;

#[cfg(test)]
pub mod example;
