//! Outcomes that a fixed text cannot say, computed from the vector; by name.
//!
//! They work on the recorded input and outcome alone, never by asking the code under test.

use serde_json::Value;

use super::{
    api_answers, api_requests, auth_objects, keys, machine, paths, redirects, tokens, webhooks,
};
use crate::vector::Vector;

/// The meant outcome, in the form `{"ok": …}` or `{"err": …}`.
pub(crate) type Expectation = fn(&Vector) -> Option<Value>;

/// The outcomes that `expect.computed` in an entry can name.
pub(crate) const EXPECTATIONS: &[(&str, Expectation)] = &[
    (
        "the session's object, by typed claims",
        auth_objects::typed_session_object,
    ),
    (
        "no to loose names of features and plans",
        auth_objects::strict_names,
    ),
    ("no key", keys::no_key),
    ("the trimmed key", keys::trimmed_key),
    ("the suffix of the trimmed key", keys::trimmed_suffix),
    (
        "the machine token by the typed reading of the answer",
        machine::typed_answer,
    ),
    ("no such machine token", machine::no_such_token),
    ("the refusal with its status", machine::with_its_status),
    (
        "the tasks below the page's path",
        redirects::tasks_in_the_path,
    ),
    (
        "the request at its own origin",
        redirects::at_its_own_origin,
    ),
    (
        "the path at the reported origin",
        redirects::path_at_the_reported_origin,
    ),
    ("malformed, where ambiguous", paths::ambiguous_is_malformed),
    ("no path matches", paths::none_matches),
    ("whole characters", paths::whole_characters),
    (
        "the message, judged by its signature",
        webhooks::judged_by_its_signature,
    ),
    ("the token's payload", tokens::the_payload),
    ("no key of that name", tokens::no_key_of_that_name),
    (
        "the refusal of the token's header",
        tokens::refusal_of_header,
    ),
    ("the machine token, by typed claims", machine::typed_token),
    (
        "the machine token, its category aside",
        machine::m2m_without_category,
    ),
    ("a typed error with the status", api_answers::typed_error),
    ("the refusal, read in full", api_answers::refusal),
    ("the result as its body has it", api_answers::result),
    (
        "the refusal with the time to wait",
        api_answers::with_retry_after,
    ),
    ("the result, absent for null", api_answers::absent_for_null),
    (
        "the outcome of a call with a body",
        api_answers::with_a_body,
    ),
    (
        "the verified token, in milliseconds",
        api_answers::in_milliseconds,
    ),
    ("no answer", api_requests::no_answer),
];

pub(crate) fn named(name: &str) -> Option<Expectation> {
    let mut expectations = EXPECTATIONS.iter();
    expectations
        .find(|(have, _)| *have == name)
        .map(|(_, expectation)| *expectation)
}
