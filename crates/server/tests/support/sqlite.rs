//! SQLite for tests: a path of its own in `target/tmp/sqlite`, kept after a failure, gone with the next run.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// A path in an empty folder of its own; the file is not there yet.
pub fn fresh() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = RUN.join(COUNT.fetch_add(1, Ordering::Relaxed).to_string());
    fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    folder.join("tsumugi.db")
}

/// The folder of this process, after the folders of processes that have ended were removed.
static RUN: LazyLock<PathBuf> = LazyLock::new(|| {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sqlite");
    for old in fs::read_dir(&all).into_iter().flatten().flatten() {
        if !Path::new("/proc").join(old.file_name()).exists() {
            let _ = fs::remove_dir_all(old.path());
        }
    }
    all.join(std::process::id().to_string())
});
