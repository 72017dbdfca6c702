// @vitest-environment jsdom
import "../../lib/request.fixtures";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Account } from "../../api/admin";
import { newQueryClient } from "../../api/queries";
import { Accounts } from "./Accounts";

vi.mock("../../api/session", () => ({ accessToken: () => Promise.resolve("token") }));

const account = (id: string, rest: Partial<Account> = {}): Account => ({
  id, username: id, email: `${id}@example.org`, email_confirmed: false, role: "member", disabled: false, created_at: "2025-06-15T15:06:40.000Z", signed_in_at: null, closes_at: null, ...rest,
});

/** What the server has, and what it was told. */
let items: Account[];
let storage: object[];
let told: string[];
let refusal: Response | null;

beforeEach(() => {
  told = [];
  storage = [];
  refusal = null;
  HTMLDialogElement.prototype.showModal = vi.fn();
  HTMLDialogElement.prototype.close = vi.fn();
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.endsWith("/admin/storage")) return Response.json({ items: storage, next_cursor: null, default_quota_bytes: 5e9 });
    if (request.method === "GET") {
      const from = Number(searchParams.get("cursor") ?? 0);
      return Response.json({ items: items.slice(from, from + 2), next_cursor: items.length > from + 2 ? String(from + 2) : null });
    }
    const body = await request.text();
    told.push(`${request.method} ${pathname.replace("/api/v1/admin/", "")} ${body}`);
    if (refusal) return refusal;
    const [, id] = /users\/([^/]+)/.exec(pathname) ?? [];
    const found = items.find((item) => item.id === id);
    if (request.method === "PATCH") {
      items = items.map((item) => (item.id === id ? { ...item, ...JSON.parse(body) as Partial<Account> } : item));
      return Response.json(items.find((item) => item.id === id));
    }
    if (pathname.includes("/storage/")) return Response.json({});
    if (request.method === "DELETE") return new Response(null, { status: 204 });
    return Response.json({ ...(found ?? account("new")), password: "made-up-for-you" });
  });
});
afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const show = () => render(<QueryClientProvider client={newQueryClient()}><Accounts me="root" /></QueryClientProvider>);
const confirm = (action: string) => fireEvent.click(screen.getByText(action, { selector: "dialog button" }));

test("an account is disabled after a question, and enabled without one", async () => {
  items = [account("root", { role: "admin" }), account("ada")];
  show();
  fireEvent.click(await screen.findByLabelText("Disable: ada"));
  expect(screen.getByText(/signed out everywhere and cannot sign in/)).toBeDefined();
  expect(told).toEqual([]);
  confirm("Disable");
  fireEvent.click(await screen.findByLabelText("Enable: ada"));
  await screen.findByLabelText("Disable: ada");
  expect(told).toEqual(['PATCH users/ada {"disabled":true}', 'PATCH users/ada {"disabled":false}']);
});

test("one's own account is neither disabled nor given another password here", async () => {
  items = [account("root", { role: "admin" }), account("ada")];
  show();
  const mine = within((await screen.findByText("root")).closest("li") as HTMLElement);
  expect(mine.getAllByRole("button").map((button) => button.textContent)).toEqual(["Storage", "Make member"]);
});

test("what is refused is told, and nothing seems to have changed", async () => {
  items = [account("root", { role: "admin" })];
  refusal = Response.json({ code: "last_admin", detail: "This is the only account that may administer.", status: 409, errors: [] }, { status: 409, headers: { "content-type": "application/problem+json" } });
  show();
  fireEvent.click(await screen.findByLabelText("Make member: root"));
  confirm("Make member");
  await waitFor(() => expect(screen.queryByText("Make root a member?")).toBeNull());
  expect(screen.getByText("Admin")).toBeDefined();
});

test("a password that was made up is shown once", async () => {
  items = [account("root", { role: "admin" }), account("ada")];
  show();
  fireEvent.click(await screen.findByLabelText("Reset password: ada"));
  confirm("Reset password");
  expect((await screen.findByTestId("made-up-password")).textContent).toBe("made-up-for-you");
  fireEvent.click(screen.getByText("I have it"));
  await waitFor(() => expect(screen.queryByTestId("made-up-password")).toBeNull());
  expect(told).toEqual(["PUT users/ada/password {}"]);
});

test("a long list comes page by page", async () => {
  items = ["a", "b", "c", "d", "e"].map((id) => account(id));
  show();
  await screen.findByText("b");
  for (const next of ["c", "e"]) {
    fireEvent.click(screen.getByText("More"));
    await screen.findByText(next);
  }
  expect(screen.getByTestId("accounts").children.length).toBe(5);
  expect(screen.queryByText("More")).toBeNull();
});

test("how much somebody may keep is shown, and changed in units that people know", async () => {
  items = [account("ada"), account("bob")];
  storage = [{ owner_id: "ada", photos: 2, bytes: 3e9, quota: "default", quota_bytes: 5e9 }];
  show();
  await screen.findByText("2 photos, 3.0 GB of 5.0 GB");
  expect(screen.getByText("0 photos, 0 bytes of 5.0 GB")).toBeDefined();
  fireEvent.click(screen.getByLabelText("Storage: ada"));
  fireEvent.click(screen.getByLabelText("At most"));
  confirm("Set");
  expect(screen.getByText("Enter a number, such as 50.")).toBeDefined();
  fireEvent.change(screen.getByLabelText("Amount"), { target: { value: "7,5" } });
  confirm("Set");
  await waitFor(() => expect(told).toEqual(['PUT storage/ada {"quota":"limited","quota_bytes":7500000000}']));
});
