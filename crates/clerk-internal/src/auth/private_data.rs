//! Keeping private metadata out of what is sent to a browser.

use serde_json::Value;

/// Removes the private metadata of a user or organization, also from the raw copy the JavaScript SDK keeps in `_raw`.
///
/// ```
/// use clerk_internal::strip_private_metadata;
/// use serde_json::json;
///
/// let mut user = json!({"id": "user_1", "private_metadata": {"plan": "secret"}});
/// strip_private_metadata(&mut user);
/// assert_eq!(user, json!({"id": "user_1"}));
/// ```
pub fn strip_private_metadata(resource: &mut Value) {
    let Some(members) = resource.as_object_mut() else {
        return;
    };
    remove(members);
    if let Some(raw) = members.get_mut("_raw") {
        strip_everywhere(raw);
    }
}

fn strip_everywhere(value: &mut Value) {
    // A list of what is still to be visited instead of recursion: the depth is the sender's choice.
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match value {
            Value::Object(members) => {
                remove(members);
                left.extend(members.values_mut());
            }
            Value::Array(elements) => left.extend(elements),
            _ => {}
        }
    }
}

fn remove(members: &mut serde_json::Map<String, Value>) {
    members.remove("privateMetadata");
    members.remove("private_metadata");
}
