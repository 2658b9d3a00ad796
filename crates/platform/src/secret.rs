//! Random tokens, their digests, and comparison that does not tell how far it got.

use std::fmt::Write;

use rand::{TryRngCore, rngs::OsRng};
use sha2::{Digest, Sha256};

use super::fault::Fault;

/// Random bytes from the operating system.
///
/// # Errors
/// If it gives none.
pub fn random<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0_u8; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(Fault::at("no randomness from the operating system"))?;
    Ok(bytes)
}

/// 32 random bytes as 64 hex digits.
///
/// # Errors
/// If the operating system gives no randomness.
pub fn token() -> Result<String, Fault> {
    Ok(hex(&random::<32>()?))
}

/// SHA-256 as hex. Good for tokens, which cannot be guessed; never for passwords.
pub fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Compares two secrets in time that depends on their length only. Empty never equals anything.
pub fn same(left: &str, right: &str) -> bool {
    left.len() == right.len()
        && !left.is_empty()
        && left.bytes().zip(right.bytes()).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tokens_differ_and_digests_are_sha256() {
        assert_ne!(token().unwrap(), token().unwrap());
        assert_eq!(token().unwrap().len(), 64);
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn nothing_equals_the_empty_secret() {
        assert!(same("ab", "ab"));
        assert!(!same("ab", "ac"));
        assert!(!same("ab", "abc"));
        assert!(!same("", ""));
    }
}
