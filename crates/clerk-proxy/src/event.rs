//! Events for `tracing`, where that feature is on; they never carry a key, cookie or query.

/// Emits an event with a constant message and fields.
#[cfg(feature = "tracing")]
macro_rules! event {
    ($level:ident, $message:literal $(, $field:ident = $value:expr)* $(,)?) => {
        tracing::$level!(target: "clerk", $($field = %$value,)* $message)
    };
}

/// Without the feature, nothing: but the values are looked at, so that they count as used.
#[cfg(not(feature = "tracing"))]
macro_rules! event {
    ($level:ident, $message:literal $(, $field:ident = $value:expr)* $(,)?) => {{
        $(let _ = &$value;)*
    }};
}
