//! Signing in and out, roles, passwords.
pub mod view;

#[cfg(test)]
pub mod example;
