//! Edits over real sockets, judged by the server's own record: what landed, how often, and over what.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::time::{Duration, Instant};

use akua_http::cancel::Cancel;
use akua_http::retry::Instantly;
use akua_http::{Client, Settled};
use akua_model::edit::{Cause, Contract, Edited, NotApplied, Outcome, Proof, ResumeMode};
use akua_model::{Cluster, ClusterId, ClusterPatch, Resource, WorkspaceId, WorkspacePatch};
use akua_sim::{
    Action, Author, End, Fault, Hold, Kind, Matcher, Options, Part, Progress, Script, Simulator, When, Write,
};
use serde_json::{Map, Value};

fn client_of(akua: &Simulator, contract: Contract) -> Client {
    let builder = Client::builder().base_url(akua.url()).token(akua.token());
    builder.contract(contract).pace(Instantly).build().unwrap()
}

/// Who is written to, and what of the server the client may believe.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// The server knows keys, and the client may rely on it.
    ClusterWithKeysPromised,
    /// The server knows keys, and the client does not count on it.
    ClusterWithKeys,
    /// The server takes no notice of keys.
    ClusterWithoutKeys,
    /// A workspace takes no key.
    Workspace,
}

/// What somebody else does right after the first write, whether or not that one landed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Other {
    Nothing,
    SameField,
    AnotherField,
}

/// How an edit ended, in short.
#[derive(Debug, PartialEq)]
enum Ended {
    Acknowledged,
    Observed,
    Conflict,
    /// Open, and whether the write may land even now.
    Open {
        may_still_land: bool,
    },
    Else,
}

fn ended<R: Resource>(edited: &Edited<R>) -> Ended {
    match &edited.outcome {
        Outcome::Applied(applied) if applied.proof == Proof::Acknowledged => Ended::Acknowledged,
        Outcome::Applied(_) => Ended::Observed,
        Outcome::NotApplied(NotApplied::Conflict(_)) => Ended::Conflict,
        Outcome::Indeterminate(open) => Ended::Open {
            may_still_land: open.may_still_land,
        },
        _ => Ended::Else,
    }
}

/// What the protocol has to make of a first write whose answer is lost.
fn expected(place: Place, has_landed: bool, other: Other) -> Ended {
    let open = Ended::Open { may_still_land: false };
    match (place, has_landed, other) {
        // The repeat lands.
        (_, false, Other::Nothing) => Ended::Acknowledged,
        // The server gives the first answer again.
        (Place::ClusterWithKeysPromised | Place::ClusterWithKeys, true, _) => Ended::Acknowledged,
        // Our own echo, and a read that shows our value at the etag that was named.
        (_, true, Other::Nothing | Other::AnotherField) => Ended::Observed,
        // The refusal of a known key is proof, so it goes on as if nothing had been sent.
        (Place::ClusterWithKeysPromised, false, Other::SameField) => Ended::Conflict,
        (Place::ClusterWithKeysPromised, false, Other::AnotherField) => Ended::Acknowledged,
        // Nobody can tell.
        (_, true, Other::SameField) | (_, false, Other::SameField | Other::AnotherField) => open,
    }
}

fn play(place: Place, fault: &Fault, has_landed: bool, other: Other) {
    let akua = Simulator::start(Options::clusters(1)).unwrap();
    let (kind, id, another) = match place {
        Place::Workspace => (
            Kind::Workspace,
            "ws_1",
            Write::set(Kind::Workspace, "ws_1", "slug", "theirs"),
        ),
        _ => (
            Kind::Cluster,
            "clu_1",
            Write::set(Kind::Cluster, "clu_1", "provider", "imported_byoc"),
        ),
    };
    let honoured = place != Place::ClusterWithoutKeys;
    let switch = Map::from_iter([("keys_honoured".to_owned(), Value::from(honoured))]);
    akua.switch(&switch).unwrap();
    let write = match other {
        Other::Nothing => None,
        Other::SameField => Some(Write::set(kind, id, "name", "theirs")),
        Other::AnotherField => Some(another),
    };
    let patches = || Matcher::method("PATCH");
    akua.inject(fault.clone().on(patches())).unwrap();
    if let Some(write) = write {
        let script = Script::once(When::After, patches(), Action::Write(write));
        akua.script(script).unwrap();
    }
    let mut contract = Contract::documented();
    if place == Place::ClusterWithKeysPromised {
        contract.key_checked_before_if_match = true;
        contract.key_retention = Duration::from_secs(3600);
    }
    let client = client_of(&akua, contract);
    let (ended, story) = if kind == Kind::Workspace {
        let seen = client.workspaces().get(&id.parse::<WorkspaceId>().unwrap()).unwrap();
        let patch = WorkspacePatch::builder().name("ours").build().unwrap();
        let edited = client.workspaces().edit(seen, patch).unwrap();
        (ended(&edited), edited.explain())
    } else {
        let seen = client.clusters().get(&id.parse::<ClusterId>().unwrap()).unwrap();
        let patch = ClusterPatch::builder().name("ours").build().unwrap();
        let edited = client.clusters().edit(seen, patch).unwrap();
        (ended(&edited), edited.explain())
    };
    let scene = format!("{place:?}, landed {has_landed}, {other:?}, {fault:?}\n{story}");
    assert_eq!(ended, expected(place, has_landed, other), "{scene}");

    let history = akua.history(kind, id).unwrap();
    let ours = |author: &Author| matches!(author, Author::Request { .. });
    let landed = history.iter().filter(|version| ours(&version.author)).count();
    assert!(landed <= 1, "landed twice: {scene}");
    match ended {
        Ended::Acknowledged | Ended::Observed => assert_eq!(landed, 1, "{scene}"),
        Ended::Conflict => assert_eq!(landed, 0, "{scene}"),
        Ended::Open { .. } => assert_eq!(landed, usize::from(has_landed), "{scene}"),
        Ended::Else => panic!("{scene}"),
    }
    if other == Other::SameField {
        assert_eq!(history.last().unwrap().fields["name"], "theirs", "overwritten: {scene}");
    }
}

#[test]
fn every_way_to_lose_an_answer_ends_as_the_protocol_says() {
    let after = [
        Fault::after(502),
        Fault::after(302).header("location", "/elsewhere"),
        Fault::after(204),
        Fault::lost_after(End::Reset),
        Fault::lost_after(End::Fin),
        Fault::cut(Part::Head, End::Reset),
        Fault::cut(Part::Body(20), End::Fin),
        Fault::cut(Part::Bytes(5), End::Fin),
    ];
    let before = [
        Fault::before(503),
        Fault::before(408),
        Fault::lost_before(End::Reset),
        Fault::lost_before(End::Fin),
    ];
    for place in [
        Place::ClusterWithKeysPromised,
        Place::ClusterWithKeys,
        Place::ClusterWithoutKeys,
        Place::Workspace,
    ] {
        for other in [Other::Nothing, Other::SameField, Other::AnotherField] {
            after.iter().for_each(|fault| play(place, fault, true, other));
            before.iter().for_each(|fault| play(place, fault, false, other));
        }
    }
}

fn id() -> ClusterId {
    "clu_1".parse().unwrap()
}

fn to_ours() -> ClusterPatch {
    ClusterPatch::builder().name("ours").build().unwrap()
}

fn landed(akua: &Simulator) -> usize {
    let history = akua.history(Kind::Cluster, "clu_1").unwrap();
    let ours = history
        .iter()
        .filter(|version| matches!(version.author, Author::Request { .. }));
    ours.count()
}

#[test]
fn an_edit_without_trouble_is_one_request_or_two() {
    let akua = Simulator::start(Options::clusters(1)).unwrap();
    let client = client_of(&akua, Contract::documented());
    let edited = client.clusters().edit(id(), to_ours()).unwrap();
    assert_eq!((edited.requests(), akua.log().len(), landed(&akua)), (2, 2, 1));
    let seen = edited.resource().unwrap();
    let patch = ClusterPatch::builder().name("ours again").build().unwrap();
    client.clusters().edit(seen, patch.clone()).unwrap();
    assert_eq!((akua.log().len(), landed(&akua)), (3, 2));
    let now: Cluster = client.clusters().get(&id()).unwrap();
    let edited = client.clusters().edit(now, patch).unwrap();
    assert!(matches!(edited.outcome, Outcome::Unchanged(_)));
    assert_eq!(landed(&akua), 2);
}

#[test]
fn four_writers_of_a_counter_lose_nothing() {
    let akua = Simulator::start(Options::clusters(1)).unwrap();
    akua.write(Write::set(Kind::Cluster, "clu_1", "name", "0")).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let client = client_of(&akua, Contract::documented());
                let mut policy = akua_model::edit::Policy::default();
                policy.max_versions = 1000;
                let clusters = client.clusters().policy(policy);
                for _ in 0..10 {
                    let edited = clusters.edit_with(id(), |current| {
                        let next = current.name.parse::<u32>()? + 1;
                        Ok(Some(ClusterPatch::builder().name(next.to_string()).build()?))
                    });
                    let edited = edited.unwrap();
                    assert!(edited.applied().is_some(), "{}", edited.explain());
                }
            });
        }
    });
    assert_eq!(
        akua.history(Kind::Cluster, "clu_1").unwrap().last().unwrap().fields["name"],
        "40"
    );
    assert_eq!(landed(&akua), 40);
}

#[test]
fn a_server_that_is_not_there_has_been_sent_nothing() {
    let akua = Simulator::start(Options::clusters(1)).unwrap();
    let client = client_of(&akua, Contract::documented());
    let seen = client.clusters().get(&id()).unwrap();
    drop(akua);
    let edited = client.clusters().edit(seen, to_ours()).unwrap();
    let NotApplied::NotSent { cause, .. } = not_applied(&edited) else {
        panic!("{}", edited.explain())
    };
    assert_eq!(*cause, Cause::NotConnected);
}

fn not_applied(edited: &Edited<Cluster>) -> &NotApplied<Cluster> {
    match &edited.outcome {
        Outcome::NotApplied(why) => why,
        _ => panic!("{}", edited.explain()),
    }
}

#[test]
fn cancelled_in_flight_it_is_open_and_lands_later_and_is_settled_by_its_token() {
    let akua = Simulator::start(Options::clusters(1)).unwrap();
    let client = client_of(&akua, Contract::documented());
    let seen = client.clusters().get(&id()).unwrap();
    akua.inject(Fault::held(Hold::UntilReleased).on(Matcher::method("PATCH")))
        .unwrap();
    let cancel = Cancel::new();
    let edited = std::thread::scope(|scope| {
        scope.spawn(|| {
            let waiting = Instant::now();
            while !akua.log().iter().any(|entry| entry.progress == Progress::Held) {
                assert!(waiting.elapsed() < Duration::from_secs(20), "the write never arrived");
                std::thread::yield_now();
            }
            cancel.cancel();
        });
        client.clusters().cancel(&cancel).edit(seen, to_ours()).unwrap()
    });
    let Outcome::Indeterminate(open) = &edited.outcome else {
        panic!("{}", edited.explain())
    };
    assert!(open.may_still_land && open.cause == Cause::Cancelled);
    assert_eq!(landed(&akua), 0);
    // And so it does.
    assert_eq!((akua.release(), landed(&akua)), (1, 1));

    let another = client_of(&akua, Contract::documented());
    let token = open.resume_token.to_string().parse().unwrap();
    let settled = another
        .clusters()
        .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())
        .unwrap();
    assert_eq!(ended(&settled), Ended::Acknowledged, "{}", settled.explain());
    assert_eq!(landed(&akua), 1);
}

#[test]
fn a_cluster_settles_or_is_gone() {
    let akua = Simulator::start(Options::clusters(1)).unwrap();
    let client = client_of(&akua, Contract::documented());
    let region = ClusterPatch::builder().region_id("reg_eu").build().unwrap();
    let edited = client.clusters().edit(id(), region).unwrap();
    let applied = edited.applied().unwrap();
    assert!(applied.resource.as_ref().unwrap().reconciling);
    let end = client.clusters().wait_settled(applied).unwrap();
    assert!(
        matches!(&end, Settled::Settled(cluster) if !cluster.reconciling),
        "{end}"
    );
    akua.delete(Kind::Cluster, "clu_1").unwrap();
    assert_eq!(client.clusters().wait_settled(applied).unwrap(), Settled::Gone);
}
