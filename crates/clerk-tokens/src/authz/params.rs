//! Conditions in the form that JavaScript and configuration files write them.

use serde_json::Value;

use super::condition::{Condition, Feature, Permission, Plan, Requirement, Role};
use super::reverification::{Level, Reverification};

impl<'a> Condition<'a> {
    /// The condition an object asks for by its members `role`, `permission`, `feature`, `plan`, `reverification`.
    ///
    /// A member that is there counts as asked: one of the wrong type makes a condition that nobody meets. Other members
    /// are not looked at. Nothing if nothing is asked.
    ///
    /// ```
    /// use clerk_tokens::authz::{Condition, Reverification, Role};
    /// use serde_json::json;
    ///
    /// let params = json!({"role": "org:admin", "reverification": "strict"});
    /// assert_eq!(
    ///     Condition::from_params(&params),
    ///     Some(Role::new("org:admin").and(Reverification::strict()))
    /// );
    /// ```
    #[must_use]
    pub fn from_params(params: &'a Value) -> Option<Self> {
        let text = |name: &str, make: fn(&'a str) -> Requirement<'a>| {
            let value = params.get(name)?;
            Some(value.as_str().map_or(Requirement::Unmeetable, make))
        };
        let reverification = params.get("reverification").map(|config| {
            Reverification::from_config(config)
                .map_or(Requirement::Unmeetable, Requirement::Reverification)
        });
        let asked = [
            text("role", |name| Requirement::Role(Role::new(name))),
            text("permission", |name| {
                Requirement::Permission(Permission::new(name))
            }),
            text("feature", |name| Requirement::Feature(Feature::new(name))),
            text("plan", |name| Requirement::Plan(Plan::new(name))),
            reverification,
        ];
        Self::all(asked.into_iter().flatten())
    }
}

impl Reverification {
    /// A preset by name, or an object with `level` and `afterMinutes`; nothing if it is neither.
    #[must_use]
    pub fn from_config(config: &Value) -> Option<Self> {
        if let Some(name) = config.as_str() {
            return Self::named(name);
        }
        let level = Level::parse(config.get("level")?.as_str()?)?;
        let after_minutes = config.get("afterMinutes")?.as_f64()?;
        (after_minutes > 0.0).then(|| Self::custom(level, after_minutes))
    }
}
