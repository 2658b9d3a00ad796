//! The key of the seals: a file outside the database.

use std::{
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
};

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{Fault, secret, store::chain::hex};

/// 32 random bytes that a seal cannot be made or verified without. Cheap to clone.
#[derive(Clone)]
pub struct Key {
    mac: Arc<Hmac<Sha256>>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.fingerprint())
    }
}

impl Key {
    /// From 64 hex digits.
    ///
    /// # Errors
    /// If it is anything else.
    pub fn parse(text: &str) -> Result<Key, Fault> {
        let text = text.trim();
        let wrong = || Fault::new("the audit key is not 64 hex digits");
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let digits = |at: usize| u8::from_str_radix(text.get(at..at + 2).unwrap_or_default(), 16);
        let bytes: Vec<u8> = (0..64).step_by(2).map(digits).collect::<Result<_, _>>().map_err(|_| wrong())?;
        let mac = Hmac::<Sha256>::new_from_slice(&bytes).map_err(|_| wrong())?;
        Ok(Key { mac: Arc::new(mac) })
    }

    /// Reads the key; `None`: there is no such file.
    ///
    /// # Errors
    /// If it cannot be read, or holds no key.
    pub fn read(path: &Path) -> Result<Option<Key>, Fault> {
        match std::fs::read_to_string(path) {
            Ok(text) => Key::parse(&text).map(Some).map_err(|fault| Fault::new(format!("{}: {fault}", path.display()))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::new(format!("the audit key {} cannot be read: {error}", path.display()))),
        }
    }

    /// Makes a key in a file for its owner only. If another process just made it, that one counts.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn create(path: &Path) -> Result<Key, Fault> {
        let text = secret::token()?;
        let failed = |error| Fault::new(format!("the audit key {} cannot be made: {error}", path.display()));
        match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => {
                file.write_all(format!("{text}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
                Key::parse(&text)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Key::read(path)?.ok_or_else(|| Fault::new("the audit key vanished"))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Says which key it is without telling it: kept in the database, in the anchor and in backups.
    pub fn fingerprint(&self) -> String {
        self.mac(&["tsumugi audit key"]).chars().take(16).collect()
    }

    /// HMAC-SHA-256 over the parts, each preceded by its length so that no two lists of parts look alike.
    pub fn mac(&self, parts: &[&str]) -> String {
        let mut mac = (*self.mac).clone();
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        hex(&mac.finalize().into_bytes())
    }
}
