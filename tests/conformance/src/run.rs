//! Replays vectors and judges what comes out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use crate::adapters::{self, Adapter};
use crate::compare::compare;
use crate::deviation::{Deviation, Deviations, Meant};
use crate::outcome::Outcome;
use crate::report::{Failure, Report, Verdict};
use crate::sent::{same_request, same_requests};
use crate::vector::{Context, Family, Vector};

/// Which vectors to replay.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only this family.
    pub family: Option<String>,
    /// Only this function.
    pub function: Option<String>,
}

impl Selection {
    /// Whether a family is to be replayed.
    #[must_use]
    pub fn has_family(&self, name: &str) -> bool {
        self.family.as_deref().is_none_or(|only| only == name)
    }

    fn has_function(&self, name: &str) -> bool {
        self.function.as_deref().is_none_or(|only| only == name)
    }
}

/// Runs `work` on a thread with room for deeply nested values.
///
/// # Panics
///
/// When the thread cannot be started, or `work` panics.
pub fn on_a_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(512 << 20)
            .spawn_scoped(scope, work);
        let joined = thread.map(std::thread::ScopedJoinHandle::join);
        match joined {
            Ok(Ok(value)) => value,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => std::panic::resume_unwind(Box::new(error.to_string())),
        }
    })
}

/// Replays one family into the report.
pub fn run(family: &Family, selection: &Selection, deviations: &Deviations, report: &mut Report) {
    let mut replayed = 0;
    for vector in &family.vectors {
        if !selection.has_function(&vector.function) {
            continue;
        }
        replayed += 1;
        let (verdict, entry) = replay(&family.context, vector, deviations);
        report.record(vector, verdict, entry);
    }
    if family.complete && replayed == family.vectors.len() {
        report.record_complete(&family.name);
    }
}

/// What came of one vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It came out as the reference has it.
    Agrees,
    /// It came out as an entry of the list of deviations means it.
    Deviates,
    /// It came out wrong, for this reason.
    Differs(String),
    /// It cannot be replayed, or is not meant to be.
    NotReplayed(String),
}

/// Replays one vector on its own.
#[must_use]
pub fn judge_one(context: &Context, vector: &Vector, deviations: &Deviations) -> Judgement {
    match replay(context, vector, deviations).0 {
        Verdict::Passed => Judgement::Agrees,
        Verdict::Deviating => Judgement::Deviates,
        Verdict::Failed(failure) => Judgement::Differs(failure.why),
        Verdict::NotReplayed(why) | Verdict::NotCompared(why) => Judgement::NotReplayed(why),
    }
}

fn replay(context: &Context, vector: &Vector, deviations: &Deviations) -> (Verdict, Option<usize>) {
    if vector.has_tag("informational") {
        return (Verdict::NotCompared("informational".to_owned()), None);
    }
    let Some(adapter) = adapters::find(&vector.family, &vector.function) else {
        return (Verdict::NotReplayed("no adapter yet".to_owned()), None);
    };
    let replay = catch_unwind(AssertUnwindSafe(|| (adapter.replay)(context, vector)));
    let outcome = replay.unwrap_or_else(|_| Outcome::Broken("it panicked".to_owned()));
    if let Outcome::NotReplayed(why) = outcome {
        return (Verdict::NotReplayed(why), None);
    }
    let entry = deviations.find(vector);
    // What an entry expects is worked out from the vector, and a vector can be of any kind.
    let judged = catch_unwind(AssertUnwindSafe(|| {
        judge(adapter, vector, &outcome, entry.map(|(_, entry)| entry))
    }));
    let verdict = judged.unwrap_or_else(|_| {
        Verdict::Failed(Failure {
            id: vector.id.clone(),
            name: vector.name.clone(),
            why: "working out what the deviation expects panicked".to_owned(),
        })
    });
    (verdict, entry.map(|(index, _)| index))
}

fn judge(
    adapter: &Adapter,
    vector: &Vector,
    outcome: &Outcome,
    entry: Option<&Deviation>,
) -> Verdict {
    let failed = |why: String| {
        Verdict::Failed(Failure {
            id: vector.id.clone(),
            name: vector.name.clone(),
            why,
        })
    };
    let trim = |mut value: Value| {
        if let Some(informational) = adapter.informational {
            informational(&mut value);
        }
        value
    };
    if let Some(why) = broken(outcome) {
        return failed(why.to_owned());
    }
    let wanted = match entry.map(|entry| entry.wanted(vector)) {
        None => None,
        Some(Ok(wanted)) => Some(wanted),
        Some(Err(why)) => return failed(why),
    };
    let (made, recorded) = calls(outcome, vector);
    let meant = wanted.as_ref().and_then(|wanted| wanted.calls);
    let meant = meant.unwrap_or(recorded);
    if made != meant {
        return failed(format!("{made} of {meant} calls went out"));
    }
    let meant = wanted.as_ref().and_then(|wanted| wanted.request.clone());
    let exact = match exact_requests(outcome, vector, entry) {
        Ok(exact) => exact,
        Err(why) => return failed(why),
    };
    if let Some(call) = other_request(outcome)
        && !exact
        && !meant.is_some_and(|part| call.contains(&part))
    {
        return failed(format!("another request: {call}"));
    }
    let wanted = wanted.map(|wanted| wanted.outcome);
    let reference = trim(vector.expected.to_value());
    let Some(actual) = outcome.to_value().map(trim) else {
        let Outcome::NotExpressible(why) = outcome else {
            return failed("there is no outcome".to_owned());
        };
        return match wanted {
            Some(Meant::NotExpressible) => Verdict::Deviating,
            _ => failed(format!(
                "it cannot be written ({why}), and no entry says so"
            )),
        };
    };
    let same_calls = made == recorded && other_request(outcome).is_none();
    match wanted {
        // An entry of this kind excuses; what can be written has to be right.
        None | Some(Meant::NotExpressible) => match compare(&reference, &actual) {
            Ok(()) => Verdict::Passed,
            Err(difference) => failed(difference.to_string()),
        },
        Some(Meant::Outcome(wanted)) => {
            let wanted = trim(wanted);
            match compare(&wanted, &actual) {
                Ok(()) if same_calls && compare(&reference, &wanted).is_ok() => Verdict::Passed,
                Ok(()) => Verdict::Deviating,
                Err(difference) => {
                    let name = entry.map_or("", |entry| &entry.name);
                    failed(format!("deviation {name}: {difference}"))
                }
            }
        }
    }
}

/// Whether an entry tells the requests that go out, and these did.
fn exact_requests(
    outcome: &Outcome,
    vector: &Vector,
    entry: Option<&Deviation>,
) -> Result<bool, String> {
    let Some(meant) = entry.map_or(Ok(None), |entry| entry.requests(vector))? else {
        return Ok(false);
    };
    match outcome {
        Outcome::OtherRequest { sent, .. } => same_requests(&meant, sent).map(|()| true),
        // What cannot be written sends nothing, and other numbers of calls are counted.
        Outcome::NotExpressible(_) | Outcome::OtherCalls { .. } => Ok(false),
        _ => {
            let recorded = vector.http.iter().map(|exchange| &exchange.request);
            let same = meant.len() == vector.http.len()
                && recorded
                    .zip(&meant)
                    .all(|(left, right)| same_request(left, right));
            if same {
                Ok(true)
            } else {
                Err("the requests are the recorded ones; others are meant".to_owned())
            }
        }
    }
}

/// Why a replay went wrong, be it in one of the steps.
fn broken(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Broken(why) => Some(why),
        Outcome::OtherCalls { outcome, .. } | Outcome::OtherRequest { outcome, .. } => {
            broken(outcome)
        }
        Outcome::Steps(steps) => steps.iter().find_map(broken),
        _ => None,
    }
}

/// A call that was not the recorded one, be it in one of the steps.
fn other_request(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::OtherRequest { call, .. } => Some(call),
        Outcome::OtherCalls { outcome, .. } => other_request(outcome),
        Outcome::Steps(steps) => steps.iter().find_map(other_request),
        _ => None,
    }
}

/// How many calls went out and how many were recorded, over all steps.
fn calls(outcome: &Outcome, vector: &Vector) -> (usize, usize) {
    match outcome {
        Outcome::Steps(steps) => steps
            .iter()
            .zip(&vector.steps)
            .map(|(outcome, step)| calls(outcome, step))
            .fold((0, 0), |(made, recorded), step| {
                (made + step.0, recorded + step.1)
            }),
        Outcome::OtherCalls { made, .. } | Outcome::OtherRequest { made, .. } => {
            (*made, vector.http.len())
        }
        _ => (vector.http.len(), vector.http.len()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::outcome::VectorError;
    use crate::vector::Expected;

    fn vector(expected: Expected) -> Vector {
        Vector {
            family: "jwt".to_owned(),
            id: "jwt-1".to_owned(),
            name: "a case".to_owned(),
            tags: vec!["tagged".to_owned()],
            now_ms: 0,
            env: std::collections::BTreeMap::new(),
            function: "f".to_owned(),
            input: json!({"x": 1}),
            http: Vec::new(),
            retry_delays_ms: Vec::new(),
            expected,
            steps: Vec::new(),
        }
    }

    fn adapter() -> Adapter {
        Adapter::new("jwt", "f", |_, _| Outcome::Ok(Value::Null))
    }

    fn entry(rest: &str) -> Deviation {
        let text = format!(
            "[[deviation]]\nname = 'n'\nrequirements = ['JWT-6']\nreason = 'r'\nfamilies = ['jwt']\ntags = ['tagged']\n{rest}"
        );
        Deviations::parse(&text).unwrap().entries()[0].clone()
    }

    fn verdict(expected: Expected, outcome: &Outcome, entry: Option<&Deviation>) -> &'static str {
        match judge(&adapter(), &vector(expected), outcome, entry) {
            Verdict::Passed => "passed",
            Verdict::Deviating => "deviating",
            Verdict::Failed(_) => "failed",
            Verdict::NotReplayed(_) | Verdict::NotCompared(_) => "not replayed",
        }
    }

    #[test]
    fn without_an_entry_the_reference_decides() {
        let ok = || Expected::Ok(json!({"a": 1}));
        assert_eq!(verdict(ok(), &Outcome::Ok(json!({"a": 1})), None), "passed");
        assert_eq!(verdict(ok(), &Outcome::Ok(json!({"a": 2})), None), "failed");
        assert_eq!(
            verdict(ok(), &Outcome::NotExpressible(String::new()), None),
            "failed"
        );
        assert_eq!(
            verdict(ok(), &Outcome::Broken(String::new()), None),
            "failed"
        );
        let fewer = Outcome::OtherCalls {
            made: 1,
            outcome: Box::new(Outcome::Ok(json!({"a": 1}))),
        };
        assert_eq!(verdict(ok(), &fewer, None), "failed");
    }

    #[test]
    fn with_an_entry_its_outcome_is_asserted() {
        let ok = || Expected::Ok(json!({"a": 1, "b": 2}));
        let fails =
            entry("expect.err = { class = 'TokenVerificationError', reason = 'token-invalid' }");
        let error = |reason: &str| {
            Outcome::Err(VectorError::new("TokenVerificationError", &"m").with("reason", reason))
        };
        assert_eq!(
            verdict(ok(), &error("token-invalid"), Some(&fails)),
            "deviating"
        );
        assert_eq!(
            verdict(ok(), &error("token-expired"), Some(&fails)),
            "failed"
        );
        let reference = Outcome::Ok(json!({"a": 1, "b": 2}));
        assert_eq!(verdict(ok(), &reference, Some(&fails)), "failed");

        let edited =
            entry("expect.set = { '/ok/a' = { '$null' = true } }\nexpect.remove = ['/ok/b']");
        assert_eq!(
            verdict(ok(), &Outcome::Ok(json!({"a": null})), Some(&edited)),
            "deviating"
        );
        assert_eq!(verdict(ok(), &reference, Some(&edited)), "failed");

        let same = entry("expect.ok = { a = 1, b = 2 }");
        assert_eq!(verdict(ok(), &reference, Some(&same)), "passed");

        let unwritable = entry("expect.not_expressible = true");
        assert_eq!(
            verdict(
                ok(),
                &Outcome::NotExpressible(String::new()),
                Some(&unwritable)
            ),
            "deviating"
        );
        assert_eq!(verdict(ok(), &reference, Some(&unwritable)), "passed");
        assert_eq!(
            verdict(ok(), &Outcome::Ok(json!(1)), Some(&unwritable)),
            "failed"
        );
        assert_eq!(
            verdict(ok(), &Outcome::NotExpressible(String::new()), Some(&same)),
            "failed"
        );
    }

    #[test]
    fn fewer_calls_need_an_entry() {
        let response = json!({"request": {"method": "GET", "url": "u", "headers": []}, "response": {"error": "e"}});
        let mut vector = vector(Expected::Ok(json!(1)));
        vector.http = vec![crate::http::Exchange::from_value(&response).unwrap(); 5];
        let fewer = |made| Outcome::OtherCalls {
            made,
            outcome: Box::new(Outcome::Ok(json!(1))),
        };
        let once = entry("calls = 1\nexpect.reference = true");
        let judge = |outcome: &Outcome, entry| judge(&adapter(), &vector, outcome, entry);
        assert!(matches!(judge(&fewer(1), Some(&once)), Verdict::Deviating));
        assert!(matches!(judge(&fewer(2), Some(&once)), Verdict::Failed(_)));
        assert!(matches!(
            judge(&Outcome::Ok(json!(1)), Some(&once)),
            Verdict::Failed(_)
        ));
        assert!(matches!(judge(&fewer(1), None), Verdict::Failed(_)));
        assert!(matches!(
            judge(&Outcome::Ok(json!(1)), None),
            Verdict::Passed
        ));
    }

    #[test]
    fn other_requests_need_an_entry() {
        let response = json!({"request": {"method": "GET", "url": "u", "headers": []}, "response": {"error": "e"}});
        let mut vector = vector(Expected::Ok(json!(1)));
        vector.http = vec![crate::http::Exchange::from_value(&response).unwrap()];
        let other = Outcome::OtherRequest {
            sent: Vec::new(),
            call: "call 1: GET https://x.example/a%2Fb".to_owned(),
            made: 1,
            outcome: Box::new(Outcome::Ok(json!(1))),
        };
        let judge = |entry| judge(&adapter(), &vector, &other, entry);
        assert!(matches!(judge(None), Verdict::Failed(_)));
        let named = entry("request = '/a%2Fb'\nexpect.reference = true");
        assert!(matches!(judge(Some(&named)), Verdict::Deviating));
        let another = entry("request = '/c'\nexpect.reference = true");
        assert!(matches!(judge(Some(&another)), Verdict::Failed(_)));
    }

    #[test]
    fn steps_are_judged_like_calls_of_their_own() {
        let response = json!({"request": {"method": "GET", "url": "u", "headers": []}, "response": {"error": "e"}});
        let mut step = vector(Expected::Ok(json!(1)));
        step.http = vec![crate::http::Exchange::from_value(&response).unwrap()];
        let expected = Expected::Steps(vec![Expected::Ok(json!(1)); 2]);
        let mut sequence = vector(expected);
        sequence.steps = vec![step.clone(), step];
        let ok = || Outcome::Ok(json!(1));
        let fewer = || Outcome::OtherCalls {
            made: 0,
            outcome: Box::new(ok()),
        };
        let judge = |second: Outcome, entry| {
            judge(
                &adapter(),
                &sequence,
                &Outcome::Steps(vec![ok(), second]),
                entry,
            )
        };
        assert!(matches!(judge(ok(), None), Verdict::Passed));
        assert!(matches!(
            judge(Outcome::Ok(json!(2)), None),
            Verdict::Failed(_)
        ));
        assert!(matches!(
            judge(Outcome::Broken(String::new()), None),
            Verdict::Failed(_)
        ));
        assert!(matches!(judge(fewer(), None), Verdict::Failed(_)));
        let once = entry("calls = 1\nexpect.reference = true");
        assert!(matches!(judge(fewer(), Some(&once)), Verdict::Deviating));
    }

    #[test]
    fn informational_members_are_left_out() {
        let mut adapter = adapter();
        adapter.informational = Some(|value| {
            value["ok"]["message"].take();
        });
        let vector = vector(Expected::Ok(json!({"message": "theirs", "a": 1})));
        let judge = |outcome| judge(&adapter, &vector, &outcome, None);
        assert!(matches!(
            judge(Outcome::Ok(json!({"message": "ours", "a": 1}))),
            Verdict::Passed
        ));
        assert!(matches!(
            judge(Outcome::Ok(json!({"message": "ours", "a": 2}))),
            Verdict::Failed(_)
        ));
    }
}
