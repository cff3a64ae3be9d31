//! The flags of `init`.

use std::path::PathBuf;

use clap::Args;

use init::Auth;

/// The flags of `init`.
#[derive(Args, Debug)]
pub struct InitArgs {
    /// The OpenAPI description: 3.0 or later, JSON or YAML
    #[arg(long, value_name = "FILE", required_unless_present = "default")]
    pub openapi: Option<PathBuf>,
    /// Write the built-in pack, that of the Customer Verification API, instead of a new one
    #[arg(long, conflicts_with_all = ["openapi", "page", "problem_json", "name", "auth", "learn"])]
    pub default: bool,
    /// A published page of error codes, in Markdown
    #[arg(long, value_name = "PAGE.md")]
    pub page: Option<PathBuf>,
    /// Errors are problems as RFC 9457 has them: application/problem+json
    #[arg(long)]
    pub problem_json: bool,
    /// What the API is called; the title of the description by default
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// How credentials are sent where the description does not say so: none, bearer, basic, key:HEADER
    #[arg(long, value_name = "KIND", value_parser = Auth::parse)]
    pub auth: Option<Auth>,
    /// Send the requests that only read or must be refused to this base URL, and take codes and envelope from the responses
    #[arg(long, value_name = "URL")]
    pub learn: Option<String>,
    /// With --learn, send those that create something, too, and delete it again
    #[arg(long, requires = "learn")]
    pub create: bool,
    /// Where the pack goes; files there that a person has changed are kept
    pub dir: PathBuf,
}
