//! An index of the places in a YAML text: a tree that one pass over the events of `saphyr_parser` builds.
//!
//! `serde_yaml` reads the data itself, but reports places only for its own errors. This index finds the place of a
//! value by its path, for messages about data that is valid YAML but not valid for us. The same pass collects values
//! that YAML can express and JSON cannot, so that no such value is sent as a different one.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{Position, Step};

/// A value or key that YAML allows and JSON cannot represent: what is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unsupported {
    pub(super) place: Position,
    pub(super) message: String,
    pub(super) help: &'static str,
    /// True for a key that is not a string: OpenAPI descriptions have statuses as keys.
    pub(super) is_key: bool,
}

/// The places in a document.
#[derive(Debug, Default)]
pub(super) struct Index {
    nodes: Vec<Node>,
    root: Option<usize>,
    pub(super) unsupported: Vec<Unsupported>,
    /// Where a second document begins, of which nothing else is known.
    pub(super) second_document: Option<Position>,
}

#[derive(Debug)]
struct Node {
    place: Position,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Scalar,
    Sequence(Vec<usize>),
    Mapping(Vec<Entry>),
    /// The content of another node.
    Alias(usize),
}

#[derive(Debug)]
struct Entry {
    key: String,
    key_place: Position,
    value: usize,
}

const MERGE: &str = "<<";

impl Index {
    /// Reads a text up to its first syntax error, or to the end of its first document.
    pub(super) fn of(text: &str) -> Self {
        let mut builder = Builder::default();
        let mut is_ended = false;
        for event in Parser::new_from_str(text) {
            let Ok((event, span)) = event else { break };
            match event {
                Event::DocumentEnd => is_ended = true,
                Event::DocumentStart(_) if is_ended => {
                    builder.index.second_document = Some(place(&span.start));
                    break;
                }
                event => builder.add_event(event, place(&span.start)),
            }
        }
        builder.index
    }

    /// Where the value at a path begins, or its nearest existing ancestor.
    pub(super) fn locate(&self, path: &[Step]) -> Option<Position> {
        let mut node = self.root?;
        for step in path {
            let Some((_, next)) = self.child(node, step) else { break };
            node = next;
        }
        Some(self.nodes.get(node)?.place)
    }

    /// Where the last key of a path begins.
    pub(super) fn locate_key(&self, path: &[Step]) -> Option<Position> {
        let (last, ancestors) = path.split_last()?;
        let parent = ancestors.iter().try_fold(self.root?, |node, step| Some(self.child(node, step)?.1))?;
        self.child(parent, last)?.0
    }

    /// The node one step below, and the place of its key if it has one.
    fn child(&self, node: usize, step: &Step) -> Option<(Option<Position>, usize)> {
        match (&self.nodes.get(node)?.content, step) {
            (Content::Alias(other), _) => self.child(*other, step),
            (Content::Sequence(items), Step::Index(index)) => Some((None, *items.get(*index)?)),
            (Content::Mapping(entries), Step::Key(key)) => {
                let own = entries.iter().find(|entry| entry.key == *key);
                own.map(|entry| (Some(entry.key_place), entry.value)).or_else(|| self.merged(entries, step))
            }
            _ => None,
        }
    }

    /// A member that comes from a merge key.
    fn merged(&self, entries: &[Entry], step: &Step) -> Option<(Option<Position>, usize)> {
        let value = entries.iter().find(|entry| entry.key == MERGE)?.value;
        match &self.nodes.get(value)?.content {
            Content::Sequence(items) => items.iter().find_map(|item| self.child(*item, step)),
            _ => self.child(value, step),
        }
    }
}

fn place(marker: &Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}

#[derive(Default)]
struct Builder {
    index: Index,
    open: Vec<Open>,
    anchors: HashMap<usize, usize>,
}

/// A collection that has not ended yet, and the key that is waiting for its value.
struct Open {
    node: usize,
    key: Option<(String, Position)>,
}

impl Builder {
    fn add_event(&mut self, event: Event<'_>, place: Position) {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.report(place, unsupported_tag(tag.as_deref()));
                if style == ScalarStyle::Plain && tag.is_none() {
                    let is_key = self.expects_key();
                    let found = if is_key { unsupported_key(&text) } else { unsupported_value(&text) };
                    self.report(place, found.map(|(message, help)| (message, help, is_key)));
                }
                let node = self.add(place, Content::Scalar, anchor);
                self.complete(node, place, Some(&text));
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(place, Content::Sequence(Vec::new()), anchor, tag.as_deref())
            }
            Event::MappingStart(anchor, tag) => self.begin(place, Content::Mapping(Vec::new()), anchor, tag.as_deref()),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let place = self.index.nodes[open.node].place;
                    self.complete(open.node, place, None);
                }
            }
            Event::Alias(anchor) => {
                let content = self.anchors.get(&anchor).map_or(Content::Scalar, |node| Content::Alias(*node));
                let node = self.add(place, content, 0);
                self.complete(node, place, None);
            }
            _ => {}
        }
    }

    fn begin(&mut self, place: Position, content: Content, anchor: usize, tag: Option<&Tag>) {
        self.report(place, unsupported_tag(tag));
        if self.expects_key() {
            let message = "a list or a mapping cannot be a key".to_owned();
            self.report(place, Some((message, "use a string", true)));
        }
        let node = self.add(place, content, anchor);
        self.open.push(Open { node, key: None });
    }

    fn add(&mut self, place: Position, content: Content, anchor: usize) -> usize {
        let node = self.index.nodes.len();
        self.index.nodes.push(Node { place, content });
        if anchor > 0 {
            self.anchors.insert(anchor, node);
        }
        node
    }

    fn report(&mut self, place: Position, found: Option<(String, &'static str, bool)>) {
        let found = found.map(|(message, help, is_key)| Unsupported { place, message, help, is_key });
        self.index.unsupported.extend(found);
    }

    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|open| {
            open.key.is_none() && matches!(self.index.nodes[open.node].content, Content::Mapping(_))
        })
    }

    /// Adds a finished node to its parent.
    fn complete(&mut self, node: usize, place: Position, text: Option<&str>) {
        let Some(open) = self.open.last_mut() else {
            self.index.root.get_or_insert(node);
            return;
        };
        match (&mut self.index.nodes[open.node].content, open.key.take()) {
            (Content::Sequence(items), _) => items.push(node),
            (Content::Mapping(entries), Some((key, key_place))) => entries.push(Entry { key, key_place, value: node }),
            _ => open.key = Some((text.unwrap_or_default().to_owned(), place)),
        }
    }
}

const KNOWN_TAGS: [&str; 7] = ["str", "int", "float", "bool", "null", "map", "seq"];

fn unsupported_tag(tag: Option<&Tag>) -> Option<(String, &'static str, bool)> {
    let tag = tag?;
    let known = tag.is_yaml_core_schema() && KNOWN_TAGS.contains(&tag.suffix.as_str());
    if known || (tag.handle == "!" && tag.suffix.is_empty()) || (tag.handle.is_empty() && tag.suffix == "!") {
        return None;
    }
    let shown =
        if tag.is_yaml_core_schema() { format!("!!{}", tag.suffix) } else { format!("{}{}", tag.handle, tag.suffix) };
    let help = "use a value that JSON supports: a string, a number, true, false, null, a list or a mapping";
    Some((format!("the YAML tag `{shown}` is not supported"), help, false))
}

/// Finds a plain scalar that JSON cannot represent with its meaning in YAML.
fn unsupported_value(text: &str) -> Option<(String, &'static str)> {
    let digits = text.trim_start_matches(['-', '+']);
    if matches!(digits.to_ascii_lowercase().as_str(), ".nan" | ".inf") {
        return Some((format!("JSON has no number `{text}`"), "use a number, or a string in quotation marks"));
    }
    let numeric = digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    if !numeric || text.len() - digits.len() > 1 {
        return None;
    }
    let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    let fits = match whole {
        true => text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok(),
        false => text.parse::<f64>().map_or(true, f64::is_finite),
    };
    let message = format!("the number `{text}` is out of range and would be sent as a different number");
    (!fits).then_some((message, "write a string in quotation marks, or send the body with `raw`"))
}

/// Finds a plain key that YAML does not read as a string.
fn unsupported_key(text: &str) -> Option<(String, &'static str)> {
    let kind = match text {
        "" | "~" | "null" | "Null" | "NULL" => "null",
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => "a boolean",
        _ if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() => "a number",
        _ if text.starts_with(|one: char| one.is_ascii_digit() || "+-.".contains(one))
            && text.parse::<f64>().is_ok() =>
        {
            "a number"
        }
        _ => return None,
    };
    Some((format!("a key must be a string, but `{text}` is {kind}"), "put it in quotation marks"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, path: &[Step]) -> Option<(usize, usize)> {
        Index::of(text).locate(path).map(|place| (place.line, place.column))
    }

    #[test]
    fn values_are_found_in_block_and_flow_style() {
        let path = ["a".into(), 1.into(), "b".into()];
        assert_eq!(at("a:\n  - x\n  - c: 1\n    b: 2\n", &path), Some((4, 8)));
        assert_eq!(at("{ a: [x, { \"b\": 2 }] }", &path), Some((1, 17)));
        assert_eq!(at("a:\n- x\n- é: 1\n", &path), Some((3, 3)), "the nearest ancestor");
    }

    #[test]
    fn keys_are_found() {
        let index = Index::of("a:\n  b: 1\n");
        assert_eq!(index.locate_key(&["a".into(), "b".into()]), Some(Position { line: 2, column: 3 }));
        assert_eq!(index.locate_key(&["a".into(), "c".into()]), None);
    }

    #[test]
    fn values_of_aliases_and_merge_keys_are_located_at_their_anchors() {
        let text = "one: &it { x: 1 }\ntwo: *it\nthree: { <<: *it, y: 2 }\n";
        assert_eq!(at(text, &["two".into()]), Some((2, 6)));
        assert_eq!(at(text, &["two".into(), "x".into()]), Some((1, 15)));
        assert_eq!(at(text, &["three".into(), "x".into()]), Some((1, 15)));
        assert_eq!(at(text, &["three".into(), "y".into()]), Some((3, 22)));
    }

    #[test]
    fn values_that_json_cannot_represent_are_reported() {
        for text in [
            "a: .nan",
            "a: -.inf",
            "a: [.Inf]",
            "a: !!binary YQ==",
            "a: !point [1]",
            "a: !!timestamp 2020-01-01",
            "1: a",
            "true: a",
            "~: a",
            "? [a]\n: b",
            "a: 18446744073709551616",
            "a: 1e999",
            "a: -9223372036854775809",
        ] {
            assert_eq!(Index::of(text).unsupported.len(), 1, "{text}");
        }
        for text in [
            "a: '.nan'",
            "a: !!str 5",
            "'1': a",
            "a: 18446744073709551615",
            "a: 1.5e3",
            "no: off",
            "a: 2020-01-01",
            "a: +4917012345678",
            "a: ! x",
            "a: 1.2.3.4",
            "a: --1",
            "e1: 1",
            "a: ",
        ] {
            assert_eq!(Index::of(text).unsupported, [], "{text}");
        }
    }
}
