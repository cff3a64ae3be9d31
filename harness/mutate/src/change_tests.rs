//! Each change as a table: the response before, the change, the response after.

use std::path::Path;

use serde_json::json;

use super::*;
use spec::contract::Contract;

fn response(status: u16, body: &str) -> Response {
    let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
    Response {
        status,
        headers: vec![header("content-type", "application/json"), header("pause", "30")],
        body: body.as_bytes().to_vec().into(),
    }
}

/// The response on three lines: status, headers, body.
fn shown(response: &Response) -> String {
    let headers: Vec<String> =
        response.headers.iter().map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value))).collect();
    format!("{}\n{}\n{}", response.status, headers.join(", "), String::from_utf8_lossy(&response.body))
}

fn parcel() -> Contract {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/parcel");
    Contract::load(&root).expect("the pack loads")
}

const PLAIN: &str = "content-type: application/json, pause: 30";

#[test]
fn each_change_does_what_its_name_says() {
    let contract = parcel();
    let surroundings = Surroundings { catalog: &contract.catalog, previous: None, success: None, refused: None };
    let at = || "/reason".to_owned();
    let name = || "Pause".to_owned();
    let before = response(404, r#"{"errorCode":40401,"n":3,"reason":"gone"}"#);
    let body = String::from_utf8_lossy(&before.body).into_owned();
    let table: Vec<(Change, u16, &str, String)> = vec![
        (Change::SetStatus { to: 409 }, 409, PLAIN, body.clone()),
        (
            Change::SetCode { to: "40901".to_owned(), status: 409 },
            409,
            PLAIN,
            r#"{"errorCode":40901,"n":3,"reason":"gone"}"#.to_owned(),
        ),
        (Change::RemoveMember { at: at() }, 404, PLAIN, r#"{"errorCode":40401,"n":3}"#.to_owned()),
        (
            Change::RenameMember { at: at(), to: "text".to_owned() },
            404,
            PLAIN,
            r#"{"errorCode":40401,"n":3,"text":"gone"}"#.to_owned(),
        ),
        (
            Change::SetMember { at: at(), to: json!(7) },
            404,
            PLAIN,
            r#"{"errorCode":40401,"n":3,"reason":7}"#.to_owned(),
        ),
        (
            Change::OffsetMember { at: "/n".to_owned(), by: 60 },
            404,
            PLAIN,
            r#"{"errorCode":40401,"n":63,"reason":"gone"}"#.to_owned(),
        ),
        (
            Change::AppendText { at: at(), text: " at x".to_owned() },
            404,
            PLAIN,
            r#"{"errorCode":40401,"n":3,"reason":"gone at x"}"#.to_owned(),
        ),
        (
            Change::FormatMember { at: "/n".to_owned(), text: "<{}>".to_owned() },
            404,
            PLAIN,
            r#"{"errorCode":40401,"n":"<3>","reason":"gone"}"#.to_owned(),
        ),
        (Change::Wrap { at: String::new() }, 404, PLAIN, format!("[{body}]")),
        (Change::Unwrap { at: at() }, 404, PLAIN, r#""gone""#.to_owned()),
        (
            Change::Several {
                changes: vec![
                    Change::Wrap { at: at() },
                    Change::RemoveMember { at: "/absent".to_owned() },
                    Change::SetStatus { to: 410 },
                ],
            },
            410,
            PLAIN,
            r#"{"errorCode":40401,"n":3,"reason":["gone"]}"#.to_owned(),
        ),
        (Change::RepeatMember, 404, PLAIN, r#"{"errorCode":40401,"errorCode":40401,"n":3,"reason":"gone"}"#.to_owned()),
        (Change::RemoveHeader { name: name() }, 404, "content-type: application/json", body.clone()),
        (
            Change::SetHeader { name: name(), to: "x".to_owned() },
            404,
            "content-type: application/json, pause: x",
            body.clone(),
        ),
        (
            Change::RepeatHeader { name: name(), to: "1".to_owned() },
            404,
            "pause: 1, content-type: application/json, pause: 30",
            body.clone(),
        ),
        (Change::OffsetHeader { name: name(), by: -1 }, 404, "content-type: application/json, pause: 29", body.clone()),
        (Change::ByteOrderMark, 404, PLAIN, format!("\u{feff}{body}")),
        (Change::Truncate, 404, PLAIN, body[..body.len() / 2].to_owned()),
        (
            Change::Replace { media_type: "text/html".to_owned(), text: "<h1>No</h1>".to_owned() },
            404,
            "pause: 30, content-type: text/html",
            "<h1>No</h1>".to_owned(),
        ),
        (Change::Succeed { status: 201 }, 201, "pause: 30, content-type: application/json", "{}".to_owned()),
        (Change::Succeed { status: 204 }, 204, "pause: 30", String::new()),
        (
            Change::Refuse { code: "50001".to_owned(), status: 500 },
            500,
            "pause: 30, content-type: application/vnd.parcel.trouble+json",
            r#"{"errorCode":50001,"reason":"The request was refused","line":500}"#.to_owned(),
        ),
    ];
    for (change, status, headers, body) in table {
        let after = apply(&change, &before, surroundings).unwrap_or_else(|| panic!("{change:?} changes nothing"));
        assert_eq!(shown(&after), format!("{status}\n{headers}\n{body}"), "{change:?}");
    }
}

#[test]
fn a_change_without_an_effect_is_none() {
    let contract = parcel();
    let surroundings = Surroundings { catalog: &contract.catalog, previous: None, success: None, refused: None };
    let before = response(404, r#"{"errorCode":40401,"reason":"gone"}"#);
    for change in [
        Change::SetStatus { to: 404 },
        Change::RemoveMember { at: "/hint".to_owned() },
        Change::RemoveHeader { name: "Other".to_owned() },
        Change::OffsetMember { at: "/reason".to_owned(), by: 1 },
        Change::OffsetHeader { name: "content-type".to_owned(), by: 1 },
        Change::RepeatHeader { name: "Other".to_owned(), to: "1".to_owned() },
        Change::Stale,
    ] {
        assert!(apply(&change, &before, surroundings).is_none(), "{change:?}");
    }
    let page = response(404, "<h1>No</h1>");
    assert!(apply(&Change::RemoveMember { at: "/reason".to_owned() }, &page, surroundings).is_none());
    let same = Surroundings { previous: Some(&before), ..surroundings };
    assert!(apply(&Change::Stale, &before, same).is_none(), "an equal response is not a change");
}

#[test]
fn earlier_responses_can_be_sent_again() {
    let contract = parcel();
    let earlier = response(200, r#"{"state":"new"}"#);
    let surroundings =
        Surroundings { catalog: &contract.catalog, previous: Some(&earlier), success: Some(&earlier), refused: None };
    let now = response(404, r#"{"errorCode":40401,"reason":"gone"}"#);
    let stale = apply(&Change::Stale, &now, surroundings).expect("a change");
    assert_eq!((stale.status, stale.json()), (200, Some(json!({ "state": "new" }))));
    let success = apply(&Change::Succeed { status: 201 }, &now, surroundings).expect("a change");
    assert_eq!((success.status, success.json()), (201, Some(json!({ "state": "new" }))));
}

#[test]
fn another_encoding_is_declared() {
    let contract = parcel();
    let surroundings = Surroundings { catalog: &contract.catalog, previous: None, success: None, refused: None };
    let after = apply(&Change::Utf16, &response(404, "{}"), surroundings).expect("a change");
    assert_eq!(&after.body[..], b"{\0}\0");
    assert_eq!(after.header("content-type"), Some("application/json; charset=utf-16le"));
}

#[test]
fn names_are_written_in_another_case() {
    let contract = parcel();
    let surroundings = Surroundings { catalog: &contract.catalog, previous: None, success: None, refused: None };
    for (to, name) in [(Case::Lower, "placeoforigin"), (Case::Snake, "place_of_origin")] {
        let change = Change::ChangeCase { at: "/a".to_owned(), to };
        let changed = apply(&change, &response(400, r#"{"a":"placeOfOrigin"}"#), surroundings).expect("a change");
        assert_eq!(changed.json(), Some(json!({ "a": name })));
        assert_eq!(apply(&change, &response(400, r#"{"a":"x"}"#), surroundings).map(drop), None);
    }
}

#[test]
fn latin_1_has_one_byte_for_each_character() {
    let contract = parcel();
    let surroundings = Surroundings { catalog: &contract.catalog, previous: None, success: None, refused: None };
    let changed = apply(&Change::Latin1, &response(400, "é€"), surroundings).expect("a change");
    assert_eq!(changed.body.to_vec(), b"\xe9?");
    assert_eq!(apply(&Change::Latin1, &response(400, "e"), surroundings).map(drop), None);
}
