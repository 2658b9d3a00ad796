//! Passwords: argon2id with the OWASP floor (19 MiB, 2 passes, 1 lane), and what a new one must look like.

use std::sync::OnceLock;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::{Fault, Refusal, secret};

/// Stands in the column of an account nobody can sign in with.
pub const NONE: &str = "-";

const SHORTEST: usize = 12;
/// Longer input is refused before it is hashed: it costs time and nobody types it.
pub const LONGEST: usize = 200;

fn hasher() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(Fault::at("argon2 parameters"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password for the column `staff.password`.
///
/// # Errors
/// If hashing itself fails.
pub fn hash(password: &str) -> Result<String, Fault> {
    let salt = SaltString::encode_b64(&secret::random::<16>()?).map_err(Fault::at("salting a password"))?;
    let hash = hasher()?.hash_password(password.as_bytes(), &salt).map_err(Fault::at("hashing a password"))?;
    Ok(hash.to_string())
}

/// Checks a password. For an unknown login (`None`) the same work is done against a hash nobody has, so that the time
/// taken does not tell who exists.
///
/// # Errors
/// If the stored hash cannot be read.
pub fn verify(password: &str, stored: Option<&str>) -> Result<bool, Fault> {
    let stored = stored.filter(|text| *text != NONE);
    static NOBODY: OnceLock<String> = OnceLock::new();
    let text = match (stored, NOBODY.get()) {
        (Some(text), _) => text,
        (None, Some(text)) => text,
        (None, None) => {
            let made = hash("nobody has this password")?;
            NOBODY.get_or_init(|| made)
        }
    };
    let parsed = PasswordHash::new(text).map_err(Fault::at("a stored password hash cannot be read"))?;
    let fits = hasher()?.verify_password(password.as_bytes(), &parsed).is_ok();
    Ok(fits && stored.is_some())
}

/// Prepares [`verify`] for unknown logins, so that the first of them takes no longer than the others.
///
/// # Errors
/// If hashing itself fails.
pub fn warm_up() -> Result<(), Fault> {
    verify("", None).map(|_| ())
}

/// A password for one time, to be read aloud or copied from paper: no letter looks like another, 79 bits.
///
/// # Errors
/// If the operating system gives no randomness.
pub fn one_time() -> Result<String, Fault> {
    const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut letters = Vec::new();
    while letters.len() < 16 {
        // Bytes from 248 on are left out, so that every letter is equally likely.
        let fair = secret::random::<32>()?.into_iter().filter(|byte| *byte < 248);
        letters.extend(fair.map(|byte| char::from(LETTERS[usize::from(byte) % 31])));
    }
    let groups: Vec<String> = letters[..16].chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// What a new password must be: long rather than odd (NIST SP 800-63B), and not what others can see.
///
/// # Errors
/// The refusal names the field of the form.
pub fn acceptable(new: &str, again: &str, login: &str) -> Result<(), Refusal> {
    let length = new.chars().count();
    if length < SHORTEST {
        return Err(Refusal::at(
            "new",
            format!(
                "{SHORTEST}文字以上にしてください（いま{length}文字）。言葉をいくつかつなげると覚えやすくなります。"
            ),
        ));
    }
    if new.len() > LONGEST {
        return Err(Refusal::at("new", "長すぎます。半角で200文字までにしてください。"));
    }
    if !login.is_empty() && new.to_lowercase().contains(&login.to_lowercase()) {
        return Err(Refusal::at("new", "職員番号（ログイン名）を含まないパスワードにしてください。"));
    }
    let mut characters: Vec<char> = new.chars().collect();
    characters.sort_unstable();
    characters.dedup();
    if characters.len() < 5 {
        return Err(Refusal::at("new", "同じ文字のくり返しが多すぎます。別のパスワードにしてください。"));
    }
    if new != again {
        return Err(Refusal::at("again", "1回目と違います。もう一度入力してください。"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_the_right_password_of_a_known_login_fits() {
        let stored = hash("葉桜 の 並木道 を 歩く").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("葉桜 の 並木道 を 歩く", Some(&stored)).unwrap());
        assert!(!verify("葉桜", Some(&stored)).unwrap());
        assert!(!verify("nobody has this password", None).unwrap());
    }

    #[test]
    fn a_password_for_one_time_is_long_differs_and_may_be_kept_by_nobody() {
        let (first, second) = (one_time().unwrap(), one_time().unwrap());
        assert_ne!(first, second);
        assert_eq!(first.len(), 19);
        assert_eq!(acceptable(&first, &first, "s-1024"), Ok(()));
        assert!(!first.contains(['0', 'o', '1', 'l', 'i']), "{first}");
        assert!(!verify("-", Some(NONE)).unwrap(), "an account without a password opens to nobody");
    }

    #[test]
    fn a_new_password_is_refused_at_its_field() {
        let field = |new, again| acceptable(new, again, "tanaka").err().and_then(|r| r.field);
        assert_eq!(field("short", "short"), Some("new"));
        assert_eq!(field("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"), Some("new"));
        assert_eq!(field("Tanaka-no-himitsu", "Tanaka-no-himitsu"), Some("new"));
        assert_eq!(field("hazakura no namiki", "hazakura no namik"), Some("again"));
        assert_eq!(field("hazakura no namiki", "hazakura no namiki"), None);
    }
}
