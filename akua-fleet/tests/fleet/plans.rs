//! What a plan is made of, what it is known by, what it protects, and what it keeps to itself.

use crate::scene::{Folder, all, inject, named, open, row, run, service, write, writes};
use akua_fleet::{CollectionExt as _, Limits, Plan, Report, State};
use akua_http::{Client, ErrorKind};
use akua_model::{Cluster, ClusterId, ClusterPatch, Secrets, Workspace, WorkspacePatch};
use akua_sim::{End, Fault, Fingerprint, Kind, Matcher, Simulator};

pub(crate) const SECRET: &str = "marker-kubeconfig";

pub(crate) fn id(number: u64) -> ClusterId {
    format!("clu_{number}").parse().unwrap()
}

pub(crate) fn name(simulator: &Simulator, number: u64) -> String {
    let history = simulator.history(Kind::Cluster, &format!("clu_{number}")).unwrap();
    history.last().unwrap().fields["name"].as_str().unwrap().to_owned()
}

#[test]
fn a_filter_takes_what_it_accepts() {
    let (simulator, client) = service(250);
    let folder = Folder::new();
    let plan = Plan::filter(
        "tens",
        "1",
        |cluster: &Cluster| cluster.id.as_ref().ends_with('0'),
        named("ten"),
    );
    let summary = open(&client, plan, &folder).run(&Limits::default()).unwrap().finish();
    assert_eq!(summary.unwrap().counts.to_string(), "25 applied");
    assert_eq!(
        (name(&simulator, 10), name(&simulator, 250)),
        ("ten".to_owned(), "ten".to_owned())
    );
    assert_eq!(writes(&simulator), 25);
}

#[test]
fn a_function_is_asked_for_each_fresh_version() {
    let (simulator, client) = service(30);
    let folder = Folder::new();
    let suffix = |cluster: &Cluster| match cluster.id.as_ref() {
        "clu_3" => Ok(None),
        "clu_4" => Err("it is too hard".into()),
        _ => Ok(Some(named(&format!("{}-eu", cluster.name)))),
    };
    let fleet = open(&client, Plan::function("suffix", "1", suffix), &folder);
    write(&simulator, "clu_5", "name", "theirs");
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.to_string(), "1 not sent, 28 applied");
    assert_eq!(name(&simulator, 5), "theirs-eu");
    let row = row(&fleet, "clu_4");
    assert!(row.detail().contains("it is too hard"), "{}", row.detail());
    assert_eq!(fleet.report().unwrap().row_of("clu_3").unwrap(), None);
}

#[test]
fn a_plan_is_known_again_in_whatever_order_and_another_is_refused() {
    let (simulator, client) = service(3);
    let folder = Folder::new();
    let open =
        |patches: Vec<(ClusterId, ClusterPatch)>| client.clusters().fleet(Plan::patches(patches), folder.ledger());
    drop(open(vec![(id(1), named("a")), (id(2), named("b"))]).unwrap());
    drop(open(vec![(id(2), named("b")), (id(1), named("a"))]).unwrap());
    for other in [
        vec![(id(1), named("a"))],
        vec![(id(1), named("b")), (id(2), named("a"))],
        vec![(id(1), named("a")), (id(2), named("b")), (id(3), named("c"))],
        vec![],
    ] {
        let error = open(other).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Ledger);
        assert!(error.to_string().contains("another plan"), "{error}");
    }
    let error = client
        .clusters()
        .fleet(Plan::function("f", "1", |_: &Cluster| Ok(None)), folder.ledger())
        .unwrap_err();
    assert!(
        error.to_string().contains("a list of patches, not the function"),
        "{error}"
    );
    let workspaces = Plan::filter(
        "all",
        "1",
        |_: &Workspace| true,
        WorkspacePatch::builder().name("x").build().unwrap(),
    );
    let error = client.workspaces().fleet(workspaces, folder.ledger()).unwrap_err();
    assert!(error.to_string().contains("cluster, not workspace"), "{error}");
    let twice = Plan::patches([(id(1), named("a")), (id(1), named("b"))]);
    let error = client.clusters().fleet(twice, folder.path().join("other")).unwrap_err();
    assert!(
        error.kind() == ErrorKind::InvalidInput && error.to_string().contains("clu_1"),
        "{error}"
    );
    assert_eq!(writes(&simulator), 0);
}

#[test]
fn functions_and_filters_go_by_name_and_version() {
    let (_simulator, client) = service(2);
    let folder = Folder::new();
    let open = |name: &str, version: &str| {
        let function = |_: &Cluster| Ok(Some(named("x")));
        client
            .clusters()
            .fleet(Plan::function(name, version, function), folder.ledger())
    };
    drop(open("rename", "1").unwrap());
    drop(open("rename", "1").unwrap());
    assert!(
        open("rename", "2")
            .unwrap_err()
            .to_string()
            .contains(r#""rename" in version "2""#)
    );
    assert!(open("other", "1").is_err());
    for (name, version, field) in [("", "1", "name"), ("x", "", "version")] {
        assert_eq!(open(name, version).unwrap_err().problems()[0].field, field);
    }
    let error = client.clusters().fleet(Plan::kept(), folder.ledger()).unwrap_err();
    assert!(error.to_string().contains("has to be given again"), "{error}");

    let folder = Folder::new();
    drop(all(&client, &folder));
    let other = Plan::filter("all", "1", |_: &Cluster| true, named("another name"));
    assert!(
        client
            .clusters()
            .fleet(other, folder.ledger())
            .unwrap_err()
            .to_string()
            .contains("patches are others")
    );
    drop(client.clusters().fleet(Plan::kept(), folder.ledger()).unwrap());
}

fn kubeconfig(text: &str) -> Secrets {
    Secrets::none().with("kubeconfig", text)
}

fn importing(number: u64) -> (ClusterId, ClusterPatch) {
    let patch = ClusterPatch::builder().name("new").kubeconfig(SECRET).build().unwrap();
    (id(number), patch)
}

fn is_imported(simulator: &Simulator, number: u64) -> bool {
    let history = simulator.history(Kind::Cluster, &format!("clu_{number}")).unwrap();
    history.last().unwrap().hidden.get("kubeconfig") == Some(&serde_json::json!(Fingerprint::of(SECRET.as_bytes())))
}

/// A kubeconfig is nowhere on disk; with the plan given again, or with a provider, a run goes on.
#[test]
fn a7_what_cannot_be_settled_stays_open_and_keeps_its_token() {
    let (simulator, client) = service(1);
    let mut policy = akua_model::edit::Policy::default();
    policy.max_attempts = 1;
    let clusters = client.clusters().policy(policy);
    let folder = Folder::new();
    let lost = Fault::lost_after(End::Reset).on(Matcher::method("PATCH"));
    inject(&simulator, lost);
    let fleet = clusters.fleet(Plan::patches([importing(1)]), folder.ledger()).unwrap();
    let row = |fleet: &akua_fleet::Fleet<Cluster>| row(fleet, "clu_1");
    run(&fleet, &Limits::default());
    let token = row(&fleet).token.unwrap();
    drop(fleet);
    // Neither without the kubeconfig that was written nor with another one, nor when it can't be had.
    type Provide = fn(&str) -> Result<Secrets, akua_http::BoxError>;
    let provides: [Provide; 3] = [
        |_| Ok(Secrets::none()),
        |_| Ok(kubeconfig("another")),
        |_| Err("the vault is shut".into()),
    ];
    for provide in provides {
        let fleet = clusters.fleet(Plan::kept(), folder.ledger()).unwrap().secrets(provide);
        run(&fleet, &Limits::default());
        let row = row(&fleet);
        let end = row.end.clone().unwrap();
        assert_eq!(
            (row.state, end.may_still_land),
            (State::Indeterminate, Some(true)),
            "{row:?}"
        );
        assert_eq!((row.token.as_ref(), end.token.as_ref()), (Some(&token), Some(&token)));
        assert!(
            row.detail().starts_with("indeterminate, and can't be settled"),
            "{}",
            row.detail()
        );
    }
    assert_eq!(writes(&simulator), 1);
}

#[test]
fn a_kubeconfig_is_hashed_and_supplied_again() {
    let (simulator, _) = service(6);
    // Its patches hold a write-only field: what is lost can be settled where keys are looked up first.
    let mut contract = akua_model::edit::Contract::documented();
    contract.key_checked_before_if_match = true;
    contract.key_retention = std::time::Duration::from_secs(3600);
    let mut policy = akua_model::edit::Policy::default();
    policy.max_attempts = 1;
    let client: Client = Client::builder()
        .base_url(simulator.url())
        .token(simulator.token())
        .contract(contract)
        .build()
        .unwrap();
    let clusters = client.clusters().policy(policy);
    let folder = Folder::new();
    let plan = || Plan::patches((1..=6).map(importing).collect::<Vec<_>>());
    let fleet = clusters.fleet(plan(), folder.ledger()).unwrap();
    let lost = Fault::lost_after(End::Reset).on(Matcher::method("PATCH"));
    inject(&simulator, lost.times(2));
    let one = Limits::default().in_flight(1).stop_after(2);
    let summary = run(&fleet, &one);
    assert_eq!(summary.counts.to_string(), "4 pending, 2 indeterminate");
    drop(fleet);

    let settled = |fleet: &akua_fleet::Fleet<Cluster>, number| {
        let row = row(fleet, &format!("clu_{number}"));
        (row.state, row.detail().to_owned())
    };
    // Nobody inputs them.
    let fleet = clusters.fleet(Plan::kept(), folder.ledger()).unwrap();
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.to_string(), "4 not sent, 2 indeterminate");
    assert!(settled(&fleet, 1).1.contains("kubeconfig"), "{:?}", settled(&fleet, 1));
    drop(fleet);
    // Others are supplied.
    let provide = |_: &str| Ok(kubeconfig("another"));
    let fleet = clusters.fleet(Plan::kept(), folder.ledger()).unwrap().secrets(provide);
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.to_string(), "4 not sent, 2 indeterminate");
    assert!(
        settled(&fleet, 3).1.contains("another one than was planned"),
        "{:?}",
        settled(&fleet, 3)
    );
    drop(fleet);
    // The right ones, for some.
    let provide = |id: &str| {
        if id < "clu_4" {
            Ok(kubeconfig(SECRET))
        } else {
            Err("the vault is shut".into())
        }
    };
    let fleet = clusters.fleet(Plan::kept(), folder.ledger()).unwrap().secrets(provide);
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.to_string(), "3 not sent, 3 applied");
    assert!(settled(&fleet, 5).1.contains("the vault is shut"));
    drop(fleet);
    // The plan again has them all.
    let fleet = clusters.fleet(plan(), folder.ledger()).unwrap();
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()));
        files += 1;
    }
    assert!(files >= 3, "the ledger, its log and its lock");
    let mut run = fleet.run(&Limits::default()).unwrap();
    let events: String = run.by_ref().map(|event| format!("{event:?}")).collect();
    assert_eq!(run.finish().unwrap().counts.to_string(), "6 applied");
    let (mut csv, mut json) = (Vec::new(), Vec::new());
    let report = Report::open(folder.ledger()).unwrap();
    report.write_csv(&mut csv).unwrap();
    report.write_json(&mut json).unwrap();
    let shown = format!(
        "{events} {fleet:?} {:?} {report} {report:?} {} {}",
        fleet.inputs(),
        String::from_utf8(csv).unwrap(),
        String::from_utf8(json).unwrap()
    );
    assert!(!shown.contains("marker"), "{shown}");
    assert!((1..=6).all(|number| is_imported(&simulator, number)));
}

#[test]
fn a_report_is_the_same_in_every_form() {
    let (simulator, client) = service(4);
    let folder = Folder::new();
    let awkward = "a \"quoted\", \r\n name with émojis 🎉";
    let plan = Plan::patches((1..=4).map(|number| (id(number), named(awkward))).collect::<Vec<_>>());
    let fleet = open(&client, plan, &folder);
    fleet.preview().unwrap().for_each(drop);
    write(&simulator, "clu_2", "name", awkward.to_uppercase());
    simulator.delete(Kind::Cluster, "clu_3").unwrap();
    assert_eq!(fleet.report().unwrap().counts().to_string(), "4 pending");
    let run = fleet.run(&Limits::default().in_flight(1));
    assert_eq!(run.unwrap().finish().unwrap().tried, 4);
    drop(fleet);
    let report = Report::open(folder.ledger()).unwrap();
    let rows: Vec<_> = report.rows().map(Result::unwrap).collect();
    let states: Vec<State> = rows.iter().map(|row| row.state).collect();
    assert_eq!(
        states,
        [State::Applied, State::Conflict, State::Rejected, State::Applied]
    );
    let table = report.to_string();
    assert!(
        table.contains("2 applied, 1 conflict, 1 rejected") && table.contains("clu_3") && !table.contains("clu_4"),
        "{table}"
    );
    let mut json = Vec::new();
    report.write_json(&mut json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["items"], serde_json::to_value(&rows).unwrap());
    assert_eq!(
        (&json["counts"]["conflict"], &json["plan"]["kind"]),
        (&1.into(), &"cluster".into())
    );
    let mut csv = Vec::new();
    report.write_csv(&mut csv).unwrap();
    let text = String::from_utf8(csv).unwrap();
    assert_eq!(text.lines().next().unwrap().split(',').count(), 18);
    assert!(text.contains("clu_2,conflict") && text.contains("🎉"), "{text}");
}
