//! The server of the orders pack. It validates by hand, not with a schema, and makes one mistake if a test says so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use axum::http::Method;
use serde_json::{Value, json};

use super::shared::{Call, serve_json};

/// The credential of the clerk.
pub const CLERK: &str = "bearer:desk-session-of-the-clerk";

struct Server {
    fault: Option<&'static str>,
    orders: Mutex<BTreeMap<u64, Value>>,
}

/// A refusal: its code, and the place of the fault.
struct Refusal(&'static str, String);

type Checked = Result<(), Refusal>;

/// Starts the server on a free port and returns its base URL.
pub async fn start(fault: Option<&'static str>) -> String {
    let server = Server { fault, orders: Mutex::default() };
    serve_json(move |call| server.response(call)).await
}

fn invalid(place: &str) -> Refusal {
    Refusal("INVALID", place.to_owned())
}

fn valid_if(valid: bool, place: &str) -> Checked {
    if valid { Ok(()) } else { Err(invalid(place)) }
}

impl Server {
    /// Whether the server makes this mistake.
    fn has(&self, fault: &str) -> bool {
        self.fault == Some(fault)
    }

    fn response(&self, call: &Call) -> (u16, Value) {
        let is_clerk =
            call.headers().get("authorization").is_some_and(|value| value == "Bearer desk-session-of-the-clerk");
        let served = if is_clerk { self.serve(call) } else { Err(Refusal("STRANGER", String::new())) };
        let Err(Refusal(code, field)) = served else { return served.unwrap_or_default() };
        let status = match code {
            "STRANGER" => 401,
            "UNKNOWN" => 404,
            "BROKEN" => 500,
            _ => 400,
        };
        let mut body = json!({ "code": code, "message": "It cannot be served." });
        if !field.is_empty() {
            body["field"] = field.into();
        }
        (status, body)
    }

    fn serve(&self, call: &Call) -> Result<(u16, Value), Refusal> {
        let (method, uri) = (call.method(), call.uri());
        let mut orders = self.orders.lock().expect("nobody panicked");
        let Some(number) = uri.path().strip_prefix("/orders/") else {
            if *method == Method::GET {
                self.query(uri.query().unwrap_or_default())?;
                return Ok((200, json!([])));
            }
            let order: Value = serde_json::from_slice(call.body()).unwrap_or_default();
            let channel = call.headers().get("channel").map(|value| value.to_str().unwrap_or_default());
            let known = channel.is_none_or(|name| ["web", "shop"].contains(&name));
            valid_if(known || self.has("takes-any-channel"), "Channel")?;
            self.order(&order)?;
            let number = orders.keys().last().unwrap_or(&0) + 1;
            let placed = json!({ "number": number, "buyer": order["buyer"].as_str().unwrap_or("nobody") });
            orders.insert(number, placed.clone());
            return Ok((201, placed));
        };
        let number = number.parse::<u64>().ok().filter(|number| *number > 0);
        let of_text = if self.has("fails-on-words-in-the-path") { "BROKEN" } else { "INVALID" };
        let number = number.ok_or_else(|| Refusal(of_text, "number".to_owned()))?;
        let found = match *method {
            Method::DELETE => orders.remove(&number).map(|_| (204, Value::Null)),
            _ => orders.get(&number).map(|order| (200, order.clone())),
        };
        found.ok_or_else(|| Refusal("UNKNOWN", String::new()))
    }

    fn query(&self, query: &str) -> Checked {
        let all: BTreeMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let limit = all.get("limit").ok_or_else(|| Refusal("INCOMPLETE", "limit".to_owned()))?;
        let limit = limit.parse::<i64>().map_err(|_| invalid("limit"))?;
        valid_if((1..=50).contains(&limit) || self.has("takes-any-limit"), "limit")?;
        let open = all.get("open").is_none_or(|open| ["true", "false"].contains(open));
        valid_if(open || self.has("takes-any-word-for-open"), "open")
    }

    fn order(&self, order: &Value) -> Checked {
        self.required(order, "", &["buyer", "lines"])?;
        let members = order.as_object().ok_or_else(|| invalid(""))?;
        for (name, value) in members {
            match name.as_str() {
                "buyer" => self.buyer(value)?,
                "priority" => self.priority(value)?,
                "note" => self.note(value)?,
                "discount" => self.discount(value)?,
                "coupon" => {
                    let coupon = value.as_str().is_some_and(is_coupon);
                    valid_if(coupon || value.is_string() && self.has("takes-any-coupon"), "/coupon")?;
                }
                "day" => {
                    let day =
                        value.as_str().is_some_and(|day| day.len() == 10 && day.parse::<chrono::NaiveDate>().is_ok());
                    valid_if(day || value.is_string() && self.has("takes-any-day"), "/day")?;
                }
                "gift" => valid_if(value.is_boolean() || self.has("takes-one-for-true") && *value == 1, "/gift")?,
                "tags" => self.tags(value)?,
                "lines" => self.lines(value)?,
                "contact" => self.contact(value)?,
                other => valid_if(self.has("takes-unknown-members"), &format!("/{other}"))?,
            }
        }
        Ok(())
    }

    fn required(&self, object: &Value, above: &str, names: &[&str]) -> Checked {
        let missing = names.iter().find(|name| object.get(**name).is_none());
        match missing {
            Some(name) if self.fault != Some("takes-orders-without-a-buyer") => {
                Err(Refusal("INCOMPLETE", format!("{above}/{name}")))
            }
            _ => Ok(()),
        }
    }

    fn buyer(&self, value: &Value) -> Checked {
        if value.is_null() && self.has("takes-null-as-buyer") {
            return Ok(());
        }
        let length = value.as_str().ok_or_else(|| invalid("/buyer"))?.chars().count();
        let longest = if self.has("takes-one-character-more") { 25 } else { 24 };
        let longest = if self.has("refuses-the-longest-name") { 23 } else { longest };
        let shortest = if self.has("takes-one-character-less") { 1 } else { 2 };
        valid_if((shortest..=longest).contains(&length), "/buyer")
    }

    fn priority(&self, value: &Value) -> Checked {
        let known =
            if self.has("refuses-the-last-value") { vec!["low", "normal"] } else { vec!["low", "normal", "high"] };
        let text = value.as_str().ok_or_else(|| invalid("/priority"))?;
        valid_if(known.contains(&text) || self.has("takes-any-priority"), "/priority")
    }

    fn note(&self, value: &Value) -> Checked {
        if value.is_null() {
            return valid_if(!self.has("refuses-null-where-it-is-allowed"), "/note");
        }
        valid_if(value.as_str().is_some_and(|note| note.chars().count() <= 40), "/note")
    }

    fn discount(&self, value: &Value) -> Checked {
        let discount = value.as_f64().ok_or_else(|| invalid("/discount"))?;
        let below = discount < 1.0 || self.has("takes-the-excluded-maximum") && discount <= 1.0;
        let twentieths = discount * 20.0;
        let is_multiple = (twentieths - twentieths.round()).abs() < 1e-9;
        valid_if(discount >= 0.0 && below && (is_multiple || self.has("takes-any-step")), "/discount")
    }

    fn tags(&self, value: &Value) -> Checked {
        let tags = value.as_array().ok_or_else(|| invalid("/tags"))?;
        let texts: BTreeSet<&str> = tags.iter().filter_map(Value::as_str).filter(|tag| !tag.is_empty()).collect();
        let place = tags.iter().position(|tag| tag.as_str().is_none_or(str::is_empty));
        if let Some(place) = place {
            return Err(invalid(&format!("/tags/{place}")));
        }
        valid_if(texts.len() == tags.len() || self.has("takes-a-tag-twice"), "/tags")
    }

    fn lines(&self, value: &Value) -> Checked {
        let lines = value.as_array().ok_or_else(|| invalid("/lines"))?;
        let most = if self.has("takes-four-lines") { 4 } else { 3 };
        valid_if((1..=most).contains(&lines.len()), "/lines")?;
        lines.iter().enumerate().try_for_each(|(index, line)| self.line(line, index))
    }

    fn line(&self, line: &Value, index: usize) -> Checked {
        let at = |name: &str| match self.has("names-the-list-instead-of-the-line") {
            true => "/lines".to_owned(),
            false => format!("/lines/{index}{name}"),
        };
        let members = line.as_object().ok_or_else(|| invalid(&at("")))?;
        if self.has("fails-on-unknown-members-of-lines") && members.len() > 2 {
            return Err(Refusal("BROKEN", String::new()));
        }
        self.required(line, &at(""), &["sku", "pieces"])?;
        valid_if(line["sku"].as_str().is_some_and(is_sku), &at("/sku"))?;
        let pieces = match &line["pieces"] {
            Value::String(text) if self.has("takes-numbers-as-text") => text.parse::<i64>().ok(),
            Value::Number(number) if self.has("rounds-pieces") => number.as_f64().map(|pieces| pieces as i64),
            other => other.as_i64(),
        };
        let most = if self.has("takes-a-hundred-pieces") { 100 } else { 99 };
        valid_if(pieces.is_some_and(|pieces| (1..=most).contains(&pieces)), &at("/pieces"))
    }

    fn contact(&self, value: &Value) -> Checked {
        match value {
            Value::String(text) => valid_if(text.chars().count() >= 3 || self.has("takes-short-contacts"), "/contact"),
            Value::Object(members) => match members.get("phone") {
                None => Err(Refusal("INCOMPLETE", "/contact/phone".to_owned())),
                Some(phone) => valid_if(phone.is_string(), "/contact/phone"),
            },
            _ => Err(invalid("/contact")),
        }
    }
}

fn is_coupon(text: &str) -> bool {
    text.len() == 6
        && text.bytes().take(4).all(|one| one.is_ascii_uppercase())
        && text.bytes().skip(4).all(|one| one.is_ascii_digit())
}

fn is_sku(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 6
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2] == b'-'
        && bytes[3..].iter().all(u8::is_ascii_digit)
}
