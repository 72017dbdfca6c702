// Signing in at a provider, as a person lives it: a real OpenID provider and Chromium, on the one-process form and through nginx on four
// services.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { chromium, complaintsOf, lookAt, makeAccount } from "./chromium.mjs";
import { Client } from "../lib/client.mjs";
import { providerAt, startProvider } from "../lib/provider.mjs";
import { forms } from "../lib/stack.mjs";

const PROVIDER = "Our house";

for (const [form, start] of Object.entries(forms)) {
  describe(form, () => {
    let stack, provider, browser, context, page, complaints, admin, adaId;
    /** What the browser has sent on its way back, with the cookie it sent along. */
    const returns = [];
    const password = `a long enough ${randomUUID()}`;
    const people = {
      ada: { email: "ada@example.org", email_verified: true, preferred_username: "ada" },
      bob: { email: "bob@example.org", email_verified: true, preferred_username: "bob" },
      eve: { email: "bob@example.org", email_verified: false, preferred_username: "eve" },
      nobody: { preferred_username: "nobody" },
    };
    const at = (id) => page.getByTestId(id);
    const link = () => page.getByRole("button", { name: `Link ${PROVIDER}`, exact: true });

    const look = (name) => lookAt(page, name);

    /** A browser that nobody is signed in with anywhere. */
    async function freshBrowser() {
      await context?.close();
      context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      page = await context.newPage();
      page.setDefaultTimeout(20_000);
      complaints = complaintsOf(page);
      page.on("request", async (request) => {
        if (!request.url().endsWith("/callback") || request.method() !== "POST") return;
        returns.push({ url: request.url(), body: request.postData(), headers: await request.allHeaders() });
      });
    }

    /** From Photure's page to the provider's, and its own form. */
    async function leave() {
      await page.goto(`${stack.url}/sign-in`);
      await page.getByRole("button", { name: `Sign in with ${PROVIDER}` }).click();
      await page.waitForURL(`${provider.issuer}/**`);
    }
    async function signInThere(login) {
      await page.locator("input[name=login]").fill(login);
      await page.locator("input[name=password]").fill("anything");
      await page.locator("button[type=submit]").click();
      await consent();
    }
    async function consent() {
      await page.getByText("Authorize").waitFor();
      await page.locator("button[type=submit]").click();
    }
    async function signOut() {
      if (!(await at("sign-out").isVisible())) await at("account-menu").click();
      await at("sign-out").click();
      await at("login-form").waitFor();
    }
    /** Whose account the page is signed in to. */
    async function me() {
      const { access } = await page.evaluate(async () => (await fetch("/api/v1/auth/token/refresh", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })).json());
      const answer = await fetch(`${stack.url}/api/v1/users/me`, { headers: { authorization: `Bearer ${access}` } });
      return answer.json();
    }

    before(async () => {
      provider = await providerAt({ label: PROVIDER });
      stack = await start({ env: provider.env });
      provider = { ...provider, ...(await startProvider(provider, stack.url, people)) };
      admin = await Client.register(stack.url, "admin");
      browser = await chromium();
      await freshBrowser();
    });
    after(async () => {
      await browser?.close();
      await provider?.stop?.();
      await stack?.stop();
    });

    test("makes an account for somebody who was never here", async () => {
      await page.goto(`${stack.url}/sign-in`);
      await at("providers").waitFor();
      await look("sign-in-with-provider");
      await leave();
      await signInThere("ada");
      await at("account-menu").waitFor();
      assert.equal(new URL(page.url()).search, "", "what the provider said is in no address");
      const ada = await me();
      assert.deepEqual([ada.username, ada.email, ada.role, ada.email_confirmed], ["ada", "ada@example.org", "member", true], "the provider has seen to the address");
      adaId = ada.id;
    });

    test("is the only way in, until there is a password", async () => {
      await page.goto(`${stack.url}/account`);
      await page.getByText("your only way to sign in").waitFor();
      await page.getByText("There is no password yet that it could stand beside").waitFor();
      await look("account-without-password");
      for (const name of ["Set up", "Add a passkey"]) assert.equal(await page.getByRole("button", { name }).count(), 0);
      assert.equal(await page.getByRole("button", { name: `Unlink ${PROVIDER}` }).count(), 0);
      await at("change-password").locator("[name=new]").fill(password);
      await at("change-password").locator("button[type=submit]").click();
      await page.getByText("You have a password now").waitFor();
      await page.getByRole("button", { name: "Set up" }).waitFor();
      await page.getByRole("button", { name: `Unlink ${PROVIDER}` }).waitFor();
      await signOut();
    });

    test("finds the same account again", async () => {
      await page.goto(`${stack.url}/sign-in?next=%2Ftrash`);
      await page.getByRole("button", { name: `Sign in with ${PROVIDER}` }).click();
      await page.waitForURL(`${stack.url}/trash`);
      assert.equal((await me()).id, adaId);
      assert.deepEqual(complaints, []);
    });

    test("takes an answer once, and only where it was begun", async () => {
      const last = returns.at(-1);
      assert.match(last.headers.cookie, /photure_oidc=/);
      const send = (body, headers = last.headers) =>
        fetch(last.url, { method: "POST", headers: { "content-type": "application/json", cookie: headers.cookie ?? "" }, body: JSON.stringify(body) });
      const said = JSON.parse(last.body);
      for (const [what, answer] of Object.entries({
        "the same again": await send(said),
        "without the cookie": await send(said, {}),
        "with another state": await send({ ...said, state: `${said.state}x` }),
        "without a state": await send({ ...said, state: "" }),
      })) {
        assert.equal(answer.status, 401, what);
        assert.equal((await answer.json()).code, "sign_in_interrupted", what);
      }
      await freshBrowser();
      await page.goto(`${stack.url}/sign-in/house?code=x&state=y&iss=${encodeURIComponent(provider.issuer)}`);
      await page.getByText("not begun in this browser").waitFor();
      await look("sign-in-interrupted");
      await page.getByRole("link", { name: "Back to signing in" }).click();
      await at("login-form").waitFor();
    });

    test("says what to do where somebody does not agree", async () => {
      await leave();
      await page.locator("input[name=login]").fill("ada");
      await page.locator("input[name=password]").fill("anything");
      await page.locator("button[type=submit]").click();
      await page.getByText("Authorize").waitFor();
      await page.locator("a[href$='/abort']").click();
      await page.getByText("was not allowed to say who you are").waitFor();
    });

    test("links an account only when its owner says so", async () => {
      await freshBrowser();
      await makeAccount(page, stack.url, { username: "bob", password });
      const bob = await me();
      await signOut();
      await leave();
      await signInThere("bob");
      await page.getByText("You are here already").waitFor();
      await look("link-required");
      // Somebody else who signs in in this browser is not asked.
      await page.getByRole("link", { name: `Sign in to link ${PROVIDER}` }).click();
      const login = async (username, secret) => {
        await at("login-form").locator("[name=username]").fill(username);
        await at("login-form").locator("[name=password]").fill(secret);
        await at("login-form").locator("button[type=submit]").click();
        await page.getByRole("heading", { name: "Sign in elsewhere" }).waitFor();
      };
      await login("ada", password);
      assert.equal(await at("pending-link").count(), 0);
      await signOut();
      await page.goto(`${stack.url}/sign-in?next=%2Faccount`);
      await login("bob", password);
      await at("pending-link").getByText("bob@example.org").waitFor();
      await look("link-pending");
      await at("pending-link").getByRole("button", { name: `Link ${PROVIDER}` }).click();
      await page.getByRole("button", { name: `Unlink ${PROVIDER}` }).waitFor();
      await signOut();
      await page.getByRole("button", { name: `Sign in with ${PROVIDER}` }).click();
      await at("account-menu").waitFor();
      assert.equal((await me()).id, bob.id);
    });

    test("does not let an unverified address near an account", async () => {
      await freshBrowser();
      await leave();
      await signInThere("eve");
      await page.getByText("There is an account with this e-mail address already").waitFor();
      await freshBrowser();
      await leave();
      await signInThere("nobody");
      await page.getByText("did not tell your e-mail address").waitFor();
    });

    test("links and unlinks from the account", async () => {
      await freshBrowser();
      await makeAccount(page, stack.url, { username: `carol-${randomUUID().slice(0, 8)}`, password });
      people.carol = { email: "carol@elsewhere.example", email_verified: false, preferred_username: "carol" };
      await page.goto(`${stack.url}/account`);
      await link().click();
      await page.waitForURL(`${provider.issuer}/**`);
      await signInThere("carol");
      await at("pending-link").getByText("carol@elsewhere.example").waitFor();
      await at("pending-link").getByRole("button", { name: `Link ${PROVIDER}` }).click();
      await page.getByRole("button", { name: `Unlink ${PROVIDER}` }).click();
      await page.locator("dialog").getByRole("button", { name: "Unlink" }).click();
      await page.waitForFunction(() => document.querySelector("[data-testid=identities]")?.children.length === 0);
      assert.deepEqual(complaints, []);
    });

    test("keeps a disabled account out", async () => {
      await freshBrowser();
      const disabled = await admin.call("PATCH", `admin/users/${adaId}`, { json: { disabled: true } });
      assert.equal(disabled.status, 200);
      await leave();
      await signInThere("ada");
      await page.getByText("This account is disabled").waitFor();
      await admin.call("PATCH", `admin/users/${adaId}`, { json: { disabled: false } });
      const audit = await admin.get(`admin/audit?account=${adaId}`);
      const actions = audit.items.map(({ action }) => action);
      for (const action of ["identity.linked", "account.created", "session.opened", "session.refused"]) {
        assert.ok(actions.includes(action), `${action} is not among ${actions}`);
      }
    });
  });
}
