//! What a ledger says of rows that were to be made, held against the simulator's record.

use std::collections::{BTreeMap, BTreeSet};

use akua_fleet::{CollectionExt as _, Fleet, Plan, Report, Row, State};
use akua_http::Client;
use akua_model::edit::Contract;
use akua_model::report::End as CallEnd;
use akua_model::{Cluster, NewCluster};
use akua_sim::{Author, Creation, Effect, Kind, Simulator};
use serde_json::Value;

use crate::scene::Folder;

pub(crate) fn new(name: &str, region: &str) -> NewCluster {
    NewCluster::builder().name(name).region_id(region).build().unwrap()
}

/// The key of the row with this number, and what its cluster is called.
pub(crate) fn key(number: u64) -> String {
    format!("row {number}")
}

fn name(number: u64) -> String {
    format!("shop {number}")
}

/// A table of so many rows, each of one name and with a key of its own.
pub(crate) fn table(rows: u64) -> Plan<Cluster> {
    Plan::create((1..=rows).map(|number| (key(number), new(&name(number), "reg_1"))))
}

/// This table in the ledger of the folder.
pub(crate) fn shops(client: &Client, rows: u64, folder: &Folder) -> Fleet<Cluster> {
    client.clusters().fleet(table(rows), folder.ledger()).unwrap()
}

/// A client that believes that keys of creates are kept for so long.
pub(crate) fn client(url: String, token: &str, keys: std::time::Duration) -> Client {
    let mut contract = Contract::documented();
    contract.create_keys_replay = keys;
    let client = Client::builder()
        .base_url(url)
        .token(token)
        .contract(contract)
        .no_proxy();
    client.build().unwrap()
}

/// All that was made, by the name that it was made with.
pub(crate) fn made(simulator: &Simulator) -> BTreeMap<String, Vec<Creation>> {
    let mut made: BTreeMap<String, Vec<Creation>> = BTreeMap::new();
    for entry in simulator.log() {
        if let Effect::Created(creation) = entry.effect {
            let first = &simulator.history(Kind::Cluster, &creation.id).unwrap()[0];
            assert!(matches!(first.author, Author::Request { .. }));
            let name = first.fields["name"].as_str().unwrap().to_owned();
            made.entry(name).or_default().push(*creation);
        }
    }
    made
}

/// Whether it stands there now.
fn stands(simulator: &Simulator, id: &str) -> bool {
    let history = simulator.history(Kind::Cluster, id).unwrap();
    history.last().is_some_and(|version| !version.deleted)
}

/// How an operation ended.
fn fate(simulator: &Simulator, operation: &str) -> String {
    let history = simulator.history(Kind::Operation, operation).unwrap();
    let state = history.last().and_then(|version| version.fields.get("state"));
    state.and_then(Value::as_str).unwrap().to_owned()
}

/// Nothing exists twice, and what exists is either the one that its row has made or told as a candidate of it.
pub(crate) fn judge(simulator: &Simulator, report: &Report) {
    let made = made(simulator);
    for row in report.rows().map(Result::unwrap) {
        let number = row.id.strip_prefix("row ").unwrap().parse().unwrap();
        let ours = made.get(&name(number)).map_or(&[][..], Vec::as_slice);
        assert!(ours.len() <= 1, "{row:?}: exists {} times: {ours:?}", ours.len());
        judge_row(simulator, &row, ours.first());
    }
    // What is sent of a row is the same bytes whenever it is sent, so its key is, too.
    let mut keys: BTreeMap<String, BTreeSet<Option<String>>> = BTreeMap::new();
    for entry in simulator.log().iter().filter(|entry| entry.create.is_some()) {
        // What was refused has made nothing, and may be sent anew.
        if !matches!(entry.status, Some(401 | 429)) {
            let body = format!("{:?}", entry.body_sha256);
            keys.entry(body).or_default().insert(entry.idempotency_key.clone());
        }
    }
    for (body, keys) in keys {
        assert!(keys.len() == 1 && !keys.contains(&None), "{body}: sent under {keys:?}");
    }
}

fn judge_row(simulator: &Simulator, row: &Row, ours: Option<&Creation>) {
    let ends = (row.state, row.launch.map(CallEnd::name), row.fate.map(CallEnd::name));
    let operation = ours.and_then(|creation| creation.operation.as_deref());
    if let Some(told) = &row.operation {
        assert_eq!(Some(told.as_str()), operation, "{row:?}: the operation is not ours");
    }
    let candidates: Vec<&str> = row.candidates.iter().map(|one| one.id.as_str()).collect();
    assert!(row.candidates.iter().all(|one| !one.why.is_empty()), "{row:?}");
    if let Some(id) = &row.made {
        assert_eq!(Some(id), ours.map(|creation| &creation.id), "{row:?}: that is not ours");
    }
    let ended = operation.map(|operation| fate(simulator, operation));
    let is_true = match row.state {
        State::Applied => row.made.is_some() && ended.as_deref() == Some("SUCCEEDED"),
        State::Failed => ended.as_deref() == Some("FAILED") && row.made.is_none(),
        State::Started => ours.is_some() && row.made.is_none(),
        State::Indeterminate => ends.1 == Some("indeterminate") && row.token.is_some() && row.made.is_none(),
        State::Pending | State::NotSent | State::Rejected => ours.is_none() && candidates.is_empty(),
        _ => false,
    };
    assert!(is_true, "{row:?}: {ours:?}, {ended:?}");
    let Some(creation) = ours.filter(|creation| stands(simulator, &creation.id)) else {
        return;
    };
    let is_told = row.made.as_ref() == Some(&creation.id)
        || candidates.contains(&creation.id.as_str())
        || (row.state == State::Started && row.operation.is_some());
    assert!(is_told, "{row:?}: {creation:?} exists, and nothing is said of it");
}
