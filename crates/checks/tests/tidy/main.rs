//! The house rules a machine can see. A rule that bothers you is changed here, with its reason, not worked around.

mod files;
mod pages;
mod papers;
mod pure;
mod shape;
mod source;

/// Fails with every place found and what to do about it.
#[track_caller]
fn none(found: Vec<String>, what_to_do: &str) {
    let list: String = found.iter().map(|place| format!("\n  {place}")).collect();
    assert!(found.is_empty(), "{what_to_do}{list}\n");
}
