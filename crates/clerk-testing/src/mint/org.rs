//! The organization of a session token.

use serde_json::{Map, Value, json};

/// An active organization: its id, slug, the member's role and permissions.
///
/// ```
/// use clerk_testing::mint::{SessionTokenBuilder, TestOrg};
///
/// let org = TestOrg::new("org_acme").slug("acme").role("org:member").permissions(["org:reports:read"]);
/// let token = SessionTokenBuilder::new("user_ada").org(org).mint();
/// # assert!(!token.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct TestOrg {
    id: String,
    slug: Option<String>,
    role: Option<String>,
    permissions: Vec<String>,
}

impl TestOrg {
    /// An organization by id (`org_...`).
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            slug: None,
            role: None,
            permissions: Vec::new(),
        }
    }

    /// Sets the slug.
    #[must_use]
    pub fn slug(mut self, slug: impl Into<String>) -> Self {
        self.slug = Some(slug.into());
        self
    }

    /// Sets the member's role, such as `org:admin`.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// Sets the member's permissions, each of the form `org:<feature>:<action>`.
    #[must_use]
    pub fn permissions<P: Into<String>>(
        mut self,
        permissions: impl IntoIterator<Item = P>,
    ) -> Self {
        self.permissions = permissions.into_iter().map(Into::into).collect();
        self
    }

    /// Writes the claims of a version 1 token: four flat members.
    pub(super) fn write_v1(&self, claims: &mut Map<String, Value>) {
        claims.insert("org_id".into(), json!(self.id));
        claims.insert("org_slug".into(), json!(self.slug));
        claims.insert("org_role".into(), json!(self.role));
        claims.insert("org_permissions".into(), json!(self.permissions));
    }

    /// Writes the claims of a version 2 token: `o`, and the features that carry permissions into `features`.
    ///
    /// `o.per` lists the actions, `o.fpm` one number per organization feature with a bit per action.
    pub(super) fn write_v2(&self, claims: &mut Map<String, Value>, features: &mut Vec<String>) {
        let mut org = Map::new();
        org.insert("id".into(), json!(self.id));
        if let Some(slug) = &self.slug {
            org.insert("slg".into(), json!(slug));
        }
        if let Some(role) = &self.role {
            org.insert(
                "rol".into(),
                json!(role.strip_prefix("org:").unwrap_or(role)),
            );
        }
        if !self.permissions.is_empty() {
            let pairs: Vec<(&str, &str)> = self
                .permissions
                .iter()
                .filter_map(|permission| {
                    permission
                        .strip_prefix("org:")
                        .unwrap_or(permission)
                        .rsplit_once(':')
                })
                .collect();
            for (feature, _) in &pairs {
                let scoped = |scope: &str| format!("{scope}:{feature}");
                let known = ["o", "ou", "uo"]
                    .iter()
                    .any(|scope| features.contains(&scoped(scope)));
                if !known {
                    features.push(scoped("o"));
                }
            }
            let mut actions: Vec<&str> = Vec::new();
            for (_, action) in &pairs {
                if !actions.contains(action) {
                    actions.push(action);
                }
            }
            // One number per organization-scoped feature, in the order of `fea`.
            let masks: Vec<String> = features
                .iter()
                .filter_map(|entry| {
                    entry
                        .split_once(':')
                        .filter(|(scope, _)| scope.contains('o'))
                })
                .map(|(_, feature)| {
                    let mask = actions
                        .iter()
                        .enumerate()
                        .filter(|(_, action)| pairs.contains(&(feature, **action)))
                        .fold(0_u128, |mask, (bit, _)| mask | 1 << bit.min(127));
                    mask.to_string()
                })
                .collect();
            org.insert("per".into(), json!(actions.join(",")));
            org.insert("fpm".into(), json!(masks.join(",")));
        }
        claims.insert("o".into(), Value::Object(org));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_become_bits_of_the_organization_features() {
        let org = TestOrg::new("org_1").role("org:admin").permissions([
            "org:articles:read",
            "org:articles:write",
            "org:invoices:write",
        ]);
        let mut claims = Map::new();
        let mut features = vec![
            "o:articles".to_owned(),
            "u:drafts".to_owned(),
            "ou:invoices".to_owned(),
        ];
        org.write_v2(&mut claims, &mut features);
        assert_eq!(claims["o"]["per"], "read,write");
        assert_eq!(claims["o"]["fpm"], "3,2");
        assert_eq!(claims["o"]["rol"], "admin");
        assert_eq!(features.len(), 3);
    }
}
