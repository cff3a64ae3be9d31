//! What errors say, where a variation says it in other words or in another language.

use crate::api::Context;
use crate::errors::{Code, Fault};
use crate::habits::Habits;
use crate::variations::{Variation, wording};

/// How often a very long message says what it has to say.
const REPETITIONS: usize = 100;

/// A message and the beginning of details, in one language.
type Phrases = (&'static str, &'static str);

const LANGUAGES: &[(Variation, Phrases)] = &[
    (
        wording::MESSAGES_IN_GERMAN,
        ("Die Anfrage ließ sich nicht ausführen", "Bitte prüfen Sie Ihre Angaben – Näheres im Handbuch"),
    ),
    (wording::MESSAGES_IN_ARABIC, ("تعذّر تنفيذ الطلب", "يرجى التحقق من البيانات المرسلة")),
    (wording::MESSAGES_IN_JAPANESE, ("リクエストを処理できませんでした", "送信内容をご確認ください")),
];

const MESSAGES: &[(Variation, &str)] = &[
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

/// Says the fault in the words of the variations that are switched on.
pub(crate) fn reword(fault: &mut Fault, context: &Context, habits: &Habits) {
    let fact = fact(fault, context);
    reword_message(fault, habits);
    reword_details(fault, fact.as_deref(), habits);
    add_field(fault, habits);
    let kept = fact.is_some() && habits.vary(wording::FEW_DETAILS);
    if habits.vary(wording::NO_DETAILS) || (habits.vary(wording::FEW_DETAILS) && !kept) {
        fault.details = None;
    }
    if habits.vary(wording::EMPTY_DETAILS) {
        fault.details = Some(String::new());
    }
}

/// What a clause wants to find in the details, whatever else they say.
fn fact(fault: &Fault, context: &Context) -> Option<String> {
    match fault.code {
        Code::TokenExpired => fault.details.as_deref()?.strip_prefix("Token expired at ").map(str::to_owned),
        Code::InternalServerError => Some(context.request_id.clone()),
        _ => None,
    }
}

fn reword_message(fault: &mut Fault, habits: &Habits) {
    if let Some(message) = habits.variant(MESSAGES) {
        fault.message = message.to_owned();
    }
    if let Some((message, _)) = habits.variant(LANGUAGES) {
        fault.message = message.to_owned();
    }
    if habits.vary(wording::VERY_LONG_MESSAGES) {
        fault.message = [fault.message.as_str(); REPETITIONS].join("; ");
    }
}

fn reword_details(fault: &mut Fault, fact: Option<&str>, habits: &Habits) {
    if let Some((_, details)) = habits.variant(LANGUAGES) {
        fault.details = Some(fact.map_or_else(|| details.to_owned(), |fact| format!("{details}: {fact}")));
    }
    if habits.vary(wording::LINKS_IN_DETAILS) {
        fault.details = Some(format!("{}. {LINKS}", fault.details.as_deref().unwrap_or_default()));
    }
    let alone = match fault.code {
        Code::TokenExpired => habits.vary(wording::EXPIRY_ALONE),
        Code::InternalServerError => habits.vary(wording::REQUEST_ID_ALONE),
        _ => false,
    };
    if let Some(fact) = fact.filter(|_| alone) {
        // RFC 3339 takes its letters in either case.
        fault.details = Some(if fault.code == Code::TokenExpired { fact.to_lowercase() } else { fact.to_owned() });
    }
}

fn add_field(fault: &mut Fault, habits: &Habits) {
    match fault.code {
        Code::DuplicateResource if habits.vary(wording::FIELD_ON_CONFLICTS) => fault.field = Some("email".to_owned()),
        Code::InvalidDocumentFormat | Code::DocumentQualityInsufficient if habits.vary(wording::FIELD_ON_DOCUMENTS) => {
            fault.field = Some("content".to_owned());
        }
        _ => {}
    }
}
