//! The command that was given, for reports: as it would be typed again.

use crate::secret::Redactor;

/// The command line of this process, without its secrets.
pub(super) fn command(redactor: &Redactor) -> String {
    // Secrets go before the quotes come, which might take one apart.
    let words: Vec<String> =
        std::env::args_os().skip(1).map(|word| redactor.clean_own(&word.to_string_lossy())).collect();
    // The installed program is told what to do; under `cargo test` there is nothing but flags.
    match words.first().map(String::as_str) {
        Some("run") => typed("conformance", &words),
        Some(_) => typed("cargo test --", &words),
        None => "cargo test".to_owned(),
    }
}

fn typed(program: &str, words: &[String]) -> String {
    words.iter().fold(program.to_owned(), |line, word| line + " " + &crate::report::shell(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        let words = ["run", "--target-url", "http://h", "--header", "X: a b"].map(str::to_owned);
        assert_eq!(typed("conformance", &words), "conformance run --target-url http://h --header 'X: a b'");
    }
}
