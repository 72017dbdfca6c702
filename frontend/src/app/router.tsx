import { createRootRoute, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";
import { session } from "../api/session";
import { AccountPage } from "./AccountPage";
import { AdminPage } from "./AdminPage";
import { ArrivalPage } from "./ArrivalPage";
import { AuthPage } from "./AuthPage";
import { LinkPage } from "./LinkPage";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";
import { TimelinePage } from "./TimelinePage";
import { TrashPage } from "./TrashPage";

const authSearch = (search: Record<string, unknown>): { next?: string } =>
  typeof search.next === "string" && /^\/(?!\/)/.test(search.next) ? { next: search.next } : {};

/** What links brought behind their `#`, taken out of the address at once, so that no history keeps it. */
const tokens = new Map<string, string>();
const withToken = <Path extends "/register" | "/reset-password" | "/confirm-email">(path: Path) => ({
  getParentRoute: () => root,
  path,
  beforeLoad: ({ location: { hash } }: { location: { hash: string } }) => {
    if (!hash) return;
    tokens.set(path, hash);
    throw redirect({ to: path, replace: true });
  },
});
/** What a provider puts into the address; the router would take numbers and lists for what they look like. */
const arrivalSearch = (search: Record<string, unknown>): Record<string, string> => {
  const said = new URLSearchParams(location.search);
  return Object.fromEntries(Object.keys(search).map((name) => [name, said.get(name) ?? ""]));
};

/** Set while a person signs out by their own choice. */
let leaving = false;

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  beforeLoad: ({ location: { href } }) => {
    const state = session.get();
    // Whoever signed out themselves starts at the beginning next time.
    if (state !== "signed-in") throw redirect({ to: "/sign-in", search: href === "/" || leaving ? {} : { next: href }, replace: true });
  },
});
/** An open photo is part of the address: the back button closes it, and the address can be kept. The page stays below it. */
const timeline = createRoute({ getParentRoute: () => shell, id: "timeline", component: () => <TimelinePage favorite={false} /> });
const timelineGrid = createRoute({ getParentRoute: () => timeline, path: "/" });
const timelinePhoto = createRoute({ getParentRoute: () => timeline, path: "/photos/$photo" });
const favorites = createRoute({ getParentRoute: () => shell, path: "/favorites", component: () => <TimelinePage favorite /> });
const favoritesGrid = createRoute({ getParentRoute: () => favorites, path: "/" });
const favoritesPhoto = createRoute({ getParentRoute: () => favorites, path: "$photo" });
const trash = createRoute({ getParentRoute: () => shell, path: "/trash", component: TrashPage });
const account = createRoute({ getParentRoute: () => shell, path: "/account", component: AccountPage });
const administration = createRoute({ getParentRoute: () => shell, path: "/admin", component: AdminPage });
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", validateSearch: authSearch, component: () => <AuthPage form="sign-in" /> });
const arrival = createRoute({ getParentRoute: () => root, path: "/sign-in/$provider", validateSearch: arrivalSearch, component: ArrivalPage });
const register = createRoute({
  ...withToken("/register"), validateSearch: authSearch, component: () => <AuthPage form="register" invitation={tokens.get("/register") ?? ""} />,
});
const forgotPassword = createRoute({ getParentRoute: () => root, path: "/forgot-password", component: () => <LinkPage page="forgot-password" token="" /> });
const resetPassword = createRoute({ ...withToken("/reset-password"), component: () => <LinkPage page="reset-password" token={tokens.get("/reset-password") ?? ""} /> });
const confirmEmail = createRoute({ ...withToken("/confirm-email"), component: () => <LinkPage page="confirm-email" token={tokens.get("/confirm-email") ?? ""} /> });

export function newRouter() {
  const pages = [timeline.addChildren([timelineGrid, timelinePhoto]), favorites.addChildren([favoritesGrid, favoritesPhoto]), trash, account, administration];
  const router = createRouter({ routeTree: root.addChildren([shell.addChildren(pages), signIn, arrival, register, forgotPassword, resetPassword, confirmEmail]), defaultPreload: false });
  let before = session.get();
  session.watch(() => {
    leaving = before === "signed-in" && session.get() === "signed-out";
    before = session.get();
    void router.invalidate();
  });
  return router;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
