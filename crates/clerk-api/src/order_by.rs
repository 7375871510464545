//! Sorting.

/// The member a list is sorted by, and the direction.
///
/// ```
/// use clerk_api::OrderBy;
///
/// assert_eq!(String::from(OrderBy::desc("created_at")), "-created_at");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBy(String);

impl OrderBy {
    /// Upwards.
    #[must_use]
    pub fn asc(member: &str) -> Self {
        Self(format!("+{member}"))
    }

    /// Downwards.
    #[must_use]
    pub fn desc(member: &str) -> Self {
        Self(format!("-{member}"))
    }
}

impl From<OrderBy> for String {
    fn from(order: OrderBy) -> Self {
        order.0
    }
}
