//! Selections that conditions cannot say, by name.

use super::{
    api_answers, api_requests, auth_objects, keys, machine, paths, redirects, tokens, webhooks,
};
use crate::vector::Vector;

/// A property of a vector.
pub(crate) type Predicate = fn(&Vector) -> bool;

/// The predicates that `where` in an entry can name.
pub(crate) const PREDICATES: &[(&str, Predicate)] = &[
    (
        "a claim has the wrong type",
        auth_objects::has_mistyped_claim,
    ),
    ("the key names no host", keys::names_no_host),
    ("the key has outer white space", keys::has_outer_white_space),
    ("the key has inner white space", keys::has_inner_white_space),
    ("the key is for no host", keys::is_for_no_host),
    ("the fallback is no key", keys::falls_back_to_no_key),
    ("the redirect leads to no page", redirects::leads_to_no_page),
    (
        "what is left to do lies behind a query or fragment",
        redirects::has_tasks_behind_a_query,
    ),
    (
        "the headers name no plain origin",
        redirects::has_no_plain_origin,
    ),
    (
        "the path looks like a host",
        redirects::has_path_like_a_host,
    ),
    ("a path is ambiguous", paths::has_ambiguous_path),
    ("a pattern looks around", paths::looks_around),
    ("a match splits a character", paths::splits_a_character),
    (
        "the claims tell of an organization without its id",
        auth_objects::has_organization_without_id,
    ),
    (
        "the header alone refuses the token",
        tokens::is_refused_by_header,
    ),
    (
        "the body was read as another text",
        webhooks::was_read_as_another_text,
    ),
    (
        "a webhook header is repeated",
        webhooks::has_repeated_header,
    ),
    ("the message id is not ASCII", webhooks::has_unusual_id),
    ("the body has no event type", webhooks::has_no_event_type),
    ("the event has no data", webhooks::has_no_data),
    (
        "the headers have the standard names",
        webhooks::has_standard_names,
    ),
    (
        "an audience is asked for, and the token's is malformed",
        tokens::has_malformed_audience,
    ),
    (
        "the key is a PEM the reference cannot read",
        tokens::is_unread_pem,
    ),
    (
        "the local key is a PEM the reference misreads",
        tokens::is_misread_local_key,
    ),
    ("the local key is none", tokens::is_no_local_key),
    (
        "a claim of a machine token is absent or unusual",
        machine::has_unusual_claim,
    ),
    ("an option is of another type", machine::has_untyped_option),
    (
        "a kind is accepted that does not exist",
        machine::accepts_no_kind,
    ),
    (
        "the token's party is only part of the one asked for",
        tokens::has_part_of_party,
    ),
    (
        "an id is empty, blank or not printable",
        api_requests::has_unusable_id,
    ),
    (
        "an id stands in the address as it is",
        api_requests::has_id_to_encode,
    ),
    (
        "a value that counts as none is in the query",
        api_requests::has_falsy_query,
    ),
    (
        "a described body is left out",
        api_requests::lacks_described_body,
    ),
    ("a null clears nothing", api_requests::has_idle_null),
    (
        "a required parameter is not given",
        api_requests::lacks_required,
    ),
    (
        "a parameter is not described, or of another type",
        api_requests::has_undescribed,
    ),
    (
        "an option of the client is of another type",
        api_requests::has_mistyped_option,
    ),
    (
        "a key that cannot be sent is not needed",
        api_requests::has_unsendable_key,
    ),
    ("a key has blanks around it", api_requests::has_padded_key),
    (
        "a version that leaves its place is not needed",
        api_requests::has_unused_version,
    ),
    (
        "the slug tells which organization",
        api_requests::is_found_by_slug,
    ),
    (
        "no content came where some is promised",
        api_answers::is_without_content,
    ),
    ("the answer is of no kind", api_answers::is_of_no_kind),
    (
        "the answer lacks a required member",
        api_answers::lacks_required,
    ),
    ("the answer names no kind", api_answers::names_no_kind),
    (
        "the refusal loses its status",
        api_answers::loses_its_status,
    ),
    (
        "an entry of the refusal has a null",
        api_answers::has_entry_with_null,
    ),
    (
        "the refusal is JSON of another spelling",
        api_answers::is_refusal_in_unread_json,
    ),
    (
        "the result has another media type",
        api_answers::is_unread_result,
    ),
    (
        "a result of another kind has another media type",
        api_answers::is_unread_other_kind,
    ),
    (
        "the time to wait is a date, or past",
        api_answers::has_other_retry_after,
    ),
    (
        "a member of the result is null",
        api_answers::has_null_member,
    ),
];

pub(crate) fn named(name: &str) -> Option<Predicate> {
    let mut predicates = PREDICATES.iter();
    predicates
        .find(|(have, _)| *have == name)
        .map(|(_, predicate)| *predicate)
}
