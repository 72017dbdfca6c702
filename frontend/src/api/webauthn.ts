import { fromBase64url, toBase64url } from "../lib/base64url";
import type { components } from "./schema.gen";

type Creation = components["schemas"]["PasskeyCreation"];
type Request = components["schemas"]["PasskeyRequest"];

/** The person closed the browser's dialogue, or no device of theirs has a passkey for this. */
export class Declined extends Error {
  constructor() {
    super("No passkey was used. Try again, or sign in another way.");
    this.name = "Declined";
  }
}

/** Browsers have them on https, and on localhost. */
export const hasPasskeys = () => typeof PublicKeyCredential !== "undefined";

/** Has a device make a key, which it shows only after it has made sure of its owner. */
export async function makePasskey(asked: Creation, name: string): Promise<components["schemas"]["NewPasskey"]> {
  const made = await ask(() => navigator.credentials.create({
    publicKey: {
      challenge: fromBase64url(asked.nonce),
      rp: { id: asked.rp_id, name: "Photure" },
      user: { id: fromBase64url(asked.user_handle), name: asked.user_name, displayName: asked.user_name },
      pubKeyCredParams: asked.algorithms.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: asked.exclude.map((id) => ({ type: "public-key", id: fromBase64url(id) })),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
    },
  }));
  const answer = made.response as AuthenticatorAttestationResponse;
  const key = answer.getPublicKey();
  if (!key) throw new Error("This device makes a kind of passkey that Photure cannot use.");
  return {
    challenge: asked.challenge,
    name,
    client_data: toBase64url(answer.clientDataJSON),
    authenticator_data: toBase64url(answer.getAuthenticatorData()),
    public_key: toBase64url(key),
    algorithm: answer.getPublicKeyAlgorithm(),
  };
}

/** Has a device sign that its owner is here. */
export async function showPasskey(asked: Request): Promise<components["schemas"]["PasskeyAnswer"]> {
  const shown = await ask(() => navigator.credentials.get({
    publicKey: { challenge: fromBase64url(asked.nonce), rpId: asked.rp_id, userVerification: "required" },
  }));
  const answer = shown.response as AuthenticatorAssertionResponse;
  return {
    challenge: asked.challenge,
    id: toBase64url(shown.rawId),
    client_data: toBase64url(answer.clientDataJSON),
    authenticator_data: toBase64url(answer.authenticatorData),
    signature: toBase64url(answer.signature),
    ...(answer.userHandle ? { user_handle: toBase64url(answer.userHandle) } : {}),
  };
}

async function ask(question: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await question();
    if (credential) return credential as PublicKeyCredential;
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "InvalidStateError") throw new Error("This device has a passkey for your account already.", { cause: error });
    if (name !== "NotAllowedError" && name !== "AbortError") throw error;
  }
  throw new Declined();
}
