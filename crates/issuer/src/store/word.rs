//! Words that stand for the variants of a type, on the command line and in the store.

/// The text is none of the words that the type knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not one of: {1}")]
pub struct NotAWord(pub String, pub &'static str);

/// Gives a type its words: `Display`, and `FromStr` that knows no others.
macro_rules! words {
    ($type:ident, $all:literal, $($variant:ident = $word:literal),*) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(match self { $(Self::$variant => $word),* })
            }
        }
        impl std::str::FromStr for $type {
            type Err = $crate::store::NotAWord;
            fn from_str(text: &str) -> Result<Self, $crate::store::NotAWord> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    other => Err($crate::store::NotAWord(other.chars().take(40).collect(), $all)),
                }
            }
        }
    };
}
pub(super) use words;
