//! A live line while tests run: tests done, tests failed, requests per second, time left.
//!
//! If two writers used one terminal, their lines would mix. So libtest writes to a pipe, and this module prints its
//! output line by line. If libtest's output and the live line go to the same terminal, the live line is erased before
//! each output and drawn again after it. The pipe has another use: libtest panics if the reader of its output has
//! closed it (such as `head`), and this module does not.

use std::io::{IsTerminal as _, PipeReader, PipeWriter, Read as _, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, ColorSetting, FormatSetting};
use parking_lot::Mutex;

use crate::test_runner::{Recorder, Tally};

/// How often the line is drawn again.
const TICK: Duration = Duration::from_millis(200);
/// When the line is drawn first: shorter runs have no live line.
const FIRST_DRAWN_AFTER: Duration = Duration::from_millis(600);
/// Before this time there is no estimate of the time left.
const ESTIMATED_AFTER: Duration = Duration::from_secs(2);

/// Carriage return, then erase to the end of the line.
const ERASE: &str = "\r\x1b[K";
/// Disables wrapping: a line that is too long is cut at the edge of the terminal.
const NO_WRAP: &str = "\x1b[?7l";
const WRAP: &str = "\x1b[?7h";

/// The data that the live line shows.
pub(super) struct LineSource {
    /// The recorder of results.
    pub(super) recorder: Recorder,
    /// The number of tests.
    pub(super) tests: usize,
    /// The deadline of the run.
    pub(super) deadline: Option<Duration>,
}

/// The running threads that print libtest's output and draw the live line.
pub(super) struct Progress {
    finished: Arc<AtomicBool>,
    writer: Option<PipeWriter>,
    threads: Vec<JoinHandle<()>>,
}

impl Progress {
    /// Redirects libtest's output through the pipe. It goes to standard error if a report uses standard output. Draws
    /// the live line if there is a terminal and neither flags nor environment disable it.
    pub(super) fn start(arguments: &mut Arguments, quiet: bool, to_stderr: bool, source: LineSource) -> Option<Self> {
        let pretty = !arguments.quiet && matches!(arguments.format, None | Some(FormatSetting::Pretty));
        let wanted = pretty && !quiet && !is_ci_or_dumb(|name| std::env::var(name).ok());
        let pipe = if arguments.logfile.is_none() { pipe() } else { None };
        let on_terminal = if to_stderr { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
        let same = on_terminal && arguments.logfile.is_none();
        let live = wanted && std::io::stderr().is_terminal() && !(same && pipe.is_none());
        let out: Box<dyn Write + Send> =
            if to_stderr { Box::new(std::io::stderr()) } else { Box::new(std::io::stdout()) };
        let screen = Arc::new(Mutex::new(Screen::new(out, std::io::stderr(), same && live)));
        let mut threads = Vec::new();
        let mut writer = None;
        if let Some((reader, end, path)) = pipe {
            arguments.logfile = Some(path);
            if matches!(arguments.color, None | Some(ColorSetting::Auto)) && on_terminal && is_colourful() {
                arguments.color = Some(ColorSetting::Always);
            }
            writer = Some(end);
            let screen = screen.clone();
            threads.push(std::thread::spawn(move || print_lines(reader, &screen)));
        }
        let finished = Arc::new(AtomicBool::new(false));
        if live {
            let is_finished = finished.clone();
            threads.push(std::thread::spawn(move || draw(&source, &is_finished, &screen)));
        }
        (!threads.is_empty()).then_some(Self { finished, writer, threads })
    }

    /// Prints the rest of libtest's output and erases the live line.
    pub(super) fn finish(mut self) {
        self.finished.store(true, Ordering::Relaxed);
        // This closes the pipe's last writer, so that its reader ends.
        drop(self.writer.take());
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Whether libtest would use colours on this terminal.
fn is_colourful() -> bool {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !plain && std::env::var_os("TERM").is_some_and(|term| term != "dumb")
}

/// True if the live line must not be drawn: CI systems keep every line, and a dumb terminal cannot erase one.
fn is_ci_or_dumb(variable: impl Fn(&str) -> Option<String>) -> bool {
    let ci = variable("CI").is_some_and(|value| !matches!(value.as_str(), "" | "false" | "0"));
    ci || variable("TERM").is_none_or(|term| matches!(term.as_str(), "" | "dumb"))
}

/// A pipe, and a path by which libtest can open its write end.
#[cfg(unix)]
fn pipe() -> Option<(PipeReader, PipeWriter, String)> {
    use std::os::fd::AsRawFd as _;
    let (reader, writer) = std::io::pipe().ok()?;
    let path = format!("/dev/fd/{}", writer.as_raw_fd());
    std::fs::File::options().write(true).open(&path).ok()?;
    Some((reader, writer, path))
}

#[cfg(not(unix))]
fn pipe() -> Option<(PipeReader, PipeWriter, String)> {
    None
}

fn print_lines(mut reader: PipeReader, screen: &Mutex<Screen<impl Write, impl Write>>) {
    let mut chunk = vec![0; 16 * 1024];
    while let Ok(length) = reader.read(&mut chunk) {
        if length == 0 {
            break;
        }
        screen.lock().print_complete_lines(&chunk[..length]);
    }
    screen.lock().close();
}

fn draw(source: &LineSource, finished: &AtomicBool, screen: &Mutex<Screen<impl Write, impl Write>>) {
    let begun = Instant::now();
    while !finished.load(Ordering::Relaxed) {
        if begun.elapsed() > FIRST_DRAWN_AFTER {
            let tally = source.recorder.tally();
            screen.lock().show(&line(&tally, source.tests, begun.elapsed(), source.deadline));
        }
        std::thread::sleep(TICK);
    }
    screen.lock().hide();
}

/// The terminal: the last line is the live line, everything above it is libtest's output. Write errors are ignored,
/// since a live line must not fail a run.
struct Screen<O, E> {
    out: O,
    err: E,
    /// The incomplete last line of libtest's output.
    begun: Vec<u8>,
    shown: String,
    /// Whether libtest's output and the live line go to the same terminal.
    shared: bool,
}

impl<O: Write, E: Write> Screen<O, E> {
    fn new(out: O, err: E, shared: bool) -> Self {
        Self { out, err, begun: Vec::new(), shown: String::new(), shared }
    }

    /// Prints complete lines, and keeps an incomplete one until its end arrives.
    fn print_complete_lines(&mut self, text: &[u8]) {
        if !self.shared {
            let _ = self.out.write_all(text).and_then(|()| self.out.flush());
            return;
        }
        self.begun.extend_from_slice(text);
        let Some(end) = self.begun.iter().rposition(|byte| *byte == b'\n') else {
            return;
        };
        let rest = self.begun.split_off(end + 1);
        let whole = std::mem::replace(&mut self.begun, rest);
        self.print(&whole);
    }

    /// Prints a last line without a line end.
    fn close(&mut self) {
        let rest = std::mem::take(&mut self.begun);
        self.print(&rest);
    }

    fn print(&mut self, text: &[u8]) {
        let shown = std::mem::take(&mut self.shown);
        if !shown.is_empty() {
            self.write(ERASE);
        }
        let _ = self.out.write_all(text);
        let _ = self.out.flush();
        self.show(&shown);
    }

    fn show(&mut self, line: &str) {
        if line != self.shown {
            self.write(&format!("{ERASE}{NO_WRAP}{line}{WRAP}"));
            line.clone_into(&mut self.shown);
        }
    }

    fn hide(&mut self) {
        if !std::mem::take(&mut self.shown).is_empty() {
            self.write(ERASE);
        }
    }

    /// Writes the text with one call, so that no other output gets in between.
    fn write(&mut self, text: &str) {
        let _ = self.err.write_all(text.as_bytes());
        let _ = self.err.flush();
    }
}

fn line(tally: &Tally, tests: usize, passed: Duration, deadline: Option<Duration>) -> String {
    let mut line = format!("  {} of {tests} done, {} failed", tally.done, tally.failed);
    if tally.inconclusive > 0 {
        line.push_str(&format!(", {} inconclusive", tally.inconclusive));
    }
    line.push_str(&format!(", {:.0} requests/s", tally.requests as f64 / passed.as_secs_f64().max(0.1)));
    if let Some(left) = left(tally.done, tests, passed, deadline) {
        line.push_str(&format!(", about {left} left"));
    }
    line
}

/// The estimated time left: at the speed so far, but at most until the deadline.
fn left(done: usize, tests: usize, passed: Duration, deadline: Option<Duration>) -> Option<String> {
    if passed < ESTIMATED_AFTER || done == 0 || done >= tests {
        return None;
    }
    let rest = passed.mul_f64((tests - done) as f64 / done as f64);
    let rest = deadline.map_or(rest, |deadline| rest.min(deadline.saturating_sub(passed)));
    let seconds = rest.as_secs() + 1;
    Some(if seconds < 100 { format!("{seconds} s") } else { format!("{} min", seconds.div_ceil(60)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_shows_counts_rate_and_time_left() {
        let tally = Tally { done: 300, failed: 2, inconclusive: 0, requests: 900 };
        let at = |seconds| Duration::from_secs(seconds);
        assert_eq!(line(&tally, 1200, at(10), None), "  300 of 1200 done, 2 failed, 90 requests/s, about 31 s left");
        assert!(line(&tally, 1200, at(10), Some(at(15))).ends_with("about 6 s left"));
        assert!(line(&tally, 1200, at(100), None).ends_with("about 6 min left"));
        assert!(line(&tally, 1200, at(1), None).ends_with("requests/s"));
        assert!(line(&tally, 300, at(10), None).ends_with("requests/s"));
        let inconclusive = Tally { inconclusive: 7, ..tally };
        assert!(line(&inconclusive, 1200, at(10), None).contains("2 failed, 7 inconclusive, "));
    }

    #[test]
    fn no_live_line_in_ci_or_on_dumb_terminals() {
        let disabled = |ci: Option<&str>, term: Option<&str>| {
            is_ci_or_dumb(|name| if name == "CI" { ci } else { term }.map(str::to_owned))
        };
        assert!(!disabled(None, Some("xterm")) && !disabled(Some("false"), Some("xterm")));
        assert!(disabled(Some("true"), Some("xterm")) && disabled(Some("1"), Some("xterm")));
        assert!(disabled(None, Some("dumb")) && disabled(None, None));
    }

    /// A terminal to which both streams write.
    #[derive(Clone, Default)]
    struct Tty(Arc<Mutex<Vec<u8>>>);

    impl Write for Tty {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Tty {
        /// The visible text: of each line the part after the last erasure.
        fn seen(&self) -> String {
            let text = String::from_utf8(self.0.lock().clone()).expect("text");
            let lines: Vec<&str> = text.split('\n').map(|line| line.rsplit(ERASE).next().unwrap_or_default()).collect();
            lines.join("\n").replace(NO_WRAP, "").replace(WRAP, "")
        }
    }

    #[test]
    fn complete_lines_are_printed_above_the_live_line() {
        let tty = Tty::default();
        let mut screen = Screen::new(tty.clone(), tty.clone(), true);
        screen.print_complete_lines(b"\nrunning 3 tests\ntest a ... ");
        screen.show("  0 of 3 done");
        assert_eq!(tty.seen(), "\nrunning 3 tests\n  0 of 3 done");
        screen.print_complete_lines(b"ok\ntest b ... \x1b[31mFAI");
        assert_eq!(tty.seen(), "\nrunning 3 tests\ntest a ... ok\n  0 of 3 done");
        screen.show("  2 of 3 done");
        screen.print_complete_lines(b"LED\x1b[0m\n");
        screen.print_complete_lines(b"no end");
        screen.hide();
        screen.close();
        assert_eq!(tty.seen(), "\nrunning 3 tests\ntest a ... ok\ntest b ... \x1b[31mFAILED\x1b[0m\nno end");
    }

    #[test]
    fn the_same_line_is_not_rendered_twice() {
        let tty = Tty::default();
        let mut screen = Screen::new(tty.clone(), tty.clone(), true);
        screen.show("  1 of 3 done");
        let length = tty.0.lock().len();
        screen.show("  1 of 3 done");
        assert_eq!(tty.0.lock().len(), length);
    }
}
