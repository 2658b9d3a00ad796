//! `tsumugi`: reads the command line and runs one verb.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match server::cli::Cli::parse().run() {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("tsumugi: {fault}");
            ExitCode::FAILURE
        }
    }
}
