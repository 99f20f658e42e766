//! The main job in six scenes, against an Akua on this machine; with `--live`, reads from the real service.
//!
//! ```sh
//! make demo
//! AKUA_API_TOKEN=… cargo run -p akua-http --example demo -- --live
//! ```

use std::process::ExitCode;

use akua_http::{BoxError, Client, Effect, ErrorKind};
use akua_model::{Cluster, ClusterId, ClusterPatch, IdempotencyKey, WorkspacePatch};
use akua_sim::{Kind, Options, Simulator, Write};

/// What a scene ends with: an error stops the demo.
type Shown = Result<(), BoxError>;

fn main() -> ExitCode {
    let shown = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => scenes(),
        [live] if live == "--live" => live_reads(),
        _ => Err("the only option is --live: reads from the real service, with the environment's token".into()),
    };
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the demo did not show what it should: {error}");
            ExitCode::FAILURE
        }
    }
}

fn scenes() -> Shown {
    let simulator = Simulator::start(Options::clusters(3))?;
    let client = Client::builder()
        .base_url(simulator.url())
        .token(simulator.token())
        .build()?;
    println!("An Akua on this machine: {}\n", simulator.url());
    let id = "clu_1".parse()?;
    reading(&client, &id)?;
    renaming(&client, &id)?;
    second_writer(&client, &id, &simulator)?;
    moving(&client, &id, &simulator)?;
    slug(&client)?;
    bad_input(&client, &simulator)
}

fn reading(client: &Client, id: &ClusterId) -> Shown {
    println!("1. Reading");
    show(&client.clusters().get(id)?);
    let names: Vec<String> = client
        .clusters()
        .list()
        .map(|cluster| Ok(cluster?.name))
        .collect::<Result<_, BoxError>>()?;
    println!("   all clusters: {}", names.join(", "));
    Ok(())
}

fn renaming(client: &Client, id: &ClusterId) -> Shown {
    println!("\n2. Renaming a cluster under its etag");
    let cluster = client.clusters().get(id)?;
    let patch = ClusterPatch::builder().name("prod-eu").build()?;
    let renamed = client.clusters().update(id, &cluster.etag.if_match()?, &patch)?;
    println!("   sent if-match {}", cluster.etag);
    show(&renamed);
    expect(
        renamed.name == "prod-eu" && renamed.etag != cluster.etag,
        "a new name and a new etag",
    )
}

fn second_writer(client: &Client, id: &ClusterId, simulator: &Simulator) -> Shown {
    println!("\n3. Somebody else is faster");
    let cluster = client.clusters().get(id)?;
    simulator.write(Write::set(Kind::Cluster, id.as_str(), "name", "renamed-by-a-colleague"))?;
    println!("   read etag {}; meanwhile a colleague renames it", cluster.etag);
    let patch = ClusterPatch::builder().name("prod-us").build()?;
    let refused = client.clusters().update(id, &cluster.etag.if_match()?, &patch);
    let Err(error) = refused else {
        return Err("the colleague's change was overwritten".into());
    };
    println!("   refused: {error}");
    let now = client.clusters().get(id)?;
    show(&now);
    expect(
        error.kind() == ErrorKind::Conflict
            && error.current_etag() == Some(&now.etag)
            && !error.may_have_taken_effect()
            && now.name == "renamed-by-a-colleague",
        "a conflict that names the current etag, and the colleague's name",
    )
}

fn moving(client: &Client, id: &ClusterId, simulator: &Simulator) -> Shown {
    println!("\n4. Moving a cluster to another region, with an idempotency key sent twice");
    let if_match = client.clusters().get(id)?.etag.if_match()?;
    let patch = ClusterPatch::builder().region_id("eu-north-1").build()?;
    let key: IdempotencyKey = "move-clu_1-2026-11".parse()?;
    let first = client.clusters().update_with_key(id, &if_match, &patch, &key)?;
    let second = client.clusters().update_with_key(id, &if_match, &patch, &key)?;
    let regions = simulator.history(Kind::Cluster, id.as_str())?;
    let moves = regions
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.hidden != b.hidden))
        .count();
    println!(
        "   first answer:  etag {}, reconciling {}",
        first.etag, first.reconciling
    );
    println!(
        "   second answer: etag {} (the same: it was moved {moves} time)",
        second.etag
    );
    expect(moves == 1 && first.etag == second.etag, "one move for two requests")
}

fn slug(client: &Client) -> Shown {
    println!("\n5. Changing a workspace's slug");
    let workspace = client.workspaces().get(&"ws_1".parse()?)?;
    let patch = WorkspacePatch::builder().slug("team-blue").build()?;
    let changed = client
        .workspaces()
        .update(&workspace.id, &workspace.etag.if_match()?, &patch)?;
    println!(
        "   {}: slug {} -> {}, etag {} -> {}",
        changed.id, workspace.slug, changed.slug, workspace.etag, changed.etag
    );
    expect(changed.slug == "team-blue", "the new slug")
}

fn bad_input(client: &Client, simulator: &Simulator) -> Shown {
    println!("\n6. Bad input is refused before anything is sent");
    let before = simulator.log().len();
    let too_long = ClusterPatch::builder().name("🚀".repeat(101)).build().err();
    let anything = "*".parse::<akua_model::IfMatch>().err();
    let elsewhere = "../clusters".parse::<ClusterId>().err();
    for error in [too_long, anything, elsewhere] {
        println!("   {}", error.ok_or("bad input was accepted")?);
    }
    let plain = Client::builder()
        .base_url("http://api.akua.dev")
        .token("sk_akua_demo")
        .build()
        .err();
    let plain = plain.ok_or("a token would have gone out in the clear")?;
    println!("   {plain}");
    // One more call shows that the record still grows, so that "nothing" means something.
    client.clusters().get(&"clu_1".parse()?)?;
    let sent = simulator.log().len() - before;
    expect(
        sent == 1 && plain.effect() == Effect::NotSent,
        "nothing but the last read in the server's record",
    )
}

/// Reads from the real service and changes nothing.
fn live_reads() -> Shown {
    let client = Client::from_env()?;
    println!("Reading from {}, changing nothing.", client.base_url());
    for cluster in client.clusters().list().take(20) {
        show(&cluster?);
    }
    for workspace in client.workspaces().list().take(20) {
        let workspace = workspace?;
        println!(
            "   {}: {:?}, slug {}, etag {}",
            workspace.id, workspace.name, workspace.slug, workspace.etag
        );
    }
    Ok(())
}

fn show(cluster: &Cluster) {
    println!(
        "   {}: {:?}, {}, {}, etag {}",
        cluster.id, cluster.name, cluster.state, cluster.provider, cluster.etag
    );
}

fn expect(shown: bool, what: &str) -> Shown {
    if shown {
        Ok(())
    } else {
        Err(format!("expected {what}").into())
    }
}
