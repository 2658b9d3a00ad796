//! What a piece of work cost this process: CPU time of a thread, memory at its peak. Read from `/proc`.

use std::{fs, thread};

/// Nanoseconds that the calling thread has been computing so far; `None` where the system does not tell.
pub fn cpu() -> Option<u64> {
    // The kernel brings a thread's account up to date when it yields.
    thread::yield_now();
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// Nanoseconds that all threads of this process have been computing so far, in steps of the kernel's tick; `None` where
/// the system does not tell.
pub fn cpu_of_all() -> Option<u64> {
    /// A tick of `/proc` is a hundredth of a second wherever Linux runs.
    const TICK: u64 = 10_000_000;
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) * TICK)
}

/// The most memory this process has held, in MB (of 1024 × 1024 bytes).
pub fn peak_mb() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kb: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kb.div_ceil(1024))
}
