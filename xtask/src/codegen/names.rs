//! From the names on the wire to the names of Rust.

/// `OAuthAccessToken` and `oauth-access-token` to `oauth_access_token`.
pub(crate) fn snake(text: &str) -> String {
    let mut out = String::new();
    let chars: Vec<char> = text.chars().collect();
    for (index, &c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            if !out.ends_with('_') && !out.is_empty() {
                out.push('_');
            }
            continue;
        }
        let starts_word = c.is_ascii_uppercase()
            && index > 0
            && (chars[index - 1].is_ascii_lowercase()
                || chars[index - 1].is_ascii_digit()
                || chars.get(index + 1).is_some_and(char::is_ascii_lowercase));
        if starts_word && !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out.trim_end_matches('_').to_owned()
}

/// `past_due` to `PastDue`, `subscriptionItem.pastDue` to `SubscriptionItemPastDue`.
pub(crate) fn camel(text: &str) -> String {
    let mut out = String::new();
    let mut up = true;
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() {
            up = true;
        } else if up {
            out.push(c.to_ascii_uppercase());
            up = false;
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (from, to) in [
            ("OAuthToken", "o_auth_token"),
            ("OauthToken", "oauth_token"),
            ("M2mToken", "m2m_token"),
            ("apiKeyID", "api_key_id"),
            ("payer-credits", "payer_credits"),
            ("web3_wallet", "web3_wallet"),
            ("x5t", "x5t"),
        ] {
            assert_eq!(snake(from), to);
        }
        for (from, to) in [
            ("past_due", "PastDue"),
            ("subscriptionItem.pastDue", "SubscriptionItemPastDue"),
        ] {
            assert_eq!(camel(from), to);
        }
    }
}
