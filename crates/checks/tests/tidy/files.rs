//! The files of the repository: what git tracks and what it would track, so that a new file is checked before its commit.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

/// Path from the root of the repository, with `/`.
pub struct File {
    pub path: String,
    /// `None` if it is no text (fonts, pictures).
    pub text: Option<String>,
}

impl File {
    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub fn ends_with_any(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }

    /// Lines with their numbers from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text().lines().enumerate().map(|(i, line)| (i + 1, line))
    }
}

pub static ALL: LazyLock<Vec<File>> = LazyLock::new(|| {
    // The build server may own the checkout under another name; reading a list of files is harmless.
    let out = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let names = match out {
        Ok(out) if out.status.success() => String::from_utf8_lossy(&out.stdout).into_owned(),
        other => format!("git ls-files failed, so nothing can be checked: {other:?}"),
    };
    // During a merge git lists a file once for each side.
    let paths: BTreeSet<&str> = names.split('\0').collect();
    let files: Vec<File> = paths
        .into_iter()
        .filter_map(|path| Some((path, fs::read(root().join(path)).ok()?)))
        .map(|(path, bytes)| File { path: path.to_owned(), text: String::from_utf8(bytes).ok() })
        .collect();
    assert!(files.iter().any(|f| f.path == "Cargo.toml"), "{names}");
    files
});

pub fn ending(endings: &'static [&'static str]) -> impl Iterator<Item = &'static File> {
    ALL.iter().filter(|file| file.ends_with_any(endings))
}

pub fn under(folder: &'static str) -> impl Iterator<Item = &'static File> {
    ALL.iter().filter(move |file| file.path.starts_with(folder))
}

/// Whether a file or a folder of that path is tracked.
pub fn exists(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let folder = format!("{path}/");
    ALL.iter().any(|file| file.path == path || file.path.starts_with(&folder))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
