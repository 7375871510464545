//! Draws from the generator of the differential test, without Node: properties that hold whatever the reference does.

use std::path::Path;

use clerk_conformance::deviation::Deviations;
use clerk_conformance::differential::template::Renderer;
use clerk_conformance::differential::{Choices, generate};
use clerk_conformance::{Context, Judgement, judge_one, load_keys, on_a_deep_stack, parse_vector};
use serde_json::json;

/// How many cases are drawn of each kind of choice.
const CASES: u64 = 1500;

#[test]
fn no_generated_call_panics() {
    on_a_deep_stack(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
        let keys = load_keys(&folder).unwrap();
        let deviations = Deviations::of_this_workspace().unwrap();
        let mut renderer = Renderer::new(keys.clone(), 1);
        let context = Context {
            keys,
            meta: json!({}),
        };
        for seed in 0..CASES {
            for mut choices in [Choices::new(seed), Choices::plain(seed)] {
                let case = generate::case(&mut choices, &[]);
                let mut raw = renderer.render(&case.template).unwrap();
                raw["id"] = format!("seed-{seed}").into();
                raw["fn"] = case.function.as_ref().into();
                raw["out"] = json!({"ok": null});
                let vector = parse_vector(case.family, raw.clone(), &context.keys).unwrap();
                if let Judgement::Differs(why) = judge_one(&context, &vector, &deviations) {
                    assert!(!why.contains("panicked"), "{why}: {raw}");
                }
            }
        }
    });
}

#[test]
fn a_seed_makes_the_same_case_each_time() {
    let case = |seed| generate::case(&mut Choices::new(seed), &[]);
    for seed in 0..50 {
        assert_eq!(case(seed).template, case(seed).template);
    }
    assert_ne!(case(1).template, case(2).template);
}
