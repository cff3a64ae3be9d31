//! The network flags that `run`, `doctor`, `prove` and `repro` share.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;

use runner::client::Network;
use runner::repro::header_variable;

/// The network settings for requests to the target.
#[derive(Args, Debug, Clone)]
pub struct NetworkArgs {
    /// Send at most N requests per second in total
    #[arg(long, value_name = "N", env = "CONFORMANCE_RATE", value_parser = positive)]
    pub rate: Option<f64>,
    /// The timeout of one exchange, including the body
    #[arg(long, value_name = "SECONDS", env = "CONFORMANCE_TIMEOUT", default_value = "30", value_parser = positive)]
    pub timeout: f64,
    /// Also trust the certificate authorities in this PEM file
    #[arg(long, value_name = "FILE", env = "CONFORMANCE_CA_CERT")]
    pub ca_cert: Option<PathBuf>,
    /// Use this client certificate (PEM)
    #[arg(long, value_name = "FILE", env = "CONFORMANCE_CLIENT_CERT", requires = "client_key")]
    pub client_cert: Option<PathBuf>,
    /// The key of the client certificate (PEM)
    #[arg(long, value_name = "FILE", env = "CONFORMANCE_CLIENT_KEY", requires = "client_cert")]
    pub client_key: Option<PathBuf>,
    /// Accept any certificate of the target
    #[arg(long, env = "CONFORMANCE_INSECURE", value_parser = FalseyValueParser::new())]
    pub insecure: bool,
    /// Use the proxy settings of the environment
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
    /// The values of the headers, which may be secret, each with the name that reports show instead.
    pub fn named_headers(&self) -> impl Iterator<Item = (String, &str)> {
        self.header.iter().map(|header| (format!("${}", header_variable(&header.0)), header.1.as_str()))
    }

    /// The settings for the HTTP client. `file_rate` is the rate of the target file.
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
        _ => Err("expected a number of at least 0.001".to_owned()),
    }
}

fn header(text: &str) -> Result<Header, String> {
    let (name, value) = text.split_once(':').ok_or("a header is written 'NAME: VALUE'")?;
    let good = http::HeaderName::from_bytes(name.trim().as_bytes()).is_ok()
        && http::HeaderValue::from_str(value.trim()).is_ok();
    if !good {
        return Err(format!("`{}` is not a valid header", name.trim()));
    }
    Ok(Header(name.trim().to_owned(), value.trim().to_owned()))
}
