"""Whom schemathesis speaks for: an account of its own, and another where it has ended the session of the one before."""

import itertools
import json
import os
import threading
import urllib.request

import schemathesis

URL = os.environ["PHOTURE_URL"]
PASSWORD = "correct horse battery staple"
# What may end the session that asks, if it is not a GET.
ENDING = ("/auth/logout", "/auth/sessions", "/auth/password", "/auth/token", "/users/", "/admin/")

lock = threading.Lock()
numbers = itertools.count()
session = {"access": None}

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


def post(where, body):
    request = urllib.request.Request(f"{URL}/api/v1/{where}", json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def signed_in():
    name = f"schemathesis-{next(numbers)}"
    account = {"username": name, "password": PASSWORD}
    post("auth/register", {**account, "email": f"{name}@example.org"})
    return post("auth/login", account)["access"]


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
