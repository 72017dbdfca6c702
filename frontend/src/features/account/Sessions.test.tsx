// @vitest-environment jsdom
import "./fixtures";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newQueryClient } from "../../api/queries";
import type { Session } from "../../api/sessions";
import { Sessions } from "./Sessions";

vi.mock("../../api/session", () => ({ accessToken: () => Promise.resolve("token") }));

const session = (id: string, rest: Partial<Session> = {}): Session => ({
  id, device: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", address: "203.0.113.7", alarm: false, current: false,
  created_at: "2025-06-15T15:06:40.000Z", last_used_at: new Date().toISOString(), expires_at: "2125-06-15T15:06:40.000Z", ended_at: null, ...rest,
});

/** What the server has, and what it was told. */
let items: Session[];
let told: string[];

beforeEach(() => {
  told = [];
  HTMLDialogElement.prototype.showModal = vi.fn();
  HTMLDialogElement.prototype.close = vi.fn();
  vi.stubGlobal("fetch", (request: Request) => {
    const { pathname, search } = new URL(request.url);
    if (request.method === "GET") return Promise.resolve(Response.json({ items }));
    told.push(`${request.method} ${pathname}${search}`);
    items = search ? items.filter(({ current }) => current) : items.filter(({ id }) => !pathname.endsWith(id));
    return Promise.resolve(new Response(null, { status: 204 }));
  });
});
afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const show = () => render(<QueryClientProvider client={newQueryClient()}><Sessions /></QueryClientProvider>);

test("the device in hand is marked and cannot be signed out here; another can", async () => {
  items = [session("a", { current: true }), session("b", { device: "photure/0.1.0", address: null })];
  show();
  expect(await screen.findByText("This device")).toBeDefined();
  expect(screen.getByText("203.0.113.7, last used today")).toBeDefined();
  expect(screen.queryByLabelText("Sign out Firefox on Linux")).toBeNull();
  fireEvent.click(screen.getByLabelText("Sign out photure"));
  await waitFor(() => expect(screen.queryByText("photure")).toBeNull());
  expect(told).toEqual(["DELETE /api/v1/auth/sessions/b"]);
});

test("signing out everywhere else is asked about first", async () => {
  items = [session("a", { current: true }), session("b"), session("c")];
  show();
  fireEvent.click(await screen.findByText("Sign out everywhere else"));
  expect(screen.getByText(/2 other devices will have to sign in again/)).toBeDefined();
  expect(told).toEqual([]);
  fireEvent.click(screen.getByText("Sign out", { selector: "dialog button" }));
  await waitFor(() => expect(screen.getByTestId("sessions").children.length).toBe(1));
  expect(told).toEqual(["DELETE /api/v1/auth/sessions?others=true"]);
});

test("a session that was ended for safety says so until it was seen", async () => {
  items = [session("a", { current: true }), session("b", { alarm: true, ended_at: "2025-06-15T15:06:40.000Z" })];
  show();
  expect((await screen.findByRole("alert")).textContent).toMatch(/used from two places/);
  expect(screen.queryByText("Sign out everywhere else")).toBeNull();
  fireEvent.click(screen.getByText("I have seen this"));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  expect(told).toEqual(["DELETE /api/v1/auth/sessions/b"]);
});
