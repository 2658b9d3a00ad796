//! 仮登録の照合: who was known before the register named them, who they may be, and the sweep for persons on file twice.

pub mod candidates;
pub mod entry;
pub mod faces;
pub mod page;
pub mod post;
pub mod sweep;
pub mod view;
