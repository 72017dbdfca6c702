// As much of Clerk as a page meets: its Frontend API, and the pages where people sign in, for Clerk's own library in a browser. There is one browser,
// so what real cookies would say is kept here. What is not here: instances for development, with their tokens in addresses, and Clerk's own forms.
import { randomUUID } from "node:crypto";
import { Issuer } from "./issuer.mjs";
import { keep } from "./secrets.mjs";

export const FRONTEND_API = "https://clerk.photure.test";
const PAGES = "https://accounts.photure.test";
export const PUBLISHABLE_KEY = `pk_live_${Buffer.from(`${new URL(FRONTEND_API).host}$`).toString("base64")}`;

/** Where to go back to stands behind the `#`. */
const pageAt = (where) => `<!doctype html><title>Clerk</title><h1>${where}</h1><form action="/done"><input type="hidden" name="redirect_url"><button>Continue</button></form>
<script>document.querySelector("input").value = new URLSearchParams(location.hash.replace(/^[^?]*/, "")).get("redirect_url")</script>`;

export class ClerkInstance {
  /** Of a token. Clerk's live for a minute. */
  seconds = 60;
  /** What the page asked for: method and path. */
  asked = [];
  /** Answers nothing. */
  away = false;
  session = null;
  /** Who will sign in next on its page. */
  person = { sub: `user_${randomUUID().replaceAll("-", "")}`, email: "ada@example.org", username: "ada" };

  static async start(port) {
    const instance = new ClerkInstance();
    instance.issuer = await Issuer.start(port);
    return instance;
  }

  stop() {
    return this.issuer.stop();
  }

  /** Stands where the browser would find Clerk. `page` is the origin it signs people in for. */
  async meet(context, page) {
    await context.route(`${FRONTEND_API}/**`, (route) => (this.away ? route.abort("connectionrefused") : this.#answer(route, page)));
    await context.route(`${PAGES}/**`, (route) => {
      const url = new URL(route.request().url());
      if (url.pathname === "/done") this.session = { id: `sess_${randomUUID().replaceAll("-", "")}`, ...this.person };
      if (url.pathname === "/done") return route.fulfill({ status: 303, headers: { location: url.searchParams.get("redirect_url") } });
      return route.fulfill({ contentType: "text/html", body: pageAt(url.pathname) });
    });
  }

  token(page) {
    const { id: sid, sub, email, username } = this.session;
    const now = Math.floor(Date.now() / 1000);
    const token = this.issuer.keys[0].sign(this.issuer.claims(page, { sid, sub, email, username, exp: now + this.seconds }));
    keep(token, "a token of Clerk's");
    return token;
  }

  #answer(route, page) {
    const request = route.request();
    const url = new URL(request.url());
    const method = url.searchParams.get("_method") ?? request.method();
    const where = url.pathname.replace(/^\/v1\//, "");
    if (method !== "OPTIONS") this.asked.push(`${method} ${where}`);
    const answer = (json, status = 200) => route.fulfill({
      status, json, headers: { "access-control-allow-origin": page, "access-control-allow-credentials": "true", "access-control-allow-headers": "*" },
    });
    const refuse = (status, code) => answer({ errors: [{ code, message: code, long_message: code }] }, status);
    if (method === "OPTIONS") return answer({});
    if (where === "environment") return answer(environment(page));
    if (where === "client") return answer({ response: this.#client(page) });
    if (where === "client/sessions" && method === "DELETE") {
      this.session = null;
      return answer({ response: this.#client(page) });
    }
    const [, id, what] = /^client\/sessions\/([^/]+)\/(\w+)$/.exec(where) ?? [];
    if (!id) return refuse(404, "resource_not_found");
    if (id !== this.session?.id) return refuse(401, "authentication_invalid");
    if (what === "tokens") return answer({ object: "token", jwt: this.token(page) });
    return answer({ response: this.#session(page), client: this.#client(page) });
  }

  #client(page) {
    const sessions = this.session ? [this.#session(page)] : [];
    const at = Date.now();
    return { object: "client", id: "client_1", sessions, sign_in: null, sign_up: null, last_active_session_id: this.session?.id ?? null, cookie_expires_at: null, created_at: at, updated_at: at };
  }

  #session(page) {
    const at = Date.now();
    const user = {
      object: "user", id: this.session.sub, username: this.session.username, first_name: null, last_name: null, email_addresses: [], phone_numbers: [],
      web3_wallets: [], external_accounts: [], passkeys: [], saml_accounts: [], enterprise_accounts: [], organization_memberships: [], public_metadata: {}, unsafe_metadata: {},
      created_at: at, updated_at: at,
    };
    return {
      object: "session", id: this.session.id, status: "active", expire_at: at + 86_400_000, abandon_at: at + 86_400_000, last_active_at: at, actor: null,
      tasks: null, user, public_user_data: { identifier: this.session.username }, factor_verification_age: [0, -1],
      last_active_token: { object: "token", jwt: this.token(page) }, created_at: at, updated_at: at,
    };
  }
}

const environment = (page) => ({
  object: "environment",
  auth_config: { object: "auth_config", single_session_mode: true, url_based_session_syncing: false, reverification: false },
  display_config: {
    object: "display_config", instance_environment_type: "production", application_name: "Photure", home_url: page,
    sign_in_url: `${PAGES}/sign-in`, sign_up_url: `${PAGES}/sign-up`, user_profile_url: `${PAGES}/user`, after_sign_in_url: page, after_sign_up_url: page, after_sign_out_all_url: page,
  },
  user_settings: { attributes: {}, social: {}, enterprise_sso: {}, sign_in: {}, sign_up: {}, password_settings: {}, actions: {} },
  organization_settings: { enabled: false },
  commerce_settings: { billing: { stripe_publishable_key: "", user: { enabled: false }, organization: { enabled: false } } },
  api_keys_settings: {},
  maintenance_mode: false,
});
