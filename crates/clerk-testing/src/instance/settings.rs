//! Where an instance's settings for tests come from.

use std::fmt;
use std::path::Path;

use clerk_core::env::{is_truthy, names};
use clerk_core::{PublishableKey, Secret};

/// A testing token made elsewhere.
pub(super) const TESTING_TOKEN: &str = "CLERK_TESTING_TOKEN";
/// The Frontend API's host, for browsers that a test drives.
pub(super) const FAPI: &str = "CLERK_FAPI";
/// Whether to say what is done.
const DEBUG: &str = "CLERK_TESTING_DEBUG";
/// Files that are read besides the environment, the first that has a name wins.
const DOT_ENV: [&str; 2] = [".env.local", ".env"];

/// The settings of a test run against an instance.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TestSettings {
    /// The publishable key.
    pub publishable_key: PublishableKey,
    /// The secret key; not needed where there is a testing token.
    pub secret_key: Option<Secret>,
    /// A testing token made elsewhere: then none is fetched.
    pub testing_token: Option<Secret>,
    /// Where the Backend API is, if not where Clerk has it.
    pub api_url: Option<String>,
    /// Whether to say on standard error what is done.
    pub debug: bool,
    /// Whether keys of a production instance are accepted: tests create and delete users.
    pub allow_live: bool,
}

/// A setting is missing or cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    message: String,
}

impl SettingsError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SettingsError {}

impl TestSettings {
    /// From the environment, and for what is not there from `.env.local` and `.env` of the working directory.
    ///
    /// `CLERK_PUBLISHABLE_KEY` may also stand under the names that front-end frameworks give it.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the variable and says what to do.
    pub fn from_env() -> Result<Self, SettingsError> {
        let files: Vec<String> = DOT_ENV
            .iter()
            .filter_map(|name| std::fs::read_to_string(Path::new(name)).ok())
            .collect();
        Self::from_lookup(|name| {
            let value = std::env::var(name).ok();
            value.or_else(|| files.iter().find_map(|text| in_dot_env(text, name)))
        })
    }

    /// From the environment alone, whatever `.env` files say.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn from_env_only() -> Result<Self, SettingsError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// From a function that knows variables by their names.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let value = |name: &str| {
            let value = lookup(name)?;
            let value = value.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let publishable = std::iter::once(names::PUBLISHABLE_KEY)
            .chain(names::FRONT_END_PUBLISHABLE_KEYS)
            .find_map(|name| Some((name, value(name)?)));
        let Some((name, publishable)) = publishable else {
            return Err(SettingsError::new(
                "CLERK_PUBLISHABLE_KEY is not set: copy it from the API keys page of the Clerk Dashboard",
            ));
        };
        let publishable_key = PublishableKey::parse(&publishable)
            .map_err(|error| SettingsError::new(format!("{name}: {error}")))?;
        let testing_token = value(TESTING_TOKEN).map(Secret::new);
        let secret_key = value(names::SECRET_KEY).map(Secret::new);
        if secret_key.is_none() && testing_token.is_none() {
            return Err(SettingsError::new(
                "CLERK_SECRET_KEY is not set: copy it from the API keys page of the Clerk Dashboard, or set CLERK_TESTING_TOKEN",
            ));
        }
        Ok(Self {
            publishable_key,
            secret_key,
            testing_token,
            api_url: value(names::API_URL),
            debug: value(DEBUG).is_some_and(|value| is_truthy(&value)),
            allow_live: false,
        })
    }
}

/// The value of a variable in the text of a `.env` file: the last assignment wins, quotes around it go.
fn in_dot_env(text: &str, name: &str) -> Option<String> {
    let assignments = text.lines().rev().filter_map(|line| {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        line.split_once('=')
    });
    let (_, value) = assignments
        .into_iter()
        .find(|(own, _)| own.trim() == name)?;
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some((inside, _)) = value
            .strip_prefix(quote)
            .and_then(|rest| rest.split_once(quote))
        {
            return Some(inside.to_owned());
        }
    }
    // A comment starts at a `#` that follows a blank.
    let value = value.split_once(" #").map_or(value, |(value, _)| value);
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "pk_test_Zm9vLWJhci0xMy5jbGVyay5hY2NvdW50cy5kZXYk";

    fn settings(variables: &[(&str, &str)]) -> Result<TestSettings, SettingsError> {
        TestSettings::from_lookup(|name| {
            let (_, value) = variables.iter().find(|(own, _)| *own == name)?;
            Some((*value).to_owned())
        })
    }

    // covers: TEST-1, ENV-18
    #[test]
    fn the_publishable_key_may_stand_under_front_end_names_and_a_token_replaces_the_secret() {
        for name in [
            "CLERK_PUBLISHABLE_KEY",
            "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
            "VITE_CLERK_PUBLISHABLE_KEY",
            "REACT_APP_CLERK_PUBLISHABLE_KEY",
            "EXPO_PUBLIC_CLERK_PUBLISHABLE_KEY",
        ] {
            let found = settings(&[(name, KEY), ("CLERK_SECRET_KEY", "sk_test_x")]).unwrap();
            assert_eq!(found.publishable_key.as_str(), KEY, "{name}");
        }
        let other = "pk_test_b3RoZXItMTMuY2xlcmsuYWNjb3VudHMuZGV2JA";
        let own_name_first = settings(&[
            ("VITE_CLERK_PUBLISHABLE_KEY", other),
            ("CLERK_PUBLISHABLE_KEY", KEY),
            ("CLERK_TESTING_TOKEN", "token"),
        ])
        .unwrap();
        assert_eq!(own_name_first.publishable_key.as_str(), KEY);
        assert!(own_name_first.secret_key.is_none());
        assert_eq!(own_name_first.testing_token.unwrap().expose(), "token");

        for (variables, named) in [
            (
                vec![("CLERK_SECRET_KEY", "sk_test_x")],
                "CLERK_PUBLISHABLE_KEY",
            ),
            (vec![("CLERK_PUBLISHABLE_KEY", KEY)], "CLERK_SECRET_KEY"),
            (
                vec![("CLERK_PUBLISHABLE_KEY", KEY), ("CLERK_SECRET_KEY", "  ")],
                "CLERK_SECRET_KEY",
            ),
            (
                vec![("VITE_CLERK_PUBLISHABLE_KEY", "sk_test_x")],
                "VITE_CLERK_PUBLISHABLE_KEY",
            ),
        ] {
            let error = settings(&variables).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
            assert!(!error.contains("sk_test_x"), "{error}");
        }
    }

    // covers: TEST-5
    #[test]
    fn logs_are_switched_on_by_a_variable() {
        for (value, on) in [
            ("1", true),
            ("true", true),
            ("0", false),
            ("false", false),
            ("", false),
        ] {
            let variables = [
                ("CLERK_PUBLISHABLE_KEY", KEY),
                ("CLERK_SECRET_KEY", "sk_test_x"),
                ("CLERK_TESTING_DEBUG", value),
            ];
            assert_eq!(settings(&variables).unwrap().debug, on, "{value}");
        }
    }

    // covers: TEST-1
    #[test]
    fn dot_env_files_are_read_as_shells_and_dotenv_read_them() {
        let text = "# a comment\nA=1\nexport B = two \nC=\"quoted # text\" # comment\nD='single'\nE=plain # comment\nA=last\nF=a#b\nG=\n";
        for (name, value) in [
            ("A", Some("last")),
            ("B", Some("two")),
            ("C", Some("quoted # text")),
            ("D", Some("single")),
            ("E", Some("plain")),
            ("F", Some("a#b")),
            ("G", Some("")),
            ("H", None),
            ("# a comment", None),
        ] {
            assert_eq!(in_dot_env(text, name).as_deref(), value, "{name}");
        }
    }
}
