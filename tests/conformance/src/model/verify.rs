//! Verifying session tokens.

use super::Model;
use super::token::{Jwt, NoToken, decode};

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Problem {
    /// For this reason.
    Refused(&'static str),
    /// Nobody knows: Clerk could not be asked, for this reason.
    Outage(&'static str),
}

impl Model<'_> {
    /// Decodes, and notes what the reference takes for a token.
    pub(super) fn decode(&self, text: &str) -> Result<Jwt, Problem> {
        let decoded = decode(text);
        match decoded {
            Err(NoToken::NoObject) => self.note("JWT-6"),
            Err(NoToken::TooLong) => self.note("JWT-7"),
            _ => {}
        }
        decoded.map_err(|_| Problem::Refused("token-invalid"))
    }

    /// JWT-10, JWT-11, JWT-53: what the header gives away costs no key.
    pub(super) fn check_header(
        &self,
        jwt: &Jwt,
        types: Option<&[&str]>,
    ) -> Result<(), &'static str> {
        let typ = jwt.header.get("typ");
        let is_typed = match (types, typ) {
            (None, None) => true,
            (Some(_), None) => false,
            (types, Some(typ)) => typ
                .as_str()
                .is_some_and(|typ| types.unwrap_or(&["JWT"]).contains(&typ)),
        };
        let has_extensions = jwt.header.contains_key("crit");
        self.note_if(has_extensions, "JWT-8");
        let is_known = matches!(jwt.header_text("alg"), Some("RS256" | "RS384" | "RS512"));
        self.note_if(!is_typed || !is_known, "JWT-53");
        if !is_typed || has_extensions {
            Err("token-invalid")
        } else if !is_known {
            Err("token-invalid-algorithm")
        } else {
            Ok(())
        }
    }

    /// Verifies a session token, whose class is judged too.
    pub(super) fn verify_session(&self, jwt: &Jwt, skew_ms: f64) -> Result<(), Problem> {
        if !jwt.may_be_session() {
            return Err(Problem::Refused("token-invalid"));
        }
        let types = self
            .option("headerType")
            .map(|_| self.list_option("headerType"));
        self.check_header(jwt, types.as_deref())
            .map_err(Problem::Refused)?;
        let key = self.key(jwt)?;
        key.verify(jwt).map_err(Problem::Refused)?;
        self.check_claims(jwt, true, skew_ms)
            .map_err(Problem::Refused)
    }
}
