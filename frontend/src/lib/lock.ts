import { leases, type Leases } from "./lease";

/**
 * One holder at a time across the tabs of this browser.
 *
 * `navigator.locks` exists only in secure contexts; on plain http in a home network a lease stands in.
 */
export async function withLock<T>(name: string, work: () => Promise<T>, stand: Leases = leases): Promise<T> {
  const locks = (navigator as Partial<Navigator>).locks;
  if (locks) return locks.request(name, work);
  const release = await takeLease(name, stand);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Longer than any refresh should take; a tab that died must not hold the others up for longer. */
const LEASE_MS = 6000;
const LOOK_AGAIN_MS = 40;

async function takeLease(name: string, stand: Leases): Promise<() => Promise<unknown>> {
  const owner = tabName();
  const giveUp = Date.now() + 2 * LEASE_MS;
  while (Date.now() < giveUp) {
    const taken = await stand
      .change(name, (held) => (held && held.until > Date.now() && held.owner !== owner ? held : { owner, until: Date.now() + LEASE_MS }))
      .catch(() => null);
    // Where nothing can be kept there is nobody to agree with.
    if (!taken) break;
    if (taken.owner === owner) return () => stand.change(name, (held) => (held?.owner === owner ? null : held)).catch(() => null);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  return () => Promise.resolve();
}

/** The same over a reload: what a page held that is gone, its successor in the same tab holds. */
function tabName(): string {
  const fresh = `${Math.random()}`;
  try {
    const kept = sessionStorage.getItem("photure.tab") ?? fresh;
    sessionStorage.setItem("photure.tab", kept);
    return kept;
  } catch {
    return fresh;
  }
}
