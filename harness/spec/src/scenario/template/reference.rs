//! What stands between `${` and `}`: the name of a variable, or a function. The arguments of a function are names of
//! variables, quoted texts and numbers: `${base64(user, ":", password)}`, `${repeat("[", 5000)}`.

use base64::Engine as _;
use serde_json::Value;

use super::{Undefined, Variables, lookup, plain};

/// The functions of templates, with their descriptions.
pub(crate) const FUNCTIONS: &[(&str, &str)] = &[
    ("base64", "its arguments, joined, in Base64 (RFC 4648)"),
    ("raw", "its arguments, joined; in `path` they are not percent-encoded"),
    ("repeat", "its first argument, as many times as the second says"),
];

/// The longest text that `repeat` makes, in bytes.
const MAX_TEXT_LENGTH: usize = 32 * 1024 * 1024;

/// The content between `${` and `}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    Name(String),
    Call { function: String, arguments: Vec<Argument> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Name(String),
    Text(String),
}

impl Reference {
    pub(super) fn parse(inner: &str) -> Self {
        match inner.strip_suffix(')').and_then(|call| call.split_once('(')) {
            Some((function, arguments)) => {
                Self::Call { function: function.trim().to_owned(), arguments: arguments_of(arguments) }
            }
            None => Self::Name(inner.to_owned()),
        }
    }

    pub(super) fn is_raw(&self) -> bool {
        matches!(self, Self::Call { function, .. } if function == "raw")
    }

    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::Name(name) => vec![name],
            Self::Call { arguments, .. } => arguments
                .iter()
                .filter_map(|argument| match argument {
                    Argument::Name(name) => Some(name.as_str()),
                    Argument::Text(_) => None,
                })
                .collect(),
        }
    }

    pub(super) fn value(&self, variables: &Variables) -> Result<Value, Undefined> {
        let (function, arguments) = match self {
            Self::Name(name) => return lookup(name, variables),
            Self::Call { function, arguments } => (function.as_str(), arguments),
        };
        if let ("raw", [Argument::Name(name)]) = (function, arguments.as_slice()) {
            return lookup(name, variables);
        }
        let texts = arguments.iter().map(|argument| argument.text(variables)).collect::<Result<Vec<_>, _>>()?;
        match function {
            "base64" => Ok(base64::engine::general_purpose::STANDARD.encode(texts.concat()).into()),
            "raw" => Ok(texts.concat().into()),
            "repeat" => repeated(&texts).map(Value::String).map_err(|_| Undefined("repeat()".to_owned())),
            other => Err(Undefined(format!("{other}()"))),
        }
    }

    pub(super) fn unknown_function(&self) -> Option<&str> {
        let Self::Call { function, .. } = self else { return None };
        (!FUNCTIONS.iter().any(|(known, _)| known == function)).then_some(function)
    }

    /// What is wrong with the arguments, as far as that is known before the run.
    pub(super) fn wrong_arguments(&self, variables: &Variables) -> Option<String> {
        let Self::Call { function, arguments } = self else { return None };
        if function != "repeat" {
            return None;
        }
        let texts: Vec<String> = arguments.iter().map_while(|argument| argument.text(variables).ok()).collect();
        let is_known = texts.len() == arguments.len() || arguments.len() != 2;
        is_known.then(|| repeated(&texts).err()).flatten()
    }
}

impl Argument {
    fn text(&self, variables: &Variables) -> Result<String, Undefined> {
        match self {
            Argument::Text(text) => Ok(text.clone()),
            Argument::Name(name) => lookup(name, variables).map(plain),
        }
    }
}

/// A text, as many times as the count says.
fn repeated(arguments: &[String]) -> Result<String, String> {
    let [text, count] = arguments else {
        return Err("`repeat` needs a text and a count, such as `repeat(\"[\", 5000)`".to_owned());
    };
    let Ok(count) = count.parse::<usize>() else {
        return Err(format!("`repeat` needs an integer as its count, found \"{count}\""));
    };
    let length = text.len().saturating_mul(count);
    if length > MAX_TEXT_LENGTH {
        return Err(format!("`repeat` makes a text of {length} bytes; the limit is {MAX_TEXT_LENGTH}"));
    }
    Ok(text.repeat(count))
}

fn arguments_of(list: &str) -> Vec<Argument> {
    let mut arguments = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let quote = rest.chars().next().filter(|first| ['"', '\''].contains(first));
        let quoted = quote.and_then(|quote| rest[1..].split_once(quote));
        let after = match quoted {
            Some((text, after)) => {
                arguments.push(Argument::Text(text.to_owned()));
                after
            }
            None => {
                let (name, after) = rest.find(',').map_or((rest, ""), |at| rest.split_at(at));
                let name = name.trim();
                let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
                arguments.push(if is_number { Argument::Text } else { Argument::Name }(name.to_owned()));
                after
            }
        };
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    arguments
}
