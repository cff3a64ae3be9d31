//! How the target is spoken to: the flags that `run` and `doctor` share.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;

use crate::repro::header_variable;
use crate::target::Network;

/// How the target is spoken to.
#[derive(Args, Debug, Clone)]
pub struct NetworkArgs {
    /// At most N requests a second in all
    #[arg(long, value_name = "N", env = "CONFORMANCE_RATE", value_parser = positive)]
    pub rate: Option<f64>,
    /// The wall clock of one exchange, body included
    #[arg(long, value_name = "SECONDS", env = "CONFORMANCE_TIMEOUT", default_value = "30", value_parser = positive)]
    pub timeout: f64,
    /// Trust the authorities in this PEM file as well
    #[arg(long, value_name = "FILE", env = "CONFORMANCE_CA_CERT")]
    pub ca_cert: Option<PathBuf>,
    /// Show this certificate (PEM)
    #[arg(long, value_name = "FILE", env = "CONFORMANCE_CLIENT_CERT", requires = "client_key")]
    pub client_cert: Option<PathBuf>,
    /// The certificate's key (PEM)
    #[arg(long, value_name = "FILE", env = "CONFORMANCE_CLIENT_KEY", requires = "client_cert")]
    pub client_key: Option<PathBuf>,
    /// Trust any certificate
    #[arg(long, env = "CONFORMANCE_INSECURE", value_parser = FalseyValueParser::new())]
    pub insecure: bool,
    /// Take a proxy from the environment
    #[arg(long, env = "CONFORMANCE_SYSTEM_PROXY", value_parser = FalseyValueParser::new())]
    pub system_proxy: bool,
    /// Send this header with every request, 'NAME: VALUE' (repeatable)
    #[arg(long, value_name = "NAME: VALUE", env = "CONFORMANCE_HEADER", hide_env_values = true, value_parser = header)]
    pub header: Vec<Header>,
}

/// A header from the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header(pub String, pub String);

impl NetworkArgs {
    /// The values of the headers, which may be secret, each under the name by which reports show it.
    pub fn named_headers(&self) -> impl Iterator<Item = (String, &str)> {
        self.header.iter().map(|header| (format!("${}", header_variable(&header.0)), header.1.as_str()))
    }

    /// The same as the client takes it; `file_rate` is the target file's rate.
    pub fn network(&self, file_rate: Option<f64>) -> Network {
        Network {
            timeout: Duration::from_secs_f64(self.timeout),
            rate: self.rate.or(file_rate),
            headers: self.header.iter().map(|header| (header.0.clone(), header.1.clone())).collect(),
            ca_cert: self.ca_cert.clone(),
            client_cert: self.client_cert.clone(),
            client_key: self.client_key.clone(),
            insecure: self.insecure,
            system_proxy: self.system_proxy,
        }
    }
}

pub(super) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.001..1e9).contains(&number) => Ok(number),
        _ => Err("a number from 0.001 up is wanted".to_owned()),
    }
}

fn header(text: &str) -> Result<Header, String> {
    let (name, value) = text.split_once(':').ok_or("a header is written 'NAME: VALUE'")?;
    let good = http::HeaderName::from_bytes(name.trim().as_bytes()).is_ok()
        && http::HeaderValue::from_str(value.trim()).is_ok();
    if !good {
        return Err(format!("`{}` is no header", name.trim()));
    }
    Ok(Header(name.trim().to_owned(), value.trim().to_owned()))
}
