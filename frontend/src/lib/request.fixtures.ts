/** For tests, imported first: Node's Request takes no relative address, as a browser's does. */
const Native = globalThis.Request;

globalThis.Request = class extends Native {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === "string" ? new URL(input, "http://localhost") : input, init);
  }
};
