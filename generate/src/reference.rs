//! `docs/generated/reference.md`: every kind with its properties and calls, every error, effect and setting.

use std::fmt::Write as _;

use akua_model::edit::LaunchKind;
use akua_model::http::Request;
use akua_model::property::{Presence, Property, Type};
use akua_model::report::{Effect, End, Kind};
use akua_model::{Listed, PageQuery, Patch, Readable, Resource, ResourceKind, limits, request, with_kind};

use crate::made::File;
use crate::settings;
use crate::words::{c_status, capital, listed, pascal, plain, python_error, screaming};

pub(crate) fn files() -> Vec<File> {
    vec![("docs/generated/reference.md", page())]
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for kind in ResourceKind::ALL {
        page += &of_kind(*kind);
    }
    page += &any();
    page += &headers();
    page += &errors();
    page += &effects();
    page += &ends();
    page + &all_settings()
}

const HEAD: &str = "<!-- Made by `make generate` from akua-model/src/api.rs and the documentation of the crates. Not edited by hand. -->

# Reference

What there is, by name: kinds of resources with their properties and calls, errors, effects and settings. A name is the
same in Rust, C, C++ and Python, as far as the language lets it. How an edit works is told in [edit.md](../edit.md), the C
interface in [c.md](../c.md), fleets in [fleet.md](../fleet.md).
";

fn of_kind(kind: ResourceKind) -> String {
    let mut text = format!("\n## {}\n", capital(&kind.plural().replace('_', " ")));
    text += &properties(kind);
    for create in LaunchKind::ALL
        .iter()
        .filter(|create| create.creates() && create.of() == kind)
    {
        text += &made_of(*create);
    }
    text += &calls(kind);
    text
}

/// What something new is made of.
fn made_of(create: LaunchKind) -> String {
    let row = |field: &Property| {
        let needed = match field.presence {
            Presence::Required => "yes",
            _ => "no",
        };
        vec![code(field.name), type_of(field), needed.to_owned(), plain(field.doc)]
    };
    let rows: Vec<Vec<String>> = create.fields().iter().map(row).collect();
    let (words, request) = (
        capital(create.words()),
        format!("{} {}", create.method().as_str(), create.route()),
    );
    format!(
        "\n{words}, by {} ([life.md](../life.md#making)), takes:\n{}",
        code(&request),
        table(&["property", "type", "has to be set", "meaning"], &rows)
    )
}

fn properties(kind: ResourceKind) -> String {
    let mut rows = Vec::new();
    for property in kind.properties() {
        let mut row = row_of(property.name, property);
        if let (true, true, Some(presence)) = (
            !kind.answers_show_id() || kind.below().is_some(),
            property.name == kind.id_property(),
            row.get_mut(3),
        ) {
            "never: it is added".clone_into(presence);
        }
        rows.push(row);
        if let Type::Object(inner) = property.kind {
            for property_of_it in inner {
                rows.push(row_of(
                    &format!("{}.{}", property.name, property_of_it.name),
                    property_of_it,
                ));
            }
        }
    }
    let written: Vec<String> = kind.fields().iter().map(|field| code(field.name)).collect();
    let mut text = table(&["property", "type", "access", "in answers", "meaning"], &rows);
    let _ = match written.as_slice() {
        [] => writeln!(text, "\nThere is nothing to change in it."),
        some => writeln!(
            text,
            "\nA patch sets at least one of {}; what it doesn't name stays.",
            listed(some)
        ),
    };
    text
}

fn row_of(name: &str, property: &Property) -> Vec<String> {
    let access = match (property.read, property.write) {
        (true, true) => "read, write",
        (false, true) => "write",
        (true | false, false) => "read",
    };
    let presence = match (property.read, property.presence) {
        (false, _) => "never",
        (true, Presence::Required) => "always",
        (true, Presence::Optional) => "if there is a value",
        (true, Presence::Nullable) => "always, perhaps `null`",
        (true, Presence::Undocumented) => "perhaps",
        (true, Presence::Once) => "once, when it was made",
    };
    vec![
        code(name),
        type_of(property),
        access.to_owned(),
        presence.to_owned(),
        plain(property.doc),
    ]
}

fn type_of(property: &Property) -> String {
    let name = match property.kind {
        Type::Text => "text",
        Type::Secret => "secret",
        Type::Id => "id",
        Type::Etag => "etag",
        Type::Enumeration(known) => {
            let known: Vec<String> = known.iter().map(|value| code(value)).collect();
            return known.join(" · ");
        }
        Type::Flag => "true or false",
        Type::Number => "whole number",
        Type::Time => "time",
        Type::Json => "JSON",
        Type::Object(_) => "object",
        // A type of a later version; the page is made by the version that has it.
        _ => "",
    };
    let limit = property.limit;
    match (property.write, limit.min, limit.max) {
        (false, ..) | (true, 0, u64::MAX) => name.to_owned(),
        (true, min, u64::MAX) => format!("{name}, at least {min}"),
        (true, min, max) => format!("{name}, {min} to {max}"),
    }
}

/// A call: what it does, what it sends, and how each language says it, where `{kind}` and `{kinds}` stand for the kind's
/// words and `{Kind}` for its type.
struct Call {
    does: &'static str,
    rust: &'static str,
    c: &'static str,
    cpp: &'static str,
    python: &'static str,
}

const GET: Call = Call {
    does: "read one",
    rust: "client.{kinds}().get(&id)",
    c: "akua_resource_get(client, NULL, AKUA_{KIND}, id, &{kind}, &error)",
    cpp: "client.{kinds}().get(id)",
    python: "client.{kinds}.get(id)",
};

const LIST: Call = Call {
    does: "read all, page by page",
    rust: "client.{kinds}().list()",
    c: "akua_list_new(client, NULL, AKUA_{KIND}, &list, &error), akua_list_next(list, &{kind}, &error)",
    cpp: "client.{kinds}().list()",
    python: "client.{kinds}.list()",
};

const LIST_BELOW: Call = Call {
    does: "read all those of a cluster, page by page",
    rust: "client.{kinds}().list_of(&cluster_id)",
    c: "akua_call_options_set_text(options, AKUA_OPTION_CLUSTER_ID, …), akua_list_new(client, options, AKUA_{KIND}, &list, &error)",
    cpp: "client.{kinds}(akua::call_options().cluster_id(id)).list()",
    python: "client.{kinds}.list(cluster_id=id)",
};

const LIST_OF_OWNER: Call = Call {
    does: "read those about one thing",
    rust: "client.{kinds}().list_from(PageQuery::default().owner(&OwnerType::Cluster, id))",
    c: "akua_call_options_set_text(options, AKUA_OPTION_OWNER_TYPE, …), AKUA_OPTION_OWNER_ID, akua_list_new(client, options, …)",
    cpp: "client.{kinds}(akua::call_options().owner_type(\"cluster\").owner_id(id)).list()",
    python: "client.{kinds}.list(owner_type=\"cluster\", owner_id=id)",
};

const UPDATE: Call = Call {
    does: "change one that still has an etag",
    rust: "client.{kinds}().update(&id, &if_match, &patch)",
    c: "akua_resource_update(client, NULL, id, if_match, patch, none, &{kind}, &error)",
    cpp: "client.{kinds}().update(id, if_match, patch)",
    python: "client.{kinds}.update({kind}, {field}=…)",
};

const UPDATE_WITH_KEY: Call = Call {
    does: "the same with an idempotency key",
    rust: "client.{kinds}().update_with_key(&id, &if_match, &patch, &key)",
    c: "akua_resource_update(client, NULL, id, if_match, patch, key, &{kind}, &error)",
    cpp: "client.{kinds}().update(id, if_match, patch, key)",
    python: "client.{kinds}.update({kind}, {field}=…, idempotency_key=…)",
};

/// The calls that are made of those requests, by what an edit or a wait decides.
const EDIT: [Call; 3] = [
    Call {
        does: "change one, whatever comes in between",
        rust: "client.{kinds}().edit(&{kind}, patch)",
        c: "akua_edit_run(client, NULL, {kind}, patch, &edited, &error)",
        cpp: "client.{kinds}().edit({kind}, patch)",
        python: "client.{kinds}.edit({kind}, {field}=…)",
    },
    Call {
        does: "the same, the change made from what is read",
        rust: "client.{kinds}().edit_with(&id, |{kind}| …)",
        c: "akua_edit_new_by_id(client, NULL, AKUA_{KIND}, id, NULL, &edit, &error), akua_edit_next, akua_edit_submit",
        cpp: "client.{kinds}().edit(id, [](const {kind}& seen) { … })",
        python: "client.{kinds}.edit_with(id, lambda seen: …)",
    },
    Call {
        does: "find out what became of an edit",
        rust: "client.{kinds}().resolve(&token, mode, &secrets)",
        c: "akua_edit_resolve(client, NULL, AKUA_{KIND}, token, mode, NULL, &edited, &error)",
        cpp: "client.{kinds}().resolve(token, mode)",
        python: "client.resolve(token)",
    },
];

const KUBECONFIG: Call = Call {
    does: "read the kubeconfig of one, which is a secret and asked for once",
    rust: "client.{kinds}().kubeconfig(&id)",
    c: "akua_secret_get(client, NULL, AKUA_{KIND}, id, AKUA_KUBECONFIG, &kubeconfig, &error), akua_secret_expose(kubeconfig)",
    cpp: "client.{kinds}().kubeconfig(id)",
    python: "client.{kinds}.kubeconfig(id)",
};

/// What nothing here describes.
const ANY: Call = Call {
    does: "make any other call",
    rust: "client.request(&RequestCall::new(\"POST\", \"/offers\")?.json(&body)?)",
    c: "akua_request_new(method, path, &request, &error), akua_request_set_text, akua_request_send(client, NULL, request, &answer, &error)",
    cpp: "client.request(akua::request(\"POST\", \"/offers\").body(json))",
    python: "client.request(\"POST\", \"/offers\", json=…)",
};

const WAIT: Call = Call {
    does: "wait until the server has done what was asked for",
    rust: "client.{kinds}().wait_settled(&applied)",
    c: "akua_edit_wait_settled(client, NULL, edited, &{kind}, &error)",
    cpp: "client.{kinds}().wait_settled(edited)",
    python: "client.{kinds}.wait_settled(result)",
};

fn calls(kind: ResourceKind) -> String {
    let mut requests = with_kind!(kind, Readable R => read_one::<R>(), else => Vec::new());
    requests.extend(with_kind!(kind, Listed R => read_all::<R>(), else => Vec::new()));
    requests.extend(with_kind!(kind, Resource R => written::<R>(), else => Vec::new()));
    if kind == ResourceKind::Cluster {
        requests.extend(besides());
    }
    if kind == ResourceKind::WorkerBootstrap {
        requests.extend(of_bootstraps());
    }
    let mut text = String::new();
    for (call, sends) in &requests {
        let _ = write!(text, "\n{}", of_call(kind, call, sends));
    }
    if !kind.is_writable() {
        return text;
    }
    for call in &EDIT {
        let _ = write!(
            text,
            "\n{}",
            of_call(kind, call, "as many of the requests above as it takes")
        );
    }
    if kind.properties().iter().any(|property| property.name == "reconciling") {
        let _ = write!(text, "\n{}", of_call(kind, &WAIT, "reads until `reconciling` is false"));
    }
    text
}

/// What no kind has.
fn any() -> String {
    let sends = "the method, path, query and body that are given, `if-match` and `idempotency-key` if they are; once, and \
                 nothing of it is checked or settled";
    let call = of_call(ResourceKind::Cluster, &ANY, sends);
    format!("\n## What nothing here describes\n\n{call}")
}

fn of_call(kind: ResourceKind, call: &Call, sends: &str) -> String {
    let field = kind.fields().first().map_or("", |field| field.name);
    let name = |text: &str| {
        let text = text.replace("{kinds}", kind.plural()).replace("{kind}", kind.name());
        let text = text.replace("{field}", field);
        text.replace("{Kind}", &pascal(kind.name()))
            .replace("{KIND}", &screaming(kind.name()))
    };
    format!(
        "**{}**: {sends}\n\n```\nRust    {}\nC       {}\nC++     {}\nPython  {}\n```\n",
        capital(call.does),
        name(call.rust),
        name(call.c),
        name(call.cpp),
        name(call.python)
    )
}

/// Calls, and what they send, read from the requests that really are sent.
type Sent = Vec<(&'static Call, String)>;

fn read_one<R: Readable>() -> Sent {
    let id = if R::BELOW.is_some() { "x/x" } else { "x" }
        .parse::<R::Id>()
        .into_iter();
    id.map(|id| (&GET, request_of(&request::read::<R>(&id, None), "")))
        .collect()
}

const BOOTSTRAP: [Call; 2] = [
    Call {
        does: "make one, whose secrets only its answer shows",
        rust: "client.{kinds}().create(&new)",
        c: "akua_launch_run_create(client, NULL, of, &launched, &error), akua_resource_secret(akua_report_resource(launched), AKUA_TOKEN, &token, &error)",
        cpp: "client.{kinds}().create(akua::new_{kind}().cluster_id(id)), launched.resource<akua::{kind}>()->token()",
        python: "client.{kinds}.create(cluster_id=id, ttl_seconds=3600).made.token",
    },
    Call {
        does: "revoke one",
        rust: "client.{kinds}().revoke(&{kind})",
        c: "akua_launch_run(client, NULL, AKUA_LAUNCH_REVOKE_{KIND}, {kind}, &launched, &error)",
        cpp: "client.{kinds}().revoke({kind})",
        python: "client.{kinds}.revoke({kind})",
    },
];

/// What makes the bootstrap of a worker, and what revokes one.
fn of_bootstraps() -> Sent {
    let [create, revoke] = &BOOTSTRAP;
    let sends = |kind: LaunchKind| code(&format!("{} {}", kind.method().as_str(), kind.route()));
    let made = sends(LaunchKind::CreateWorkerBootstrap);
    vec![
        (create, format!("{made} once, and a list of them before it")),
        (revoke, sends(LaunchKind::RevokeWorkerBootstrap)),
    ]
}

/// What there is of a cluster beside itself.
fn besides() -> Sent {
    let id = "x".parse().into_iter();
    id.map(|id| (&KUBECONFIG, request_of(&request::kubeconfig(&id, None), "")))
        .collect()
}

fn read_all<R: Listed>() -> Sent {
    let request = request::list::<R>(&PageQuery::default(), None);
    let query = "`limit` (1 to 100, else 50) and `cursor` in the query";
    if R::BELOW.is_some() {
        return vec![(&LIST_BELOW, request_of(&request, query))];
    }
    let mut calls = vec![(&LIST, request_of(&request, query))];
    let filters: Vec<String> = R::FILTERS.iter().map(|name| code(name)).collect();
    if !filters.is_empty() {
        let query = format!("{} in the query too, all or none", listed(&filters));
        calls.push((&LIST_OF_OWNER, request_of(&request, &query)));
    }
    calls
}

fn written<R: Resource>() -> Sent {
    let mut calls = Vec::new();
    let (Ok(id), Ok(if_match)) = ("x".parse::<R::Id>(), "1".parse()) else {
        return calls;
    };
    let sample: Vec<(&str, String)> = R::FIELDS
        .first()
        .map(|field| (field.name, sample(field)))
        .into_iter()
        .collect();
    let sample: Vec<(&str, &str)> = sample.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let Ok(patch) = R::Patch::from_texts(&sample) else {
        return calls;
    };
    let update = request::update::<R>(&id, &if_match, &patch, None);
    calls.push((&UPDATE, request_of(&update, "the patch as the body")));
    if R::TAKES_IDEMPOTENCY_KEY {
        calls.push((&UPDATE_WITH_KEY, request_of(&update, "`idempotency-key` too")));
    }
    calls
}

fn request_of(request: &Request, besides: &str) -> String {
    let mut parts: Vec<String> = request.headers().iter().map(|(name, _)| code(name)).collect();
    if !besides.is_empty() {
        parts.push(besides.to_owned());
    }
    let request_line = format!("{} {}", request.method().as_str(), request.route());
    match parts.is_empty() {
        true => code(&request_line),
        false => format!("{} with {}", code(&request_line), listed(&parts)),
    }
}

/// A value that the field may have.
fn sample(field: &Property) -> String {
    match field.kind {
        Type::Enumeration(known) => known.first().copied().unwrap_or_default().to_owned(),
        Type::Flag => "true".to_owned(),
        Type::Number => "1".to_owned(),
        _ => "x".repeat(usize::try_from(field.limit.min.max(1)).unwrap_or(1)),
    }
}

fn headers() -> String {
    let limit = |limit: limits::Limit| format!("{} to {} characters", limit.min, limit.max);
    let rows = [
        ("authorization", "the token, as `Bearer …`".to_owned()),
        (
            "user-agent",
            "`akua/<version>`, and what the setting `user_agent_suffix` adds".to_owned(),
        ),
        (
            "akua-context",
            format!(
                "the workspace that the call is about, if one is set: {}",
                limit(limits::WORKSPACE_ID)
            ),
        ),
        (
            "traceparent",
            "where the call stands in a trace of the caller's, if that is set".to_owned(),
        ),
        (
            "if-match",
            format!(
                "the etag that the resource must still have; with every `PATCH`: {}",
                limit(limits::IF_MATCH)
            ),
        ),
        (
            "idempotency-key",
            format!(
                "tells a repeat from a new change, where a kind takes one: {}",
                limit(limits::IDEMPOTENCY_KEY)
            ),
        ),
        ("content-type", "`application/json`, with a body".to_owned()),
    ];
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(name, meaning)| vec![code(name), meaning])
        .collect();
    format!("\n## Headers of a request\n{}", table(&["header", "carries"], &rows))
}

fn errors() -> String {
    let rows: Vec<Vec<String>> = Kind::ALL
        .iter()
        .map(|kind| {
            let c = c_status(*kind).map(|name| code(&name)).unwrap_or_default();
            let python = python_error(*kind).map(code).unwrap_or_default();
            vec![code(kind.name()), c, python, plain(kind.doc())]
        })
        .collect();
    format!(
        "\n## Errors\n\nThe word is that of `kind` in reports, ledgers and Python; in Rust it is the `ErrorKind` of the same name. \
         Python\nraises `IndeterminateError` for each of them whose effect is unknown.\n{}",
        table(&["kind", "C", "Python", "meaning"], &rows)
    )
}

fn effects() -> String {
    let rows: Vec<Vec<String>> = Effect::ALL
        .iter()
        .map(|effect| vec![code(effect.name()), plain(effect.doc())])
        .collect();
    format!(
        "\n## Effects\n\nEvery error and every end says what is known about the effect of the call.\n{}",
        table(&["effect", "meaning"], &rows)
    )
}

fn ends() -> String {
    let rows: Vec<Vec<String>> = End::ALL
        .iter()
        .map(|end| vec![code(end.name()), plain(end.doc())])
        .collect();
    format!("\n## Ends of edits and waits\n{}", table(&["end", "meaning"], &rows))
}

fn all_settings() -> String {
    let row = |[name, of, doc]: [String; 3]| vec![code(&name), of, doc.trim().to_owned()];
    let rows: Vec<Vec<String>> = settings::rows().into_iter().map(row).collect();
    format!(
        "\n## Settings\n\nBy their names in C, C++ and Python; in Rust they are methods of `ClientBuilder` and `Collection`, and fields of\n\
         `Policy`, `RetryPolicy` and `Contract`. Times are milliseconds in C, seconds in Python.\n{}",
        table(&["setting", "of", "meaning"], &rows)
    )
}

fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("\n| {} |\n|{}\n", head.join(" | "), " --- |".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::page;

    #[test]
    fn what_it_names_in_c_and_python_is_there() {
        let header = include_str!("../../akua-ffi/include/akua.h");
        let exceptions = include_str!("../../akua-py/python/akua/_errors.py");
        let page = page();
        let names: BTreeSet<&str> = page
            .split(|letter: char| letter != '_' && !letter.is_ascii_alphanumeric())
            .collect();
        for name in &names {
            let is_c = name.starts_with("akua_") || name.starts_with("AKUA_") && !name.starts_with("AKUA_API_");
            if is_c && *name != "AKUA_CONTEXT" {
                assert!(header.contains(name), "akua.h has no {name}");
            }
            if name.ends_with("Error") && *name != "Error" {
                assert!(exceptions.contains(&format!("class {name}(")), "Python has no {name}");
            }
        }
        assert!(names.iter().filter(|name| name.starts_with("AKUA_")).count() > 15);
    }
}
