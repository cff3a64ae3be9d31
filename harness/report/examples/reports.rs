//! Measures time, size and memory of every report format: `cargo run --release -p report --example reports [TESTS]`.
//! With a JSON report instead of a number it writes the reports of that run into a folder:
//! `cargo run -p report --example reports RUN.json FOLDER`.

#[path = "../tests/reports/model.rs"]
mod model;

use std::path::{Path, PathBuf};
use std::time::Instant;

use report::{FORMATS, Report, ReportRequest};

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().unwrap_or_else(|| "10000".to_owned());
    let folder = arguments.next().map_or_else(|| std::env::temp_dir().join("conformance-reports"), PathBuf::from);
    let report = match first.as_str() {
        "example" => model::example(),
        number if number.parse::<usize>().is_ok() => model::large(number.parse().unwrap_or_default()),
        path => read(Path::new(path))?,
    };
    println!("{} tests; {} before the first report", report.tests.len(), memory());
    let started = Instant::now();
    for format in FORMATS {
        let path = folder.join(format!("{}.{}", format.kind, format.ending));
        let clock = Instant::now();
        ReportRequest::parse(&format!("{}={}", format.kind, path.display()))?
            .prepare()?
            .write(&report, &judge::secret::Redactor::default())?;
        let size = std::fs::metadata(&path).map_or(0, |file| file.len());
        println!("{:>13}  {size:>9} bytes  {:>6} ms  {}", format.kind, clock.elapsed().as_millis(), memory());
    }
    println!("all formats in {} ms, at most {}", started.elapsed().as_millis(), memory());
    Ok(())
}

fn read(path: &Path) -> Result<Report, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The peak memory of this process so far, from `/proc`.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "an unknown amount".to_owned(), |peak| format!("{} of memory", peak.trim()))
}
