//! The headers that responses of an operation must have, according to the description: `headers` of `errors.yaml`.

use serde_json::{Map, Value, json};

use super::operations::Operation;
use super::yaml::{self, one_or_many};

/// A required header, with the statuses and operations whose responses have it.
#[derive(Debug, PartialEq)]
pub(super) struct ResponseHeader {
    name: String,
    statuses: Vec<String>,
    operations: Vec<String>,
}

/// The required headers of all operations. `known` are the statuses of the catalogue. A header of a `default` response
/// is left out: the statuses of such a response are not known.
pub(super) fn find(operations: &[Operation<'_>], known: &[u16]) -> Vec<ResponseHeader> {
    let mut of_status: Vec<ResponseHeader> = Vec::new();
    // A response to HEAD may omit headers.
    for operation in operations.iter().filter(|one| one.method != "HEAD") {
        for response in operation.responses.iter().filter(|one| has_status(&one.status, known)) {
            for name in &response.headers {
                let status = response.status.to_ascii_lowercase();
                let same = |one: &&mut ResponseHeader| one.statuses[0] == status && one.name.eq_ignore_ascii_case(name);
                match of_status.iter_mut().find(same) {
                    Some(one) => one.operations.push(operation.id.clone()),
                    None => of_status.push(ResponseHeader {
                        name: name.clone(),
                        statuses: vec![status],
                        operations: vec![operation.id.clone()],
                    }),
                }
            }
        }
    }
    let mut all: Vec<ResponseHeader> = Vec::new();
    for one in of_status {
        let same = |other: &&mut ResponseHeader| {
            other.name.eq_ignore_ascii_case(&one.name) && other.operations == one.operations
        };
        match all.iter_mut().find(same) {
            Some(other) => other.statuses.extend(one.statuses),
            None => all.push(one),
        }
    }
    all
}

/// Whether a known status has this number, or is in this class.
fn has_status(status: &str, known: &[u16]) -> bool {
    match status.parse::<u16>() {
        Ok(number) => known.contains(&number),
        Err(_) => status.len() == 3 && known.iter().any(|one| status.starts_with(&(one / 100).to_string())),
    }
}

/// The member `headers` of `errors.yaml`.
pub(super) fn write(headers: &[ResponseHeader]) -> String {
    if headers.is_empty() {
        return String::new();
    }
    let mut text = "\n# The headers that the description requires of these responses.\nheaders:\n".to_owned();
    for header in headers {
        let statuses: Vec<Value> = header
            .statuses
            .iter()
            .map(|one| one.parse::<u16>().map_or_else(|_| json!(one), |one| json!(one)))
            .collect();
        let mut members = Map::new();
        members.insert("header".to_owned(), json!(header.name));
        members.insert("status".to_owned(), one_or_many(&statuses));
        let line = yaml::entry(&members, 2, None);
        let inline = yaml::flow(&one_or_many(&header.operations));
        members.insert("operation".to_owned(), one_or_many(&header.operations));
        text += &match line.len() + inline.len() {
            length if length < yaml::WIDTH => yaml::entry(&members, 2, None),
            _ => {
                members.shift_remove("operation");
                let lines: Vec<String> =
                    members.iter().map(|(name, value)| format!("{name}: {}", yaml::flow(value))).collect();
                format!("  - {}\n{}", lines.join("\n    "), yaml::list("operation", &header.operations, 4))
            }
        };
    }
    text
}
