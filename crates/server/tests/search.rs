//! Finding people: what a nurse types, whom it finds, why, and what it must never tell. On both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

mod search {
    mod calls;
    mod likeness;
    mod names;
    pub mod office;
    mod tables;
}
