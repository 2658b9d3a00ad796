//! placeholder
use crate::compiled::Rule;
use alloc::{string::String, vec::Vec};
pub(crate) fn windows(_rule: &Rule) -> Vec<String> {
    Vec::new()
}
