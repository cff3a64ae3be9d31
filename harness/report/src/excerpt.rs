//! A response body in a few words: of a page for browsers first its title, because its markup says little.

/// The longest excerpt of a body, in characters.
const MAX_LENGTH: usize = 600;
/// The longest excerpt of the markup of a page whose title is shown, and the longest title.
const MAX_MARKUP_LENGTH: usize = 120;
const MAX_TITLE_LENGTH: usize = 160;
/// The elements whose text says what a page is about, the best first.
const TITLES: [&str; 3] = ["title", "h1", "h2"];
/// The characters that a page must write as references, and may.
const REFERENCES: [(&str, &str); 8] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&apos;", "'"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];

/// The beginning of a body; of an HTML page, its title and a shorter beginning.
pub(super) fn excerpt(body: &str) -> String {
    match title(body) {
        Some(title) => format!("“{}”, a page: {}", beginning(&title, MAX_TITLE_LENGTH), cut(body, MAX_MARKUP_LENGTH)),
        None => cut(body, MAX_LENGTH),
    }
}

/// The text of the title of an HTML page, or of its first heading.
fn title(body: &str) -> Option<String> {
    let is_markup = body.trim_start().starts_with('<');
    let lower = body.to_ascii_lowercase();
    TITLES.iter().filter(|_| is_markup).find_map(|name| {
        let text = element(body, &lower, name)?;
        let text = without_markup(text).split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    })
}

/// The content of the first element with this name. `lower` is the page in lower case, with the same positions.
fn element<'b>(body: &'b str, lower: &str, name: &str) -> Option<&'b str> {
    let opening = format!("<{name}");
    let is_name = |(at, _): &(usize, &str)| lower[at + opening.len()..].starts_with(['>', ' ', '\n', '\t', '\r']);
    let (start, _) = lower.match_indices(&opening).find(is_name)?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find(&format!("</{name}"))?;
    body.get(start..end)
}

fn without_markup(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.split('<').enumerate() {
        out.push_str(if at == 0 { part } else { part.split_once('>').map_or("", |(_, rest)| rest) });
    }
    REFERENCES.iter().fold(out, |text, (reference, letter)| text.replace(reference, letter))
}

/// The beginning of a text, and how long the text is.
fn cut(text: &str, longest: usize) -> String {
    let beginning = beginning(text, longest);
    match text.chars().count() {
        length if length > longest => format!("{beginning} ({longest} of {length} characters shown)"),
        _ => beginning,
    }
}

fn beginning(text: &str, longest: usize) -> String {
    text.char_indices().nth(longest).map_or_else(|| text.to_owned(), |(end, _)| format!("{}…", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpt_of_a_page_begins_with_its_title_and_is_short() {
        let filler = "<meta name=x>\n".repeat(300);
        let page =
            format!("<!DOCTYPE html>\n<HTML>{filler}<Title lang=en>\n Key&#x27;s  Error\n at /x</title><h1>Oops</h1>");
        let shown = excerpt(&page);
        assert!(shown.starts_with("“Key's Error at /x”, a page: <!DOCTYPE html>"), "{shown}");
        assert!(shown.ends_with(&format!("… (120 of {} characters shown)", page.chars().count())), "{shown}");
        assert!(excerpt("<html><titles>a</titles><h1><b>Not</b> found</h1>").starts_with("“Not found”"));
        assert!(excerpt(&format!("<title>{}</title>", "é".repeat(500))).chars().count() < 400);
    }

    #[test]
    fn other_bodies_are_shown_from_their_beginning() {
        for body in ["", "Oops", r#"{"title":"<title>x</title>"}"#, "<html><title></title>", "<title>never ends"] {
            assert_eq!(excerpt(body), body);
        }
        let long = excerpt(&"é".repeat(1000));
        assert!(long.ends_with("é… (600 of 1000 characters shown)") && long.chars().count() < 700, "{long}");
    }
}
