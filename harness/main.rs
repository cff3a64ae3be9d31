//! The installed binary `conformance`.
fn main() -> std::process::ExitCode {
    harness::main()
}
