use serde_json::json;

use super::*;

fn packed(
    features: &'static str,
    permissions: &'static str,
    map: &'static str,
) -> OrgPermissions<'static> {
    OrgPermissions::Packed(PackedPermissions {
        features,
        permissions,
        map,
    })
}

/// Somebody who has one of everything, and nothing else.
fn ada() -> Subject<'static> {
    Subject {
        user_id: Some("user_ada"),
        org_id: Some("org_acme"),
        org_role: Some("org:admin"),
        org_permissions: packed("o:invoices,u:drafts", "read,create", "2"),
        features: Some("o:invoices,u:drafts"),
        plans: Some("o:pro,u:plus"),
        factor_ages: FactorAges::from_minutes(1.0, 2.0),
    }
}

type Dimension = (
    fn() -> Condition<'static>,
    fn() -> Condition<'static>,
    fn(&mut Subject<'static>),
);

/// For each dimension: what Ada has, what she has not, and how to take the dimension from her.
const DIMENSIONS: [Dimension; 5] = [
    (
        || Role::new("org:admin").into(),
        || Role::new("org:member").into(),
        |subject| subject.org_role = None,
    ),
    (
        || Permission::new("org:invoices:create").into(),
        || Permission::new("org:invoices:read").into(),
        |subject| subject.org_permissions = OrgPermissions::Absent,
    ),
    (
        || Feature::new("invoices").into(),
        || Feature::new("user:invoices").into(),
        |subject| subject.features = None,
    ),
    (
        || Plan::new("org:pro").into(),
        || Plan::new("free").into(),
        |subject| subject.plans = None,
    ),
    (
        || Reverification::strict().into(),
        || Reverification::custom(Level::SecondFactor, 2).into(),
        |subject| subject.factor_ages = None,
    ),
];

// covers: HAS-1, HIST-5
#[test]
fn hist_5_every_pair_and_triple_of_dimensions_needs_all_of_its_parts() {
    let all = DIMENSIONS.len();
    let pairs = (0..all).flat_map(|a| (0..all).map(move |b| vec![a, b]));
    let triples =
        (0..all).flat_map(|a| (0..all).flat_map(move |b| (0..all).map(move |c| vec![a, b, c])));
    for asked in pairs.chain(triples) {
        let condition = |failing: Option<usize>| {
            let parts = asked.iter().enumerate().map(|(place, dimension)| {
                let (held, not_held, _) = DIMENSIONS[*dimension];
                if Some(place) == failing {
                    not_held()
                } else {
                    held()
                }
            });
            Condition::all(parts).unwrap()
        };
        assert!(ada().has(condition(None)), "{asked:?}");
        for place in 0..asked.len() {
            assert!(
                !ada().has(condition(Some(place))),
                "{asked:?}, failing at {place}"
            );
            let mut poorer = ada();
            DIMENSIONS[asked[place]].2(&mut poorer);
            assert!(
                !poorer.has(condition(None)),
                "{asked:?}, missing at {place}"
            );
        }
    }
}

// covers: HAS-1, HAS-3
#[test]
fn parameters_are_asked_by_being_there() {
    let has = |params: serde_json::Value| {
        Condition::from_params(&params).is_some_and(|condition| ada().has(condition))
    };
    for (params, expected) in [
        (json!({}), false),
        (json!(null), false),
        (json!({"other": 1}), false),
        (json!({"role": "admin"}), true),
        (json!({"role": "admin", "other": 1}), true),
        (json!({"role": null}), false),
        (json!({"role": ""}), false),
        (json!({"role": ["admin"]}), false),
        (json!({"role": "admin", "permission": null}), false),
        (json!({"role": "admin", "permission": ""}), false),
        (json!({"role": "admin", "feature": 1}), false),
        (json!({"role": "admin", "plan": {}}), false),
        (json!({"role": "admin", "reverification": null}), false),
        (json!({"role": "admin", "reverification": "strict"}), true),
        (json!({"feature": "invoices", "plan": "pro"}), true),
        (json!({"feature": "invoices", "plan": "free"}), false),
        (json!({"feature": "other", "plan": "pro"}), false),
        (
            json!({"role": "admin", "permission": "org:invoices:create", "feature": "drafts", "plan": "plus", "reverification": "lax"}),
            true,
        ),
    ] {
        assert_eq!(has(params.clone()), expected, "{params}");
    }
}

// covers: HAS-2
#[test]
fn without_a_user_nothing_is_held() {
    for user_id in [None, Some("")] {
        let nobody = Subject { user_id, ..ada() };
        for (held, ..) in DIMENSIONS {
            assert!(!nobody.has(held()));
        }
    }
}

// covers: HAS-4, HIST-83
#[test]
fn hist_83_roles_are_compared_without_their_prefix() {
    for (held, asked, expected) in [
        ("org:admin", "org:admin", true),
        ("org:admin", "admin", true),
        ("admin", "org:admin", true),
        ("admin", "admin", true),
        ("org:admin", "org:org:admin", true),
        ("org:org:admin", "admin", true),
        ("org:admin", "member", false),
        ("org:admin", "ADMIN", false),
        ("org:admin", "admin ", false),
        ("org:admin", "", false),
        ("org:admin", "org:", false),
        ("", "", false),
        ("xorg:admin", "admin", false),
    ] {
        let subject = Subject {
            org_role: Some(held),
            ..ada()
        };
        assert_eq!(
            subject.has(Role::new(asked)),
            expected,
            "{held:?} {asked:?}"
        );
    }
    for org_id in [None, Some("")] {
        let outside = Subject { org_id, ..ada() };
        assert!(
            !outside.has(Role::new("admin"))
                && !outside.has(Permission::new("org:invoices:create"))
        );
        assert!(
            outside.has(Feature::new("invoices")),
            "features do not depend on an organization id"
        );
    }
}

// covers: HAS-4
#[test]
fn permissions_are_normalised_on_the_asking_side_only() {
    let list = [
        "org:invoices:read".to_owned(),
        "drafts:write".to_owned(),
        "org:org:a:b".to_owned(),
    ];
    let subject = Subject {
        org_permissions: OrgPermissions::List(&list),
        ..ada()
    };
    for (asked, expected) in [
        ("org:invoices:read", true),
        ("invoices:read", true),
        ("org:org:invoices:read", true),
        ("drafts:write", false),
        ("org:drafts:write", false),
        ("org:org:a:b", false),
        ("org:invoices:create", false),
        ("org:invoices:rea", false),
        ("org:invoices:read ", false),
        ("", false),
        ("org:", false),
    ] {
        assert_eq!(subject.has(Permission::new(asked)), expected, "{asked:?}");
    }
    let nothing = Subject {
        org_permissions: OrgPermissions::Absent,
        ..ada()
    };
    assert!(!nothing.has(Permission::new("org:invoices:read")));
}

// covers: HAS-5
#[test]
fn system_permissions_can_be_told() {
    assert!(Permission::new("org:sys_memberships:read").is_system());
    assert!(!Permission::new("org:invoices:read").is_system());
    assert!(!ada().has(Permission::new("org:sys_memberships:read")));
}

// covers: HAS-6, HAS-7
#[test]
fn features_and_plans_are_looked_up_by_scope() {
    let claim = "o:sso, u:drafts ,ou:both,uo:also,x:unknown,o:with:colon,o:, o:org";
    let cases = [
        ("sso", true),
        ("org:sso", true),
        ("o:sso", true),
        ("organization:sso", true),
        ("user:sso", false),
        ("u:sso", false),
        ("drafts", true),
        ("user:drafts", true),
        ("u:drafts", true),
        ("org:drafts", false),
        ("org:both", true),
        ("user:both", true),
        ("org:also", true),
        ("user:also", true),
        ("unknown", false),
        ("x:unknown", false),
        ("ou:both", false),
        ("ORG:sso", false),
        (":sso", false),
        ("SSO", false),
        ("with", false),
        // Surplus parts and an empty name are refused, not guessed at.
        ("org:sso:x", false),
        ("org:with:colon", false),
        ("user:drafts:", false),
        ("org:", false),
        ("", false),
        (":", false),
    ];
    for (asked, expected) in cases {
        let features = Subject {
            features: Some(claim),
            ..ada()
        };
        assert_eq!(features.has(Feature::new(asked)), expected, "{asked:?}");
        let plans = Subject {
            plans: Some(claim),
            ..ada()
        };
        assert_eq!(plans.has(Plan::new(asked)), expected, "{asked:?}");
    }
}

// covers: HAS-7
#[test]
fn a_malformed_or_missing_list_fails_the_whole_check() {
    for claim in [
        None,
        Some(""),
        Some("o:sso,nocolon"),
        Some("nocolon,o:sso"),
        Some("o:sso,"),
        Some(",o:sso"),
    ] {
        let subject = Subject {
            features: claim,
            plans: claim,
            ..ada()
        };
        assert!(!subject.has(Feature::new("sso")), "{claim:?}");
        assert!(!subject.has(Plan::new("sso")), "{claim:?}");
    }
}

// covers: HAS-8
#[test]
fn reverification_configurations() {
    for (config, expected) in [
        (json!("strict_mfa"), Some((Level::MultiFactor, 10.0))),
        (json!("strict"), Some((Level::SecondFactor, 10.0))),
        (json!("moderate"), Some((Level::SecondFactor, 60.0))),
        (json!("lax"), Some((Level::SecondFactor, 1440.0))),
        (json!("STRICT"), None),
        (json!(""), None),
        (json!(null), None),
        (json!(true), None),
        (json!([]), None),
        (json!({}), None),
        (
            json!({"level": "first_factor", "afterMinutes": 1}),
            Some((Level::FirstFactor, 1.0)),
        ),
        (
            json!({"level": "multi_factor", "afterMinutes": 0.1}),
            Some((Level::MultiFactor, 0.1)),
        ),
        (json!({"level": "first_factor", "afterMinutes": 0}), None),
        (json!({"level": "first_factor", "afterMinutes": -5}), None),
        (json!({"level": "first_factor", "afterMinutes": "5"}), None),
        (json!({"level": "first_factor"}), None),
        (json!({"level": "x", "afterMinutes": 1}), None),
        (json!({"level": 1, "afterMinutes": 1}), None),
    ] {
        let read =
            Reverification::from_config(&config).map(|read| (read.level(), read.after_minutes()));
        assert_eq!(read, expected, "{config}");
    }
    assert_eq!(Reverification::lax().name(), Some("lax"));
    for minutes in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        assert!(!ada().has(Reverification::custom(Level::FirstFactor, minutes)));
    }
}

// covers: HAS-9
#[test]
fn factor_ages_are_minus_one_or_an_age() {
    for (first, second, valid) in [
        (0.0, 0.0, true),
        (-1.0, 0.5, true),
        (-1.0, -1.0, true),
        (-2.0, 0.0, false),
        (0.0, -0.5, false),
        (f64::NAN, 0.0, false),
        (0.0, f64::INFINITY, false),
    ] {
        assert_eq!(
            FactorAges::from_minutes(first, second).is_some(),
            valid,
            "{first} {second}"
        );
    }
    let ages = FactorAges::from_minutes(3.0, -1.0).unwrap();
    assert_eq!((ages.first(), ages.second()), (Some(3.0), None));
    let unknown = Subject {
        factor_ages: None,
        ..ada()
    };
    assert!(!unknown.has(Reverification::lax()));
}

// covers: HAS-10, HAS-11, HAS-12
#[test]
fn levels_against_ages_with_a_limit_of_ten_minutes() {
    for (first, second, expected) in [
        (5.0, 5.0, [true, true, true]),
        (5.0, 15.0, [true, false, false]),
        (15.0, 5.0, [false, true, false]),
        (10.0, 10.0, [false, false, false]),
        (9.0, -1.0, [true, true, true]),
        (11.0, -1.0, [false, false, false]),
        (-1.0, 5.0, [false, true, false]),
        (-1.0, -1.0, [false, false, false]),
        (9.999, 10.0, [true, false, false]),
        (0.0, 0.0, [true, true, true]),
    ] {
        let subject = Subject {
            factor_ages: FactorAges::from_minutes(first, second),
            ..ada()
        };
        let levels = [Level::FirstFactor, Level::SecondFactor, Level::MultiFactor];
        let has = levels.map(|level| subject.has(Reverification::custom(level, 10)));
        assert_eq!(has, expected, "{first} {second}");
    }
}

// covers: AUTH-24, AUTH-25, AUTH-26, AUTH-27, AUTH-28, HIST-82
#[test]
fn hist_82_packed_permissions() {
    for (features, permissions, map, expected) in [
        (
            "o:articles,u:drafts,ou:invoices",
            "read,write",
            "3,2",
            &[
                "org:articles:read",
                "org:articles:write",
                "org:invoices:write",
            ][..],
        ),
        (
            "o:articles,u:drafts,ou:invoices",
            "read,write",
            "3,x",
            &["org:articles:read", "org:articles:write"],
        ),
        ("o:articles,u:drafts,ou:invoices", "read,write", "", &[]),
        ("o:articles", "", "3", &[]),
        ("", "read", "1", &[]),
        // The index runs over the organization's features only.
        (
            "u:drafts,o:articles,uo:invoices",
            "read,write",
            "1,2",
            &["org:articles:read", "org:invoices:write"],
        ),
        (
            " o:articles , o:invoices ",
            " read , write ",
            " 1 , 2 ",
            &["org:articles:read", "org:invoices:write"],
        ),
        // Bits beyond the names and entries beyond the features are ignored.
        ("o:articles", "read", "7,1", &["org:articles:read"]),
        ("o:articles,o:invoices", "read", "1", &["org:articles:read"]),
        ("o:a,o:b", "read", "-1,1", &["org:b:read"]),
        ("o:a,o:b", "read", ",1", &["org:b:read"]),
        // An element without a scope grants nothing and takes no place.
        ("nocolon,o:a", "read", "1,1", &["org:a:read"]),
        ("o:a:b", "c,d", "3", &["org:a:b:c", "org:a:b:d"]),
    ] {
        let OrgPermissions::Packed(packed) = packed(features, permissions, map) else {
            unreachable!()
        };
        let all: Vec<String> = packed.iter().collect();
        assert_eq!(all, expected, "{features} {permissions} {map}");
        assert_eq!(OrgPermissions::Packed(packed).to_list(), expected);
        for permission in &all {
            assert!(packed.contains(permission), "{permission}");
        }
        for feature in ["a", "b", "a:b", "articles", "drafts", "invoices"] {
            for name in ["read", "write", "c", "d", "b:c"] {
                let permission = format!("org:{feature}:{name}");
                assert_eq!(
                    packed.contains(&permission),
                    all.contains(&permission),
                    "{permission}"
                );
            }
        }
        assert!(!packed.contains("articles:read"));
    }
}

// covers: AUTH-25, HIST-84
#[test]
fn hist_84_permissions_beyond_bit_53() {
    let names: Vec<String> = (0..70).map(|number| format!("p{number}")).collect();
    let names = names.join(",");
    // Bits 0, 53 and 69.
    let map = ((1_u128) | 1 << 53 | 1 << 69).to_string();
    let packed = PackedPermissions {
        features: "o:f",
        permissions: &names,
        map: &map,
    };
    let all: Vec<String> = packed.iter().collect();
    assert_eq!(all, ["org:f:p0", "org:f:p53", "org:f:p69"]);
    assert!(
        packed.contains("org:f:p53")
            && !packed.contains("org:f:p54")
            && !packed.contains("org:f:p52")
    );
}

// covers: HAS-7
#[test]
fn scoped_lists_are_split() {
    let split = |claim| split_by_scope(claim).map(|scoped| (scoped.org, scoped.user));
    assert_eq!(
        split("o:a,u:b,ou:c,uo:d,x:e, o:f:g "),
        Ok((vec!["a", "c", "d", "f:g"], vec!["b", "c", "d"]))
    );
    assert_eq!(split(""), Ok((vec![], vec![])));
    assert_eq!(split("o:a,"), Err(ScopelessElement));
    assert_eq!(split("\u{feff}o:a"), Ok((vec!["a"], vec![])));
    assert_eq!(split("\u{85}o:a"), Ok((vec![], vec![])));
}

// covers: HAS-1
#[test]
fn what_is_missing_can_be_named() {
    let condition = Role::new("admin")
        .and(Plan::new("free"))
        .and(Reverification::strict_mfa());
    let subject = Subject {
        factor_ages: None,
        ..ada()
    };
    let unmet: Vec<_> = condition.unmet_by(&subject).cloned().collect();
    assert_eq!(
        unmet,
        [
            Requirement::Plan(Plan::new("free")),
            Requirement::Reverification(Reverification::strict_mfa())
        ]
    );
}
