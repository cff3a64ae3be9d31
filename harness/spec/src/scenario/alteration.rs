//! Alterations of a credential before it is sent. Scenarios name an alteration, so that no secret is in a file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a credential is altered before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Alteration {
    /// The last character is removed.
    Truncate,
    /// One character is appended.
    Append,
    /// The first character is replaced.
    FirstCharacter,
    /// Upper and lower case are swapped; without letters, the last character is replaced.
    LetterCase,
    /// The last character is replaced.
    LastCharacter,
    /// A character in the middle is replaced.
    MiddleCharacter,
    /// The credential is empty, but the header is sent.
    Empty,
    /// It is sent as `Authorization: Basic`, encoded as in RFC 7617.
    AsBasic,
    /// It is sent as `Authorization: Basic`, without encoding.
    AsPlainBasic,
    /// It is sent as the password of `Authorization: Basic`.
    AsBasicPassword,
    /// It is sent as `Authorization: Token`.
    AsToken,
    /// It is sent as `Authorization: Bearer`, whatever its scheme is.
    AsBearer,
    /// The signature of a JWT is replaced.
    BreakSignature,
    /// The signature of a JWT is changed only near its end.
    BreakSignatureEnd,
    /// The second half of a JWT's signature is removed.
    HalfSignature,
    /// The signature of a JWT is removed; the last dot stays.
    NoSignature,
    /// The header of a JWT has `alg: none`, its expiry is extended, and its signature is removed.
    AlgNone,
    /// Like `alg-none` with `alg: nOnE`, for servers that refuse only the usual spelling.
    AlgNoneMixedCase,
    /// The header has `alg: none`, the signature is removed, and the expiry is unchanged.
    AlgNoneExpired,
    /// The header has `alg: none`, the expiry is extended, and the old signature stays.
    AlgNoneSigned,
    /// The header names another algorithm, the expiry is extended, and the old signature stays.
    AlgOther,
    /// The expiry of a JWT is extended; the old signature stays.
    ExtendExpiry,
    /// Upper and lower case in the signature of a JWT are swapped.
    SignatureCase,
    /// A fourth part is added to a JWT.
    FourParts,
    /// Only the first two parts of a JWT are sent.
    TwoParts,
}

impl Alteration {
    /// True for alterations that need a JSON Web Token (RFC 7519).
    pub(crate) fn needs_token(self) -> bool {
        matches!(
            self,
            Self::BreakSignature
                | Self::BreakSignatureEnd
                | Self::HalfSignature
                | Self::NoSignature
                | Self::AlgNone
                | Self::AlgNoneMixedCase
                | Self::AlgNoneExpired
                | Self::AlgNoneSigned
                | Self::AlgOther
                | Self::ExtendExpiry
                | Self::SignatureCase
                | Self::FourParts
                | Self::TwoParts
        )
    }
}
