//! What scenarios do to a credential on its way, so that no secret stands in a file.

use serde::{Deserialize, Serialize};

/// What is done to a credential before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alteration {
    /// The last character goes.
    Truncate,
    /// One character more.
    Append,
    /// The first character becomes another.
    FirstCharacter,
    /// Capital letters become small ones and small ones capital; where there are none, the last character changes.
    LetterCase,
    /// The last character becomes another.
    LastCharacter,
    /// A character in the middle becomes another.
    MiddleCharacter,
    /// Nothing is left of it, but the header is sent.
    Empty,
    /// It is sent as `Authorization: Basic`, encoded as RFC 7617 says.
    AsBasic,
    /// It is sent as `Authorization: Basic`, as it stands.
    AsPlainBasic,
    /// It is sent as the password of `Authorization: Basic`.
    AsBasicPassword,
    /// It is sent as `Authorization: Token`.
    AsToken,
    /// It is sent as `Authorization: Bearer`, whatever kind it is.
    AsBearer,
    /// A JWT's signature becomes another.
    BreakSignature,
    /// A JWT's signature becomes another near its end only.
    BreakSignatureEnd,
    /// A JWT's signature loses its second half.
    HalfSignature,
    /// A JWT's signature goes, the last dot stays.
    NoSignature,
    /// A JWT's header says `alg: none`, its expiry moves ahead, its signature goes.
    AlgNone,
    /// The same with `alg: nOnE`, for those who only refuse the usual spelling.
    AlgNoneOddCase,
    /// The header says `alg: none`, the signature goes, and the expiry stays where it was.
    AlgNoneExpired,
    /// The header says `alg: none`, the expiry moves ahead, and the old signature stays.
    AlgNoneSigned,
    /// The header names another algorithm, the expiry moves ahead, and the old signature stays.
    AlgOther,
    /// A JWT's expiry moves ahead under the old signature.
    ExtendExpiry,
    /// The letters of a JWT's signature change between capital and small.
    SignatureCase,
    /// A JWT with a fourth part.
    FourParts,
    /// A JWT's first two parts, without the third.
    TwoParts,
}

impl Alteration {
    /// True for those that only make sense for a JSON Web Token (RFC 7519).
    pub fn needs_token(self) -> bool {
        matches!(
            self,
            Self::BreakSignature
                | Self::BreakSignatureEnd
                | Self::HalfSignature
                | Self::NoSignature
                | Self::AlgNone
                | Self::AlgNoneOddCase
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
