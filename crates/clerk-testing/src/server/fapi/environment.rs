//! What the browser library learns about the instance at its start.

use serde_json::json;

use crate::server::call::Call;
use crate::server::http::Reply;

pub(super) fn environment(call: &Call<'_>) -> Reply {
    let attribute = |enabled: bool, required: bool| {
        json!({
            "enabled": enabled,
            "required": required,
            "used_for_first_factor": enabled,
            "first_factors": if enabled { json!(["email_code"]) } else { json!([]) },
            "used_for_second_factor": false,
            "second_factors": [],
            "verifications": if enabled { json!(["email_code"]) } else { json!([]) },
            "verify_at_sign_up": enabled,
        })
    };
    let mut password = attribute(true, true);
    for list in ["first_factors", "verifications"] {
        if let Some(list) = password.get_mut(list) {
            *list = json!([]);
        }
    }
    let live = call.world.settings.live_shaped;
    Reply::json(&json!({
        "object": "environment",
        "id": "env_offline",
        "auth_config": {"object": "auth_config", "id": "aconf_offline", "single_session_mode": true},
        "display_config": {
            "object": "display_config",
            "id": "display_config_offline",
            "instance_environment_type": if live { "production" } else { "development" },
            "application_name": "Offline Clerk",
            "branded": false,
            "captcha_public_key": null,
        },
        "user_settings": {
            "attributes": {
                "email_address": attribute(true, true),
                "password": password,
                "first_name": attribute(false, false),
                "last_name": attribute(false, false),
                "username": attribute(false, false),
                "phone_number": attribute(false, false),
            },
            "social": {},
            "sign_in": {"second_factor": {"required": false}},
            "sign_up": {"captcha_enabled": false, "progressive": true, "mode": "public"},
            "password_settings": {"min_length": 8, "max_length": 72},
        },
        "organization_settings": {
            "enabled": true,
            "max_allowed_memberships": 0,
            "actions": {"admin_delete": true},
            "domains": {"enabled": false, "enrollment_modes": []},
        },
        "maintenance_mode": false,
    }))
}
