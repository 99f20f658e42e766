//! A simulator with two clusters, and a client of it.

use akua_http::{Client, ClientBuilder};
use akua_sim::{Options, Simulator};

pub(crate) struct Stage {
    pub(crate) akua: Simulator,
    pub(crate) client: Client,
}

pub(crate) fn stage_with(more: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Stage {
    let akua = Simulator::start(Options::clusters(2)).unwrap();
    let builder = Client::builder().base_url(akua.url()).token(akua.token());
    let client = more(builder).build().unwrap();
    Stage { akua, client }
}
