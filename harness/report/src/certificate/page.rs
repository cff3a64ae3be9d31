//! The certificate as an HTML page for printing; the file is self-contained.

use std::fmt::Write as _;

use super::Certificate;

const STYLE: &str = "body{font:11pt/1.4 Georgia,serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}\
h1{font-size:1.5rem}table{border-collapse:collapse;width:100%;font-size:9.5pt}th,td{text-align:left;vertical-align:top;\
padding:.2rem .5rem;border-bottom:1px solid #bbb}code{overflow-wrap:anywhere}@page{margin:2cm}tr{break-inside:avoid}";

pub(super) fn render(certificate: &Certificate) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Certificate of conformance</title>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <style>{STYLE}</style></head>\n<body><main>\n<h1>Certificate of conformance</h1>\n\
         <p>The API at <code>{}</code> upheld every MUST clause of its contract in a complete run.</p>\n<table>\n",
        escaped(&certificate.target)
    );
    let facts = [
        ("Suite", format!("conformance {}", certificate.suite_version)),
        ("Contract and scenarios (SHA-256)", certificate.contract_hash.clone()),
        ("Started", certificate.started_at.clone()),
        ("Duration", format!("{:.1} s", certificate.duration_ms as f64 / 1000.0)),
        ("Seed", certificate.seed.to_string()),
        ("Strict (SHOULD clauses fail the run)", if certificate.strict { "yes" } else { "no" }.to_owned()),
        (
            "Tests",
            format!("{} passed, {} warned, {} skipped", certificate.passed, certificate.warned, certificate.skipped),
        ),
        ("Full report (SHA-256)", certificate.report_sha256.clone()),
    ];
    for (name, value) in facts {
        let _ = writeln!(out, "<tr><th scope=\"row\">{name}</th><td><code>{}</code></td></tr>", escaped(&value));
    }
    out.push_str(
        "</table>\n<h2>Clauses</h2>\n<table><thead><tr><th scope=\"col\">Clause</th><th scope=\"col\">Level</th>\
         <th scope=\"col\">Status</th><th scope=\"col\">Tests</th><th scope=\"col\">Text</th></tr></thead><tbody>\n",
    );
    for clause in &certificate.clauses {
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&clause.id),
            clause.level.as_str(),
            clause.status.as_str(),
            clause.exercised_by,
            escaped(&clause.says)
        );
    }
    out.push_str("</tbody></table>\n<h2>Error codes observed</h2>\n<table><tbody>\n");
    for code in &certificate.codes {
        let name = escaped(&code.code);
        let _ = writeln!(out, "<tr><th scope=\"row\">{name}</th><td>in {} tests</td></tr>", code.observed);
    }
    out.push_str("</tbody></table>\n</main></body></html>\n");
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_are_escaped() {
        assert_eq!(super::escaped("<a href=\"x\">&\u{1b}"), "&lt;a href=&quot;x&quot;&gt;&amp; ");
    }
}
