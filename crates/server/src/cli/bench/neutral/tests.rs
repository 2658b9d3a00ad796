//! Sixty persons of the workload, answered by its plain reference (`expected.csv`), must be answered byte for byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use super::{evaluate, read, write};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/bench/neutral/sample")
}

#[test]
fn the_sample_is_answered_byte_for_byte_on_any_number_of_threads() {
    let expected = std::fs::read_to_string(sample().join("expected.csv")).unwrap();
    let work = read(&sample()).unwrap();
    assert_eq!((work.persons.len(), work.rules), (60, 40));
    for threads in [1, 2, 7, 90] {
        let mut out = Vec::new();
        write(&work, &evaluate(&work, threads), &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        for (ours, reference) in out.lines().zip(expected.lines()) {
            assert_eq!(ours, reference);
        }
        assert_eq!(out.len(), expected.len());
    }
}

#[test]
fn the_sample_has_every_status() {
    let expected = std::fs::read_to_string(sample().join("expected.csv")).unwrap();
    for status in ["done", "expired", "blocked", "upcoming", "due", "overdue"] {
        assert!(expected.contains(&format!(",{status},")), "{status}");
    }
}
