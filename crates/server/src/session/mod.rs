//! Signing in and out, roles, passwords.
pub mod view;
