"""Questions about identity and permissions.

Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
"""

from kubesteer.simulator.objects import Obj, section, text
from kubesteer.simulator.rbac import MASTERS, Attempt, Authorizer, User
from kubesteer.simulator.server.replies import Reply, json_reply
from kubesteer.simulator.server.requests import Request, Target

EVERYTHING = [
    {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
]


def review(request: Request, target: Target, authorizer: Authorizer) -> Reply:
    """Answer one of the review kinds."""
    body = request.decoded()
    spec = section(body, "spec")
    kind = target.resource.kind
    if kind == "SelfSubjectReview":
        user = request.user
        status: Obj = {"userInfo": {"username": user.name, "groups": list(user.groups)}}
    elif kind == "SelfSubjectRulesReview":
        status = _rules(request.user, text(spec, "namespace"), authorizer)
    else:
        user = request.user if kind == "SelfSubjectAccessReview" else _subject(spec)
        status = _decision(user, spec, authorizer)
    answer = {
        "kind": kind,
        "apiVersion": target.resource.api_version,
        "metadata": {"creationTimestamp": None},
        "spec": spec,
        "status": status,
    }
    return json_reply(answer, 201)


def _subject(spec: Obj) -> User:
    groups = spec.get("groups")
    return User(text(spec, "user"), tuple(groups) if isinstance(groups, list) else ())


def _decision(user: User, spec: Obj, authorizer: Authorizer) -> Obj:
    wanted = section(spec, "resourceAttributes")
    if wanted:
        attempt = Attempt(
            verb=text(wanted, "verb"),
            group=text(wanted, "group"),
            resource=text(wanted, "resource"),
            namespace=text(wanted, "namespace"),
            name=text(wanted, "name"),
            subresource=text(wanted, "subresource"),
        )
    else:
        asked = section(spec, "nonResourceAttributes")
        attempt = Attempt(verb=text(asked, "verb"), path=text(asked, "path"))
    why = authorizer.why(user, attempt)
    if why is None:
        return {"allowed": False}
    return {"allowed": True, "reason": why} if why else {"allowed": True}


def _rules(user: User, namespace: str, authorizer: Authorizer) -> Obj:
    found = EVERYTHING if MASTERS in user.groups else list(authorizer.rules(user, namespace))
    resources = [
        {key: rule[key] for key in ("verbs", "apiGroups", "resources", "resourceNames") if key in rule}
        for rule in found
        if rule.get("resources")
    ]
    others = [
        {"verbs": rule["verbs"], "nonResourceURLs": rule["nonResourceURLs"]}
        for rule in found
        if rule.get("nonResourceURLs")
    ]
    return {"resourceRules": resources, "nonResourceRules": others, "incomplete": False}
