//! Which records can be corrected in a form.
use casework::Body;

/// Whether a record of this kind has a form to correct it.
pub fn correctable(_body: &Body) -> bool {
    true
}
