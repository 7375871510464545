//! Enums that keep a value they do not know.

/// Declares an enum of texts that may grow: a value this version does not know is kept as it came.
macro_rules! open_enum {
    ($(#[$attribute:meta])* pub enum $name:ident { $($variant:ident = $wire:literal,)+ }) => {
        $(#[$attribute])*
        ///
        /// Clerk may add values: one that is not listed here arrives as `Unknown` and is written back unchanged.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`\"", $wire, "\"`")]
                $variant,
            )+
            /// A value this version does not know.
            Unknown(String),
        }

        impl $name {
            /// Every value this version knows.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// The text on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($wire => Self::$variant,)+
                    _ => Self::Unknown(text.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::decode::text(deserializer, |text| Self::from(text))
            }
        }

        #[cfg(test)]
        mod tests {
            // covers: RES-92
            #[test]
            fn every_value_and_an_unknown_one_come_back() {
                let mut texts: Vec<&str> = super::$name::KNOWN.iter().map(super::$name::as_str).collect();
                assert_eq!(texts, [$($wire),+]);
                texts.push("a value of tomorrow");
                for text in texts {
                    let json = serde_json::to_string(text).unwrap();
                    let value: super::$name = serde_json::from_str(&json).unwrap();
                    assert_eq!(matches!(value, super::$name::Unknown(_)), text.contains(' '), "{text}");
                    assert_eq!(value.to_string(), text);
                    assert_eq!(serde_json::to_string(&value).unwrap(), json);
                }
            }
        }
    };
}

pub(crate) use open_enum;
