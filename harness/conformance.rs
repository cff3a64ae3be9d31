//! The `cargo test` target: the conformance suite itself.
fn main() -> std::process::ExitCode {
    cli::suite()
}
