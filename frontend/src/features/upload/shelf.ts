import type { Kept, Shelf } from "./kept";

const STORE = "uploads";

/** Kept in IndexedDB, which alone can hold the handle of a file. */
export const browserShelf: Shelf = {
  all: () => within("readonly", (store) => store.getAll() as IDBRequest<Kept[]>).catch(() => []),
  put: (kept) => within("readwrite", (store) => {
    for (const one of kept) store.put(one);
    return undefined;
  }).catch(() => undefined),
  remove: (keys) => within("readwrite", (store) => {
    for (const key of keys) store.delete(key);
    return undefined;
  }).catch(() => undefined),
};

let opened: Promise<IDBDatabase> | null = null;

async function within<T = undefined>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T> | undefined): Promise<T> {
  opened ??= open();
  const database = await opened.catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request?.result as T);
    transaction.onabort = () => reject(transaction.error ?? new Error("the shelf could not be written"));
  });
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("photure.uploads", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => {
      // A browser that clears its data, or a newer page, must not wait for this one.
      request.result.onversionchange = () => {
        request.result.close();
        opened = null;
      };
      request.result.onclose = () => { opened = null; };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error("there is no database"));
  });
}
