//! Finding a place in a YAML text: the parser is walked to it and stopped there on purpose, since it
//! tells places only with its errors.

use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::{Place, Step};

const FOUND: &str = "\u{1}found\u{1}";

/// Where the value at a path begins.
pub(super) fn locate(text: &str, path: &[Step]) -> Option<Place> {
    stop_at(text, Walker { path, at_key: false })
}

/// Where the last key of a path begins.
pub(super) fn locate_key(text: &str, path: &[Step]) -> Option<Place> {
    stop_at(text, Walker { path, at_key: true })
}

/// Walks with the parser and stops it on purpose; the parser then says where it was.
fn stop_at(text: &str, walker: Walker<'_>) -> Option<Place> {
    let error = walker.deserialize(serde_yaml::Deserializer::from_str(text)).err()?;
    if !error.to_string().contains(FOUND) {
        return None;
    }
    error.location().map(|at| Place { line: at.line(), column: at.column() })
}

#[derive(Clone, Copy)]
struct Walker<'p> {
    path: &'p [Step],
    at_key: bool,
}

impl<'de> DeserializeSeed<'de> for Walker<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! stop_on_scalar {
    ($($name:ident: $kind:ty),*) => {
        $(fn $name<E: de::Error>(self, _: $kind) -> Result<(), E> { self.leaf() })*
    };
}

impl Walker<'_> {
    fn leaf<E: de::Error>(self) -> Result<(), E> {
        if self.path.is_empty() {
            return Err(E::custom(FOUND));
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Walker<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    stop_on_scalar!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.leaf()
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.leaf()
    }

    fn visit_some<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let Some((first, rest)) = self.path.split_first() else {
            return self.leaf();
        };
        let mut index = 0;
        loop {
            let wanted = *first == Step::Index(index);
            let found = if wanted {
                let inner = Walker { path: rest, ..self };
                elements.next_element_seed(inner)?
            } else {
                elements.next_element::<de::IgnoredAny>()?.map(|_| ())
            };
            if found.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Some((first, rest)) = self.path.split_first() else {
            return self.leaf();
        };
        let key_is_last = self.at_key && rest.is_empty();
        loop {
            let seed = KeySeed { stop: key_is_last.then_some(first) };
            let Some(key) = members.next_key_seed(seed)? else {
                return Ok(());
            };
            if *first == Step::Key(key) {
                members.next_value_seed(Walker { path: rest, ..self })?;
            } else {
                members.next_value::<de::IgnoredAny>()?;
            }
        }
    }
}

struct KeySeed<'p> {
    stop: Option<&'p Step>,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = String;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed<'_> {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<String, E> {
        if self.stop == Some(&Step::Key(key.to_owned())) {
            return Err(E::custom(FOUND));
        }
        Ok(key.to_owned())
    }
}
