//! `cargo run -p clerk-conformance --example fuzz_seeds -- FOLDER`: writes the seeds of every fuzz target to
//! `FOLDER/<target>/`.

use std::fs;
use std::path::PathBuf;

use clerk_conformance::fuzz::TARGETS;

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("corpus"), PathBuf::from);
    for target in TARGETS {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder)?;
        for (number, seed) in (target.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("{number:04}")), seed)?;
        }
    }
    Ok(())
}
