//! Certificates: the result of a complete run without violations, with the report and SHA-256 digests of all files.
//!
//! The digests show whether a file of the bundle was changed. They do not show who made it: for that, sign the file of
//! digests with a signing tool.

use std::path::Path;

use askama::Template;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::json::pretty;
use crate::model::{ClauseStatus, Report};
use crate::write_whole;
use judge::verdict::Verdict;
use spec::contract::Level;

/// The files of a bundle, besides the file of their digests.
const FILES: [&str; 3] = ["certificate.json", "certificate.html", "report.json"];
/// The file of the digests, in the format of `sha256sum --check`.
const DIGESTS: &str = "SHA256SUMS";

/// The content of `certificate.json`. The template writes it as a page for printing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Template)]
#[template(path = "certificate.html")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Certificate {
    /// The version of this format.
    pub format: u32,
    /// The suite's version.
    pub suite_version: String,
    /// SHA-256 of the contract and the scenarios.
    pub contract_hash: String,
    /// The base URL, or `embedded reference`.
    pub target: String,
    /// The seed of the run.
    pub seed: u64,
    /// True if violated SHOULD clauses failed the run.
    pub strict: bool,
    /// When the run started.
    pub started_at: String,
    /// The duration of the run, in milliseconds.
    pub duration_ms: u64,
    /// How many tests passed.
    pub passed: usize,
    /// How many tests only warned.
    pub warned: usize,
    /// How many tests were skipped; each MUST clause was exercised by other tests.
    pub skipped: usize,
    /// Every clause.
    pub clauses: Vec<CertifiedClause>,
    /// Every error code.
    pub codes: Vec<CertifiedCode>,
    /// SHA-256 of `report.json` in the same folder.
    pub report_sha256: String,
}

impl Certificate {
    fn seconds(&self) -> String {
        format!("{:.1}", self.duration_ms as f64 / 1000.0)
    }
}

/// A clause of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertifiedClause {
    pub id: String,
    /// Its requirement level.
    pub level: Level,
    /// Its text.
    pub says: String,
    /// Its outcome.
    pub status: ClauseStatus,
    /// How many tests exercised it.
    pub exercised_by: usize,
}

/// An error code of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertifiedCode {
    pub code: String,
    /// How many tests observed it.
    pub observed: usize,
}

/// The reasons why a run cannot be certified; empty if it can. Passed tests are not sufficient: every MUST clause must
/// be upheld, every code observed, and every actor configured.
pub fn missing(report: &Report) -> Vec<String> {
    let mut missing = Vec::new();
    if report.exit_code != 0 || report.count(Verdict::Failed) > 0 {
        missing.push(format!("the exit code of the run is {}", report.exit_code.max(1)));
    }
    let clauses = report.clauses.iter().filter(|clause| clause.level == Level::Must && clause.excluded.is_none());
    missing.extend(clauses.filter(|clause| clause.status != ClauseStatus::Upheld).map(|clause| {
        let reason = clause.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        format!("clause {} is {}{reason}", clause.id, clause.status.as_str())
    }));
    let codes = report.error_codes.iter().filter(|code| code.observed == 0 && code.excluded.is_none());
    missing.extend(codes.map(|code| format!("error code {} was not observed", code.code)));
    let actors = report.actors.iter().filter(|actor| !actor.configured);
    missing.extend(actors.map(|actor| format!("actor {} has no credential", actor.name)));
    if report.actors.is_empty() {
        missing.push("the report does not say which actors had a credential".to_owned());
    }
    missing
}

/// Writes the bundle of a run into a folder.
pub fn write(report: &Report, report_json: &str, folder: &Path) -> std::io::Result<()> {
    let certificate = certificate(report, report_json);
    let json = pretty(&certificate);
    let page = certificate.render().map_err(std::io::Error::other)?;
    let texts = [json.as_str(), &page, report_json];
    let mut digests = String::new();
    for (name, text) in FILES.iter().zip(texts) {
        write_whole(&folder.join(name), text)?;
        digests.push_str(&format!("{}  {name}\n", digest(text.as_bytes())));
    }
    write_whole(&folder.join(DIGESTS), &digests)
}

fn certificate(report: &Report, report_json: &str) -> Certificate {
    Certificate {
        format: 1,
        suite_version: report.suite.version.clone(),
        contract_hash: report.suite.contract_hash.clone(),
        target: report.target.clone(),
        seed: report.seed,
        strict: report.strict,
        started_at: report.started_at.clone(),
        duration_ms: report.duration_ms,
        passed: report.count(Verdict::Passed),
        warned: report.count(Verdict::Warned),
        skipped: report.count(Verdict::Skipped),
        clauses: report
            .clauses
            .iter()
            .map(|clause| CertifiedClause {
                id: clause.id.clone(),
                level: clause.level,
                says: clause.says.clone(),
                status: clause.status,
                exercised_by: clause.exercised_by,
            })
            .collect(),
        codes: report
            .error_codes
            .iter()
            .map(|code| CertifiedCode { code: code.code.clone(), observed: code.observed })
            .collect(),
        report_sha256: digest(report_json.as_bytes()),
    }
}

/// Verifies that a bundle is complete and unchanged.
pub fn verify(folder: &Path) -> Result<Certificate, String> {
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"));
    let digests = read(DIGESTS)?;
    let mut texts = Vec::new();
    for name in FILES {
        let text = read(name)?;
        if !digests.lines().any(|line| line == format!("{}  {name}", digest(text.as_bytes()))) {
            return Err(format!("{name} does not match its digest in {DIGESTS}: the file was changed"));
        }
        texts.push(text);
    }
    let certificate: Certificate =
        serde_json::from_str(&texts[0]).map_err(|error| format!("certificate.json: {error}"))?;
    let report: Report = serde_json::from_str(&texts[2]).map_err(|error| format!("report.json: {error}"))?;
    if let Some(first) = missing(&report).first() {
        return Err(format!("the run of report.json cannot be certified: {first}"));
    }
    if self::certificate(&report, &texts[2]) != certificate {
        return Err("certificate.json does not agree with report.json".to_owned());
    }
    Ok(certificate)
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
