//! Readings of a text: the text itself, and the text with one or more layers of escapes decoded.
//!
//! A reading maps each of its bytes to its place in the text, so that a match in a reading can be replaced in the text.
//! It decodes the escapes of JSON, JavaScript, PHP, .NET and C (`\/`, `\u002B`, `\x2b`, `\053`), of HTML and XML
//! (decimal, hexadecimal and named), percent-encoding, and quoted-printable encoding.

use memchr::memchr3;

/// The maximum number of decoded layers. A body that is quoted in a message in a report has three.
const LAYERS: usize = 4;

/// A position in a reading and the corresponding position in its source; after it, both advance in step.
#[derive(Clone, Copy)]
struct Mark {
    here: usize,
    source: usize,
}

/// A text after decoding some layers of escapes.
pub(super) struct Reading<'t> {
    bytes: std::borrow::Cow<'t, [u8]>,
    /// For each decoded layer, the outermost first, the positions of its bytes.
    layers: Vec<Vec<Mark>>,
}

impl<'t> Reading<'t> {
    /// The text itself.
    pub(super) fn plain(text: &'t [u8]) -> Self {
        Self { bytes: text.into(), layers: Vec::new() }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The reading with one more layer decoded, if it has one.
    pub(super) fn unescaped(&self) -> Option<Reading<'static>> {
        if self.layers.len() == LAYERS {
            return None;
        }
        let (bytes, marks) = unescape(&self.bytes)?;
        let mut layers = self.layers.clone();
        layers.push(marks);
        Some(Reading { bytes: bytes.into(), layers })
    }

    /// The part of the text that corresponds to a part of this reading.
    pub(super) fn source(&self, start: usize, end: usize) -> (usize, usize) {
        self.layers.iter().rev().fold((start, end), |(start, end), marks| (place(marks, start), place(marks, end)))
    }
}

fn place(marks: &[Mark], here: usize) -> usize {
    let after = marks.partition_point(|mark| mark.here <= here);
    match after.checked_sub(1).and_then(|index| marks.get(index)) {
        Some(mark) => mark.source + (here - mark.here),
        None => here,
    }
}

fn unescape(text: &[u8]) -> Option<(Vec<u8>, Vec<Mark>)> {
    let (mut bytes, mut marks) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(found) = introducer(text, at) {
        let Some((length, byte)) = escape(&text[found..]) else {
            bytes.extend_from_slice(&text[at..=found]);
            at = found + 1;
            continue;
        };
        bytes.extend_from_slice(&text[at..found]);
        if let Some(byte) = byte {
            marks.push(Mark { here: bytes.len(), source: found });
            bytes.push(byte);
        }
        at = found + length;
        marks.push(Mark { here: bytes.len(), source: at });
    }
    if marks.is_empty() {
        return None;
    }
    bytes.extend_from_slice(&text[at..]);
    Some((bytes, marks))
}

fn introducer(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let first = memchr3(b'\\', b'&', b'%', rest);
    let equals = memchr::memchr(b'=', &rest[..first.unwrap_or(rest.len())]);
    equals.or(first).map(|at| from + at)
}

/// The length of the escape at the beginning of the text, and its value. The value is `None` if it is not an ASCII
/// character, which does not matter here.
fn escape(text: &[u8]) -> Option<(usize, Option<u8>)> {
    match text.first()? {
        b'\\' => backslash(text),
        b'&' => reference(text),
        b'%' => percent(text),
        b'=' => quoted_printable(text),
        _ => None,
    }
}

fn backslash(text: &[u8]) -> Option<(usize, Option<u8>)> {
    let number = |from: usize, digits: usize| Some((from + digits, ascii(value(text, from, digits, 16)?)));
    match text.get(1)? {
        b'u' if text.get(2) == Some(&b'{') => {
            let digits = text.get(3..)?.iter().take(7).position(|byte| *byte == b'}')?;
            Some((4 + digits, ascii(value(text, 3, digits, 16)?)))
        }
        b'u' => number(2, 4),
        b'U' => number(2, 8),
        b'x' => number(2, 2),
        b'0'..=b'3' if value(text, 1, 3, 8).is_some() => Some((4, ascii(value(text, 1, 3, 8)?))),
        b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'a' | b'e' | b'0' => Some((2, Some(b' '))),
        other if other.is_ascii_punctuation() || *other == b'\n' => Some((2, Some(*other))),
        _ => None,
    }
}

fn reference(text: &[u8]) -> Option<(usize, Option<u8>)> {
    let semicolon = |end: usize| end + usize::from(text.get(end) == Some(&b';'));
    let numeric = |from: usize, radix: u32| {
        let digits = text.get(from..)?.iter().take(9).take_while(|byte| char::from(**byte).is_digit(radix)).count();
        Some((semicolon(from + digits), ascii(value(text, from, digits, radix)?)))
    };
    match (text.get(1)?, text.get(2)) {
        (b'#', Some(b'x' | b'X')) => numeric(3, 16),
        (b'#', _) => numeric(2, 10),
        _ => {
            let name = text.get(1..)?.iter().take(32).take_while(|byte| byte.is_ascii_alphanumeric()).count();
            let known = NAMED.iter().find(|(known, _)| text[1..=name].eq_ignore_ascii_case(known.as_bytes()))?;
            Some((semicolon(1 + name), Some(known.1)))
        }
    }
}

/// The named references of characters that credentials may contain besides letters and digits.
const NAMED: &[(&str, u8)] = &[
    ("amp", b'&'),
    ("lt", b'<'),
    ("gt", b'>'),
    ("quot", b'"'),
    ("apos", b'\''),
    ("sol", b'/'),
    ("bsol", b'\\'),
    ("plus", b'+'),
    ("equals", b'='),
    ("num", b'#'),
    ("excl", b'!'),
    ("dollar", b'$'),
    ("percnt", b'%'),
    ("lpar", b'('),
    ("rpar", b')'),
    ("ast", b'*'),
    ("midast", b'*'),
    ("comma", b','),
    ("period", b'.'),
    ("colon", b':'),
    ("semi", b';'),
    ("quest", b'?'),
    ("commat", b'@'),
    ("lsqb", b'['),
    ("lbrack", b'['),
    ("rsqb", b']'),
    ("rbrack", b']'),
    ("hat", b'^'),
    ("lowbar", b'_'),
    ("underbar", b'_'),
    ("grave", b'`'),
    ("lcub", b'{'),
    ("lbrace", b'{'),
    ("rcub", b'}'),
    ("rbrace", b'}'),
    ("verbar", b'|'),
    ("vert", b'|'),
    ("hyphen", b'-'),
    ("dash", b'-'),
    ("nbsp", b' '),
    ("tab", b' '),
    ("newline", b' '),
];

fn percent(text: &[u8]) -> Option<(usize, Option<u8>)> {
    if matches!(text.get(1), Some(b'u' | b'U')) {
        return Some((6, ascii(value(text, 2, 4, 16)?)));
    }
    Some((3, ascii(value(text, 1, 2, 16)?)))
}

/// Only escapes of ASCII in capital letters, as RFC 2045 requires: `=` often occurs for other reasons.
fn quoted_printable(text: &[u8]) -> Option<(usize, Option<u8>)> {
    if text.get(1) == Some(&b'\n') {
        return Some((2, None));
    }
    let digits = text.get(1..3)?;
    let capital = digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
    let byte = ascii(value(text, 1, 2, 16)?).filter(|_| capital)?;
    Some((3, Some(byte)))
}

fn value(text: &[u8], from: usize, digits: usize, radix: u32) -> Option<u32> {
    let digits = text.get(from..from + digits).filter(|digits| !digits.is_empty())?;
    u32::from_str_radix(std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?, radix).ok()
}

fn ascii(code: u32) -> Option<u8> {
    u8::try_from(code).ok().filter(u8::is_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(text: &str) -> String {
        let mut reading = Reading::plain(text.as_bytes());
        while let Some(next) = reading.unescaped() {
            reading = next;
        }
        String::from_utf8_lossy(reading.bytes()).into_owned()
    }

    #[test]
    fn escapes_are_decoded_in_every_layer() {
        for text in [
            r"a\/b+c",
            r"a\u002fb\u002Bc",
            r"a\\u002fb\\u002Bc",
            r"a\x2fb\x2Bc",
            r"a\057b\053c",
            "a&#47;b&#43;c",
            "a&#x2F;b&#x2b;c",
            "a&sol;b&plus;c",
            "a&amp;#47;b&amp;plus;c",
            "a%2Fb%2bc",
            "a%252Fb%252bc",
            "a%2fb+c",
            "a=2Fb=2Bc",
            r"\u{61}/b\u{2b}c",
            r"a\\\/b&amp;#x2b;c",
        ] {
            assert_eq!(last(text), "a/b+c", "{text}");
        }
    }

    #[test]
    fn text_without_escapes_is_unchanged() {
        for text in [r"C:\Users", "100% of it", "a & b", "a=b", "&unknown;", r"\u12", "%zz"] {
            assert_eq!(last(text), text);
        }
    }

    #[test]
    fn positions_map_back_to_the_text() {
        let text = r"x\u0041B&amp;#67;y";
        let first = Reading::plain(text.as_bytes()).unescaped().expect("a layer");
        let second = first.unescaped().expect("another");
        assert_eq!(second.bytes(), b"xABCy");
        assert_eq!(second.source(1, 4), (1, text.len() - 1));
        assert_eq!(second.source(2, 3), (7, 8));
        assert_eq!(second.source(3, 4), (8, text.len() - 1));
    }
}
