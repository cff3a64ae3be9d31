//! Every report format, rendered from fixed runs: compared with committed examples, read back, compared with the counts
//! of the JSON report, and limited in size.

#[path = "reports/model.rs"]
mod model;
#[path = "reports/reading.rs"]
mod reading;
#[path = "reports/terminal.rs"]
mod terminal;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use judge::secret::Redactor;
use judge::verdict::Verdict;
use regex::Regex;
use report::history::History;
use report::{FORMATS, Report, ReportRequest};
use serde_json::Value;

use reading::{Counts, read_back};

/// The committed files in `reports/example/` and their formats.
const EXAMPLES: [(&str, &str); 8] = [
    ("run.json", "json"),
    ("report.html", "html"),
    ("summary.md", "markdown"),
    ("junit.xml", "junit"),
    ("junit-strict.xml", "junit-strict"),
    ("ctrf.json", "ctrf"),
    ("gitlab.json", "gitlab"),
    ("annotations.txt", "github"),
];

#[test]
fn committed_examples_are_up_to_date() {
    let kinds: BTreeSet<&str> = EXAMPLES.iter().map(|(_, kind)| *kind).collect();
    assert_eq!(kinds, FORMATS.iter().map(|format| format.kind).collect(), "each format has a committed example");
    let report = model::example();
    let mut rendered: Vec<(&str, String)> =
        EXAMPLES.iter().map(|(name, kind)| (*name, render(kind, &report))).collect();
    rendered.push(("history.html", history().html()));
    let folder = root().join("reports/example");
    let mut stale = Vec::new();
    for (name, text) in rendered {
        let path = folder.join(name);
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&path, &text).expect("a writable file");
        } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "examples that are out of date: {stale:?}; BLESS=1 rewrites them");
}

#[test]
fn all_formats_have_the_counts_of_the_json() {
    for report in [model::example(), model::large(400), model::report(Vec::new()), clean()] {
        let expected_counts = Counts::of_json(&render("json", &report));
        assert_eq!(expected_counts.tests, report.tests.len());
        for format in FORMATS {
            read_back(format.kind, &(format.render)(&report), &expected_counts);
        }
    }
}

#[test]
fn reading_back_detects_wrong_counts() {
    let report = model::example();
    let mut expected_counts = Counts::of_json(&render("json", &report));
    *expected_counts.verdicts.entry("failed".to_owned()).or_default() += 1;
    expected_counts.causes += 1;
    for format in FORMATS.iter().filter(|format| format.kind != "json") {
        let text = (format.render)(&report);
        let is_detected = std::panic::catch_unwind(|| read_back(format.kind, &text, &expected_counts)).is_err();
        assert!(is_detected, "{}", format.kind);
    }
}

#[test]
fn reports_of_ten_thousand_tests_stay_below_their_size_limits() {
    let texts = assert_sizes(&model::large(10_000), 3_000_000);
    assert_eq!(texts["html"].matches("<tr id=\"t-").count(), 10_000, "each test has a row");
}

#[test]
fn reports_of_two_thousand_different_failures_stay_below_their_size_limits() {
    let texts = assert_sizes(&worst(2_000), 5_000_000);
    assert!(texts["html"].contains("the exchanges of"), "the page does not say what it omits");
    assert!(texts["markdown"].contains("further entries are left out here"), "the summary does not say what it omits");
}

/// The report in each format, whose size is below its limit.
fn assert_sizes(report: &Report, most_html: usize) -> BTreeMap<&'static str, String> {
    let most = |kind| match kind {
        "html" => most_html,
        "markdown" => 900_000,
        "github" => 100_000,
        "junit" | "junit-strict" => 30_000_000,
        "json" | "ctrf" | "gitlab" => usize::MAX,
        other => panic!("give {other} a size limit"),
    };
    let texts: BTreeMap<_, _> = FORMATS.iter().map(|format| (format.kind, (format.render)(report))).collect();
    for (kind, text) in &texts {
        assert!(text.len() <= most(kind), "{kind}: {} bytes of {}", text.len(), most(kind));
    }
    texts
}

#[test]
fn html_pages_load_and_execute_nothing_from_the_target() {
    let outside = Regex::new(r#"(?:src|srcset|action|data|poster)=|href="[^#]|url\(|@import|<(?:link|iframe|img|object|embed|base|form action)\b| style=| on[a-z]+=""#).expect("a pattern");
    for text in [render("html", &model::example()), history().html()] {
        let hidden = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
        let found: Vec<char> =
            text.chars().filter(|letter| hidden(*letter) || ('\u{202a}'..='\u{202e}').contains(letter)).collect();
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(text.matches("<script").count(), 1);
        assert_eq!(text.matches("</script").count(), 1);
        assert!(!text.contains("<script>alert"));
        let loaded: Vec<&str> = outside.find_iter(&text).map(|found| found.as_str()).collect();
        assert!(loaded.is_empty(), "{loaded:?}");
    }
}

#[test]
fn content_security_policy_allows_only_the_inline_style_and_script() {
    use base64::Engine as _;
    use sha2::Digest as _;
    for text in [render("html", &model::example()), history().html()] {
        let inner = |tag: &str| {
            let (_, rest) = text.split_once(&format!("<{tag}>")).expect("the element");
            rest.split_once(&format!("</{tag}>")).expect("its end").0.to_owned()
        };
        let hash = |text: String| base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text));
        let policy = format!(
            "content=\"default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\"",
            hash(inner("style")),
            hash(inner("script"))
        );
        assert!(text.replace("&#39;", "'").contains(&policy), "{policy}");
    }
}

#[test]
fn anchors_are_unique_and_links_resolve() {
    let pages = [render("html", &model::example()), render("html", &model::large(2000)), render("html", &worst(300))];
    for text in pages {
        let all = |pattern: &str| -> Vec<String> {
            Regex::new(pattern).expect("a pattern").captures_iter(&text).map(|found| found[1].to_owned()).collect()
        };
        let ids = all(r#" id="([^"]*)""#);
        let unique: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len());
        let dead: BTreeSet<String> =
            all(r##" href="#([^"]*)""##).into_iter().filter(|link| !unique.contains(link)).collect();
        assert!(dead.is_empty(), "{dead:?}");
    }
}

#[test]
fn anchors_are_stable_between_runs() {
    let ids = |report: &Report| -> BTreeSet<String> {
        let text = render("html", report);
        let pattern = Regex::new(r#" id="([tcg]-[^"]*)""#).expect("a pattern");
        pattern.captures_iter(&text).map(|found| found[1].to_owned()).collect()
    };
    let mut later = model::example();
    later.started_at = "2027-01-01T00:00:00.000Z".into();
    later.tests.retain(|test| test.verdict != Verdict::Passed);
    assert!(ids(&later).is_subset(&ids(&model::example())));
}

#[test]
fn annotations_are_at_most_ten_of_a_kind_and_one_line_each() {
    for report in [model::example(), worst(300)] {
        let text = render("github", &report);
        for kind in ["error", "warning"] {
            let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(&format!("::{kind} "))).collect();
            assert!(lines.len() <= 10, "{} of {kind}", lines.len());
        }
        assert!(text.lines().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")), "{text}");
    }
    let text = render("github", &worst(300));
    assert!(text.contains("::error title=And 291 more::291 further causes"), "{text}");
}

#[test]
fn markdown_summary_escapes_markup_of_the_target() {
    let text = render("markdown", &model::example());
    for markup in ["<script", "</td>", "@all", "**bold**", "\n::", "\u{1b}", "\u{202e}"] {
        let outside: String = text.split("```").step_by(2).collect();
        assert!(!outside.contains(markup), "{markup:?}");
    }
}

#[test]
fn junit_reports_are_split_after_5000_cases() {
    let folder = std::env::temp_dir().join(format!("conformance-reports-{}", std::process::id()));
    let destination = ReportRequest::parse(&format!("junit={}", folder.join("junit.xml").display())).expect("an order");
    let names = |paths: Vec<PathBuf>| -> Vec<String> {
        paths.iter().map(|path| path.file_name().expect("a name").to_string_lossy().into_owned()).collect()
    };
    let files = || {
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(
        names(
            destination
                .prepare()
                .and_then(|destination| destination.write(&model::large(5000), &Redactor::default()))
                .expect("it is written")
        ),
        ["junit.xml"]
    );
    std::fs::write(folder.join("junit-009.xml"), "not ours").expect("a file");
    let parts = destination
        .prepare()
        .and_then(|destination| destination.write(&model::large(10_001), &Redactor::default()))
        .expect("it is written");
    let counts: Vec<usize> =
        parts.iter().map(|path| std::fs::read_to_string(path).expect("a text").matches("<testcase ").count()).collect();
    assert_eq!(names(parts), ["junit-001.xml", "junit-002.xml", "junit-003.xml"]);
    assert_eq!(counts, [5000, 5000, 1]);
    assert_eq!(
        files(),
        ["junit-001.xml", "junit-002.xml", "junit-003.xml", "junit-009.xml"],
        "the file of the earlier run is removed"
    );
    destination
        .prepare()
        .and_then(|destination| destination.write(&model::large(9), &Redactor::default()))
        .expect("it is written");
    assert_eq!(files(), ["junit-009.xml", "junit.xml"], "files of others remain");
    std::fs::remove_dir_all(folder).expect("removable");
}

#[test]
fn history_lists_files_that_it_cannot_read() {
    let folder = tempfolder("unread");
    std::fs::write(folder.join("a.json"), render("json", &model::example())).expect("a file");
    std::fs::write(folder.join("b.json"), "{\n  \"format\": 1,\n  \"surprise\": 2\n}").expect("a file");
    std::fs::write(folder.join("c.json"), "{\n").expect("a file");
    std::fs::write(folder.join("notes.txt"), "x").expect("a file");
    let history = History::read(&folder).expect("it is read");
    assert_eq!(history.runs(), 1);
    let unread: Vec<(&str, &str)> =
        history.unread().iter().map(|file| (file.file.as_str(), file.why.as_str())).collect();
    assert_eq!(unread.len(), 2);
    assert_eq!(unread[0].0, "b.json");
    assert!(unread[0].1.starts_with("b.json:3:12: ") && unread[0].1.contains("surprise"), "{}", unread[0].1);
    assert!(unread[1].1.starts_with("c.json:2:1: "), "{}", unread[1].1);
    let text = history.html();
    assert!(["b.json", "c.json", "notes.txt", "unknown field"].iter().all(|part| text.contains(part)));
    std::fs::remove_dir_all(folder).expect("removable");
}

#[test]
fn history_shows_what_the_last_run_changed() {
    let text = history().html();
    assert!(
        text.contains("3 runs; outcome of the last run: failed."),
        "{:.3000}",
        text.split("<main").nth(1).expect("a page")
    );
    assert!(text.contains("newly violated: ENV-1, ENV-4, FMT-2, LOG-1, RATE-2"));
    assert_eq!(text.matches("<circle").count(), 12, "a dot for each run in each chart");
}

/// Three releases: no violation, one violated clause, several violated clauses.
fn history() -> History {
    let folder = tempfolder("history");
    let mut one_cause = model::report(
        model::example()
            .tests
            .into_iter()
            .filter(|test| test.verdict == Verdict::Passed || test.name.contains("expired"))
            .collect(),
    );
    let mut good = clean();
    (good.started_at, good.duration_ms) = ("2026-09-20T08:00:00.000Z".into(), 64_000);
    (one_cause.started_at, one_cause.duration_ms) = ("2026-10-18T08:00:00.000Z".into(), 80_400);
    for (name, report) in [("1.9.0", good), ("1.10.0", one_cause), ("1.11.0-rc.1", model::example())] {
        std::fs::write(folder.join(format!("{name}.json")), render("json", &report)).expect("a file");
    }
    let history = History::read(&folder).expect("it is read");
    std::fs::remove_dir_all(folder).expect("removable");
    history
}

fn tempfolder(name: &str) -> PathBuf {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("conformance-{name}-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A run without failures.
fn clean() -> Report {
    let mut report =
        model::report(model::example().tests.into_iter().filter(|test| test.verdict == Verdict::Passed).collect());
    report.deviations = Vec::new();
    report
}

/// A run in which every test fails with a different cause and long texts with control characters.
fn worst(count: usize) -> Report {
    let mut report = model::large(count);
    let broken = report.tests.iter().find(|test| test.findings.len() == 2).expect("one with findings").clone();
    for (index, test) in report.tests.iter_mut().enumerate() {
        test.verdict = Verdict::Failed;
        test.reason = None;
        test.findings = vec![broken.findings[0].clone()];
        test.findings[0].actual = format!("{index}: {}", "<\u{1b}é".repeat(100));
        // A different expected value makes a different cause.
        test.findings[0].expected = format!("{index} as it was");
        test.exchanges = broken.exchanges.clone();
    }
    Report { deviations: Vec::new(), ..model::report(report.tests) }
}

fn render(kind: &str, report: &Report) -> String {
    let format = FORMATS.iter().find(|format| format.kind == kind).expect("the format");
    (format.render)(report)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn json_report_reads_back_unchanged() {
    let text = render("json", &model::example());
    let back: Report = serde_json::from_str(&text).expect("it reads back");
    assert_eq!(render("json", &back), text);
    assert!(serde_json::from_str::<Value>(&text).expect("JSON").is_object());
}
