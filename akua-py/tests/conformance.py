"""The Python runner of the shared cases: one line in, one line out. `conformance/README.md` says what stands in them.

It sees nothing of what is expected, compares nothing and leaves nothing out.
"""

import json
import math
import re
import sys

import akua

END_OF_WAITING = {akua.NotFoundError: "gone", akua.ConflictError: "superseded", akua.CancelledError: "cancelled"}


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(order):
    report = {}
    try:
        Runner(order["client"]).run(order["call"], report)
    except akua.AkuaError as error:
        report["error"] = error_report(error)
    return report


class Runner:
    def __init__(self, options):
        policy = options.get("policy", {})
        self.client = akua.Client(**settings(options))
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
        kind = call["kind"]
        collection = self.client.clusters if kind == "cluster" else self.client.workspaces
        if call["do"] == "get":
            report["resource"] = resource_report(collection.get(call["id"]))
        elif call["do"] == "list":
            report["items"] = []
            for item in collection.list(page_size=call.get("limit"), cursor=call.get("cursor")):
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

    def seen(self, collection, call):
        return collection.get(call["id"]) if call["seen"] else call["id"]

    def wait_settled(self, id):
        try:
            return {"end": "settled", "etag": self.client.clusters.wait_settled(id).etag}
        except akua.TimeoutError as error:
            # A call that ran out of time before it had waited is an error of its own.
            return {"end": "deadline_passed", "etag": etag(error.resource)}
        except (akua.NotFoundError, akua.ConflictError, akua.CancelledError) as error:
            return {"end": END_OF_WAITING[type(error)], "etag": etag(getattr(error, "resource", None))}


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
    for name in ("key_retention", "clock_skew"):
        if f"{name}_ms" in contract:
            contract[name] = seconds(contract.pop(f"{name}_ms"))
    return {**given, "contract": contract, "use_env": False}


def seconds(milliseconds):
    return None if milliseconds is None else milliseconds / 1000


def etag(resource):
    return None if resource is None else resource.etag


def resource_report(resource):
    report = {name: getattr(resource, name) for name in ("id", "etag", "name")}
    if isinstance(resource, akua.Cluster):
        for name in ("html_url", "workspace_id", "state", "provider", "reconciling"):
            report[name] = getattr(resource, name)
    else:
        report["slug"] = resource.slug
        report["plan_tier"] = resource.plan.tier
        report["plan_billed_by"] = resource.plan.billed_by
        report["workspace_class"] = resource.workspace_class
    for name in ("created_at", "updated_at"):
        unix = math.floor(getattr(resource, name + "_unix"))
        if -(2**63) <= unix < 2**63:
            report[name] = str(unix)
    report["json"] = resource.to_json()
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


def error_report(error):
    return {
        "kind": error.kind,
        "effect": error.effect,
        "may_have_taken_effect": error.may_have_taken_effect,
        "status": error.status,
        "server_errors": server_errors(error),
        "current_etag": error.current_etag,
        "new_etag": getattr(error, "new_etag", None),
        "request_id": error.request_id,
        "retry_after_ms": None if error.retry_after is None else round(error.retry_after * 1000),
        "problems": problems(error),
    }


def edited(edit):
    """The end of an edit, told as a result or as an exception. One that did not begin is an error of its own."""
    try:
        result = edit()
    except Closure.Failed as failed:
        # Passed on as it is; how the edit ended stands in a note.
        [requests] = re.findall(r"^akua: not applied: the closure gave no patch .*requests sent: (\d+)", *failed.__notes__)
        return {"end": "not_applied", "reason": "not_sent", "cause": "no_patch", "requests": int(requests)}
    except akua.AkuaError as error:
        if error.story is None:
            raise
        return bad_end(error)
    return {
        "end": "applied" if result.changed else "unchanged",
        "proof": result.proof,
        "etag": result.resource.etag,
        "resource": resource_report(result.resource),
        "adjusted": facts(result.adjusted),
        "not_taken": facts(result.not_taken),
        "requests": result.requests,
    }


def bad_end(error):
    if isinstance(error, akua.DecodeError) and error.may_have_taken_effect:
        return {
            "end": "applied",
            "proof": error.proof,
            "etag": error.new_etag,
            "unreadable": problems(error),
            "adjusted": facts(error.adjusted),
            "not_taken": facts(error.not_taken),
            "requests": error.requests,
        }
    report = {"requests": error.requests, "end": "not_applied"}
    if isinstance(error, (akua.ConflictError, akua.IndeterminateError)):
        report["fields"] = facts(error.facts)
        report["seen_etag"] = etag(error.resource)
    if isinstance(error, akua.IndeterminateError):
        report.update(end="indeterminate", cause=error.cause, may_still_land=error.may_still_land)
        report["resume_token"] = error.resume_token
        report["answer"] = heard(error)
    elif isinstance(error, akua.ConflictError):
        report["reason"] = "conflict"
    elif error.cause is not None:
        report.update(reason="not_sent", cause=error.cause)
    elif error.status == 200:
        report.update(reason="ignored", etag=error.current_etag, fields=facts(error.facts))
    else:
        report.update(reason="rejected", answer=heard(error))
    return report


def facts(fields):
    return [{name: getattr(fact, name) for name in ("field", "base", "ours", "theirs", "state")} for fact in fields]


def heard(error):
    if error.status is None:
        return None
    return {
        "status": error.status,
        "server_errors": server_errors(error),
        "current_etag": error.current_etag,
        "request_id": error.request_id,
    }


if __name__ == "__main__":
    main()
