/** SHA-256 as 64 lower-case hex digits; null where the browser offers none (plain http on another machine). */
export async function sha256Hex(file: Blob): Promise<string | null> {
  const subtle = (crypto as Partial<Crypto>).subtle;
  if (!subtle) return null;
  const digest = new Uint8Array(await subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
