//! Names, readings and numbers as the keys they are found by. Pure: text in, text out; knows neither files nor records.
//!
//! Never for display: a name is shown as it was received. Both sides of a search fold the same way, so folding may be
//! generous: a key that is too wide shows one person more, a key that is too narrow hides one.

mod digits;
mod kana;
mod key;
mod romaji;
mod typed;
mod variants;
mod written;

pub use digits::{number_key, phone_keys, phone_tail};
pub use kana::{fold_kana, is_kana, to_hiragana};
pub use key::{Key, Place};
pub use romaji::{from_romaji, plain_vowels};
pub use typed::{Script, Word};
pub use variants::base_form;
pub use written::fold_name;

/// Raise it whenever a name folds to another key than before: everybody's stored keys are then written anew.
pub const VERSION: u32 = 1;
