import { createRootRoute, createRoute, createRouter, Outlet } from "@tanstack/react-router";
import { AuthPage } from "./AuthPage";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";
import { TimelinePage } from "./TimelinePage";
import { TrashPage } from "./TrashPage";

/** `?photo=` is the photo that is open over a page, so that the back button closes it and its address can be sent. */
const photoSearch = (search: Record<string, unknown>): { photo?: string } =>
  typeof search.photo === "string" && search.photo ? { photo: search.photo } : {};

const authSearch = (search: Record<string, unknown>): { next?: string } =>
  typeof search.next === "string" && /^\/(?!\/)/.test(search.next) ? { next: search.next } : {};

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const timeline = createRoute({ getParentRoute: () => shell, path: "/", validateSearch: photoSearch, component: () => <TimelinePage favorite={false} /> });
const favorites = createRoute({ getParentRoute: () => shell, path: "/favorites", validateSearch: photoSearch, component: () => <TimelinePage favorite /> });
const trash = createRoute({ getParentRoute: () => shell, path: "/trash", component: TrashPage });
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", validateSearch: authSearch, component: () => <AuthPage form="sign-in" /> });
const register = createRoute({ getParentRoute: () => root, path: "/register", validateSearch: authSearch, component: () => <AuthPage form="register" /> });

export const newRouter = () =>
  createRouter({ routeTree: root.addChildren([shell.addChildren([timeline, favorites, trash]), signIn, register]), defaultPreload: false });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
