//! A live line while tests run: how many are done, how many failed, requests a second, time left.
//!
//! Only one hand may write to a terminal, or lines tear. So libtest is given a pipe to write to; what comes out of it
//! is printed line by line. Where it goes to the same terminal as the live line, that line is taken away before and drawn
//! again after. The pipe has another use: libtest panics where its reader has left, such as `head`, and we do not.

use std::io::{IsTerminal as _, PipeReader, PipeWriter, Read as _, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, ColorSetting, FormatSetting};

use crate::test_runner::{Recorder, Tally};

/// How often the line is drawn anew.
const TICK: Duration = Duration::from_millis(200);
/// Runs that are shorter have no live line.
const SHORT: Duration = Duration::from_millis(600);
/// Before that much of a run has passed, nothing is said of its end.
const TOO_EARLY: Duration = Duration::from_secs(2);

/// Carriage return, and the line erased.
const ERASE: &str = "\r\x1b[K";
/// A line that is too long is cut at the edge of the terminal and does not wrap.
const NO_WRAP: &str = "\x1b[?7l";
const WRAP: &str = "\x1b[?7h";

/// What a live line tells of.
pub(super) struct Course {
    /// Where results are collected.
    pub(super) recorder: Recorder,
    /// How many tests there are.
    pub(super) tests: usize,
    /// The bound on the whole run.
    pub(super) deadline: Option<Duration>,
}

/// A live line that is being drawn.
pub(super) struct Progress {
    over: Arc<AtomicBool>,
    writer: Option<PipeWriter>,
    threads: Vec<JoinHandle<()>>,
}

impl Progress {
    /// Takes over libtest's lines, so that a reader of them that leaves does not end the run; they go to standard
    /// error where a report has standard output. Draws, where there is a terminal and nobody asked for quiet.
    pub(super) fn start(arguments: &mut Arguments, quiet: bool, to_stderr: bool, course: Course) -> Option<Self> {
        let pretty = !arguments.quiet && matches!(arguments.format, None | Some(FormatSetting::Pretty));
        let wanted = pretty && !quiet && !is_unwelcome(|name| std::env::var(name).ok());
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
            threads.push(std::thread::spawn(move || pass_on(reader, &screen)));
        }
        let over = Arc::new(AtomicBool::new(false));
        if live {
            let is_over = over.clone();
            threads.push(std::thread::spawn(move || draw(&course, &is_over, &screen)));
        }
        (!threads.is_empty()).then_some(Self { over, writer, threads })
    }

    /// Takes the line away, after everything that libtest has said.
    pub(super) fn finish(mut self) {
        self.over.store(true, Ordering::Relaxed);
        // The last writer of the pipe: its reader comes to an end.
        drop(self.writer.take());
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Colours as libtest has them on a terminal.
fn is_colourful() -> bool {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !plain && std::env::var_os("TERM").is_some_and(|term| term != "dumb")
}

/// CI systems keep every line, and a dumb terminal cannot erase one.
fn is_unwelcome(variable: impl Fn(&str) -> Option<String>) -> bool {
    let ci = variable("CI").is_some_and(|value| !matches!(value.as_str(), "" | "false" | "0"));
    ci || variable("TERM").is_none_or(|term| matches!(term.as_str(), "" | "dumb"))
}

/// A pipe, and a path under which libtest can open its writing end.
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

fn pass_on(mut reader: PipeReader, screen: &Mutex<Screen<impl Write, impl Write>>) {
    let mut chunk = vec![0; 16 * 1024];
    while let Ok(length) = reader.read(&mut chunk) {
        if length == 0 {
            break;
        }
        locked(screen).pass(&chunk[..length]);
    }
    locked(screen).close();
}

fn draw(course: &Course, over: &AtomicBool, screen: &Mutex<Screen<impl Write, impl Write>>) {
    let begun = Instant::now();
    while !over.load(Ordering::Relaxed) {
        if begun.elapsed() > SHORT {
            let tally = course.recorder.tally();
            locked(screen).show(&line(&tally, course.tests, begun.elapsed(), course.deadline));
        }
        std::thread::sleep(TICK);
    }
    locked(screen).hide();
}

fn locked<S>(screen: &Mutex<S>) -> MutexGuard<'_, S> {
    screen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The terminal's last line is ours, all above it is libtest's. What cannot be written is let go: a live
/// line is no reason to fail.
struct Screen<O, E> {
    out: O,
    err: E,
    /// What libtest has begun to say.
    begun: Vec<u8>,
    shown: String,
    /// Whether libtest's lines and the live line go to the same terminal.
    shared: bool,
}

impl<O: Write, E: Write> Screen<O, E> {
    fn new(out: O, err: E, shared: bool) -> Self {
        Self { out, err, begun: Vec::new(), shown: String::new(), shared }
    }

    /// Prints whole lines; what is no line yet waits.
    fn pass(&mut self, text: &[u8]) {
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

    /// Prints what was left without an end.
    fn close(&mut self) {
        let rest = std::mem::take(&mut self.begun);
        self.print(&rest);
    }

    fn print(&mut self, text: &[u8]) {
        let shown = std::mem::take(&mut self.shown);
        if !shown.is_empty() {
            self.tell(ERASE);
        }
        let _ = self.out.write_all(text);
        let _ = self.out.flush();
        self.show(&shown);
    }

    fn show(&mut self, line: &str) {
        if line != self.shown {
            self.tell(&format!("{ERASE}{NO_WRAP}{line}{WRAP}"));
            line.clone_into(&mut self.shown);
        }
    }

    fn hide(&mut self) {
        if !std::mem::take(&mut self.shown).is_empty() {
            self.tell(ERASE);
        }
    }

    /// In one piece, so that nothing comes between.
    fn tell(&mut self, text: &str) {
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

/// As long as the rest would take at the speed so far, or as the deadline allows.
fn left(done: usize, tests: usize, passed: Duration, deadline: Option<Duration>) -> Option<String> {
    if passed < TOO_EARLY || done == 0 || done >= tests {
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
    fn the_line_says_how_it_goes() {
        let tally = Tally { done: 300, failed: 2, inconclusive: 0, requests: 900 };
        let at = |seconds| Duration::from_secs(seconds);
        assert_eq!(line(&tally, 1200, at(10), None), "  300 of 1200 done, 2 failed, 90 requests/s, about 31 s left");
        assert!(line(&tally, 1200, at(10), Some(at(15))).ends_with("about 6 s left"));
        assert!(line(&tally, 1200, at(100), None).ends_with("about 6 min left"));
        assert!(line(&tally, 1200, at(1), None).ends_with("requests/s"));
        assert!(line(&tally, 300, at(10), None).ends_with("requests/s"));
        let doubt = Tally { inconclusive: 7, ..tally };
        assert!(line(&doubt, 1200, at(10), None).contains("2 failed, 7 inconclusive, "));
    }

    #[test]
    fn ci_and_dumb_terminals_are_left_alone() {
        let unwelcome = |ci: Option<&str>, term: Option<&str>| {
            is_unwelcome(|name| if name == "CI" { ci } else { term }.map(str::to_owned))
        };
        assert!(!unwelcome(None, Some("xterm")) && !unwelcome(Some("false"), Some("xterm")));
        assert!(unwelcome(Some("true"), Some("xterm")) && unwelcome(Some("1"), Some("xterm")));
        assert!(unwelcome(None, Some("dumb")) && unwelcome(None, None));
    }

    /// A terminal that both streams write to.
    #[derive(Clone, Default)]
    struct Tty(Arc<Mutex<Vec<u8>>>);

    impl Write for Tty {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            locked(&self.0).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Tty {
        /// What stands on it: each line after its last erasure.
        fn seen(&self) -> String {
            let text = String::from_utf8(locked(&self.0).clone()).expect("text");
            let lines: Vec<&str> = text.split('\n').map(|line| line.rsplit(ERASE).next().unwrap_or_default()).collect();
            lines.join("\n").replace(NO_WRAP, "").replace(WRAP, "")
        }
    }

    #[test]
    fn lines_come_out_whole_with_the_live_line_below() {
        let tty = Tty::default();
        let mut screen = Screen::new(tty.clone(), tty.clone(), true);
        screen.pass(b"\nrunning 3 tests\ntest a ... ");
        screen.show("  0 of 3 done");
        assert_eq!(tty.seen(), "\nrunning 3 tests\n  0 of 3 done");
        screen.pass(b"ok\ntest b ... \x1b[31mFAI");
        assert_eq!(tty.seen(), "\nrunning 3 tests\ntest a ... ok\n  0 of 3 done");
        screen.show("  2 of 3 done");
        screen.pass(b"LED\x1b[0m\n");
        screen.pass(b"no end");
        screen.hide();
        screen.close();
        assert_eq!(tty.seen(), "\nrunning 3 tests\ntest a ... ok\ntest b ... \x1b[31mFAILED\x1b[0m\nno end");
    }

    #[test]
    fn the_same_line_is_not_rendered_twice() {
        let tty = Tty::default();
        let mut screen = Screen::new(tty.clone(), tty.clone(), true);
        screen.show("  1 of 3 done");
        let length = locked(&tty.0).len();
        screen.show("  1 of 3 done");
        assert_eq!(locked(&tty.0).len(), length);
    }
}
