//! Who is signed in: sessions, the posts a person holds, passwords, attempts, and what was typed when a session ended.
//! The pages are a feature of their own.

pub mod attempts;
pub mod drafts;
pub mod live;
pub mod password;
pub mod posts;
