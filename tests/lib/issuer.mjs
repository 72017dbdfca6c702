// An issuer of tokens shaped like Clerk's: RS256, its keys over HTTP, and whatever wrong one may wish for.
import { createHmac, createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

const encode = (part) => Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");

export class SigningKey {
  constructor(kid = `ins_${randomUUID()}`) {
    Object.assign(this, { kid }, generateKeyPairSync("rsa", { modulusLength: 2048 }));
  }

  get jwk() {
    return { ...this.publicKey.export({ format: "jwk" }), kid: this.kid, use: "sig", alg: "RS256" };
  }

  sign(claims, header = {}) {
    const said = `${encode({ alg: "RS256", typ: "JWT", kid: this.kid, ...header })}.${encode(claims)}`;
    return `${said}.${createSign("RSA-SHA256").update(said).sign(this.privateKey).toString("base64url")}`;
  }

  /** What a verifier takes that lets the header choose: the public key, which everybody has, as a secret. */
  signAsSecret(claims) {
    const said = `${encode({ alg: "HS256", typ: "JWT", kid: this.kid })}.${encode(claims)}`;
    const secret = this.publicKey.export({ type: "spki", format: "pem" });
    return `${said}.${createHmac("sha256", secret).update(said).digest("base64url")}`;
  }

  unsigned(claims) {
    return `${encode({ alg: "none", typ: "JWT", kid: this.kid })}.${encode(claims)}.`;
  }
}

export class Issuer {
  /** How often its keys were asked for. */
  asked = 0;

  static async start(port) {
    const issuer = new Issuer();
    issuer.keys = [new SigningKey()];
    issuer.url = `http://127.0.0.1:${port}`;
    issuer.server = createServer((request, response) => {
      const isKeys = request.url === "/.well-known/jwks.json";
      if (isKeys) issuer.asked += 1;
      response.writeHead(isKeys ? 200 : 404, { "content-type": "application/json" });
      response.end(isKeys ? JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }) : "{}");
    });
    await new Promise((resolve) => issuer.server.listen(port, "127.0.0.1", resolve));
    return issuer;
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  /** As Clerk's session tokens: for a minute, for one page. */
  claims(page, more = {}) {
    const now = Math.floor(Date.now() / 1000);
    const claims = { azp: page, exp: now + 60, fva: [0, -1], iat: now, iss: this.url, nbf: now - 10, sid: `sess_${randomUUID()}`, sts: "active", sub: "user_ada", v: 2, ...more };
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  }
}
