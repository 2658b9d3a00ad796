//! The permission table as text: a change of rights shows up as a change of `permissions.txt`.

use casework::{Permission, Role};

fn printed() -> String {
    let mut text = String::from("Who may do what, from src/permissions.rs (x = may).\n");
    for (n, role) in (1..).zip(Role::ALL) {
        text.push_str(&format!("{n:>2} {}  {}\n", role.code(), role.label()));
    }
    text.push_str(&format!("\n{:<17}", ""));
    for n in 1..=Role::ALL.len() {
        text.push_str(&format!("{n:>3}"));
    }
    for permission in Permission::ALL {
        text.push_str(&format!("\n{:<17}", format!("{permission:?}")));
        for role in Role::ALL {
            text.push_str(if role.may(permission) { "  x" } else { "  ." });
        }
    }
    text + "\n"
}

#[test]
fn the_table_is_the_one_that_was_read() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/permissions.txt");
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    assert!(kept == printed(), "If the change of rights is meant, make {file} read:\n{}", printed());
}
