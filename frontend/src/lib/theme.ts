import { Store } from "./store";

export type Theme = "system" | "light" | "dark";
const KEY = "photure.theme";

/** What the person chose; `public/theme.js` applies it before the first paint. */
export const theme = new Store<Theme>(read());

export function chooseTheme(next: Theme) {
  try {
    if (next === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // It then lasts as long as this page.
  }
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  theme.set(next);
}

function read(): Theme {
  const chosen = typeof document === "undefined" ? undefined : document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}
