//! Organizations, memberships, invitations.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Json, Store, User};
use crate::server::failure::{Failure, Outcome};

/// An organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) max_allowed_memberships: i64,
    pub(crate) admin_delete_enabled: bool,
    pub(crate) public_metadata: Json,
    pub(crate) private_metadata: Json,
    pub(crate) created_by: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// A user's place in an organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Membership {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) org_id: String,
    pub(crate) user_id: String,
    pub(crate) role: String,
    pub(crate) permissions: Vec<String>,
    pub(crate) public_metadata: Json,
    pub(crate) private_metadata: Json,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// An invitation into an organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OrgInvitation {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) org_id: String,
    pub(crate) email_address: String,
    pub(crate) role: String,
    pub(crate) inviter_id: Option<String>,
    pub(crate) status: String,
    pub(crate) public_metadata: Json,
    pub(crate) private_metadata: Json,
    pub(crate) expires_at: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// An invitation into the application.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) email_address: String,
    pub(crate) status: String,
    pub(crate) public_metadata: Json,
    pub(crate) expires_at: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Invitation {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "object": "invitation",
            "id": self.id,
            "email_address": self.email_address,
            "public_metadata": self.public_metadata,
            "revoked": self.status == "revoked",
            "status": self.status,
            "url": format!("https://accounts.offline.invalid/invitation/{}", self.id),
            "expires_at": self.expires_at,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

impl Store {
    pub(crate) fn organization(&self, id_or_slug: &str) -> Outcome<&Organization> {
        self.organizations
            .get(id_or_slug)
            .or_else(|| {
                self.organizations
                    .values()
                    .find(|org| org.slug == id_or_slug)
            })
            .ok_or_else(|| Failure::not_found("organization"))
    }

    pub(crate) fn members_count(&self, org_id: &str) -> usize {
        self.memberships
            .values()
            .filter(|membership| membership.org_id == org_id)
            .count()
    }

    pub(crate) fn org_invitation(&self, org_id: &str, id: &str) -> Outcome<&OrgInvitation> {
        let invitation = self
            .org_invitations
            .get(id)
            .filter(|invitation| invitation.org_id == org_id);
        invitation.ok_or_else(|| Failure::not_found("organization invitation"))
    }

    /// The invitation together with what everybody may know of the organization.
    pub(crate) fn org_invitation_with_organization_json(
        &self,
        invitation: &OrgInvitation,
    ) -> Value {
        let mut value = self.org_invitation_json(invitation);
        let org = self.organizations.get(&invitation.org_id);
        if let (Some(members), Some(org)) = (value.as_object_mut(), org) {
            members.insert(
                "public_organization_data".to_owned(),
                json!({"id": org.id, "name": org.name, "slug": org.slug, "image_url": "", "has_image": false}),
            );
        }
        value
    }

    pub(crate) fn membership(&self, org_id: &str, user_id: &str) -> Option<&Membership> {
        self.memberships
            .values()
            .find(|membership| membership.org_id == org_id && membership.user_id == user_id)
    }

    pub(crate) fn membership_mut(
        &mut self,
        org_id: &str,
        user_id: &str,
    ) -> Outcome<&mut Membership> {
        self.memberships
            .values_mut()
            .find(|membership| membership.org_id == org_id && membership.user_id == user_id)
            .ok_or_else(|| Failure::not_found("organization membership"))
    }

    pub(crate) fn organization_json(&self, org: &Organization) -> Value {
        let members = self.members_count(&org.id);
        let pending = self
            .org_invitations
            .values()
            .filter(|invitation| invitation.org_id == org.id && invitation.status == "pending")
            .count();
        json!({
            "object": "organization",
            "id": org.id,
            "name": org.name,
            "slug": org.slug,
            "image_url": "",
            "has_image": false,
            "members_count": members,
            "pending_invitations_count": pending,
            "max_allowed_memberships": org.max_allowed_memberships,
            "admin_delete_enabled": org.admin_delete_enabled,
            "public_metadata": org.public_metadata,
            "private_metadata": org.private_metadata,
            "created_by": org.created_by.as_deref().unwrap_or_default(),
            "created_at": org.created_at,
            "updated_at": org.updated_at,
        })
    }

    pub(crate) fn membership_json(&self, membership: &Membership) -> Value {
        let user = self.users.get(&membership.user_id);
        json!({
            "id": membership.id,
            "object": "organization_membership",
            "role": membership.role,
            "role_name": self.role_name(&membership.role),
            "permissions": membership.permissions,
            "public_metadata": membership.public_metadata,
            "private_metadata": membership.private_metadata,
            "organization": self.organizations.get(&membership.org_id).map(|org| self.organization_json(org)),
            "public_user_data": public_user_data(user, &membership.user_id),
            "created_at": membership.created_at,
            "updated_at": membership.updated_at,
        })
    }

    pub(crate) fn org_invitation_json(&self, invitation: &OrgInvitation) -> Value {
        let inviter = invitation
            .inviter_id
            .as_ref()
            .and_then(|id| self.users.get(id));
        json!({
            "object": "organization_invitation",
            "id": invitation.id,
            "email_address": invitation.email_address,
            "role": invitation.role,
            "role_name": self.role_name(&invitation.role),
            "organization_id": invitation.org_id,
            "inviter_id": invitation.inviter_id,
            "public_inviter_data": inviter.map(public_inviter_data),
            "status": invitation.status,
            "public_metadata": invitation.public_metadata,
            "private_metadata": invitation.private_metadata,
            "url": null,
            "expires_at": invitation.expires_at,
            "created_at": invitation.created_at,
            "updated_at": invitation.updated_at,
        })
    }

    pub(crate) fn create_organization(
        &mut self,
        name: &str,
        slug: Option<&str>,
        created_by: Option<&str>,
        now: i64,
    ) -> Outcome<Organization> {
        if let Some(user_id) = created_by {
            self.user(user_id)?;
        }
        let slug = slug.map_or_else(|| self.free_slug(name), str::to_owned);
        if self.organizations.values().any(|org| org.slug == slug) {
            return Err(super::taken("slug"));
        }
        let org = self.store_organization(name, slug, created_by, now);
        if let Some(user_id) = created_by {
            self.add_member(&org.id, user_id, "org:admin", now)?;
        }
        Ok(org)
    }

    /// An organization that nobody created, with a slug of its own.
    pub(crate) fn new_organization(&mut self, name: &str, now: i64) -> Organization {
        let slug = self.free_slug(name);
        self.store_organization(name, slug, None, now)
    }

    fn store_organization(
        &mut self,
        name: &str,
        slug: String,
        created_by: Option<&str>,
        now: i64,
    ) -> Organization {
        let org = Organization {
            id: self.ids.next("org_"),
            sequence: self.next_sequence(),
            name: name.to_owned(),
            slug,
            max_allowed_memberships: 0,
            admin_delete_enabled: true,
            public_metadata: Json::new(),
            private_metadata: Json::new(),
            created_by: created_by.map(str::to_owned),
            created_at: now,
            updated_at: now,
        };
        self.organizations.insert(org.id.clone(), org.clone());
        let data = self.organization_json(&org);
        self.outbox.emit("organization.created", data, now);
        org
    }

    /// The slug of a name, numbered where it is taken.
    fn free_slug(&self, name: &str) -> String {
        let slug = slug_of(name);
        let is_taken = |slug: &str| self.organizations.values().any(|org| org.slug == slug);
        if !is_taken(&slug) {
            return slug;
        }
        (2_u32..)
            .map(|number| format!("{slug}-{number}"))
            .find(|slug| !is_taken(slug))
            .unwrap_or(slug)
    }

    pub(crate) fn add_member(
        &mut self,
        org_id: &str,
        user_id: &str,
        role: &str,
        now: i64,
    ) -> Outcome<Membership> {
        self.user(user_id)?;
        self.organization(org_id)?;
        self.role(role)?;
        if self.membership(org_id, user_id).is_some() {
            return Err(Failure::new(
                400,
                "already_a_member_in_organization",
                "the user is a member already",
            ));
        }
        let membership = Membership {
            id: self.ids.next("orgmem_"),
            sequence: self.next_sequence(),
            org_id: org_id.to_owned(),
            user_id: user_id.to_owned(),
            role: role.to_owned(),
            permissions: self.permissions_of(role),
            public_metadata: Json::new(),
            private_metadata: Json::new(),
            created_at: now,
            updated_at: now,
        };
        self.memberships
            .insert(membership.id.clone(), membership.clone());
        let data = self.membership_json(&membership);
        self.outbox
            .emit("organizationMembership.created", data, now);
        Ok(membership)
    }
}

fn public_inviter_data(user: &User) -> Value {
    json!({
        "user_id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "image_url": "",
        "has_image": false,
        "identifier": user.primary_email_address().or(user.username.as_deref()).unwrap_or_default(),
    })
}

fn public_user_data(user: Option<&User>, user_id: &str) -> Value {
    json!({
        "user_id": user_id,
        "first_name": user.and_then(|user| user.first_name.clone()),
        "last_name": user.and_then(|user| user.last_name.clone()),
        "profile_image_url": "",
        "image_url": "",
        "has_image": false,
        "identifier": user.and_then(User::primary_email_address),
        "username": user.and_then(|user| user.username.clone()),
    })
}

/// A slug from a name: lower-case letters, digits and single hyphens.
fn slug_of(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
