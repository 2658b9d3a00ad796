//! Signing in and out, roles, passwords, and what was typed when a session ended.

pub mod attempts;
pub mod drafts;
pub mod kept;
pub mod live;
pub mod own_password;
pub mod password;
pub mod posts;
pub mod role;
pub mod sign_in;
pub mod view;

#[cfg(test)]
pub mod example;
