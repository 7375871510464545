//! Listing and counting users.

use serde_json::json;

use crate::server::call::{Call, sort_by};
use crate::server::failure::{Failure, Outcome};
use crate::server::http::{Params, Reply};
use crate::server::store::{Store, User};

const ORDER_FIELDS: [&str; 10] = [
    "created_at",
    "updated_at",
    "email_address",
    "web3wallet",
    "first_name",
    "last_name",
    "phone_number",
    "username",
    "last_active_at",
    "last_sign_in_at",
];

pub(super) fn list(call: &mut Call<'_>) -> Outcome<Reply> {
    let (field, descending) = call.order(&ORDER_FIELDS, "-created_at")?;
    let mut users = filtered(&call.state.store, &call.request.query)?;
    match field {
        "created_at" => sort_by(&mut users, descending, |user| {
            (user.created_at, user.sequence)
        }),
        "updated_at" => sort_by(&mut users, descending, |user| {
            (user.updated_at, user.sequence)
        }),
        "last_active_at" => sort_by(&mut users, descending, |user| user.last_active_at),
        "last_sign_in_at" => sort_by(&mut users, descending, |user| user.last_sign_in_at),
        _ => sort_by(&mut users, descending, |user| {
            sort_text(user, field).map(str::to_lowercase)
        }),
    }
    let page: Vec<_> = call.page(users)?.into_iter().map(User::to_json).collect();
    Ok(Reply::json(&page.into()))
}

pub(super) fn count(call: &mut Call<'_>) -> Outcome<Reply> {
    let count = filtered(&call.state.store, &call.request.query)?.len();
    Ok(Reply::json(
        &json!({"object": "total_count", "total_count": count}),
    ))
}

fn sort_text<'u>(user: &'u User, field: &str) -> Option<&'u str> {
    match field {
        "email_address" => user.primary_email_address(),
        "first_name" => user.first_name.as_deref(),
        "last_name" => user.last_name.as_deref(),
        "phone_number" => user.phones.first().map(|phone| phone.number.as_str()),
        "username" => user.username.as_deref(),
        _ => None,
    }
}

/// The users that every filter lets pass.
fn filtered<'s>(store: &'s Store, query: &Params) -> Outcome<Vec<&'s User>> {
    for name in [
        "email_address",
        "phone_number",
        "external_id",
        "username",
        "web3_wallet",
        "user_id",
    ] {
        if query.list(name).len() > 100 {
            return Err(Failure::invalid_parameter(
                name,
                "holds more than 100 entries",
            ));
        }
    }
    let filters = Filters::read(query)?;
    Ok(store
        .users
        .values()
        .filter(|user| filters.pass(store, user))
        .collect())
}

/// A bound in milliseconds, the time it applies to, and whether that must lie before it.
type TimeFilter = (Option<i64>, fn(&User) -> Option<i64>, bool);

struct Filters<'q> {
    query: &'q Params,
    times: [TimeFilter; 5],
}

impl<'q> Filters<'q> {
    fn read(query: &'q Params) -> Outcome<Self> {
        let active: fn(&User) -> Option<i64> = |user| user.last_active_at;
        let created: fn(&User) -> Option<i64> = |user| Some(user.created_at);
        let time = |name: &str| match query.get(name) {
            None => Ok(None),
            Some(text) => text
                .parse()
                .map(Some)
                .map_err(|_| Failure::invalid_parameter(name, "is not a number")),
        };
        let times = [
            (time("last_active_at_since")?, active, false),
            (time("last_active_at_after")?, active, false),
            (time("last_active_at_before")?, active, true),
            (time("created_at_after")?, created, false),
            (time("created_at_before")?, created, true),
        ];
        Ok(Self { query, times })
    }

    fn pass(&self, store: &Store, user: &User) -> bool {
        self.exact(user) && self.ids(store, user) && self.searches(user) && self.times_fit(user)
    }

    /// Each list: one of its values must fit.
    fn exact(&self, user: &User) -> bool {
        let fits = |name: &str, test: &dyn Fn(&str) -> bool| {
            let values = self.query.list(name);
            values.is_empty() || values.into_iter().any(test)
        };
        fits("email_address", &|value| {
            user.emails
                .iter()
                .any(|email| email.address.eq_ignore_ascii_case(value))
        }) && fits("phone_number", &|value| {
            user.phones.iter().any(|phone| phone.number == value)
        }) && fits("username", &|value| user.username.as_deref() == Some(value))
            && fits("external_id", &|value| {
                user.external_id.as_deref() == Some(value)
            })
            && fits("web3_wallet", &|_| false)
            && self
                .query
                .flag("banned")
                .is_none_or(|banned| user.banned == banned)
    }

    /// Ids may stand with `+` (one of them) or `-` (none of them) in front.
    fn ids(&self, store: &Store, user: &User) -> bool {
        let is_member = |org: &str| store.membership(org, &user.id).is_some();
        signed_list(&self.query.list("user_id"), |id| user.id == id)
            && signed_list(&self.query.list("organization_id"), is_member)
    }

    fn searches(&self, user: &User) -> bool {
        let search = |name: &str, texts: &[Option<&str>]| {
            let Some(wanted) = self.query.get(name).filter(|text| !text.is_empty()) else {
                return true;
            };
            let wanted = wanted.to_lowercase();
            texts
                .iter()
                .flatten()
                .any(|text| text.to_lowercase().contains(&wanted))
        };
        let emails: Vec<_> = user
            .emails
            .iter()
            .map(|email| Some(email.address.as_str()))
            .collect();
        let phones: Vec<_> = user
            .phones
            .iter()
            .map(|phone| Some(phone.number.as_str()))
            .collect();
        let full_name = user.full_name();
        let names = [
            user.first_name.as_deref(),
            user.last_name.as_deref(),
            full_name.as_deref(),
        ];
        let username = [user.username.as_deref()];
        let rest = [Some(user.id.as_str()), user.external_id.as_deref()];
        search(
            "query",
            &[&emails[..], &phones, &names, &username, &rest].concat(),
        ) && search("email_address_query", &emails)
            && search("phone_number_query", &phones)
            && search("name_query", &names)
            && search("username_query", &username)
    }

    fn times_fit(&self, user: &User) -> bool {
        self.times
            .iter()
            .all(|(bound, of, before)| match (bound, of(user)) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(bound), Some(time)) => {
                    if *before {
                        time < *bound
                    } else {
                        time >= *bound
                    }
                }
            })
    }
}

fn signed_list(entries: &[&str], fits: impl Fn(&str) -> bool) -> bool {
    let (excluded, wanted): (Vec<&str>, Vec<&str>) =
        entries.iter().partition(|entry| entry.starts_with('-'));
    let is_excluded = excluded
        .iter()
        .filter_map(|entry| entry.strip_prefix('-'))
        .any(&fits);
    // A plus sign may have been read as a space.
    let is_wanted = wanted.is_empty()
        || wanted
            .iter()
            .any(|entry| fits(entry.trim_start_matches(['+', ' '])));
    is_wanted && !is_excluded
}
