//! The methods of the reference that make two calls, and all others.

use clerk_api::Client;
use serde_json::json;

use super::{Arguments, Replay, Unwritable, answers, generated};
use crate::vector::Vector;

/// The members that go to another operation than the rest.
const METADATA: &[&str] = &["public_metadata", "private_metadata", "unsafe_metadata"];
/// What a count has no use for.
const PAGING: &[&str] = &["limit", "offset", "order_by"];

/// The call or calls a method stands for.
pub(super) fn replay(client: &Client, vector: &Vector) -> Result<Replay, Unwritable> {
    let resource = vector.text("/resource").unwrap_or_default();
    let method = vector.text("/method").unwrap_or_default();
    let raw = answers::is_of_another_kind(vector);
    let one = |method: &str, arguments: Arguments, raw: bool| {
        let mut arguments = if raw { arguments.raw() } else { arguments };
        generated::call(client, method, &mut arguments)
            .ok_or_else(|| Unwritable(format!("{method} has no counterpart")))?
    };
    match (resource, method) {
        ("sessions", "getToken") => {
            let (arguments, template) = Arguments::of_get_token(vector)?;
            let template = if template { "/template" } else { "" };
            one(&format!("sessions.getToken{template}"), arguments, raw)
        }
        // HTTP-27: both at once; an error of the first counts first.
        ("users", "getUserList") => {
            let arguments = Arguments::of(vector)?;
            let (_, filters) = arguments.split(PAGING);
            let list = one("users.getUserList", arguments, true)?;
            let count = one("users.getCount", filters, true)?;
            Ok(Box::pin(async move {
                let (data, total_count) = (list.await, count.await);
                Ok(json!({ "data": data?, "totalCount": total_count? }))
            }))
        }
        // The other members first, where there are any, then the metadata; the last answer counts.
        ("users", "updateUser") | ("organizations", "updateOrganization") => {
            let (metadata, rest) = Arguments::of(vector)?.split(METADATA);
            let update = format!("{resource}.{method}");
            if !metadata.has_members() {
                return one(&update, rest, raw);
            }
            let replace = match resource {
                "users" => "users.replaceUserMetadata",
                _ => "organizations.replaceOrganizationMetadata",
            };
            let update = if rest.has_members() {
                Some(one(&update, rest, true)?)
            } else {
                None
            };
            // A call is written when it is made: the second one only after the first.
            let replace = one(replace, metadata, true)?;
            Ok(Box::pin(async move {
                if let Some(update) = update {
                    update.await?;
                }
                replace.await
            }))
        }
        (resource, method) => {
            let method = if method == "deleteDomain" {
                "delete"
            } else {
                method
            };
            one(&format!("{resource}.{method}"), Arguments::of(vector)?, raw)
        }
    }
}
