//! What a preview shows, and that it is what is carried out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use akua_fleet::{Inputs, Leased, Limits, Plan, State, execute};
use akua_http::ErrorKind;
use akua_model::{Cluster, ClusterPatch, Secret};
use akua_sim::{Kind, Write};

use crate::plans::{SECRET, id, name};
use crate::scene::{Folder, named, open, row, run, service, write, writes};

/// What was shown is what is carried out, and is protected: also where a function gave it.
#[test]
fn a9_what_a_preview_has_shown_of_a_function_is_protected() {
    let (simulator, client) = service(6);
    let folder = Folder::new();
    let asked = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&asked);
    // No two answers are alike, so that it is seen which one is written.
    let numbered = move |cluster: &Cluster| {
        let turn = counter.fetch_add(1, Ordering::Relaxed);
        if cluster.id.as_ref() == "clu_4" && cluster.name == "cluster 4" {
            return Ok(None);
        }
        let patch = ClusterPatch::builder().name(format!("{}-{turn}", cluster.name));
        let patch = match cluster.id.as_ref() {
            "clu_5" => patch.kubeconfig(Secret::from(SECRET)),
            "clu_6" => patch.region_id("reg_eu"),
            _ => patch,
        };
        Ok(Some(patch.build()?))
    };
    // Taken into the plan, for then it wanted a change of that one, too.
    let theirs = |number: u64, property: &str, value: &str| {
        let write = Write::set(Kind::Cluster, &format!("clu_{number}"), property, value);
        simulator.write(write).unwrap();
    };
    theirs(4, "name", "old");
    let plan = Plan::function("numbered", "1", numbered.clone());
    let fleet = open(&client, plan, &folder);
    theirs(4, "name", "cluster 4");
    // The second one is what counts.
    assert_eq!(fleet.preview().unwrap().count(), 7);
    let rows = fleet.preview().unwrap().map(Result::unwrap);
    let then: BTreeMap<(String, String), Option<String>> = rows.map(|row| ((row.id, row.field), row.then)).collect();
    let shown = |number: u64| then[&(format!("clu_{number}"), "name".to_owned())].clone().unwrap();
    drop(fleet);
    // After that somebody renames one, also the one that was to be left alone, and changes other fields of others.
    theirs(2, "name", "theirs");
    theirs(4, "name", "theirs");
    theirs(3, "note", "theirs");
    theirs(6, "note", "theirs");
    let before = asked.load(Ordering::Relaxed);
    let plan = Plan::function("numbered", "1", numbered);
    let fleet = open(&client, plan, &folder);
    let summary = run(&fleet, &Limits::default());
    // A region can't be read, so that nobody can say whether it was changed, too.
    assert_eq!(summary.counts.to_string(), "3 applied, 1 unchanged, 2 conflict");
    for (number, stands) in [
        (1, shown(1)),
        (2, "theirs".to_owned()),
        (3, shown(3)),
        (4, "theirs".to_owned()),
        (5, shown(5)),
        (6, "cluster 6".to_owned()),
    ] {
        assert_eq!(name(&simulator, number), stands, "clu_{number}");
    }
    let row = row(&fleet, "clu_2");
    assert_eq!(row.state, State::Conflict);
    let field = &row.end.unwrap().fields[0];
    assert_eq!(
        (field.base.as_deref(), field.theirs.as_deref(), field.ours.as_deref()),
        (Some("cluster 2"), Some("theirs"), Some(shown(2).as_str()))
    );
    assert_eq!(
        asked.load(Ordering::Relaxed) - before,
        1,
        "only for the kubeconfig, which the ledger does not hold"
    );
    let file = std::fs::read(folder.ledger()).unwrap();
    let holds = |text: &str| file.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(!holds(SECRET));
}

/// Another process carries out what was shown, and a ledger that has the patch of a function goes on being one of it.
#[test]
fn a9_also_where_the_work_is_done_elsewhere() {
    let (simulator, client) = service(2);
    let folder = Folder::new();
    let suffix = |cluster: &Cluster| Ok(Some(named(&format!("{}-eu", cluster.name))));
    let plan = Plan::function("suffix", "1", suffix);
    let fleet = open(&client, plan, &folder);
    assert_eq!(fleet.preview().unwrap().count(), 2);
    write(&simulator, "clu_2", "name", "theirs");
    let ledger = fleet.ledger();
    ledger.begin().unwrap();
    let states: Vec<State> = ledger
        .lease(2)
        .unwrap()
        .iter()
        .map(|leased| {
            // As it would arrive there.
            let leased: Leased = serde_json::from_str(&serde_json::to_string(leased).unwrap()).unwrap();
            let inputs = Inputs::default().with_function(suffix);
            let end = execute(&client.clusters(), &leased, &inputs, |token| {
                Ok(ledger.grant(leased.item, leased.lease, token)?)
            });
            assert!(ledger.record(leased.item, leased.lease, &end).unwrap());
            end.state
        })
        .collect();
    assert_eq!(states, [State::Applied, State::Conflict]);
    assert_eq!(name(&simulator, 2), "theirs");
}

#[test]
fn what_a_preview_has_shown_is_protected() {
    let (simulator, client) = service(3);
    let folder = Folder::new();
    let patch = ClusterPatch::builder().name("new").region_id("reg_eu").build().unwrap();
    let plan = Plan::patches(
        (1..=3)
            .map(|number| (id(number), if number < 3 { named("new") } else { patch.clone() }))
            .collect::<Vec<_>>(),
    );
    let fleet = open(&client, plan, &folder);
    write(&simulator, "clu_1", "name", "new");
    let rows: Vec<String> = fleet
        .preview()
        .unwrap()
        .map(|row| {
            let row = row.unwrap();
            format!("{} {} {:?} {:?}", row.id, row.field, row.now, row.then)
        })
        .collect();
    assert_eq!(
        rows,
        [
            r#"clu_2 name Some("cluster 2") Some("new")"#,
            r#"clu_3 name Some("cluster 3") Some("new")"#,
            r#"clu_3 region_id None Some("reg_eu")"#,
        ]
    );
    assert_eq!(writes(&simulator), 0);
    // After that somebody else renames one.
    write(&simulator, "clu_2", "name", "theirs");
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.to_string(), "1 applied, 1 unchanged, 1 conflict");
    assert_eq!(name(&simulator, 2), "theirs");
    let row = row(&fleet, "clu_2");
    let field = &row.end.unwrap().fields[0];
    assert_eq!(
        (field.base.as_deref(), field.theirs.as_deref()),
        (Some("cluster 2"), Some("theirs"))
    );
    assert!(fleet.preview().unwrap().next().is_none(), "nothing is left to be done");
}

#[test]
fn a_preview_of_what_cannot_be_read_goes_on_after_it() {
    let (_simulator, client) = service(2);
    let folder = Folder::new();
    let plan = Plan::patches([(id(1), named("new")), (id(9), named("new")), (id(2), named("new"))]);
    let fleet = open(&client, plan, &folder);
    let rows: Vec<_> = fleet.preview().unwrap().collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1].as_ref().unwrap_err().kind(), ErrorKind::NotFound);
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.to_string(), "2 applied, 1 rejected");
}
