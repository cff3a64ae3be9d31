//! Requests with valid and invalid bodies, fields and documents.

use serde_json::{Value, json};

use super::{call, person_json};
use crate::mutants::transcript::Transcript;
use crate::support::{CUSTOMERS, fixtures, person};

pub async fn bodies(log: &mut Transcript) {
    let path = log.sandbox.customer("bodies@example.com").await;
    let deep = format!("{{\"firstName\":{}1{}}}", "[".repeat(90), "]".repeat(90));
    let whole = person("whole@example.com").to_string();
    let trailing = format!("{} trailing", person("trailing@example.com"));
    let bodies: [&[u8]; 11] = [
        b"",
        b"{",
        b"nonsense",
        b"[]",
        b"null",
        b"\xff{}",
        br#"{"firstName":"\ud800"}"#,
        deep.as_bytes(),
        trailing.as_bytes(),
        whole.as_bytes()[..whole.len() - 1].as_ref(),
        b"{}",
    ];
    for body in bodies {
        call(log, "writer", "POST", CUSTOMERS, body).await;
        call(log, "writer", "PATCH", &path, body).await;
    }
    for name in ["email", "firstName", "lastName", "dateOfBirth"] {
        let mut incomplete = person(&format!("no-{}@example.com", name.to_lowercase()));
        incomplete.as_object_mut().expect("an object").remove(name);
        call(log, "writer", "POST", CUSTOMERS, incomplete.to_string().as_bytes()).await;
    }
    for body in ["{}", r#"{"url":"http://127.0.0.1:1/"}"#] {
        call(log, "admin", "POST", "/api/v1/webhooks", body.as_bytes()).await;
    }
    for (name, value) in [("dateOfBirth", "today"), ("phoneNumber", "12")] {
        call(log, "writer", "POST", CUSTOMERS, &person_json("f@example.com", name, &json!(value))).await;
        call(log, "writer", "PATCH", &path, json!({ name: value }).to_string().as_bytes()).await;
    }
    call(log, "writer", "PATCH", &path, br#"{"country":"US","postalCode":"1"}"#).await;
    wrong_types(log, &path).await;
}

async fn wrong_types(log: &mut Transcript, path: &str) {
    let values = [json!(7), json!(null), json!(["Ada"]), json!({}), json!(true)];
    for name in ["firstName", "phoneNumber", "email"] {
        for (number, value) in values.iter().enumerate() {
            let email = format!("{}{number}@example.com", name.to_lowercase());
            call(log, "writer", "POST", CUSTOMERS, &person_json(&email, name, value)).await;
            call(log, "writer", "PATCH", path, json!({ name: value }).to_string().as_bytes()).await;
        }
    }
}

const VALUES: &[(&str, &[&str])] = &[
    (
        "dateOfBirth",
        &[
            "2000-02-29",
            "1950-06-15",
            "1999-12-31",
            "2023-02-29",
            "1900-02-29",
            "1990-04-31",
            "1990-13-01",
            "31-12-1990",
            "1990/12/30",
            "19901230",
            "1990-1-5",
            "1990-12-30T00:00:00Z",
            "1990-12-30\n",
            " 1990-12-30 ",
            "١٩٩٠-١٢-٣٠",
            "1990-12-00",
            "",
        ],
    ),
    (
        "phoneNumber",
        &[
            "+14155552671",
            "+4512345678",
            "+5511912345678",
            "+1234567890123456",
            "+1",
            "++14155552671",
            "14155552671",
            "0014155552671",
            "+04155552671",
            "+1 (415) 555-2671",
            "+1415CALLNOW",
            "+14155552671;ext=5",
            "+14155552671\n",
            "+١٤١٥٥٥٥٢٦٧١",
        ],
    ),
    (
        "email",
        &[
            "a+tag@example.com",
            "a@example.photography",
            "a@mail.example.com",
            "a@3com.com",
            "example.com",
            "a@@example.com",
            "@example.com",
            "a@",
            "a..b@example.com",
            "a b@example.com",
            "Ada <ada@example.com>",
            "b@example.com\n",
            "a@-example.com",
        ],
    ),
    ("firstName", &["", "O'Neil", "\0", "🦀", "Ann"]),
];

const CODES: &[(&str, &str)] = &[
    ("US", "94103"),
    ("US", "9410"),
    ("GB", "SW1A 1AA"),
    ("GB", "12345"),
    ("DE", "10115"),
    ("DE", "1011"),
    ("DE", "10115 x"),
    ("CA", "K1A 0B1"),
    ("NL", "1012 AB"),
    ("JP", "1"),
];

pub async fn formats(log: &mut Transcript) {
    let path = log.sandbox.customer("formats@example.com").await;
    let long = "x".repeat(6_000);
    let mut number = 0;
    for (name, texts) in VALUES.iter().chain(&[("lastName", [long.as_str()].as_slice())]) {
        for text in *texts {
            create_and_update(log, &path, number, &json!({ *name: text })).await;
            number += 1;
        }
    }
    for (number, (country, code)) in CODES.iter().enumerate() {
        let values = json!({ "country": country, "postalCode": code });
        create_and_update(log, &path, 1_000 + number, &values).await;
    }
}

/// Sends a creation and an update with these values.
pub async fn create_and_update(log: &mut Transcript, path: &str, number: usize, values: &Value) {
    let mut body = person(&format!("f{number}@example.com"));
    for (name, value) in values.as_object().expect("an object") {
        body[name] = value.clone();
    }
    call(log, "writer", "POST", CUSTOMERS, body.to_string().as_bytes()).await;
    call(log, "writer", "PATCH", path, values.to_string().as_bytes()).await;
}

pub async fn documents(log: &mut Transcript) {
    let path = format!("{}/documents", log.sandbox.customer("documents@example.com").await);
    let good = fixtures::png(2, 11811);
    let cases: &[(&str, Vec<u8>)] = &[
        ("image/png", good.clone()),
        ("image/png", fixtures::png(2, 11772)),
        ("image/png", fixtures::png(2, 3000)),
        ("image/png", fixtures::png_of(2, 11811, 3000)),
        ("image/png", fixtures::png(0, 11811)),
        ("image/png", fixtures::png(4, 11811)),
        ("image/jpeg", fixtures::jpeg(1, 300, 3)),
        ("image/jpeg", fixtures::jpeg(1, 150, 3)),
        ("image/jpeg", fixtures::jpeg(2, 118, 3)),
        ("image/jpeg", fixtures::jpeg(1, 300, 1)),
        ("application/pdf", fixtures::pdf(99)),
        ("application/pdf", good),
        ("image/png", b"GIF89a\xff".to_vec()),
        ("image/png", b"II*\0\xff".to_vec()),
        ("application/pdf", b"<html>\xff".to_vec()),
        ("application/pdf", b"plain words".to_vec()),
        ("image/png", Vec::new()),
    ];
    for (media_type, bytes) in cases {
        let body = fixtures::document(media_type, bytes).to_string();
        call(log, "writer", "POST", &path, body.as_bytes()).await;
    }
    let png = fixtures::document("image/png", &fixtures::png(2, 11811))["content"].as_str().map(str::to_owned);
    let png = png.expect("a text");
    for content in [json!(format!("*{png}")), json!(format!("data:image/png;base64,{png}")), json!("*")] {
        let body = json!({ "type": "PASSPORT", "contentType": "image/png", "content": content });
        call(log, "writer", "POST", &path, body.to_string().as_bytes()).await;
    }
    call(log, "writer", "POST", &path, br#"{"type":"PASSPORT","contentType":"image/png"}"#).await;
}
