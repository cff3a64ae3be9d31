//! Values, documents and bodies that a slightly wrong mutant judges differently from the contract.

use serde_json::{Value, json};

use super::call;
use super::fields::create_and_update;
use crate::mutants::transcript::Transcript;
use crate::support::{CUSTOMERS, fixtures, person};

const VALUES: &[(&str, &[&str])] = &[
    (
        "dateOfBirth",
        &[
            "2001-02-30",
            "2001-00-10",
            "2001-10-00",
            "2001-99-99",
            "2001-123",
            "2001-W12-3",
            "+2001-01-10",
            "01-01-10",
            "12001-01-10",
            "2001.01.10",
            "2001 01 10",
            "2001\u{2010}01\u{2010}10",
            "2001-01\u{200b}-10",
            "\t2001-01-10",
            "2001-01-10 or so",
            "on 2001-01-10",
            "first\n2001-01-10\nlast",
            "2001-Feb-10",
            "2001-01-10 12:00:00",
            "2001-31-12",
            "2000-02-29",
            "2001-01-31",
            "2001-08-10",
            "2001-01-01",
            "2001-02-01",
            "1900-02-01",
            "1919-02-01",
        ],
    ),
    (
        "phoneNumber",
        &[
            "+12345678901234567890",
            "+1 415 555 0123",
            "+1-415-555-0123",
            "+1(415)5550123",
            "+1.415.5550123",
            "+1415+5550123",
            " +14155550123 ",
            "tel:+14155550123",
            "+14155550123 call me",
            "phone\n+14155550123",
            "\u{ff0b}14155550123",
            "\u{202a}+14155550123",
            "+",
            "+491234567890123",
            "+6834002",
            "+353861234567",
            "+390612345678",
            "+79161234567",
        ],
    ),
    (
        "email",
        &[
            ".ada@example.com",
            "ada.@example.com",
            "ada@.example.com",
            "ada@example.com.",
            "ada@example,com",
            "ada@example.com, bob@example.com",
            "eva@example.com\r\nBcc: bob@example.com",
            "a\u{0}da@example.com",
            " ida@example.com",
            "mailto:una@example.com",
            "u:da@example.com",
            "what @ ever",
            "oda@example.com:25",
            "uta at example.com",
            "ada\u{200b}@example.com",
            "ada@ex-ample.com",
            "ada.king@example.com",
            "Bada@example.com",
            "ada@example.de",
            "ada_king@example.com",
            "z@example.com",
            "ada@x.com",
            "ada@3com.com",
            "adadadadadadadadadadadadadadadadadadadadadada@example.com",
            "ada@exampleexampleexampleexampleexampleexample.com",
        ],
    ),
    (
        "firstName",
        &[
            "\u{202e}Ada",
            "A\u{200d}da",
            "Ade\u{301}",
            "A\nda",
            "A\\da",
            "100 %",
            "\"Ada\"",
            "\u{1}",
            "\u{fffe}",
            "🦀",
            "🦀",
            "🦀",
        ],
    ),
];

const CODES: &[(&str, &str)] = &[
    ("DE", "10115\n"),
    ("DE", "10\u{200b}115"),
    ("DE", "x10115"),
    ("DE", "x10115x"),
    ("DE", "101155"),
    ("DE", "1011"),
    ("DE", "1011A"),
    ("GB", "5W1A 1AA"),
    ("CA", "K1A-0B1"),
    ("NL", "90210"),
    ("CA", "90210"),
    ("US", "1"),
    ("DE", " "),
    ("DE", "01067"),
    ("US", "94103-1234"),
];

pub async fn values(log: &mut Transcript) {
    let path = log.sandbox.customer("values@example.com").await;
    let mut number = 2_000;
    for (name, texts) in VALUES {
        for text in *texts {
            create_and_update(log, &path, number, &json!({ *name: text })).await;
            number += 1;
        }
    }
    for (country, code) in CODES {
        create_and_update(log, &path, number, &json!({ "country": country, "postalCode": code })).await;
        create_and_update(log, &path, number + 1, &json!({ "postalCode": code, "country": country })).await;
        call(log, "writer", "PATCH", &path, json!({ "postalCode": code }).to_string().as_bytes()).await;
        number += 2;
    }
    call(log, "writer", "PATCH", &path, br#"{"postalCode":"K1A 0B1"}"#).await;
    create_and_update(log, &path, number, &json!({ "lastName": "x".repeat(30_000) })).await;
}

pub async fn bodies(log: &mut Transcript) {
    let path = log.sandbox.customer("bodies-2@example.com").await;
    let deep = format!("{}1{}", "[".repeat(90), "]".repeat(90));
    let inner = json!(r#"{"firstName":"Eva"}"#).to_string();
    let bodies = [
        r#"{"firstName":123456789012345678901234567890}"#,
        r#"{"firstName":["Ada"]}"#,
        r#"{"firstName":true}"#,
        r#"{"firstName":"Ada","firstName":"Eva"}"#,
        "  \n",
        &deep,
        "{'firstName':'Ada'}",
        r#"{"firstName":"Ida",}"#,
        r#"{"firstName":/* who */"Ida"}"#,
        r#"{firstName:"Uta"}"#,
        &inner,
        "null",
    ];
    for body in bodies {
        call(log, "writer", "PATCH", &path, body.as_bytes()).await;
    }
}

pub async fn documents(log: &mut Transcript) {
    let path = format!("{}/documents", log.sandbox.customer("documents-2@example.com").await);
    let mut exif = fixtures::jpeg(1, 300, 3);
    exif.splice(2..2, [0xff, 0xe1, 0, 8, b'E', b'x', b'i', b'f', 0, 0]);
    let progressive = |components| {
        let mut bytes = fixtures::jpeg(1, 300, components);
        let frame = bytes.windows(2).position(|two| two == [0xff, 0xc0]).expect("a frame");
        bytes[frame + 1] = 0xc2;
        bytes
    };
    let mut deep = fixtures::png(0, 11811);
    deep[24] = 16;
    let webp = [b"RIFF", &[9, 0, 0, 0][..], b"WEBPVP8 \xff"].concat();
    let cases: &[(&str, Vec<u8>)] = &[
        ("image/png", b"BM\xff\0".to_vec()),
        ("image/png", webp),
        ("image/png", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec()),
        ("image/png", b"PK\x03\x04\xff".to_vec()),
        ("application/pdf", b"%Portable".to_vec()),
        ("image/png", fixtures::png(3, 11811)),
        ("image/png", fixtures::png(6, 11811)),
        ("image/png", fixtures::png(0, 11811)),
        ("image/png", fixtures::png(2, 11811)),
        ("image/png", fixtures::png(2, 3000)),
        ("image/png", deep),
        ("image/jpeg", progressive(3)),
        ("image/jpeg", progressive(1)),
        ("image/jpeg", exif),
    ];
    for (media_type, bytes) in cases {
        let body = fixtures::document(media_type, bytes).to_string();
        call(log, "writer", "POST", &path, body.as_bytes()).await;
    }
    let png = fixtures::document("image/png", &fixtures::png(2, 11811))["content"].as_str().map(str::to_owned);
    let png = png.expect("a text");
    let contents = [
        format!("{png}!!!!"),
        format!("{}Zg==Zg==", &png[..png.len() - png.len() % 4]),
        fixtures::document("image/png", &[fixtures::png(2, 11811), vec![0xfb, 0xff, 0xbf]].concat())["content"]
            .as_str()
            .map(|text| text.replace('+', "-").replace('/', "_"))
            .expect("a text"),
    ];
    for content in contents {
        let body = json!({ "type": "PASSPORT", "contentType": "image/png", "content": content });
        call(log, "writer", "POST", &path, body.to_string().as_bytes()).await;
    }
}

pub async fn ids_and_states(log: &mut Transcript) {
    for id in ["%00", "%ff", "%20", "%27", "%C3%BC", "a%2Fb", "100%"] {
        call(log, "reader", "GET", &format!("{CUSTOMERS}/{id}"), b"").await;
    }
    let path = log.sandbox.customer("before@example.com").await;
    call(log, "writer", "PATCH", &path, br#"{"email":"behind@example.com"}"#).await;
    call(log, "writer", "POST", CUSTOMERS, person("behind@example.com").to_string().as_bytes()).await;
    let path = log.sandbox.reviewed("submitted@example.com").await;
    call(log, "writer", "POST", CUSTOMERS, person("submitted@example.com").to_string().as_bytes()).await;
    call(log, "admin", "DELETE", &path, b"").await;
    call(log, "admin", "PATCH", &path, b"{}").await;
    let with_phone = person_with_phone("phone@example.com");
    call(log, "writer", "POST", CUSTOMERS, with_phone.to_string().as_bytes()).await;
    let path = log.sandbox.customer("documented@example.com").await;
    let document = fixtures::document("image/png", &fixtures::png(2, 11811)).to_string();
    call(log, "writer", "POST", &format!("{path}/documents"), document.as_bytes()).await;
    call(log, "admin", "DELETE", &path, b"").await;
    let path = log.sandbox.customer("often@example.com").await;
    for _ in 0..11 {
        call(log, "writer", "PATCH", &path, br#"{"dateOfBirth":"never"}"#).await;
    }
}

fn person_with_phone(email: &str) -> Value {
    let mut body = person(email);
    body["phoneNumber"] = json!("+14155550123");
    body
}
