//! Secret keys.

use std::fmt;

use clerk_errors::{ConfigError, ConfigErrorKind};

use crate::instance::InstanceType;
use crate::secret::Secret;

/// The secret key of an instance.
///
/// `Debug` shows only whether it is a test or a live key.
///
/// ```
/// use clerk_core::SecretKey;
///
/// let key = SecretKey::new("sk_test_abc")?;
/// assert_eq!(format!("{key:?}"), "SecretKey([redacted], development)");
/// # Ok::<(), clerk_errors::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct SecretKey {
    secret: Secret,
}

impl SecretKey {
    /// Takes a text as secret key, without the white space around it.
    ///
    /// Nothing is asked of a secret key but that it is there and fits into a header.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if nothing is left, or if there are control characters such as line breaks inside.
    pub fn new(text: impl Into<Secret>) -> Result<Self, ConfigError> {
        usable(text.into(), "the secret key").map(|secret| Self { secret })
    }

    /// The key itself; named so that every use can be found.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.secret.expose()
    }

    /// What the key's beginning says about the instance; keys do not have to say.
    #[must_use]
    pub fn instance_type(&self) -> Option<InstanceType> {
        InstanceType::from_secret_key(self.expose())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.instance_type() {
            Some(instance_type) => write!(f, "SecretKey([redacted], {instance_type})"),
            None => f.write_str("SecretKey([redacted])"),
        }
    }
}

/// The secret key of a machine, which lets it create and verify M2M tokens.
#[derive(Clone)]
pub struct MachineSecretKey {
    secret: Secret,
}

impl MachineSecretKey {
    /// Takes a text as machine secret key, without the white space around it.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if nothing is left, or if there are control characters such as line breaks inside.
    pub fn new(text: impl Into<Secret>) -> Result<Self, ConfigError> {
        usable(text.into(), "the machine secret key").map(|secret| Self { secret })
    }

    /// The key itself; named so that every use can be found.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.secret.expose()
    }
}

impl fmt::Debug for MachineSecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MachineSecretKey([redacted])")
    }
}

fn usable(secret: Secret, setting: &'static str) -> Result<Secret, ConfigError> {
    let trimmed = secret.expose().trim();
    if trimmed.is_empty() {
        return Err(
            ConfigError::new(ConfigErrorKind::Missing, setting, "is missing")
                .with_fix("copy it from the Clerk Dashboard (https://dashboard.clerk.com)"),
        );
    }
    if trimmed.contains(char::is_control) {
        let problem = "has a line break or another control character inside";
        return Err(
            ConfigError::new(ConfigErrorKind::Malformed, setting, problem)
                .with_fix("copy it again from the Clerk Dashboard"),
        );
    }
    if trimmed.len() == secret.expose().len() {
        return Ok(secret);
    }
    Ok(Secret::new(trimmed))
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: KEY-13
    #[test]
    fn secret_keys_only_have_to_be_there() {
        for text in ["sk_test_abc", "x", "sk with space", " sk_live_abc\n"] {
            assert_eq!(SecretKey::new(text).unwrap().expose(), text.trim());
        }
        for text in ["", " \n"] {
            let error = SecretKey::new(text).unwrap_err();
            assert!(error.is_missing());
            assert!(error.to_string().contains("dashboard.clerk.com"), "{error}");
        }
    }

    // covers: KEY-14
    #[test]
    fn machine_secret_keys_are_taken_as_they_are() {
        for text in ["ak_abc", "anything at all"] {
            assert_eq!(MachineSecretKey::new(text).unwrap().expose(), text);
        }
        assert!(MachineSecretKey::new("").unwrap_err().is_missing());
    }

    // covers: KEY-15
    #[test]
    fn nothing_shows_the_secret() {
        let shown = [
            format!("{:?}", SecretKey::new("sk_live_s3cr3t").unwrap()),
            format!("{:?}", SecretKey::new("s3cr3t").unwrap()),
            format!("{:?}", MachineSecretKey::new("ak_s3cr3t").unwrap()),
            format!(
                "{:?}",
                SecretKey::new("sk_test_s3cr3t\ns3cr3t").unwrap_err()
            ),
            SecretKey::new("sk_test_s3cr3t\ns3cr3t")
                .unwrap_err()
                .to_string(),
        ];
        for text in shown {
            assert!(!text.contains("s3cr3t"), "{text}");
        }
    }
}
