//! The story: each scene fails, and with it the program, unless it ends as it is told.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use akua_fleet::{Canary, CollectionExt as _, Event, Fleet, Limits, Plan, State, Summary};
use akua_http::{BoxError, Client};
use akua_model::edit::Contract;
use akua_model::{Cluster, ClusterPatch};
use akua_sim::{Author, End, Fault, Kind, Matcher, Options, Simulator, Write as ForeignWrite};

/// Where the guide is.
pub(crate) const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/fleet.md");

/// What the plan is: every cluster of the shop moves north.
fn plan() -> Result<Plan<Cluster>, BoxError> {
    let north = ClusterPatch::builder().region_id("reg_north").build()?;
    Ok(Plan::filter(
        "shop",
        "1",
        |cluster: &Cluster| cluster.name.starts_with("shop-"),
        north,
    ))
}

/// All scenes, as they are played.
pub(crate) fn tell() -> Result<Vec<String>, BoxError> {
    let akua = Simulator::start(Options {
        seed: Some(5),
        ..Options::clusters(45)
    })?;
    for number in 1..=40 {
        let id = format!("clu_{number}");
        akua.write(ForeignWrite::set(Kind::Cluster, &id, "name", format!("shop-{number}")))?;
    }
    let folder = std::env::temp_dir().join(format!("akua-friday-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let told = scenes(&akua, &folder);
    std::fs::remove_dir_all(&folder)?;
    // Where the service is differs from run to run.
    let service = akua.url();
    Ok(told?
        .iter()
        .map(|scene| scene.replace(&service, "https://api.akua.dev"))
        .collect())
}

fn scenes(akua: &Simulator, folder: &Path) -> Result<Vec<String>, BoxError> {
    let ledger = folder.join("friday.akua-fleet");
    let client = Client::builder().base_url(akua.url()).token(akua.token()).build()?;
    Ok(vec![
        afternoon(&client, &ledger)?,
        evening(akua, &client, &ledger)?,
        again(akua, &client, &ledger)?,
        settled(akua, &ledger)?,
        the_last_one(akua, &client, folder)?,
    ])
}

fn afternoon(client: &Client, ledger: &Path) -> Result<String, BoxError> {
    let fleet = client.clusters().fleet(plan()?, ledger)?;
    let rows = fleet.preview()?.collect::<Result<Vec<_>, _>>()?;
    ensure(rows.len() == 40, "forty clusters move")?;
    let mut page = String::from("1. The afternoon: what would change\n   id      field      now             then\n");
    for row in rows.iter().take(3) {
        let now = row.now.as_deref().unwrap_or("(never shown)");
        let then = row.then.as_deref().unwrap_or("(secret)");
        writeln!(page, "   {:6}  {:9}  {now:14}  {then}", row.id, row.field)?;
    }
    writeln!(page, "   and 37 more; nothing was sent but reads")?;
    Ok(page)
}

fn evening(akua: &Simulator, client: &Client, ledger: &Path) -> Result<String, BoxError> {
    let mut page = String::from("2. The evening: three first, then the rest\n");
    // The answer to one write is lost, and a colleague renames another cluster in the meantime.
    let write = Matcher::method("PATCH");
    akua.inject(Fault::lost_after(End::Reset).on(write.of(Kind::Cluster, "clu_17")))?;
    akua.write(ForeignWrite::set(Kind::Cluster, "clu_23", "name", "shop-23-old"))?;

    let fleet = client.clusters().fleet(plan()?, ledger)?;
    let limits = Limits::default()
        .in_flight(4)
        .per_second(200.0)
        .stop_after(5)
        .canary(Canary::ask(3));
    let mut run = fleet.run(&limits)?;
    let control = run.control();
    for event in &mut run {
        match event {
            Event::Canary { counts, asks: true } => {
                writeln!(page, "   first: {counts}. Go on? yes")?;
                control.go_on();
            }
            Event::Stopping(why) => writeln!(page, "   stopping: {}", why.name())?,
            _ => {}
        }
    }
    tell_end(&mut page, &fleet, &run.finish()?)?;
    ensure(page.contains("1 indeterminate, 38 applied, 1 conflict"), &page)?;
    Ok(page)
}

fn again(akua: &Simulator, client: &Client, ledger: &Path) -> Result<String, BoxError> {
    let mut page = String::from("3. Once more: what is applied is left alone, and nothing is sent blindly\n");
    let before = writes(akua);
    let fleet = client.clusters().fleet(plan()?, ledger)?;
    let summary = fleet.run(&Limits::default())?.finish()?;
    ensure(writes(akua) == before, "no write may be sent")?;
    writeln!(page, "   writes sent: 0")?;
    tell_end(&mut page, &fleet, &summary)?;
    Ok(page)
}

fn settled(akua: &Simulator, ledger: &Path) -> Result<String, BoxError> {
    let mut page = String::from("4. Monday: the operator states that a key is looked up first, and kept for a week\n");
    let mut contract = Contract::documented();
    contract.key_checked_before_if_match = true;
    contract.key_retention = Duration::from_secs(7 * 24 * 60 * 60);
    let client = Client::builder()
        .base_url(akua.url())
        .token(akua.token())
        .contract(contract)
        .build()?;
    let fleet = client.clusters().fleet(plan()?, ledger)?;
    let summary = fleet.run(&Limits::default())?.finish()?;
    let row = fleet.report()?.row_of("clu_17")?.ok_or("it is in the plan")?;
    ensure(row.state == State::Applied, row.detail())?;
    writeln!(page, "   clu_17: {}", row.detail())?;
    tell_end(&mut page, &fleet, &summary)?;
    let versions = akua.history(Kind::Cluster, "clu_17")?;
    let ours = versions
        .iter()
        .filter(|version| matches!(version.author, Author::Request { .. }));
    ensure(ours.count() == 1, "it has moved once")?;
    Ok(page)
}

fn the_last_one(akua: &Simulator, client: &Client, folder: &Path) -> Result<String, BoxError> {
    let mut page =
        String::from("5. The colleague has only renamed it: a plan of its own, from the version just seen\n");
    let seen = client.clusters().get(&"clu_23".parse()?)?;
    writeln!(page, "   clu_23 is called {:?} now", seen.name)?;
    let north = ClusterPatch::builder().region_id("reg_north").build()?;
    let fleet = client
        .clusters()
        .fleet(Plan::patches([(seen, north)]), folder.join("monday.akua-fleet"))?;
    let summary = fleet.run(&Limits::default())?.finish()?;
    ensure(summary.counts.of(State::Applied) == 1, "it has moved too")?;
    tell_end(&mut page, &fleet, &summary)?;
    let all = (1..=40).all(|number| {
        let history = akua.history(Kind::Cluster, &format!("clu_{number}"));
        history.is_ok_and(|history| {
            history
                .last()
                .is_some_and(|last| last.hidden.get("region_id").is_some_and(|region| region == "reg_north"))
        })
    });
    ensure(all, "all forty have moved")?;
    Ok(page)
}

fn tell_end(page: &mut String, fleet: &Fleet<Cluster>, summary: &Summary) -> Result<(), BoxError> {
    writeln!(page, "   {summary}")?;
    for line in fleet.report()?.to_string().lines() {
        writeln!(page, "   | {line}")?;
    }
    Ok(())
}

fn writes(akua: &Simulator) -> usize {
    akua.log().iter().filter(|entry| entry.method == "PATCH").count()
}

fn ensure(so: bool, what: &str) -> Result<(), BoxError> {
    if so {
        Ok(())
    } else {
        Err(format!("it went another way: {what}").into())
    }
}
