//! Drives what was added, from Rust: see tools/adding.sh.

use akua_http::Client;
use akua_model::{ClusterPatch, WidgetPatch};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (url, token) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let client = Client::builder().base_url(url).token(token).build()?;

    let id = "clu_1".parse()?;
    let seen = client.clusters().get(&id)?;
    client.clusters().edit(&seen, ClusterPatch::builder().blurb("from Rust").build()?)?;
    assert_eq!(client.clusters().get(&id)?.blurb.as_deref(), Some("from Rust"));
    let refused = ClusterPatch::builder().blurb("x".repeat(501)).build();
    assert_eq!(refused.unwrap_err().problems()[0].field, "blurb");

    let widgets = client.widgets();
    assert_eq!(widgets.list().map(|widget| Ok(widget?.amount)).collect::<Result<Vec<_>, akua_http::Error>>()?.len(), 2);
    let seen = widgets.get(&"wid_1".parse()?)?;
    let made = widgets.update(&seen.id, &seen.etag.if_match()?, &WidgetPatch::builder().amount(7).build()?)?;
    assert_eq!((made.amount, made.in_use), (7, true));
    widgets.edit(&made, WidgetPatch::builder().label("from Rust").amount(8).build()?)?;
    let now = widgets.get(&made.id)?;
    assert_eq!((now.label.as_str(), now.amount), ("from Rust", 8));
    println!("Rust: blurb of a cluster and widgets were read, listed, updated and edited");
    Ok(())
}
