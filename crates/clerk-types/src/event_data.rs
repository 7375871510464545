//! The enum of webhook events, declared as a table of event type and payload.

/// Declares the enum of events: the event type decides the variant, and an unknown one keeps its data.
macro_rules! event_data {
    ($(#[$attribute:meta])* pub enum $name:ident { $($variant:ident($payload:ident) = $event:literal,)+ }) => {
        $(#[$attribute])*
        ///
        /// The event type decides the variant. Clerk may add events: one that is not listed here arrives as `Unknown`.
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`", $event, "`")]
                $variant($payload),
            )+
            /// An event this version does not know.
            Unknown {
                /// The event type.
                event_type: String,
                /// The data of the event.
                data: serde_json::Value,
            },
        }

        impl $name {
            /// Every event type this version knows.
            pub const EVENT_TYPES: &'static [&'static str] = &[$($event),+];

            /// The event type.
            #[must_use]
            pub fn event_type(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $event,)+
                    Self::Unknown { event_type, .. } => event_type,
                }
            }

            /// Reads the data of an event.
            ///
            /// # Errors
            ///
            /// [`DecodeError`](crate::DecodeError) where the data is not what the event type carries; it names the
            /// place.
            // Compiled where it is used only: the payloads are many.
            #[inline]
            pub fn from_parts(event_type: &str, data: &[u8]) -> Result<Self, crate::DecodeError> {
                match event_type {
                    $($event => crate::from_slice(data).map(Self::$variant),)+
                    _ => crate::from_slice(data).map(|data| Self::Unknown {
                        event_type: event_type.to_owned(),
                        data,
                    }),
                }
            }
        }

        /// Writes the data of the event.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(data) => data.serialize(serializer),)+
                    Self::Unknown { data, .. } => data.serialize(serializer),
                }
            }
        }
    };
}

pub(crate) use event_data;
