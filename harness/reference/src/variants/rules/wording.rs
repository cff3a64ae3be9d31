//! Variants of the texts in errors: other wording and other languages.

use super::Varied;
use crate::errors::{ApiError, Code};
use crate::request::RequestContext;
use crate::variants::{Variant, wording};

/// How often a very long message repeats its text.
const REPETITIONS: usize = 100;

/// A message and the beginning of details, in one language.
type Phrases = (&'static str, &'static str);

const LANGUAGES: &[(Variant, Phrases)] = &[
    (
        wording::MESSAGES_IN_GERMAN,
        ("Die Anfrage ließ sich nicht ausführen", "Bitte prüfen Sie Ihre Angaben – Näheres im Handbuch"),
    ),
    (wording::MESSAGES_IN_ARABIC, ("تعذّر تنفيذ الطلب", "يرجى التحقق من البيانات المرسلة")),
    (wording::MESSAGES_IN_JAPANESE, ("リクエストを処理できませんでした", "送信内容をご確認ください")),
];

const MESSAGES: &[(Variant, &str)] = &[
    (wording::TERSE_MESSAGES, "No"),
    (wording::MESSAGES_WITH_EMOJI, "Oh no 🙈 that did not work 👩‍👩‍👧‍👦 e\u{301}\u{200d}!"),
    (wording::MESSAGES_OF_MANY_LINES, "This did not work:\r\n\t- see \"details\"\n\t- or \\ ^ | \u{b}\u{1}\u{7f}"),
    (
        wording::PLAIN_WORDS_LIKE_SQL,
        "Please select another value from the list, update the record where needed, insert what is missing \
         and delete the rest from your request",
    ),
];

const LINKS: &str = "See https://docs.example.com/errors/overview.html#codes or /api/v1/customers (application/json)";

impl Varied {
    /// Replaces the texts of the error by those of the variants that are switched on.
    pub(super) fn reword(&self, fault: &mut ApiError, context: &RequestContext) {
        let fact = required_fact(fault, context);
        self.reword_message(fault);
        self.reword_details(fault, fact.as_deref());
        self.add_field(fault);
        let kept = fact.is_some() && self.is_active(wording::FEW_DETAILS);
        if self.is_active(wording::NO_DETAILS) || (self.is_active(wording::FEW_DETAILS) && !kept) {
            fault.details = None;
        }
        if self.is_active(wording::EMPTY_DETAILS) {
            fault.details = Some(String::new());
        }
    }

    fn reword_message(&self, fault: &mut ApiError) {
        if let Some(message) = self.variant(MESSAGES) {
            fault.message = message.to_owned();
        }
        if let Some((message, _)) = self.variant(LANGUAGES) {
            fault.message = message.to_owned();
        }
        if self.is_active(wording::VERY_LONG_MESSAGES) {
            fault.message = [fault.message.as_str(); REPETITIONS].join("; ");
        }
    }

    fn reword_details(&self, fault: &mut ApiError, fact: Option<&str>) {
        if let Some((_, details)) = self.variant(LANGUAGES) {
            fault.details = Some(fact.map_or_else(|| details.to_owned(), |fact| format!("{details}: {fact}")));
        }
        if self.is_active(wording::LINKS_IN_DETAILS) {
            fault.details = Some(format!("{}. {LINKS}", fault.details.as_deref().unwrap_or_default()));
        }
        let alone = match fault.code {
            Code::TokenExpired => self.is_active(wording::EXPIRY_ALONE),
            Code::InternalServerError => self.is_active(wording::REQUEST_ID_ALONE),
            _ => false,
        };
        if let Some(fact) = fact.filter(|_| alone) {
            // RFC 3339 allows upper and lower case.
            fault.details = Some(if fault.code == Code::TokenExpired { fact.to_lowercase() } else { fact.to_owned() });
        }
    }

    fn add_field(&self, fault: &mut ApiError) {
        match fault.code {
            Code::DuplicateResource if self.is_active(wording::FIELD_ON_CONFLICTS) => {
                fault.field = Some("email".to_owned())
            }
            Code::InvalidDocumentFormat | Code::DocumentQualityInsufficient
                if self.is_active(wording::FIELD_ON_DOCUMENTS) =>
            {
                fault.field = Some("content".to_owned());
            }
            _ => {}
        }
    }
}

/// What the details must contain in any wording: the expiry, or the request id.
fn required_fact(fault: &ApiError, context: &RequestContext) -> Option<String> {
    match fault.code {
        Code::TokenExpired => fault.details.as_deref()?.strip_prefix("Token expired at ").map(str::to_owned),
        Code::InternalServerError => Some(context.request_id.clone()),
        _ => None,
    }
}
