//! The names of an instance's cookies.

use std::fmt;

use crate::constants::cookies;
use crate::crypto::sha1;

/// The suffix that tells the cookies of instances on one domain apart: 8 characters made from the publishable key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CookieSuffix {
    characters: [u8; 8],
}

impl CookieSuffix {
    /// The suffix for the text of a publishable key. White space around it does not count.
    ///
    /// ```
    /// use clerk_core::CookieSuffix;
    ///
    /// assert_eq!(CookieSuffix::for_key_text("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k").as_str(), "naoXFJnI");
    /// ```
    #[must_use]
    pub fn for_key_text(key: &str) -> Self {
        let digest = sha1(key.trim().as_bytes());
        let text = base64_simd::URL_SAFE_NO_PAD.encode_to_string(digest);
        let mut characters = [b'_'; 8];
        characters
            .iter_mut()
            .zip(text.bytes())
            .for_each(|(character, byte)| *character = byte);
        Self { characters }
    }

    /// The suffix, without an underscore before it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Base64 is ASCII.
        std::str::from_utf8(&self.characters).unwrap_or_default()
    }
}

impl fmt::Display for CookieSuffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CookieSuffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CookieSuffix({self})")
    }
}

/// The suffixed cookie names of an instance, made once per key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieNames {
    suffix: CookieSuffix,
    session: String,
    client_uat: String,
    refresh: String,
    dev_browser: String,
}

impl CookieNames {
    /// The names for the text of a publishable key. White space around it does not count.
    #[must_use]
    pub fn for_key_text(key: &str) -> Self {
        let suffix = CookieSuffix::for_key_text(key);
        let name = |cookie: &str| format!("{cookie}_{suffix}");
        Self {
            suffix,
            session: name(cookies::SESSION),
            client_uat: name(cookies::CLIENT_UAT),
            refresh: name(cookies::REFRESH),
            dev_browser: name(cookies::DEV_BROWSER),
        }
    }

    /// The suffix of all of them.
    #[must_use]
    pub fn suffix(&self) -> CookieSuffix {
        self.suffix
    }

    /// `__session_...`: the session token.
    #[must_use]
    pub fn session(&self) -> &str {
        &self.session
    }

    /// `__client_uat_...`: when the browser's sign-in state last changed, in seconds since the Unix epoch.
    #[must_use]
    pub fn client_uat(&self) -> &str {
        &self.client_uat
    }

    /// `__refresh_...`: the refresh token.
    #[must_use]
    pub fn refresh(&self) -> &str {
        &self.refresh
    }

    /// `__clerk_db_jwt_...`: the token of a browser in development.
    #[must_use]
    pub fn dev_browser(&self) -> &str {
        &self.dev_browser
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: KEY-16
    #[test]
    fn suffixes() {
        for (key, expected) in [
            ("pk_live_Y2xlcmsuY2xlcmsuZGV2JA", "1Z8AzTQD"),
            ("pk_test_Y2xlcmsuY2xlcmsuZGV2JA", "QvfNY2dr"),
            ("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k", "naoXFJnI"),
            (
                "pk_live_Y2xlcmsuaW5zcGlyZWQucHVtYS03NC5sY2wuZGV2JA",
                "MqCvchyS",
            ),
            (
                "pk_test_Y2xlcmsuaW5zcGlyZWQucHVtYS03NC5sY2wuZGV2JA",
                "vWCgMp3A",
            ),
            (
                "pk_test_ZW5vdWdoLWFscGFjYS04Mi5jbGVyay5hY2NvdW50cy5sY2xjbGVyay5jb20k",
                "jtYvyt_H",
            ),
            (
                "pk_test_eHh4eHh4LXhhYWFhYS1hYS5jbGVyay5hY2NvdW50cy5sY2xjbGVyay5jb20k",
                "tZJdb-5s",
            ),
        ] {
            assert_eq!(CookieSuffix::for_key_text(key).as_str(), expected, "{key}");
        }
    }

    // covers: KEY-17
    #[test]
    fn names() {
        let names = CookieNames::for_key_text("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k");
        assert_eq!(names.session(), "__session_naoXFJnI");
        assert_eq!(names.client_uat(), "__client_uat_naoXFJnI");
        assert_eq!(names.refresh(), "__refresh_naoXFJnI");
        assert_eq!(names.dev_browser(), "__clerk_db_jwt_naoXFJnI");
    }

    // covers: KEY-18
    #[test]
    fn white_space_around_the_key_does_not_change_the_names() {
        let key = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
        for text in [format!("{key}\n"), format!(" {key} "), format!("{key}\r\n")] {
            assert_eq!(
                CookieNames::for_key_text(&text),
                CookieNames::for_key_text(key),
                "{text:?}"
            );
        }
    }
}
