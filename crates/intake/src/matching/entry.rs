//! Before somebody is put on file by hand: who on file they may be already.

use casework::{body::Resident, matching::Likeness};
use platform::Door;
use platform::Problem;
use platform::door::Looked;

use super::candidates;
use super::faces::{self, Known};
use super::page::proposal;
use super::view::Proposal;

/// Who the person being typed may be, likeliest first. A shared name alone is said too: whoever types knows more.
///
/// # Errors
/// If the database fails.
pub fn already(door: &mut Door<'_>, typed: &Resident, protected: bool) -> Result<Vec<Proposal>, Problem> {
    let mut face = faces::face(typed);
    if protected {
        face.address.clear();
        face.phone.clear();
    }
    let (found, _) = candidates::proposals(door, &face, (&typed.name, &typed.kana), &[])?;
    let here = Known {
        face,
        name: typed.name.clone(),
        kana: typed.kana.clone(),
        address: typed.address.clone(),
        protected,
        ..Known::default()
    };
    let told = found.iter().filter(|p| p.likely.likeness < Likeness::NameOnly || here.face.birth.is_none());
    let mut shown = Vec::new();
    for p in told {
        shown.push(proposal(door, &here, p)?);
    }
    if !shown.is_empty() {
        let files: Vec<i64> = shown.iter().map(|p| p.other).collect();
        door.log_reading(Looked::List, "matching", &files);
    }
    Ok(shown)
}
