//! Starts a server of the kill matrix: the reference, with a proxy in front of it for each mutation of the pack.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::{MatrixServer, ServerKind};
use crate::embedded::{Embedded, start_with};
use crate::mutation::Mutation;
use crate::proxy::Proxy;
use crate::relay::{Relay, receive};
use crate::route::Route;
use judge::target::Target;
use runner::client::{HttpClient, Network};
use runner::execute::Environment;
use spec::contract::Contract;

/// A running server. It stops when this is dropped.
pub struct Server {
    embedded: Embedded,
    /// Each forwards to the one before it.
    proxies: Vec<Proxy>,
    /// Changes deliveries on their way to the receiver of the harness.
    _relay: Option<Relay>,
}

impl Server {
    /// The base URL.
    pub fn url(&self) -> String {
        self.proxies.last().map_or_else(|| self.embedded.url(), |proxy| proxy.url().to_owned())
    }

    fn target(&self) -> Target {
        Target { url: self.url(), ..self.embedded.target() }
    }
}

/// Starts the reference with these mutants and variants, and what tests need to run against it.
pub(crate) async fn start(contract: &Arc<Contract>, rows: &[&MatrixServer]) -> Result<(Environment, Server), String> {
    let (mutants, variants) = names(rows);
    let embedded = start_with(&mutants, &variants).await.map_err(|error| error.to_string())?;
    let mutations = rows.iter().filter_map(|row| row.mutation.as_ref());
    let of_deliveries = mutations.clone().find(|mutation| mutation.when.is_of_deliveries());
    let receiving = receive(contract, of_deliveries, embedded.webhook_timeout).await;
    let (receiver, relay) = receiving.map_err(|error| error.to_string())?;
    let mut server = Server { embedded, proxies: Vec::new(), _relay: relay };
    for mutation in mutations.filter(|mutation| !mutation.when.is_of_deliveries()) {
        let proxy = proxy((Ipv4Addr::LOCALHOST, 0).into(), contract, &server, mutation).await?;
        server.proxies.push(proxy);
    }
    Ok((Environment::with_receiver(contract.clone(), server.target(), receiver)?, server))
}

/// Serves the reference with mutants and variants at an address. No relay changes the deliveries that it sends.
pub async fn serve(contract: &Arc<Contract>, address: SocketAddr, rows: &[MatrixServer]) -> Result<Server, String> {
    let rows: Vec<&MatrixServer> = rows.iter().collect();
    let mutations: Vec<&Mutation> = rows.iter().filter_map(|row| row.mutation.as_ref()).collect();
    let own = if mutations.is_empty() { address } else { (Ipv4Addr::LOCALHOST, 0).into() };
    let (mutants, variants) = names(&rows);
    let embedded = crate::embedded::serve(own, &mutants, &variants).await.map_err(|error| error.to_string())?;
    let mut server = Server { embedded, proxies: Vec::new(), _relay: None };
    for (index, mutation) in mutations.iter().enumerate() {
        let is_last = index + 1 == mutations.len();
        let address = if is_last { address } else { (Ipv4Addr::LOCALHOST, 0).into() };
        let proxy = proxy(address, contract, &server, mutation).await?;
        server.proxies.push(proxy);
    }
    Ok(server)
}

/// The names of the mutants and of the variants that the reference itself has.
fn names<'r>(rows: &[&'r MatrixServer]) -> (Vec<&'r str>, Vec<&'r str>) {
    let own = rows.iter().filter(|row| row.mutation.is_none() && row.kind != ServerKind::Unchanged);
    let (variants, mutants): (Vec<&MatrixServer>, Vec<&MatrixServer>) =
        own.partition(|row| row.kind == ServerKind::Variant);
    let names = |rows: Vec<&'r MatrixServer>| rows.into_iter().map(|row| row.name.as_str()).collect();
    (names(mutants), names(variants))
}

/// A proxy in front of what the server is so far.
async fn proxy(
    address: SocketAddr,
    contract: &Arc<Contract>,
    server: &Server,
    mutation: &Mutation,
) -> Result<Proxy, String> {
    let upstream = Arc::new(HttpClient::new(&server.url(), &Network::default())?);
    let route = Route::new(contract, server.embedded.credentials.iter());
    Proxy::start_at(address, contract.clone(), route, upstream, Some(mutation.clone())).await
}
