/**
 * One holder at a time across the tabs of this browser.
 *
 * `navigator.locks` exists only in secure contexts; on plain http in a home network a lease in localStorage stands in.
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = (navigator as Partial<Navigator>).locks;
  if (locks) return (await locks.request(name, work));
  const release = await takeLease(`photure.lock.${name}`);
  try {
    return await work();
  } finally {
    release();
  }
}

/** A crashed tab must not hold the others up for longer than this. */
const LEASE_MS = 10_000;
/** Long enough for another tab's write to be seen, short enough not to be felt. */
const SETTLE_MS = 30;

async function takeLease(key: string): Promise<() => void> {
  const owner = `${Math.random()}`;
  const deadline = Date.now() + LEASE_MS;
  while (Date.now() < deadline) {
    const held = read(key);
    if (held === null || held.until < Date.now()) {
      write(key, owner);
      await pause(SETTLE_MS + Math.random() * SETTLE_MS);
      if (read(key)?.owner === owner) return () => { if (read(key)?.owner === owner) forget(key); };
    } else {
      await pause(SETTLE_MS);
    }
  }
  return () => undefined;
}

function read(key: string): { owner: string; until: number } | null {
  try {
    const [owner, until] = (localStorage.getItem(key) ?? "").split("|");
    return owner && until ? { owner, until: Number(until) } : null;
  } catch {
    return null;
  }
}

function write(key: string, owner: string) {
  try {
    localStorage.setItem(key, `${owner}|${Date.now() + LEASE_MS}`);
  } catch {
    // Without storage there is nothing to share, and nothing to wait for but the deadline.
  }
}

function forget(key: string) {
  try {
    localStorage.removeItem(key);
  } catch {
    // As above.
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
