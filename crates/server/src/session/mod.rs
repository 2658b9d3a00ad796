//! Signing in and out, roles, passwords, and what was typed when a session ended.

pub mod attempts;
pub mod drafts;
pub mod live;
pub mod password;
pub mod posts;
pub mod view;

#[cfg(test)]
pub mod example;
