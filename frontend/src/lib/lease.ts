/** Who holds something, and until when at most. */
export interface Lease {
  owner: string;
  until: number;
}

export interface Leases {
  /** Replaces a lease by what `change` makes of it, with nobody in between, and says what it is then. */
  change: (name: string, change: (held: Lease | null) => Lease | null) => Promise<Lease | null>;
}

/** Kept in IndexedDB, whose transactions all tabs wait for; localStorage is told to other tabs only some time later. */
export const leases: Leases = {
  async change(name, change) {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, "readwrite");
        const store = transaction.objectStore(STORE);
        let result: Lease | null = null;
        const read = store.get(name) as IDBRequest<Lease | undefined>;
        read.onsuccess = () => {
          result = change(read.result ?? null);
          if (result) store.put(result, name);
          else store.delete(name);
        };
        transaction.oncomplete = () => resolve(result);
        transaction.onabort = () => reject(transaction.error ?? new Error("the lease could not be written"));
      });
    } finally {
      database.close();
    }
  },
};

const STORE = "leases";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("photure", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("there is no database"));
  });
}
