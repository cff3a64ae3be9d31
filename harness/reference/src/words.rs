//! Variants of the texts in errors: other wording and other languages.

use crate::api::Context;
use crate::errors::{Code, Fault};
use crate::switches::Switches;
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

/// Replaces the texts of the error by those of the variants that are switched on.
pub(crate) fn reword(fault: &mut Fault, context: &Context, switches: &Switches) {
    let fact = required_fact(fault, context);
    reword_message(fault, switches);
    reword_details(fault, fact.as_deref(), switches);
    add_field(fault, switches);
    let kept = fact.is_some() && switches.vary(wording::FEW_DETAILS);
    if switches.vary(wording::NO_DETAILS) || (switches.vary(wording::FEW_DETAILS) && !kept) {
        fault.details = None;
    }
    if switches.vary(wording::EMPTY_DETAILS) {
        fault.details = Some(String::new());
    }
}

/// What the details must contain in any wording: the expiry, or the request id.
fn required_fact(fault: &Fault, context: &Context) -> Option<String> {
    match fault.code {
        Code::TokenExpired => fault.details.as_deref()?.strip_prefix("Token expired at ").map(str::to_owned),
        Code::InternalServerError => Some(context.request_id.clone()),
        _ => None,
    }
}

fn reword_message(fault: &mut Fault, switches: &Switches) {
    if let Some(message) = switches.variant(MESSAGES) {
        fault.message = message.to_owned();
    }
    if let Some((message, _)) = switches.variant(LANGUAGES) {
        fault.message = message.to_owned();
    }
    if switches.vary(wording::VERY_LONG_MESSAGES) {
        fault.message = [fault.message.as_str(); REPETITIONS].join("; ");
    }
}

fn reword_details(fault: &mut Fault, fact: Option<&str>, switches: &Switches) {
    if let Some((_, details)) = switches.variant(LANGUAGES) {
        fault.details = Some(fact.map_or_else(|| details.to_owned(), |fact| format!("{details}: {fact}")));
    }
    if switches.vary(wording::LINKS_IN_DETAILS) {
        fault.details = Some(format!("{}. {LINKS}", fault.details.as_deref().unwrap_or_default()));
    }
    let alone = match fault.code {
        Code::TokenExpired => switches.vary(wording::EXPIRY_ALONE),
        Code::InternalServerError => switches.vary(wording::REQUEST_ID_ALONE),
        _ => false,
    };
    if let Some(fact) = fact.filter(|_| alone) {
        // RFC 3339 allows upper and lower case.
        fault.details = Some(if fault.code == Code::TokenExpired { fact.to_lowercase() } else { fact.to_owned() });
    }
}

fn add_field(fault: &mut Fault, switches: &Switches) {
    match fault.code {
        Code::DuplicateResource if switches.vary(wording::FIELD_ON_CONFLICTS) => fault.field = Some("email".to_owned()),
        Code::InvalidDocumentFormat | Code::DocumentQualityInsufficient
            if switches.vary(wording::FIELD_ON_DOCUMENTS) =>
        {
            fault.field = Some("content".to_owned());
        }
        _ => {}
    }
}
