//! What session claims say about authorization.

use super::condition::{Condition, Permission};
use super::permissions::{OrgPermissions, PackedPermissions};
use super::reverification::FactorAges;
use super::subject::Subject;
use crate::claims::{OrgClaims, SessionClaims};

impl<'a> From<&'a SessionClaims> for Subject<'a> {
    fn from(claims: &'a SessionClaims) -> Self {
        let org = claims.org();
        Self {
            user_id: claims.subject(),
            org_id: org.map(|org| org.id()),
            org_role: org.and_then(|org| org.role()),
            org_permissions: org.map(|org| org.permissions()).unwrap_or_default(),
            features: claims.features(),
            plans: claims.plans(),
            factor_ages: claims
                .factor_verification_age()
                .and_then(|[first, second]| FactorAges::from_minutes(first, second)),
        }
    }
}

impl SessionClaims {
    /// Whether the claims meet a condition: a role, a permission, a feature, a plan, a recent verification, or several of
    /// them. What the claims do not say is not held.
    ///
    /// ```
    /// use clerk_tokens::SessionClaims;
    /// use clerk_tokens::authz::{Permission, Reverification};
    ///
    /// # #[allow(dead_code)]
    /// fn may_create_invoices(claims: &SessionClaims) -> bool {
    ///     claims.has(Permission::new("org:invoices:create").and(Reverification::strict()))
    /// }
    /// ```
    #[must_use]
    pub fn has<'c>(&self, condition: impl Into<Condition<'c>>) -> bool {
        Subject::from(self).has(condition)
    }
}

impl<'a> OrgClaims<'a> {
    /// The user's permissions in the organization, decoded when asked.
    #[must_use]
    pub fn permissions(&self) -> OrgPermissions<'a> {
        let payload = self.payload();
        let (document, org) = (payload.document(), payload.known.org);
        if !payload.known.is_v2() {
            // AUTH-21; a claim that is not a list says nothing.
            return match org.permissions.other(document) {
                Some(list) if list.starts_with('[') => OrgPermissions::Json(list),
                _ => OrgPermissions::Absent,
            };
        }
        // AUTH-22, AUTH-25: version 2 always has a list; without its parts, an empty one.
        OrgPermissions::Packed(PackedPermissions {
            features: payload.known.fea.text(document).unwrap_or_default(),
            permissions: org.per.text(document).unwrap_or_default(),
            map: org.fpm.text(document).unwrap_or_default(),
        })
    }

    /// Whether the user has a permission in the organization, in full: `org:reports:read`.
    #[must_use]
    pub fn has_permission(&self, permission: &str) -> bool {
        Permission::new(permission).is_among(self.permissions())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Feature, Level, Plan, Reverification, Role};
    use super::*;
    use crate::claims::Payload;

    fn claims(json: &str) -> SessionClaims {
        SessionClaims::new(Payload::parse(json.to_owned()).unwrap())
    }

    fn permissions(claims: &SessionClaims) -> Option<Vec<String>> {
        let permissions = claims.org()?.permissions();
        (!permissions.is_absent()).then(|| permissions.to_list())
    }

    // covers: AUTH-20, AUTH-21, HIST-83
    #[test]
    fn hist_83_version_one_lists_permissions() {
        let rest = r#""sub":"u","org_id":"o","org_role":"admin","org_permissions":["org:a:read",5,"org:\u0062:read"]"#;
        for version in ["", r#""v":1,"#, r#""v":"2","#, r#""v":3,"#, r#""v":null,"#] {
            let claims = claims(&format!("{{{version}{rest}}}"));
            assert_eq!(
                permissions(&claims).unwrap(),
                ["org:a:read", "org:b:read"],
                "{version}"
            );
            assert!(claims.has(Permission::new("org:a:read").and(Role::new("org:admin"))));
            assert!(claims.has(Permission::new("org:b:read")));
            assert!(!claims.has(Permission::new("org:c:read")) && !claims.has(Role::new("member")));
        }
    }

    // covers: AUTH-20, AUTH-22, AUTH-24, AUTH-28
    #[test]
    fn version_two_packs_permissions() {
        let claims = claims(
            r#"{"v":2,"sub":"u","org_id":"x","org_permissions":["org:x:x"],"fea":"o:articles,u:drafts,ou:invoices",
                "o":{"id":"o","rol":"admin","per":"read,write","fpm":"3,2"}}"#,
        );
        assert_eq!(
            permissions(&claims).unwrap(),
            [
                "org:articles:read",
                "org:articles:write",
                "org:invoices:write"
            ]
        );
        let org = claims.org().unwrap();
        assert!(org.has_permission("org:invoices:write") && org.has_permission("invoices:write"));
        assert!(!org.has_permission("org:invoices:read") && !org.has_permission("org:x:x"));
        assert!(claims.has(Role::new("admin")) && claims.has(Feature::new("org:invoices")));
    }

    // covers: AUTH-23
    #[test]
    fn the_claims_in_use_are_read_in_their_forms() {
        let claims = claims(
            r#"{"azp":"https://a.example","exp":60,"fva":[5,-1],"iat":1,"iss":"https://clerk.a.example","jti":"j","nbf":2,
                "sid":"sess_1","sub":"user_1","v":2,"sts":"pending","pla":"o:pro","fea":"uo:sso","act":{"sub":"user_2"},
                "o":{"id":"org_1","slg":"acme","rol":"admin","per":"read","fpm":"1"},"email":"a@a.example"}"#,
        );
        let org = claims.org().unwrap();
        assert_eq!(claims.authorized_party(), Some("https://a.example"));
        assert_eq!(claims.issuer(), Some("https://clerk.a.example"));
        assert_eq!(
            (claims.user_id(), claims.session_id()),
            ("user_1", Some("sess_1"))
        );
        assert_eq!(claims.token_id(), Some("j"));
        assert_eq!(claims.expires_at_ms(), Some(60_000));
        assert_eq!(
            (claims.not_before_ms(), claims.issued_at_ms()),
            (Some(2000), Some(1000))
        );
        assert_eq!(claims.factor_verification_age(), Some([5.0, -1.0]));
        assert_eq!(
            claims.status().map(crate::SessionStatus::as_str),
            Some("pending")
        );
        assert_eq!(claims.actor().unwrap().subject(), Some("user_2"));
        assert_eq!(
            (org.id(), org.slug(), org.role()),
            ("org_1", Some("acme"), Some("org:admin"))
        );
        assert_eq!(org.permissions().to_list(), ["org:sso:read"]);
        assert!(claims.has(Plan::new("org:pro").and(Feature::new("user:sso"))));
        assert_eq!(
            claims.claim::<String>("email").unwrap().as_deref(),
            Some("a@a.example")
        );
    }

    // covers: AUTH-12, AUTH-25, AUTH-27
    #[test]
    fn claims_of_the_wrong_type_grant_nothing_and_fail_nothing() {
        let permission = || Permission::new("org:a:read");
        for (json, expected) in [
            (r#"{"sub":"u","org_id":"o"}"#, None),
            (
                r#"{"sub":"u","org_id":"o","org_permissions":"org:a:read"}"#,
                None,
            ),
            (r#"{"sub":"u","org_id":"o","org_permissions":null}"#, None),
            (
                r#"{"sub":"u","org_id":"o","org_permissions":{"a":"org:a:read"}}"#,
                None,
            ),
            (r#"{"sub":"u","org_id":"o","org_permissions":[]}"#, Some(0)),
            (
                r#"{"sub":"u","org_id":"o","org_permissions":[["org:a:read"]]}"#,
                Some(0),
            ),
            (
                r#"{"sub":"u","org_id":5,"org_permissions":["org:a:read"]}"#,
                None,
            ),
            (r#"{"sub":"u","org_permissions":["org:a:read"]}"#, None),
            (
                r#"{"sub":5,"org_id":"o","org_permissions":["org:a:read"]}"#,
                Some(1),
            ),
            (r#"{"v":2,"sub":"u","o":{"id":"o"}}"#, Some(0)),
            (
                r#"{"v":2,"sub":"u","o":{"id":"o","per":7,"fpm":"1"},"fea":"o:a"}"#,
                Some(0),
            ),
            (
                r#"{"v":2,"sub":"u","o":{"id":"o","per":"read","fpm":1},"fea":"o:a"}"#,
                Some(0),
            ),
            (
                r#"{"v":2,"sub":"u","o":{"id":"o","per":"read","fpm":"1"},"fea":7}"#,
                Some(0),
            ),
            (
                r#"{"v":2,"sub":"u","o":{"id":"o","per":"read","fpm":"1"},"fea":"nocolon"}"#,
                Some(0),
            ),
            (r#"{"v":2,"sub":"u","o":null,"fea":"o:a"}"#, None),
            (r#"{"v":2,"sub":"u","o":[1],"fea":"o:a"}"#, None),
        ] {
            let claims = claims(json);
            assert_eq!(
                permissions(&claims).map(|all| all.len()),
                expected,
                "{json}"
            );
            assert!(!claims.has(permission()), "{json}");
        }
    }

    // covers: HAS-7, HAS-9
    #[test]
    fn lists_and_ages_have_to_be_what_they_should_be() {
        let asked = || Reverification::custom(Level::FirstFactor, 10);
        for (fva, expected) in [
            ("[5,-1]", true),
            ("[0.5,2]", true),
            ("[5]", false),
            ("[5,5,5]", false),
            ("[]", false),
            ("null", false),
            ("5", false),
            (r#""x""#, false),
            (r#"["5","5"]"#, false),
            ("[null,null]", false),
            ("[true,true]", false),
            ("[-2,5]", false),
            ("[1e999,5]", false),
            (r#"{"0":1,"1":1}"#, false),
        ] {
            let claims = claims(&format!(r#"{{"sub":"u","fva":{fva}}}"#));
            assert_eq!(claims.has(asked()), expected, "{fva}");
        }
        for (list, expected) in [
            (r#""u:pro,o:sso""#, true),
            ("7", false),
            (r#"["u:pro"]"#, false),
            ("null", false),
            (r#""u:pro,x""#, false),
        ] {
            let claims = claims(&format!(r#"{{"sub":"u","pla":{list},"fea":{list}}}"#));
            assert_eq!(claims.has(Plan::new("pro")), expected, "{list}");
            assert_eq!(claims.has(Feature::new("user:pro")), expected, "{list}");
        }
    }
}
