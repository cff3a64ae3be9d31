//! The installed binary `conformance`.
fn main() -> std::process::ExitCode {
    cli::main()
}
