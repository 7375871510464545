//! Replays the committed sample, and the whole public set where `CLERK_VECTORS` names its folder.
#![allow(clippy::print_stderr, reason = "a skipped replay has to be seen")]

use std::path::{Path, PathBuf};

use clerk_conformance::deviation::Deviations;
use clerk_conformance::{
    LoadError, Report, Selection, load_family, load_keys, on_a_deep_stack, present_families, run,
};

fn replay(folder: &Path) -> Result<(), LoadError> {
    on_a_deep_stack(|| {
        let deviations = Deviations::of_this_workspace()?;
        let keys = load_keys(folder)?;
        let mut report = Report::default();
        for name in present_families(folder) {
            let family = load_family(folder, name, &keys)?;
            run(&family, &Selection::default(), &deviations, &mut report);
        }
        report.judge_entries(&deviations);
        assert_eq!(report.failed(), 0, "\n{}", report.display(&deviations));
        eprintln!("{}", report.display(&deviations));
        Ok(())
    })
}

// covers: TEST-26
#[test]
fn the_committed_sample_is_replayed() -> Result<(), LoadError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    replay(&folder)
}

#[test]
fn the_whole_public_set_is_replayed() -> Result<(), LoadError> {
    match std::env::var_os("CLERK_VECTORS").map(PathBuf::from) {
        // Tests run in their package's folder; a relative path is meant from the workspace.
        Some(folder) => {
            let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
            replay(&workspace.join(folder))
        }
        None => {
            eprintln!("SKIPPED: CLERK_VECTORS does not name a folder of vectors");
            Ok(())
        }
    }
}
