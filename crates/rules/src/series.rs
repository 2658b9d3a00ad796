//! Rules for several injections whose number depends on the age at the first.
use crate::{Facts, Outcome, compiled::Rule};
pub(crate) fn evaluate(_versions: &[Rule], _facts: &Facts<'_>, _explain: bool) -> Outcome {
    Outcome::default()
}
