//! The installed binary `conformance`.
include!(concat!(env!("OUT_DIR"), "/pack.rs"));

fn main() -> std::process::ExitCode {
    cli::main(PACK)
}
