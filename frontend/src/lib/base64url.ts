/** Bytes as text without padding, as WebAuthn and tokens have them. */
export function toBase64url(bytes: ArrayBuffer): string {
  const chars = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(chars).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const chars = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(chars, (char) => char.charCodeAt(0));
}
