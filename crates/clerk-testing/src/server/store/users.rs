//! Users and their identifiers.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Json, Store};
use crate::server::failure::{Failure, Outcome};

/// An e-mail address of a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EmailAddress {
    pub(crate) id: String,
    pub(crate) address: String,
    pub(crate) verified: bool,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl EmailAddress {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "object": "email_address",
            "email_address": self.address,
            "reserved": false,
            "verification": verification(self.verified, "email_code"),
            "linked_to": [],
            "matches_sso_connection": false,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// A phone number of a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PhoneNumber {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) verified: bool,
    pub(crate) second_factor: bool,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl PhoneNumber {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "object": "phone_number",
            "phone_number": self.number,
            "reserved_for_second_factor": self.second_factor,
            "default_second_factor": false,
            "reserved": false,
            "verification": verification(self.verified, "phone_code"),
            "linked_to": [],
            "backup_codes": null,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

fn verification(verified: bool, strategy: &str) -> Value {
    if verified {
        json!({
            "object": "verification_admin",
            "status": "verified",
            "strategy": "admin",
            "attempts": null,
            "expire_at": null,
        })
    } else {
        json!({
            "object": "verification_otp",
            "status": "unverified",
            "strategy": strategy,
            "attempts": 0,
            "expire_at": 0,
        })
    }
}

/// A user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) external_id: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) password_compromised: bool,
    pub(crate) emails: Vec<EmailAddress>,
    pub(crate) phones: Vec<PhoneNumber>,
    pub(crate) primary_email: Option<String>,
    pub(crate) primary_phone: Option<String>,
    pub(crate) public_metadata: Json,
    pub(crate) private_metadata: Json,
    pub(crate) unsafe_metadata: Json,
    pub(crate) banned: bool,
    pub(crate) locked: bool,
    pub(crate) last_sign_in_at: Option<i64>,
    pub(crate) last_active_at: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl User {
    pub(crate) fn to_json(&self) -> Value {
        let mut user = json!({
            "id": self.id,
            "object": "user",
            "external_id": self.external_id,
            "primary_email_address_id": self.primary_email,
            "primary_phone_number_id": self.primary_phone,
            "primary_web3_wallet_id": null,
            "username": self.username,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "locale": null,
            "profile_image_url": "",
            "image_url": "",
            "has_image": false,
            "public_metadata": self.public_metadata,
            "private_metadata": self.private_metadata,
            "unsafe_metadata": self.unsafe_metadata,
            "email_addresses": self.emails.iter().map(EmailAddress::to_json).collect::<Vec<_>>(),
            "phone_numbers": self.phones.iter().map(PhoneNumber::to_json).collect::<Vec<_>>(),
            "web3_wallets": [],
            "passkeys": [],
        });
        let state = json!({
            "password_enabled": self.password.is_some(),
            "two_factor_enabled": false,
            "totp_enabled": false,
            "backup_code_enabled": false,
            "mfa_enabled_at": null,
            "mfa_disabled_at": null,
            "password_last_updated_at": null,
            "external_accounts": [],
            "saml_accounts": [],
            "enterprise_accounts": [],
            "last_sign_in_at": self.last_sign_in_at,
            "banned": self.banned,
            "locked": self.locked,
            "lockout_expires_in_seconds": null,
            "verification_attempts_remaining": 100,
            "updated_at": self.updated_at,
            "created_at": self.created_at,
            "delete_self_enabled": true,
            "create_organization_enabled": true,
            "create_organizations_limit": null,
            "last_active_at": self.last_active_at,
            "legal_accepted_at": null,
            "bypass_client_trust": false,
        });
        if let (Some(user), Value::Object(state)) = (user.as_object_mut(), state) {
            user.extend(state);
        }
        user
    }

    pub(crate) fn primary_email_address(&self) -> Option<&str> {
        let primary = self.primary_email.as_ref()?;
        self.emails
            .iter()
            .find(|email| email.id == *primary)
            .map(|email| email.address.as_str())
    }

    pub(crate) fn full_name(&self) -> Option<String> {
        let names: Vec<&str> = self
            .first_name
            .iter()
            .chain(&self.last_name)
            .map(String::as_str)
            .collect();
        (!names.is_empty()).then(|| names.join(" "))
    }

    /// Whether a lower-case text is part of a name, address or number.
    pub(crate) fn is_found_by(&self, text: &str) -> bool {
        let addresses = self.emails.iter().map(|email| email.address.clone());
        let numbers = self.phones.iter().map(|phone| phone.number.clone());
        let names = self.full_name().into_iter().chain(self.username.clone());
        addresses
            .chain(numbers)
            .chain(names)
            .any(|own| own.to_lowercase().contains(text))
            || self.id == text
    }

    /// Whether an address, number or name identifies this user.
    pub(crate) fn is_identified_by(&self, identifier: &str) -> bool {
        self.username
            .as_deref()
            .is_some_and(|name| name.eq_ignore_ascii_case(identifier))
            || self
                .emails
                .iter()
                .any(|email| email.address.eq_ignore_ascii_case(identifier))
            || self.phones.iter().any(|phone| phone.number == identifier)
    }
}

impl Store {
    pub(crate) fn user(&self, id: &str) -> Outcome<&User> {
        self.users.get(id).ok_or_else(|| Failure::not_found("user"))
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Outcome<&mut User> {
        self.users
            .get_mut(id)
            .ok_or_else(|| Failure::not_found("user"))
    }

    /// The user with this e-mail address, phone number or username.
    pub(crate) fn user_by_identifier(&self, identifier: &str) -> Option<&User> {
        let user = self
            .users
            .get(self.identifiers.get(&identifier.to_ascii_lowercase())?)?;
        user.is_identified_by(identifier).then_some(user)
    }

    /// Stores a user, new or changed, and makes it findable by its identifiers.
    pub(crate) fn put_user(&mut self, user: User) {
        let addresses = user.emails.iter().map(|email| &email.address);
        let numbers = user.phones.iter().map(|phone| &phone.number);
        for identifier in addresses.chain(numbers).chain(&user.username) {
            self.identifiers
                .insert(identifier.to_ascii_lowercase(), user.id.clone());
        }
        self.users.insert(user.id.clone(), user);
    }

    /// Makes every user findable again, after a snapshot was loaded.
    pub(crate) fn index_users(&mut self) {
        self.identifiers.clear();
        for user in std::mem::take(&mut self.users).into_values() {
            self.put_user(user);
        }
    }

    /// Stores a new user and tells the webhooks.
    pub(crate) fn create_user(&mut self, user: User, now: i64) {
        self.outbox.emit("user.created", user.to_json(), now);
        self.put_user(user);
    }

    /// Stores a changed user and tells the webhooks.
    pub(crate) fn update_user(&mut self, mut user: User, now: i64) -> User {
        user.updated_at = now;
        self.outbox.emit("user.updated", user.to_json(), now);
        self.put_user(user.clone());
        user
    }

    /// A user without identifiers, not stored yet.
    pub(crate) fn blank_user(&mut self, now: i64) -> User {
        User {
            id: self.ids.next("user_"),
            sequence: self.next_sequence(),
            external_id: None,
            username: None,
            first_name: None,
            last_name: None,
            password: None,
            password_compromised: false,
            emails: Vec::new(),
            phones: Vec::new(),
            primary_email: None,
            primary_phone: None,
            public_metadata: Json::new(),
            private_metadata: Json::new(),
            unsafe_metadata: Json::new(),
            banned: false,
            locked: false,
            last_sign_in_at: None,
            last_active_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn new_email(
        &mut self,
        address: &str,
        verified: bool,
        now: i64,
    ) -> Outcome<EmailAddress> {
        if !address.contains('@') || address.contains(char::is_whitespace) {
            return Err(Failure::invalid_parameter(
                "email_address",
                "is not an e-mail address",
            ));
        }
        if self.user_by_identifier(address).is_some() {
            return Err(taken("email_address"));
        }
        Ok(EmailAddress {
            id: self.ids.next("idn_"),
            address: address.to_ascii_lowercase(),
            verified,
            created_at: now,
            updated_at: now,
        })
    }

    pub(crate) fn new_phone(
        &mut self,
        number: &str,
        verified: bool,
        now: i64,
    ) -> Outcome<PhoneNumber> {
        if !number.starts_with('+') || number.len() < 8 {
            return Err(Failure::invalid_parameter(
                "phone_number",
                "is not in the international form +15550100",
            ));
        }
        if self.user_by_identifier(number).is_some() {
            return Err(taken("phone_number"));
        }
        Ok(PhoneNumber {
            id: self.ids.next("idn_"),
            number: number.to_owned(),
            verified,
            second_factor: false,
            created_at: now,
            updated_at: now,
        })
    }

    /// Removes a user with everything that hangs on it.
    pub(crate) fn delete_user(&mut self, id: &str, now: i64) -> Outcome<User> {
        let user = self
            .users
            .remove(id)
            .ok_or_else(|| Failure::not_found("user"))?;
        let sessions: Vec<String> = self
            .sessions
            .values()
            .filter(|session| session.user_id == id)
            .map(|session| session.id.clone())
            .collect();
        for session in sessions {
            self.end_session(&session, "removed", now);
        }
        self.memberships
            .retain(|_, membership| membership.user_id != id);
        self.outbox
            .emit("user.deleted", super::deleted("user", id), now);
        Ok(user)
    }
}

pub(crate) fn taken(parameter: &str) -> Failure {
    Failure::new(
        422,
        "form_identifier_exists",
        format!("that {parameter} is taken"),
    )
    .param(parameter)
}
