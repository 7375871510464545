//! Drives every fuzz target for a bounded number of inputs, the same ones in each run.

use clerk_conformance::fuzz::{Mutator, TARGETS, Target};

fn drive(target: &Target) {
    let seeds = (target.seeds)();
    assert!(seeds.len() > 20, "{} has seeds", target.name);
    for seed in &seeds {
        (target.check)(seed);
    }
    let mut mutator = Mutator::new(1);
    for _ in 0..target.runs {
        let input = mutator.input(&seeds);
        let checked = std::panic::catch_unwind(|| (target.check)(&input));
        assert!(
            checked.is_ok(),
            "{}: {:?}",
            target.name,
            String::from_utf8_lossy(&input)
        );
    }
}

#[test]
fn every_target_holds_for_mutated_seeds() {
    for target in TARGETS {
        drive(target);
    }
}

#[test]
fn inputs_are_the_same_in_every_run() {
    let seeds = vec![b"e30.e30.AA".to_vec(), b"https://example.com/?a=b".to_vec()];
    let inputs = |seed| {
        let mut mutator = Mutator::new(seed);
        (0..200).map(|_| mutator.input(&seeds)).collect::<Vec<_>>()
    };
    assert_eq!(inputs(1), inputs(1));
    assert_ne!(inputs(1), inputs(2));
}

#[test]
fn every_target_has_its_fuzzer() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    let wrappers = std::fs::read_dir(folder)
        .map(Iterator::count)
        .unwrap_or_default();
    let manifest = include_str!("../../fuzz/Cargo.toml");
    for target in TARGETS {
        assert!(
            manifest.contains(&format!("name = \"{}\"", target.name)),
            "{}",
            target.name
        );
    }
    assert_eq!(wrappers, TARGETS.len());
}
