//! Query parameters: what is set is sent, `false` and 0 too.

use clerk_types::Timestamp;

/// The pairs of a query, not encoded yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pairs: Vec<(&'static str, String)>,
}

/// Parameters that stand in the query.
pub(crate) trait WriteQuery {
    fn write_query(&self, query: &mut Query);
}

impl<T: WriteQuery> WriteQuery for &T {
    fn write_query(&self, query: &mut Query) {
        (**self).write_query(query);
    }
}

/// A value as query text.
pub(crate) trait QueryText {
    fn query_text(&self) -> String;
}

impl Query {
    pub(crate) fn of(params: impl WriteQuery) -> Self {
        let mut query = Self::default();
        params.write_query(&mut query);
        query
    }

    /// A parameter that is sent when it is set.
    pub(crate) fn option<T: QueryText>(&mut self, name: &'static str, value: Option<&T>) {
        if let Some(value) = value {
            self.pairs.push((name, value.query_text()));
        }
    }

    /// A parameter that is always sent.
    #[allow(dead_code, reason = "not every group of the API has such parameters")]
    pub(crate) fn value<T: QueryText>(&mut self, name: &'static str, value: &T) {
        self.option(name, Some(value));
    }

    /// A list: the name is repeated.
    #[allow(dead_code, reason = "not every group of the API has such parameters")]
    pub(crate) fn list<T: QueryText>(&mut self, name: &'static str, values: &[T]) {
        for value in values {
            self.option(name, Some(value));
        }
    }

    /// A list: one parameter, its values separated by commas.
    #[allow(dead_code, reason = "not every group of the API has such parameters")]
    pub(crate) fn comma<T: QueryText>(&mut self, name: &'static str, values: &[T]) {
        if !values.is_empty() {
            let texts: Vec<String> = values.iter().map(QueryText::query_text).collect();
            self.pairs.push((name, texts.join(",")));
        }
    }

    pub(crate) fn pairs(&self) -> &[(&'static str, String)] {
        &self.pairs
    }

    /// Takes a parameter out; none where it was not set.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.pairs.iter().position(|(known, _)| *known == name)?;
        Some(self.pairs.remove(at).1)
    }

    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| text.as_str())
    }
}

impl QueryText for String {
    fn query_text(&self) -> String {
        self.clone()
    }
}

impl QueryText for bool {
    fn query_text(&self) -> String {
        self.to_string()
    }
}

impl QueryText for i64 {
    fn query_text(&self) -> String {
        self.to_string()
    }
}

impl QueryText for Timestamp {
    fn query_text(&self) -> String {
        self.as_millis().to_string()
    }
}

/// Enums are written as their text.
macro_rules! enum_text {
    ($($(#[$gate:meta])* $name:ident,)+) => {
        $(
            $(#[$gate])*
            impl QueryText for clerk_types::enums::$name {
                fn query_text(&self) -> String {
                    self.as_str().to_owned()
                }
            }
        )+
    };
}

enum_text! {
    #[cfg(feature = "sessions")] SessionStatus,
    #[cfg(any(feature = "users", feature = "organizations", feature = "invitations"))] InvitationStatus,
    #[cfg(feature = "invitations")] WaitlistStatus,
    #[cfg(feature = "organizations")] EnrollmentModeFilter,
    #[cfg(feature = "enterprise")] TestRunStatus,
    #[cfg(feature = "billing")] PayerType,
    #[cfg(feature = "billing")] SubscriptionItemStatus,
}
