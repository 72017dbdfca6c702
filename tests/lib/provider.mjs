// An OpenID provider run for real: panva's oidc-provider, with people of its own and pages to sign in on.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { freePort } from "./processes.mjs";

const ofPage = createRequire(new URL("../../frontend/package.json", import.meta.url));

/** Says what it is made for, and nothing more, at each start. */
async function quietly(work) {
  const { warn, info } = console;
  Object.assign(console, { warn: () => {}, info: () => {} });
  try {
    return await work();
  } finally {
    Object.assign(console, { warn, info });
  }
}

/** Where it will be: `env` tells Photure of it, before it runs. On another site than Photure, as providers are. */
export async function providerAt({ name = "house", label = "Our house" } = {}) {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const secret = randomBytes(24).toString("base64url");
  const upper = name.toUpperCase();
  return {
    name, label, issuer, port, secret,
    env: {
      PHOTURE_OIDC_PROVIDERS: name,
      [`PHOTURE_OIDC_${upper}_ISSUER`]: issuer,
      [`PHOTURE_OIDC_${upper}_CLIENT_ID`]: "photure",
      [`PHOTURE_OIDC_${upper}_CLIENT_SECRET`]: secret,
      [`PHOTURE_OIDC_${upper}_LABEL`]: label,
    },
  };
}

/** Runs it for the Photure at `url`. `people` are what it knows of each login. */
export async function startProvider({ name, issuer, port, secret }, url, people) {
  const { Provider } = await import(ofPage.resolve("oidc-provider"));
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const configuration = {
    clients: [{ client_id: "photure", client_secret: secret, redirect_uris: [`${url}/sign-in/${name}`] }],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig", kid: randomBytes(8).toString("hex") }] },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["preferred_username"] },
    pkce: { required: () => true },
    findAccount: (_, login) => ({ accountId: login, claims: () => ({ sub: login, ...people[login] }) }),
  };
  const provider = await quietly(() => new Provider(issuer, configuration));
  provider.on("server_error", (_, error) => console.error("the provider:", error));
  const server = provider.listen(port);
  await new Promise((resolve) => server.once("listening", resolve));
  return { provider, stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}
