"""The Python runner of the shared cases: one line in, one line out. `conformance/README.md` says what stands in them.

It sees nothing of what is expected, compares nothing and leaves nothing out.
"""

import contextlib
import json
import logging
import math
import pickle
import re
import sys
import traceback

import akua

# The calls that start an operation, and waiting for one.
OPERATING = {"create", "import", "revoke", "suspend", "resume", "delete", "refresh_capabilities", "cancel_operation"}
OPERATING |= {f"{name}_once" for name in OPERATING} | {"resolve_launch", "wait"}

# Of a wait that has come to its end, and of an edit whose closure's own failure is passed on.
NOTHING_DONE = {"effect": "not_applied", "may_have_taken_effect": False, "attempts": 0, "requests": 0}


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(order):
    report = {}
    try:
        Runner(order["client"]).run(order["call"], report)
    except akua.AkuaError as error:
        report["error"] = told(error)
    return report


class Runner:
    def __init__(self, options):
        policy = options.get("policy", {})
        self.client = akua.Client(**settings(options))
        self.timeout = seconds(options.get("timeout_ms"))
        self.wishes = {
            "on_conflict": policy.get("on_conflict"),
            "overwrite_unseen": policy.get("overwrite_unseen", False),
            "max_attempts": policy.get("attempts"),
            "timeout": seconds(policy.get("deadline_ms")),
        }

    def run(self, call, report):
        if call["do"] == "wait_settled":
            report["settled"] = self.wait_settled(call["id"])
            return
        if call["do"] in OPERATING:
            self.operate(call, report)
            return
        if call["do"] == "kubeconfig":
            self.kubeconfig(call["id"], report)
            return
        if call["do"] == "request":
            self.request(call, report)
            return
        collection = self.calls(call["kind"])
        if call["do"] == "get":
            report["resource"] = resource_report(collection.get(call["id"]))
        elif call["do"] == "list":
            report["items"] = []
            owner = {name: call[name] for name in ("owner_type", "owner_id", "cluster_id") if call.get(name) is not None}
            for item in collection.list(page_size=call.get("limit"), cursor=call.get("cursor"), **owner):
                report["items"].append(resource_report(item))
        elif call["do"] == "update":
            key = {name: call[name] for name in ("idempotency_key",) if call.get(name) is not None}
            written = collection.update(call["id"], if_match=call["if_match"], **call["patch"], **key)
            report["resource"] = resource_report(written)
        elif call["do"] == "edit":
            seen = self.seen(collection, call)
            report["edited"] = edited(lambda: collection.edit(seen, **call["patch"], **self.wishes))
        elif call["do"] == "edit_with":
            seen = self.seen(collection, call)
            closure = Closure(call["closure"], report.setdefault("asked", []))
            report["edited"] = edited(lambda: collection.edit_with(seen, closure, **self.wishes))
        elif call["do"] == "resolve":
            kubeconfig = {name: call[name] for name in ("kubeconfig",) if call.get(name) is not None}
            token, mode = call["resume_token"], call["mode"]
            wishes = {name: self.wishes[name] for name in ("max_attempts", "timeout")}
            report["edited"] = edited(lambda: self.client.resolve(token, mode=mode, **wishes, **kubeconfig))
        else:
            raise NotImplementedError(call["do"])

    def operate(self, call, report):
        """What starts an operation, and waiting for one."""
        name = call["do"].replace("cancel_operation", "cancel").replace("import", "import_cluster")
        kind = "operation" if name in ("wait", "cancel", "cancel_once") else call.get("kind", "cluster")
        kind = "worker_bootstrap" if name.startswith("revoke") else kind
        if kind == "worker_bootstrap" and name.startswith("create"):
            self.bootstrap(call, report)
            return
        collection = self.calls(kind)
        wishes = {name: self.wishes[name] for name in ("max_attempts", "timeout")}
        if name == "wait":
            asked = {name: call[name] for name in ("asked",) if call.get(name) is not None}
            awaited = call["operation"] if call.get("operation") is not None else call["resume_token"]
            report["waited"] = waited(lambda: collection.wait(awaited, timeout=self.timeout, **asked))
        elif name == "resolve_launch":
            token, mode = call["resume_token"], call["mode"]
            report["launched"] = launched(lambda: self.client.resolve(token, mode=mode, **wishes))
        elif name in ("create", "import_cluster"):
            report["launched"] = launched(lambda: getattr(collection, name)(**call["new"], **wishes))
        elif name in ("create_once", "import_cluster_once"):
            # A workspace takes no key.
            key = {} if kind == "workspace" else {"idempotency_key": call.get("idempotency_key")}
            report["resource"] = resource_report(getattr(collection, name)(**key, **call["new"]))
        elif name.endswith("_once"):
            given = {name: call[name] for name in ("if_match", "idempotency_key") if call.get(name) is not None}
            report["resource"] = resource_report(getattr(collection, name)(call["id"], **given))
        else:
            seen = self.seen(collection, call) if "seen" in call else call["id"]
            report["launched"] = launched(lambda: getattr(collection, name)(seen, **wishes))

    def bootstrap(self, call, report):
        """What is made whose answer shows secrets."""
        with showing(report) as shown:
            if call["do"] == "create":
                wishes = {name: self.wishes[name] for name in ("max_attempts", "timeout")}
                kept = []

                def create():
                    try:
                        kept.append(self.client.worker_bootstraps.create(**call["new"], **wishes))
                    except akua.AkuaError as error:
                        shown.extend([traceback.format_exc(), repr(error), repr(vars(error)), str(pickle.dumps(error))])
                        raise
                    return kept[0]

                report["launched"] = launched(create)
                made = kept[0].made if kept else None
                if made is not None:
                    shown += [f"{kept[0]} {kept[0]!r} {kept[0].explain()} {vars(kept[0])}", str(pickle.dumps(kept[0]))]
                    shown.append(kept[0]._repr_html_())
                    report["launched"]["resource"] = resource_report(made)
            else:
                key = call.get("idempotency_key")
                made = self.client.worker_bootstraps.create_once(idempotency_key=key, **call["new"])
                report["resource"] = resource_report(made)
            if made is not None:
                shown += [f"{made} {made!r} {made.to_dict()}", made.to_json(), str(pickle.dumps(made)), made._repr_html_()]
                names = ("token", "command", "cloud_init", "artifacts")
                report["secrets"] = {name: getattr(made, name).expose() for name in names}

    def kubeconfig(self, id, report):
        with showing(report) as shown:
            secret = self.client.clusters.kubeconfig(id)
            shown += [f"{secret} {secret!r} {[secret]}", json.dumps(secret, default=str), refused_pickle(secret)]
            report["kubeconfig"] = secret.expose()

    def request(self, call, report):
        given = {name: call[name] for name in ("if_match", "idempotency_key", "context") if call.get(name) is not None}
        if call.get("body") is not None:
            given["json"] = json.loads(call["body"])
        query = {}
        for name, value in call.get("query", ()):
            query.setdefault(name, []).append(value)
        with showing(report) as shown:
            answer = self.client.request(call["method"], call["path"], query=query, **given)
            shown += [f"{answer} {answer!r} {[answer]}", json.dumps(answer, default=str)]
            body = {} if answer.json is None else {"json": json.dumps(answer.json)}
            report["answered"] = {name: getattr(answer, name) for name in ("status", "etag", "request_id")} | body

    def calls(self, kind):
        return getattr(self.client, kind.removeprefix("cluster_") if kind.startswith("cluster_") else f"{kind}s")

    def seen(self, collection, call):
        return collection.get(call["id"]) if call["seen"] else call["id"]

    def wait_settled(self, id):
        try:
            shown = self.client.clusters.wait_settled(id).etag
        except akua.AkuaError as error:
            if error.end is None:
                raise
            return told(error)
        return {**NOTHING_DONE, "kind": "ok", "end": "settled", "etag": shown, "seen_etag": shown}


@contextlib.contextmanager
def showing(report):
    """Everything that is shown of an answer is told too: of it, of an error in its place, of what is logged meanwhile."""
    shown = report["shown"] = []
    noting = logging.Handler()
    noting.emit = lambda record: shown.append(noting.format(record))
    logger = logging.getLogger("akua")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(noting)
    try:
        yield shown
    except akua.AkuaError as error:
        shown += [traceback.format_exc(), repr(error), repr(vars(error)), str(pickle.dumps(error))]
        raise
    finally:
        logger.removeHandler(noting)


def refused_pickle(secret):
    """What is told in place of a pickle; the pickle, if there is one."""
    try:
        return str(pickle.dumps(secret))
    except TypeError as refused:
        return str(refused)


class Closure:
    """What a case has a closure do, turn by turn; it notes which versions it is shown."""

    class Failed(Exception):
        pass

    def __init__(self, turns, asked):
        self.turns, self.asked = turns, asked

    def __call__(self, current):
        turn = dict(enumerate(self.turns)).get(len(self.asked), {"fail": "the closure was called too often"})
        self.asked.append(current.etag)
        if "fail" in turn:
            raise self.Failed(turn["fail"])
        if "append" in turn:
            return {"name": current.name + turn["append"]}
        return turn.get("patch")


def settings(options):
    names = {"base_url": "base_url", "token": "token", "context": "context", "max_response_bytes": "max_response_bytes"}
    given = {ours: options[theirs] for theirs, ours in names.items() if options.get(theirs) is not None}
    retry = options.get("retry", {})
    given["retry_attempts"] = retry.get("attempts")
    given["retry_base"] = seconds(retry.get("base_ms"))
    given["retry_cap"] = seconds(retry.get("cap_ms"))
    given["timeout"] = seconds(options.get("timeout_ms"))
    contract = {name: value for name, value in options.get("contract", {}).items() if value is not None}
    for name in ("key_retention", "clock_skew", "action_keys_replay", "create_keys_replay", "operation_kept"):
        if f"{name}_ms" in contract:
            contract[name] = seconds(contract.pop(f"{name}_ms"))
    return {**given, "contract": contract, "use_env": False}


def seconds(milliseconds):
    return None if milliseconds is None else milliseconds / 1000


def resource_report(resource):
    return {**properties(resource), "json": resource.to_json()}


def properties(of, before=""):
    """Every attribute that is a property, also of a kind that is added later; those of an object with its name before."""
    report = {}
    for name in dir(type(of)):
        if name.startswith("_") or name.endswith("_unix") or name == "unknown" or callable(getattr(type(of), name)):
            continue
        if hasattr(type(of), name + "_unix"):
            unix = getattr(of, name + "_unix")
            report[before + name] = str(math.floor(unix)) if unix is not None and -(2**63) <= unix < 2**63 else None
            continue
        value = getattr(of, name)
        if isinstance(value, akua.Secret):
            continue
        if hasattr(value, "to_dict"):
            report.update(properties(value, name + "_"))
        elif isinstance(value, (dict, list)):
            report[before + name] = json.dumps(value)
        else:
            report[before + name] = str(value) if type(value) is int else value
    return report


def server_errors(error):
    return [
        {
            "code": None if detail.code is None else str(detail.code),
            "message": detail.message,
            "path": detail.path,
            "metadata": detail.metadata,
        }
        for detail in error.server_errors
    ]


def problems(error):
    return [{"field": problem.field, "message": problem.message} for problem in error.problems]


def told(error):
    """All that an exception tells, whether or not it is the end of an edit or a wait."""
    resource = getattr(error, "resource", None)
    report = {
        name: getattr(error, name, None)
        for name in ("kind", "effect", "may_have_taken_effect", "end", "proof", "cause", "status", "request_id")
        + ("current_etag", "resume_token", "attempts", "requests", "candidates", "blocked_on", "asked_here", "later")
    }
    report["server_errors"] = server_errors(error)
    report["problems"] = problems(error)
    report["etag"] = error.current_etag if error.end == "ignored" else getattr(error, "new_etag", None)
    report["seen_etag"] = error.seen_etag if resource is None else resource.etag if error.end != "ignored" else None
    report["retry_after_ms"] = None if error.retry_after is None else round(error.retry_after * 1000)
    # Of an update Python knows the two sides itself: they are none of what it was told.
    report["fields"] = facts(getattr(error, "facts", ())) if error.end is not None else []
    for name in ("adjusted", "not_taken"):
        report[name] = facts(getattr(error, name, ()))
    if error.effect == "unknown":
        report["may_still_land"] = error.may_still_land
    return {name: value for name, value in report.items() if value != ""}


def edited(edit):
    """The end of an edit, told as a result or as an exception. One that did not begin is an error of its own."""
    try:
        result = edit()
    except Closure.Failed as failed:
        # Passed on as it is; how the edit ended stands in a note.
        note = r"(?s)^akua: \w+ \S+: not applied: the closure gave no patch .*requests sent: (\d+), of them writes: (\d+)"
        [counts] = re.findall(note, *failed.__notes__)
        requests, attempts = map(int, counts)
        ended = {"kind": "invalid_input", "end": "not_sent", "cause": "no_patch", "requests": requests}
        return {**NOTHING_DONE, **ended, "attempts": attempts, "effect": "not_applied" if requests else "not_sent"}
    except akua.AkuaError as error:
        if error.end is None:
            raise
        return told(error)
    end = "applied" if result.changed else "unchanged"
    return {
        "kind": "ok",
        "effect": end,
        "may_have_taken_effect": result.changed,
        "end": end,
        "proof": result.proof,
        "etag": result.resource.etag,
        "resource": resource_report(result.resource),
        "adjusted": facts(result.adjusted),
        "not_taken": facts(result.not_taken),
        "attempts": result.attempts,
        "requests": result.requests,
    }


def launched(launch):
    """Whether it was accepted. One that did not begin is an error of its own."""
    try:
        result = launch()
    except akua.AkuaError as error:
        if error.end is None:
            raise
        return told(error)
    report = {name: getattr(result, name) for name in ("end", "proof", "operation", "candidates", "seen_etag")}
    report |= {"kind": "ok", "effect": result.end, "may_have_taken_effect": result.changed, "resume_token": result.token}
    made = result.id if result.kind.startswith(("create", "import")) else None
    return {**report, "made": made, "attempts": result.attempts, "requests": result.requests}


def waited(wait):
    """What became of the operation, and what stands there now."""
    try:
        result = wait()
    except akua.AkuaError as error:
        if error.end is None:
            raise
        report, now = {**told(error), "operation": error.operation_id}, error.now
    else:
        report = {**NOTHING_DONE, "kind": "ok", "end": result.end, "operation": result.operation.id}
        report |= {"later": result.later, "requests": result.requests}
        now = result.now
    if now is not None:
        report |= {"resource": resource_report(now), "seen_etag": now.etag}
    return report


FIELD = ("field", "base", "ours", "theirs", "state", "absent")


def facts(fields):
    return [{name: getattr(fact, name) for name in FIELD} for fact in fields]


if __name__ == "__main__":
    main()
