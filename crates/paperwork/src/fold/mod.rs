//! Keys under which names are found again. Never for display: a name is shown as it was received.
//!
//! Both sides of a search fold the same way, so folding may be generous: a key that is too wide shows one person more,
//! a key that is too narrow hides one.

mod kana;
mod name;
mod romaji;
mod variants;

pub use kana::{fold_kana, to_hiragana};
pub use name::fold_name;
pub use romaji::{fold_romaji, plain_vowels};
pub use variants::base_form;
