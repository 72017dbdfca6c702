"""Whom schemathesis speaks for: an administrator who is in an organization, and another where it has ended the session of the one before."""

import itertools
import json
import os
import threading
import urllib.request
import uuid

import schemathesis

URL = os.environ["PHOTURE_URL"]
PASSWORD = "correct horse battery staple"
# What may end the session that asks, if it is not a GET.
ENDING = ("/auth/logout", "/auth/sessions", "/auth/password", "/auth/token", "/users/", "/admin/")

lock = threading.Lock()
numbers = itertools.count()
session = {"access": None}
# Who was there first, and the organization that is theirs: nobody but this file speaks for them.
operator = {"access": None, "organization": None}

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


def ask(method, where, body, access=None):
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {access}"} if access else {})}
    request = urllib.request.Request(f"{URL}/api/v1/{where}", json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def registered(name):
    account = {"username": name, "password": PASSWORD}
    made = ask("POST", "auth/register", {**account, "email": f"{name}@example.org"})
    return account, made["id"]


def signed_in():
    if operator["access"] is None:
        account, _ = registered("operator")
        operator["access"] = ask("POST", "auth/login", account)["access"]
        operator["organization"] = ask("POST", "organizations", {"name": "Ours"}, operator["access"])["id"]
    account, id = registered(f"schemathesis-{next(numbers)}")
    ask("PATCH", f"admin/users/{id}", {"role": "admin"}, operator["access"])
    member = {"username": account["username"], "role": "admin"}
    ask("POST", f"organizations/{operator['organization']}/members", member, operator["access"])
    return ask("POST", "auth/login", account)["access"]


@schemathesis.auth(refresh_interval=None)
class Account:
    def get(self, case, context):
        with lock:
            session["access"] = session["access"] or signed_in()
            return session["access"]

    def set(self, case, access, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {access}"


@schemathesis.hook
def after_call(context, case, response):
    ended = case.method != "GET" and any(part in case.path for part in ENDING)
    if response.status_code == 401 or ended:
        with lock:
            session["access"] = None


@schemathesis.hook
def before_call(context, case, kwargs):
    """An organization that nobody is in would be all that any route said."""
    named = (case.headers or {}).get("Photure-Library")
    if named is not None and is_id(named) and operator["organization"]:
        case.headers["Photure-Library"] = operator["organization"]


def is_id(text):
    try:
        uuid.UUID(text)
        return True
    except ValueError:
        return False
