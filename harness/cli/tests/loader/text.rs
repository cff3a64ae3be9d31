//! Changes to the text of a file, without regard to its syntax.

use super::dice::Dice;

/// Texts with a meaning in YAML or JSON, or that readers often handle wrongly.
const FRAGMENTS: &[&str] = &[
    "&a ",
    "*a",
    "<<: *a\n",
    "!t ",
    "--- ",
    "---\n",
    "...\n",
    "%YAML 1.3\n",
    "? ",
    ": ",
    "- ",
    "#",
    "|\n",
    ">-\n",
    "@",
    "`",
    "\t",
    "\r\n",
    "\r",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "\u{0}",
    "\u{1b}[31m",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "{{",
    "${",
    "${x",
    "${x}",
    "${unique}",
    "\\u0000",
    "\\ud800",
    "\\x",
    "~",
    "null",
    ".nan",
    ".inf",
    "-.inf",
    "1e400",
    "-1",
    "0x1F",
    "0o17",
    "99999999999999999999999999",
    "2026-11-27",
    "yes",
    "=",
    "<<",
    "\u{1f600}",
    "é",
    "${huge}",
    "$ref: '#/'",
    "{ $ref: \"#/components/schemas/Nowhere\" }",
    "{ $ref: \"../../../etc/hostname\" }",
];

pub fn change(text: &str, dice: &mut Dice) -> Vec<u8> {
    let times = 1 + dice.below(3);
    let mut changed = text.to_owned();
    for _ in 0..times {
        changed = once(&changed, dice);
    }
    if dice.chance(30) {
        let mut bytes = changed.into_bytes();
        let at = dice.below(bytes.len());
        bytes.insert(at, *dice.pick(&[0xff, 0xc3, 0xed, 0x80]));
        return bytes;
    }
    changed.into_bytes()
}

fn once(text: &str, dice: &mut Dice) -> String {
    let (from, to) = (place(text, dice), place(text, dice));
    let (from, to) = (from.min(to), from.max(to));
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line = dice.below(lines.len());
    let with_lines = |change: &dyn Fn(&mut Vec<&str>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        lines.concat()
    };
    match dice.below(11) {
        0 => format!("{}{}", &text[..from], &text[to..]),
        1 => text[..from].to_owned(),
        2 | 3 => format!("{}{}{}", &text[..from], dice.pick(FRAGMENTS), &text[from..]),
        4 => with_lines(&|lines| drop(lines.splice(line..(line + 1).min(lines.len()), []))),
        5 => {
            let other = dice.below(lines.len());
            with_lines(&|lines| lines.insert(line, lines.get(other).copied().unwrap_or_default()))
        }
        6 => lines
            .iter()
            .enumerate()
            .map(|(at, text)| if at == line { format!(" {text}") } else { (*text).to_owned() })
            .collect(),
        7 => nested(text, from, dice),
        8 => word_replaced(text, from, dice),
        9 => text.replace('\n', "\r\n"),
        _ => format!(
            "{}{}{}",
            &text[..to],
            &text[from..to.min(from + 2_000).max(from)].replace('\u{0}', ""),
            &text[to..]
        )
        .chars()
        .take(400_000)
        .collect(),
    }
}

/// Arrays or objects in each other, up to some thousand.
fn nested(text: &str, at: usize, dice: &mut Dice) -> String {
    let depth = *dice.pick(&[3, 40, 127, 129, 600, 5_000]);
    let (open, close) = *dice.pick(&[("[", "]"), ("{ a: ", "}"), ("- ", ""), ("{\"a\":", "}")]);
    let closing = if dice.chance(2) { close.repeat(depth) } else { String::new() };
    format!("{}{}1{closing}{}", &text[..at], open.repeat(depth), &text[at..])
}

/// The word at a place replaced by another word of the text, or by a fragment.
fn word_replaced(text: &str, at: usize, dice: &mut Dice) -> String {
    let is_word = |letter: char| letter.is_alphanumeric() || "_-".contains(letter);
    let start = text[..at].rfind(|letter| !is_word(letter)).map_or(0, |end| text.ceil_char_boundary(end + 1));
    let end = text[at..].find(|letter| !is_word(letter)).map_or(text.len(), |length| at + length);
    let words: Vec<&str> = text.split(|letter| !is_word(letter)).filter(|word| !word.is_empty()).collect();
    let replacement = if words.is_empty() || dice.chance(4) { dice.pick(FRAGMENTS) } else { dice.pick(&words) };
    format!("{}{replacement}{}", &text[..start], &text[end..])
}

fn place(text: &str, dice: &mut Dice) -> usize {
    text.floor_char_boundary(dice.below(text.len() + 1))
}
