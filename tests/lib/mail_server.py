"""A mail server for one test: says which port it has, then a line of JSON for each letter.

mail_server.py [--port N] [--certificate FILE --key FILE] [--login NAME:PASSWORD]: with a certificate it wants STARTTLS, with a login it wants that."""

import argparse
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--login")
options = parser.parse_args()


def say(what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        say({
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in letter.items()},
            "text": letter.get_content(),
            "encrypted": session.ssl is not None,
        })
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    given = isinstance(data, LoginPassword) and f"{data.login.decode()}:{data.password.decode()}"
    return AuthResult(success=given == options.login)


security = {}
if options.certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    security = {"tls_context": context, "require_starttls": True}
if options.login:
    security |= {"auth_required": True, "authenticator": authenticate}


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Mailbox(), hostname="localhost", loop=loop, **security), "127.0.0.1", options.port)
    say({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(serve())
