// @vitest-environment jsdom
import "./fixtures";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ApiKey } from "../../api/apiKeys";
import { newQueryClient } from "../../api/queries";
import { ApiKeys, lifeOf } from "./ApiKeys";

vi.mock("../../api/session", () => ({ accessToken: () => Promise.resolve("token") }));

const KEY = `photure_${"a".repeat(48)}`;
/** What the server has, and what it was told. */
let items: ApiKey[];
let told: string[];
let role: string;

beforeEach(() => {
  [items, told, role] = [[], [], "member"];
  HTMLDialogElement.prototype.showModal = vi.fn();
  HTMLDialogElement.prototype.close = vi.fn();
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/users/me")) return Response.json({ id: "u", username: "ada", email: "ada@example.org", role, closes_at: null, usage: null });
    if (request.method === "GET") return Response.json({ items });
    if (request.method === "DELETE") {
      told.push(`DELETE ${pathname}`);
      items = items.filter(({ id }) => !pathname.endsWith(id));
      return new Response(null, { status: 204 });
    }
    const wanted = await request.json() as ApiKey;
    told.push(JSON.stringify({ ...wanted, expires_at: wanted.expires_at && "a time" }));
    const key = { ...wanted, id: "k1", created_at: new Date().toISOString(), last_used_at: null };
    items = [key];
    return Response.json({ ...key, key: KEY }, { status: 201 });
  });
});
afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const show = () => render(<QueryClientProvider client={newQueryClient()}><ApiKeys /></QueryClientProvider>);

test("a key is made, shown once, listed without its secret, and deleted", async () => {
  show();
  await screen.findByText("You have no keys.");
  fireEvent.click(screen.getByText("New key"));
  expect(screen.queryByText("Look after this Photure")).toBeNull();
  fireEvent.click(screen.getByLabelText("Upload, change and delete photos"));
  fireEvent.click(screen.getByText("Make the key"));
  expect(await screen.findByText("Say what it is for.")).toBeDefined();
  expect(told).toEqual([]);
  fireEvent.change(screen.getByLabelText("What it is for"), { target: { value: " Frame in the hall " } });
  fireEvent.click(screen.getByText("Make the key"));
  expect((await screen.findByTestId("api-key")).textContent).toBe(KEY);
  expect(told).toEqual([JSON.stringify({ name: "Frame in the hall", scopes: ["photos:read"], expires_at: "a time" })]);
  fireEvent.click(screen.getByText("I have it"));
  expect(screen.queryByText(KEY)).toBeNull();
  expect(await screen.findByText("Frame in the hall")).toBeDefined();

  fireEvent.click(screen.getByLabelText("Delete Frame in the hall"));
  expect(told.length).toBe(1);
  fireEvent.click(screen.getByText("Delete", { selector: "dialog button" }));
  await waitFor(() => expect(screen.queryByText("Frame in the hall")).toBeNull());
  expect(told[1]).toBe("DELETE /api/v1/auth/api-keys/k1");
});

test("only an admin is offered the admin's scope", async () => {
  role = "admin";
  show();
  fireEvent.click(await screen.findByText("New key"));
  expect(await screen.findByLabelText("Look after this Photure")).toBeDefined();
});

test("a browser that gives no clipboard says what to do", async () => {
  show();
  fireEvent.click(await screen.findByText("New key"));
  fireEvent.change(screen.getByLabelText("What it is for"), { target: { value: "x" } });
  fireEvent.click(screen.getByText("Make the key"));
  fireEvent.click(await screen.findByText("Copy"));
  expect(await screen.findByText(/by hand/)).toBeDefined();
});

test("a key says when it was used and when it runs out", () => {
  const now = new Date("2025-06-15T12:00:00Z");
  expect(lifeOf({ last_used_at: null, expires_at: null }, now)).toBe("Never used");
  expect(lifeOf({ last_used_at: "2025-06-14T11:00:00Z", expires_at: "2025-07-01T00:00:00Z" }, now)).toBe("Last used yesterday, runs out 1 Jul 2025");
  expect(lifeOf({ last_used_at: null, expires_at: "2025-06-01T00:00:00Z" }, now)).toBe("Never used, ran out 1 Jun 2025");
});
