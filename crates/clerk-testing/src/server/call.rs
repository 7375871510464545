//! What a handler is given.

use serde_json::{Value, json};

use super::failure::{Failure, Outcome};
use super::http::{Body, Reply, Request};
use super::store::Store;
use super::world::{State, World};

/// One request on its way through the handlers, with the state locked for it.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a World,
    pub(crate) state: &'a mut State,
    pub(crate) request: &'a Request,
    /// The time of the request, in milliseconds since the Unix epoch.
    pub(crate) now: i64,
}

/// The most items a page may hold.
const LARGEST_PAGE: usize = 500;

impl Call<'_> {
    pub(crate) fn store(&mut self) -> &mut Store {
        &mut self.state.store
    }

    pub(crate) fn body(&self) -> Outcome<Body> {
        self.request.body_params()
    }

    pub(crate) fn method(&self) -> &str {
        self.request.method.as_str()
    }

    /// The items of the page that `limit` (1 to 500, default 10) and `offset` name.
    pub(crate) fn page<T>(&self, items: Vec<T>) -> Outcome<Vec<T>> {
        let limit = self.request.query.number("limit", 10)?;
        if !(1..=LARGEST_PAGE).contains(&limit) {
            return Err(Failure::invalid_parameter(
                "limit",
                "must be between 1 and 500",
            ));
        }
        let offset = self.request.query.number("offset", 0)?;
        Ok(items.into_iter().skip(offset).take(limit).collect())
    }

    /// A page as `{data, total_count}`.
    pub(crate) fn counted<T>(
        &self,
        items: Vec<T>,
        to_json: impl FnMut(T) -> Value,
    ) -> Outcome<Reply> {
        let total = items.len();
        let data: Vec<Value> = self.page(items)?.into_iter().map(to_json).collect();
        Ok(Reply::json(&json!({"data": data, "total_count": total})))
    }

    /// A page as a bare list, or counted where `paginated=true` asks for it.
    pub(crate) fn listed<T>(
        &self,
        items: Vec<T>,
        to_json: impl FnMut(T) -> Value,
    ) -> Outcome<Reply> {
        if self.request.query.flag("paginated") == Some(true) {
            return self.counted(items, to_json);
        }
        let data: Vec<Value> = self.page(items)?.into_iter().map(to_json).collect();
        Ok(Reply::json(&data.into()))
    }

    /// The field and direction of `order_by`: descending for `-field`, ascending for `+field` and `field`.
    pub(crate) fn order<'s>(
        &'s self,
        allowed: &[&str],
        default: &'s str,
    ) -> Outcome<(&'s str, bool)> {
        let text = self
            .request
            .query
            .get("order_by")
            .filter(|text| !text.is_empty())
            .unwrap_or(default)
            .trim();
        let (field, descending) = match text.strip_prefix('-') {
            Some(field) => (field, true),
            None => (text.strip_prefix('+').unwrap_or(text), false),
        };
        if allowed.contains(&field) {
            Ok((field, descending))
        } else {
            Err(Failure::invalid_parameter(
                "order_by",
                "names no field to order by",
            ))
        }
    }
}

/// Sorts by a key, newest or largest first where `descending`.
pub(crate) fn sort_by<T, K: Ord>(items: &mut [T], descending: bool, key: impl FnMut(&T) -> K) {
    items.sort_by_key(key);
    if descending {
        items.reverse();
    }
}

/// The answer for a route that does not exist here.
pub(crate) fn unknown_route() -> Failure {
    Failure::new(
        404,
        "resource_not_found",
        "the offline Clerk has no such route",
    )
}
