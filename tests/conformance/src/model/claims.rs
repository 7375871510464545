//! What a verified token has to say.

use serde_json::Value;

use super::Model;
use super::token::Jwt;

/// The last second that a calendar of JavaScript's holds.
const LAST_SECOND: f64 = 8.64e12;

impl Model<'_> {
    /// JWT-14 to JWT-19.
    pub(super) fn check_claims(
        &self,
        jwt: &Jwt,
        is_session: bool,
        skew_ms: f64,
    ) -> Result<(), &'static str> {
        const FAILED: &str = "token-verification-failed";
        let payload = &jwt.payload;
        if jwt.text("sub").is_none() {
            return Err(FAILED);
        }
        self.check_audience(payload.get("aud"))?;
        if is_session {
            self.check_party(payload.get("azp"))?;
            let issuers = self.list_option("issuer");
            if !issuers.is_empty()
                && !jwt
                    .text("iss")
                    .is_some_and(|issuer| issuers.contains(&issuer))
            {
                return Err("token-invalid-issuer");
            }
        }
        // Claims of no number go before those of another time.
        let now = self.now_ms();
        let time = |name: &str| match payload.get(name) {
            None => Ok(None),
            Some(value) => {
                let seconds = value.as_f64().ok_or(FAILED)?.trunc();
                if seconds.abs() > LAST_SECOND {
                    self.note("JWT-26");
                    return Err(FAILED);
                }
                Ok(Some(seconds * 1000.0))
            }
        };
        if time("exp")?.ok_or(FAILED)? <= now - skew_ms {
            return Err("token-expired");
        }
        if time("nbf")?.is_some_and(|at| at > now + skew_ms) {
            return Err("token-not-active-yet");
        }
        if time("iat")?.is_some_and(|at| at > now + skew_ms) {
            return Err("token-iat-in-the-future");
        }
        Ok(())
    }

    /// JWT-20 to JWT-24.
    fn check_audience(&self, aud: Option<&Value>) -> Result<(), &'static str> {
        let wanted = self.list_option("audience");
        if wanted.is_empty() {
            return Ok(());
        }
        let is_falsy = |value: &Value| {
            value.is_null() || *value == "" || *value == false || value.as_f64() == Some(0.0)
        };
        let named = match aud {
            None | Some(Value::Null) => return Ok(()),
            Some(Value::String(text)) if text.is_empty() => return Ok(()),
            Some(Value::String(text)) => vec![text.as_str()],
            Some(Value::Array(list)) if list.iter().all(is_falsy) => return Ok(()),
            Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
                list.iter().filter_map(Value::as_str).collect()
            }
            Some(_) => {
                self.note("JWT-24");
                return Err("token-verification-failed");
            }
        };
        if named.iter().any(|audience| wanted.contains(audience)) {
            Ok(())
        } else {
            Err("token-verification-failed")
        }
    }

    /// JWT-16.
    fn check_party(&self, azp: Option<&Value>) -> Result<(), &'static str> {
        let parties = self.list_option("authorizedParties");
        let azp = azp.and_then(Value::as_str).unwrap_or_default();
        if parties.is_empty() || parties.contains(&azp) {
            return Ok(());
        }
        self.note_if(self.text_option("authorizedParties").is_some(), "JWT-16");
        Err("token-invalid-authorized-parties")
    }
}
