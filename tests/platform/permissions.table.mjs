// Who may do what: every route of the API, as the whole platform serves it. A route that is not here fails the test beside this file.
//
// The third column says who is let in:
//   everyone    with or without a token, whatever it is worth
//   anonymous   with a token or without; but the gateway turns a bad one away before anyone is asked
//   someone     who is signed in, and every program with an API key of theirs
//   themselves  who is signed in; no API key, whatever its scopes
//   photos:read, photos:write, admin
//               who is signed in and has the scope; every program whose API key has it
//   admins      who is signed in and an admin; no API key, whatever its scopes
// The fourth, where there is one, names the thing of one person that the address is about: for anyone else it is not found.
// The fifth is what is sent so that whoever is let in changes nothing, and what they are answered then.

const nothing = { json: {} };
/** A revision that is not the photo's: whoever may change it learns that it is another one. */
const another = { headers: { "if-match": '"another"' } };
const tus = { headers: { "tus-resumable": "1.0.0" } };
/** Bytes for a place that the upload has not reached. */
const beyond = { headers: { ...tus.headers, "content-type": "application/offset+octet-stream", "upload-offset": "5" }, body: "x" };
const insteadOfHead = { headers: { ...tus.headers, "x-http-method-override": "HEAD" } };

const xmp = {
  body: `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3"/></rdf:RDF></x:xmpmeta>`,
};

export const table = [
  ["GET", "/.well-known/jwks.json", "everyone", null, {}, 200],
  ["GET", "/api/health", "everyone", null, {}, 200],
  ["GET", "/media/{sha256}/{file}", "everyone", null, {}, 403], // the signature counts, and this address has none

  ["POST", "/api/v1/auth/register", "everyone", null, nothing, 422],
  ["POST", "/api/v1/auth/login", "everyone", null, nothing, 422],
  ["POST", "/api/v1/auth/login/second-factor", "everyone", null, nothing, 422],
  ["POST", "/api/v1/auth/login/passkey/options", "everyone", null, {}, 409], // tests go by numbers, for which there are no passkeys
  ["POST", "/api/v1/auth/login/passkey", "everyone", null, nothing, 422],
  ["POST", "/api/v1/auth/password/forgot", "everyone", null, nothing, 422],
  ["POST", "/api/v1/auth/password/reset", "everyone", null, nothing, 422],
  ["POST", "/api/v1/auth/email/confirm", "everyone", null, nothing, 422],
  ["GET", "/api/v1/auth/options", "everyone", null, {}, 200],
  ["GET", "/api/v1/auth/oidc", "everyone", null, {}, 200],
  ["POST", "/api/v1/auth/oidc/{provider}", "everyone", null, {}, 404], // there is none of this name
  ["POST", "/api/v1/auth/oidc/{provider}/callback", "everyone", null, { json: { state: "none" } }, 404],
  ["POST", "/api/v1/auth/token/refresh", "everyone", null, nothing, 401], // there is no refresh token
  ["POST", "/api/v1/auth/logout", "everyone", null, { json: { refresh: "none" } }, 204, { ends: true }],
  ["GET", "/api/v1/auth/verify-token", "everyone", null, {}, 200],
  ["GET", "/api/v1/auth/health", "everyone", null, {}, 200],

  ["GET", "/api/v1/users/me", "someone", null, {}, 200],
  ["PATCH", "/api/v1/users/me", "themselves", null, nothing, 200],
  ["DELETE", "/api/v1/users/me", "themselves", null, {}, 422], // the password is missing
  ["POST", "/api/v1/users/me/restore", "themselves", null, {}, 200],
  // What administrators may do to other people's accounts at the same addresses, auth's own tests tell.
  ["GET", "/api/v1/users/{id}", "someone", "self", {}, 200],
  ["PUT", "/api/v1/users/{id}", "themselves", "self", { json: { username: "me", email: "another@example.org" } }, 422],
  ["PATCH", "/api/v1/users/{id}", "themselves", "self", nothing, 200],
  ["DELETE", "/api/v1/users/{id}", "themselves", "self", {}, 422],
  ["POST", "/api/v1/users/{id}/restore", "themselves", "self", {}, 200],

  // What owners, admins and members of one may do in it, and administrators in all, organizations.test.mjs tells. Here it is its owner.
  ["GET", "/api/v1/organizations", "someone", null, {}, 200],
  ["POST", "/api/v1/organizations", "admins", null, nothing, 422],
  ["GET", "/api/v1/organizations/{id}", "someone", "organization", {}, 200],
  ["PATCH", "/api/v1/organizations/{id}", "themselves", "organization", { json: { name: "Ours" } }, 200],
  ["DELETE", "/api/v1/organizations/{id}", "themselves", "organization", {}, 202],
  ["POST", "/api/v1/organizations/{id}/restore", "themselves", "organization", {}, 200],
  ["GET", "/api/v1/organizations/{id}/members", "someone", "organization", {}, 200],
  ["POST", "/api/v1/organizations/{id}/members", "themselves", "organization", { json: { username: "nobody-at-all", role: "member" } }, 404],
  ["PATCH", "/api/v1/organizations/{id}/members/{user_id}", "themselves", "organization", { json: { role: "member" } }, 404], // nor is that one in it
  ["DELETE", "/api/v1/organizations/{id}/members/{user_id}", "themselves", "organization", {}, 404],

  ["GET", "/api/v1/auth/sessions", "themselves", null, {}, 200],
  ["DELETE", "/api/v1/auth/sessions", "themselves", null, {}, 204, { ends: true }],
  ["GET", "/api/v1/auth/sessions/{id}", "themselves", "session", {}, 200],
  ["DELETE", "/api/v1/auth/sessions/{id}", "themselves", "session", {}, 204],
  ["PUT", "/api/v1/auth/password", "themselves", null, nothing, 422],
  ["GET", "/api/v1/auth/email", "themselves", null, {}, 200],
  ["PUT", "/api/v1/auth/email", "themselves", null, nothing, 422],
  ["POST", "/api/v1/auth/email/confirmation", "themselves", null, {}, 409], // no mail is sent there
  ["GET", "/api/v1/auth/totp", "themselves", null, {}, 200],
  ["POST", "/api/v1/auth/totp", "themselves", null, nothing, 422],
  ["POST", "/api/v1/auth/totp/confirm", "themselves", null, nothing, 422],
  ["POST", "/api/v1/auth/totp/disable", "themselves", null, nothing, 422],
  ["POST", "/api/v1/auth/totp/recovery-codes", "themselves", null, nothing, 422],
  ["GET", "/api/v1/auth/passkeys", "themselves", null, {}, 200],
  ["POST", "/api/v1/auth/passkeys", "themselves", null, nothing, 422],
  ["POST", "/api/v1/auth/passkeys/options", "themselves", null, nothing, 422],
  ["DELETE", "/api/v1/auth/passkeys/{id}", "themselves", null, {}, 404], // nor has anybody here one
  ["GET", "/api/v1/auth/identities", "themselves", null, {}, 200],
  ["POST", "/api/v1/auth/identities", "themselves", null, nothing, 422],
  ["POST", "/api/v1/auth/identities/confirm", "themselves", null, {}, 404], // nothing waits
  ["DELETE", "/api/v1/auth/identities/{id}", "themselves", null, {}, 404], // nor has anybody here one
  ["GET", "/api/v1/auth/api-keys", "themselves", null, {}, 200],
  ["POST", "/api/v1/auth/api-keys", "themselves", null, nothing, 422],
  ["DELETE", "/api/v1/auth/api-keys/{id}", "themselves", "apiKey", {}, 204],

  ["GET", "/api/v1/photos", "photos:read", null, {}, 200],
  ["POST", "/api/v1/photos/check", "photos:read", null, { json: { items: [] } }, 200],
  ["GET", "/api/v1/photos/{id}", "photos:read", "photo", {}, 200],
  ["GET", "/api/v1/photos/{id}/metadata", "photos:read", "photo", {}, 200],
  ["GET", "/api/v1/photos/{id}/original", "photos:read", "photo", {}, 302],
  ["GET", "/api/v1/timeline", "photos:read", null, {}, 200],
  ["GET", "/api/v1/timeline/segments/{id}", "photos:read", "segment", {}, 200],
  ["GET", "/api/v1/trash", "photos:read", null, {}, 200],
  ["GET", "/api/v1/usage", "photos:read", null, {}, 200],
  ["POST", "/api/v1/archives", "photos:read", null, { json: { photo_ids: [] } }, 422],
  ["GET", "/api/v1/archives/{id}", "photos:read", "archive", {}, 200],

  ["POST", "/api/v1/photos", "photos:write", null, { body: "no form" }, 415],
  ["PATCH", "/api/v1/photos/{id}", "photos:write", "photo", { ...another, json: { title: "x" } }, 412],
  ["DELETE", "/api/v1/photos/{id}", "photos:write", "photo", another, 412],
  ["POST", "/api/v1/photos/{id}/restore", "photos:write", "photo", {}, 200],
  ["POST", "/api/v1/trash/empty", "photos:write", null, {}, 204],
  ["OPTIONS", "/api/v1/uploads", "anonymous", null, {}, 204],
  ["POST", "/api/v1/uploads", "photos:write", null, { headers: { "tus-resumable": "0.2.2" } }, 412],
  ["GET", "/api/v1/uploads/{id}", "photos:write", "upload", {}, 200],
  ["HEAD", "/api/v1/uploads/{id}", "photos:write", "upload", tus, 200],
  ["PATCH", "/api/v1/uploads/{id}", "photos:write", "upload", beyond, 409],
  ["POST", "/api/v1/uploads/{id}", "photos:write", "upload", insteadOfHead, 200],
  ["PUT", "/api/v1/uploads/{id}/sidecar", "photos:write", "upload", xmp, 204],
  ["DELETE", "/api/v1/uploads/{id}", "photos:write", "upload", tus, 204],

  ["GET", "/api/v1/admin/integrity", "admin", null, {}, 200],
  ["GET", "/api/v1/users", "admin", null, {}, 200],
  ["POST", "/api/v1/users", "admins", null, nothing, 422],
  ["GET", "/api/v1/admin/organizations", "admin", null, {}, 200],
  ["GET", "/api/v1/admin/storage", "admin", null, {}, 200],
  ["GET", "/api/v1/admin/storage/{id}", "admin", "account", {}, 200],
  ["GET", "/api/v1/admin/users", "admin", null, {}, 200],
  ["GET", "/api/v1/admin/users/{id}", "admin", "account", {}, 200],
  ["GET", "/api/v1/admin/audit", "admin", null, {}, 200],
  ["GET", "/api/v1/admin/audit/export", "admin", null, {}, 200],
  ["GET", "/api/v1/admin/invitations", "admin", null, {}, 200],
  ["POST", "/api/v1/admin/invitations", "admins", null, { json: { days: 0 } }, 422],
  ["DELETE", "/api/v1/admin/invitations/{id}", "admins", "invitation", {}, 204],
  ["PUT", "/api/v1/admin/storage/{id}", "admins", "account", { json: { quota: "unlimited" } }, 200],
  ["POST", "/api/v1/admin/users", "admins", null, nothing, 422],
  ["PATCH", "/api/v1/admin/users/{id}", "admins", "account", nothing, 200],
  ["DELETE", "/api/v1/admin/users/{id}/sessions", "admins", "account", {}, 204],
  ["PUT", "/api/v1/admin/users/{id}/password", "admins", "account", nothing, 200],
  ["POST", "/api/v1/admin/users/{id}/password-link", "admins", "account", {}, 201],
];

/** What the third column's words mean for each kind of caller: let in, or refused with this. */
const refused = (status, code) => ({ status, code });
export const forbidden = refused(403, "forbidden");
const all = (...rest) => Object.fromEntries(["someone", "themselves", "photos:read", "photos:write", "admin", "admins"].map((who, nth) => [who, rest[nth] ?? rest[0]]));

export const callers = {
  //                                            someone    themselves  photos:read  photos:write  admin      admins
  "a member":                                all("in",      "in",       "in",        "in",         forbidden, forbidden),
  "another member":                          all("in",      "in",       "in",        "in",         forbidden, forbidden),
  "an admin":                                all("in",      "in",       "in",        "in",         "in",      "in"),
  "a key that may read":                     all("in",      forbidden,  "in",        forbidden,    forbidden, forbidden),
  "a key that may write":                    all("in",      forbidden,  forbidden,   "in",         forbidden, forbidden),
  "a key that may do all a member may":      all("in",      forbidden,  "in",        "in",         forbidden, forbidden),
  "an admin's key that may do all":          all("in",      forbidden,  "in",        "in",         "in",      forbidden),
  "an admin's key that may not administer":  all("in",      forbidden,  "in",        "in",         forbidden, forbidden),
  "nobody":                                  all(refused(401, "unauthenticated")),
  "nonsense":                                all(refused(401, "token_invalid")),
  "an expired token":                        all(refused(401, "token_expired")),
  "a token of a session that was ended":     all(refused(401, "session_ended")),
  "somebody whose account was disabled":     all(refused(401, "session_ended")),
  "an admin who is one no more":             all(refused(401, "session_ended")),
  "a key of a disabled account":             all(refused(401, "api_key_invalid")),
  "a tampered token":                        all(refused(401, "token_invalid")),
  "a token that claims more scope":          all(refused(401, "token_invalid")),
  "a token without a signature (alg none)":  all(refused(401, "token_invalid")),
  "a token of HS256":                        all(refused(401, "token_invalid")),
  "a token for another audience":            all(refused(401, "token_invalid")),
  "a token of a foreign issuer":             all(refused(401, "token_invalid")),
  "a foreign key under our key's id":        all(refused(401, "token_invalid")),
  "a key that was deleted":                  all(refused(401, "api_key_invalid")),
  "a key that has run out":                  all(refused(401, "api_key_invalid")),
  "an invented key":                         all(refused(401, "api_key_invalid")),
  "half a key":                              all(refused(401, "api_key_invalid")),
};
