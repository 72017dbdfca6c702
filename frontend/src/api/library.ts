import { Store } from "../lib/store";
import { person } from "./session";

/** An organisation whose photos are shown instead of one's own. */
export interface Library {
  id: string;
  name: string;
}

/** Whose photos this page is about; null is one's own. It stays as it is for as long as the page does, lest what was asked of one library be taken for another's. */
export const library = new Store<Library | null>(null);

/** This page makes way for one about another library. Nothing is to be sent from it any more. */
export const leaving = new Store(false);

export const LIBRARY_HEADER = "Photure-Library";
/** The code of a refusal for whoever is not in the organisation that the header names. */
export const LIBRARY_UNKNOWN = "library_not_found";

const KEY = "photure.library";
const LOST_KEY = "photure.library-lost";

/** What is about a library; nothing else is asked of it, nor told which it is. */
const ABOUT_ONE = /^\/api\/v1\/(photos|timeline|trash|uploads|archives)(\/|$)/;

/** What the header says in a request to this path, where it has one. */
export function libraryFor(pathname: string): string | null {
  return ABOUT_ONE.test(pathname) ? library.get()?.id ?? null : null;
}

interface Remembered extends Library {
  person: string;
}

/** Somebody is signed in and finds what they chose, or nobody is any more and nothing stays. */
export function openLibrary(whose: string | null) {
  if (whose === null) localStorage.removeItem(KEY);
  const remembered = read();
  library.set(remembered !== null && remembered.person === whose ? { id: remembered.id, name: remembered.name } : null);
}

/** Another library, on another page. */
export function chooseLibrary(next: Library | null) {
  const whose = person.get();
  if (next === null || whose === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify({ person: whose, id: next.id, name: next.name } satisfies Remembered));
  leave();
}

/** The server does not let them in any more: back among one's own photos, where the next page tells why. */
export function loseLibrary(id: string) {
  const current = library.get();
  if (current?.id !== id || leaving.get()) return;
  // Another tab may have chosen another one since.
  if (read()?.id === id) localStorage.removeItem(KEY);
  sessionStorage.setItem(LOST_KEY, current.name);
  leave();
}

/** A new page holds nothing of what this one has loaded, so that no two libraries are ever mixed. */
function leave() {
  leaving.set(true);
  location.replace("/");
}

/** The name of the library that the page before this one lost, told once. */
export function tellLost(): string | null {
  try {
    const name = sessionStorage.getItem(LOST_KEY);
    sessionStorage.removeItem(LOST_KEY);
    return name;
  } catch {
    return null;
  }
}

function read(): Remembered | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null") as Remembered | null;
  } catch {
    return null;
  }
}
