//! The pages of signing in and out, roles, passwords, and what was typed when a session ended.

pub mod counter;
pub mod dates;
pub mod home;
pub mod kept;
pub mod lock;
pub mod own_password;
pub mod role;
pub mod sign_in;
pub mod view;

#[cfg(test)]
pub mod example;
