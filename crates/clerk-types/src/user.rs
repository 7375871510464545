//! What follows from the members of a user.

use crate::models::{EmailAddress, PhoneNumber, User, Web3Wallet};

impl User {
    /// The primary e-mail address, looked up by its id; none where there is none, or where it is not in the list.
    #[must_use]
    pub fn primary_email_address(&self) -> Option<&EmailAddress> {
        let id = self.primary_email_address_id.as_deref()?;
        let mut all = self.email_addresses.iter();
        all.find(|item| item.id.as_deref() == Some(id))
    }

    /// The primary phone number, likewise.
    #[must_use]
    pub fn primary_phone_number(&self) -> Option<&PhoneNumber> {
        let id = self.primary_phone_number_id.as_deref()?;
        let mut all = self.phone_numbers.iter();
        all.find(|item| item.id.as_deref() == Some(id))
    }

    /// The primary Web3 wallet, likewise.
    #[must_use]
    pub fn primary_web3_wallet(&self) -> Option<&Web3Wallet> {
        let id = self.primary_web3_wallet_id.as_deref()?;
        let mut all = self.web3_wallets.iter();
        all.find(|item| item.id.as_deref() == Some(id))
    }

    /// First and last name with a blank between them; none where both are missing or empty.
    #[must_use]
    pub fn full_name(&self) -> Option<String> {
        let names = [self.first_name.as_deref(), self.last_name.as_deref()];
        let names: Vec<&str> = names
            .into_iter()
            .flatten()
            .filter(|name| !name.is_empty())
            .collect();
        if names.is_empty() {
            None
        } else {
            Some(names.join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn user(more: &Value) -> User {
        let mut value = json!({
            "object": "user", "id": "user_1", "password_enabled": false, "created_at": 1, "updated_at": 1,
        });
        for (name, member) in more.as_object().unwrap() {
            value[name] = member.clone();
        }
        crate::from_slice(value.to_string().as_bytes()).unwrap()
    }

    // covers: HTTP-29
    #[test]
    fn primaries_are_looked_up_by_id() {
        let lists = json!({
            "email_addresses": [{"id": "idn_1", "email_address": "a@x"}, {"id": "idn_2", "email_address": "b@x"}],
            "phone_numbers": [{"id": "idn_3", "phone_number": "+1"}, {"id": "idn_4", "phone_number": "+2"}],
            "web3_wallets": [{"id": "idn_5", "web3_wallet": "0x1"}, {"id": "idn_6", "web3_wallet": "0x2"}],
        });
        let with = |email: Value, phone: Value, wallet: Value| {
            let mut more = lists.clone();
            more["primary_email_address_id"] = email;
            more["primary_phone_number_id"] = phone;
            more["primary_web3_wallet_id"] = wallet;
            let user = user(&more);
            (
                user.primary_email_address()
                    .map(|item| item.email_address.clone()),
                user.primary_phone_number()
                    .map(|item| item.phone_number.clone()),
                user.primary_web3_wallet()
                    .map(|item| item.web3_wallet.clone()),
            )
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            with(json!("idn_2"), json!("idn_4"), json!("idn_6")),
            (some("b@x"), some("+2"), some("0x2"))
        );
        assert_eq!(
            with(json!(null), json!(null), json!(null)),
            (None, None, None)
        );
        assert_eq!(
            with(json!("idn_9"), json!("idn_1"), json!("")),
            (None, None, None)
        );
        let item_without_id = user(&json!({"email_addresses": [{"email_address": "a@x"}]}));
        assert!(item_without_id.primary_email_address().is_none());
    }

    // covers: HTTP-29
    #[test]
    fn full_names_have_one_blank_at_most() {
        for (first, last, full) in [
            (json!("Ada"), json!("Lovelace"), Some("Ada Lovelace")),
            (json!("Ada"), json!(null), Some("Ada")),
            (json!(""), json!("Lovelace"), Some("Lovelace")),
            (json!(null), json!(null), None),
            (json!(""), json!(""), None),
        ] {
            let user = user(&json!({"first_name": first, "last_name": last}));
            assert_eq!(user.full_name().as_deref(), full);
        }
    }
}
