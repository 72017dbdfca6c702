// @vitest-environment jsdom
import "../../lib/request.fixtures";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Member, Role } from "../../api/organizations";
import { newQueryClient } from "../../api/queries";
import { Toaster } from "../../ui/Toaster";
import { Manage } from "./Manage";

vi.mock("../../api/session", () => ({ accessToken: () => Promise.resolve("token") }));

const member = (user_id: string, role: Role = "member"): Member => ({ user_id, username: user_id, role, joined_at: "2025-06-15T15:06:40.000Z" });

/** What the server has, and what it was told. */
let members: Member[];
let told: string[];
let refusal: { code: string; status: number; detail: string } | null;

beforeEach(() => {
  members = [member("ada", "owner"), member("bob")];
  told = [];
  refusal = null;
  HTMLDialogElement.prototype.showModal = vi.fn();
  HTMLDialogElement.prototype.close = vi.fn();
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/users/me")) return Response.json({ id: "ada", username: "ada", email: "ada@example.org", role: "member", closes_at: null, usage: null });
    if (request.method === "GET") return Response.json({ items: members });
    const body = await request.text();
    told.push([request.method, pathname.replace("/api/v1/organizations/", ""), body].filter(Boolean).join(" "));
    if (refusal) return Response.json(refusal, { status: refusal.status });
    const id = pathname.split("/").at(-1) ?? "";
    if (request.method === "DELETE" && pathname.includes("/members/")) {
      members = members.filter(({ user_id }) => user_id !== id);
      return new Response(null, { status: 204 });
    }
    const change = JSON.parse(body || "{}") as { username?: string; role?: Role };
    if (request.method === "POST" && change.username) {
      members = [...members, member(change.username, change.role)];
      return Response.json(members.at(-1), { status: 201 });
    }
    if (request.method === "PATCH") members = members.map((one) => (one.user_id === id ? { ...one, ...change } : one));
    return Response.json({ id: "family", name: "Family", closes_at: "2025-07-15T15:06:40.000Z" }, { status: request.method === "DELETE" ? 202 : 200 });
  });
});
afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const show = (role: Role, closes_at: string | null = null) => render(
  <QueryClientProvider client={newQueryClient()}>
    <Manage organization={{ id: "family", name: "Family", closes_at }} mine={role} /><Toaster />
  </QueryClientProvider>,
);
const confirm = (action: string) => fireEvent.click(screen.getByText(action, { selector: "dialog button" }));
const roleOf = (name: string) => screen.findByLabelText<HTMLSelectElement>(`Role of ${name}`);

test("an owner adds somebody by name, with a role", async () => {
  show("owner");
  const form = within(await screen.findByTestId("add-member"));
  fireEvent.click(form.getByText("Add"));
  expect(form.getByText("Enter a user name or an address.")).toBeDefined();
  fireEvent.change(form.getByLabelText("Add somebody"), { target: { value: " eve " } });
  fireEvent.change(form.getByLabelText("As"), { target: { value: "admin" } });
  fireEvent.click(form.getByText("Add"));
  expect((await roleOf("eve")).value).toBe("admin");
  expect(told).toEqual(['POST family/members {"username":"eve","role":"admin"}']);
});

test.each([["user_not_found", 404, "Nobody here is called that."], ["already_member", 409, "They are in it already."]])("%s is told beside the name", async (code, status, said) => {
  show("owner");
  refusal = { code, status, detail: code };
  const form = within(await screen.findByTestId("add-member"));
  fireEvent.change(form.getByLabelText("Add somebody"), { target: { value: "eve" } });
  fireEvent.click(form.getByText("Add"));
  await form.findByText(said);
  expect(form.getByLabelText("Add somebody").getAttribute("aria-invalid")).toBe("true");
});

test("a role is changed, and where that is refused it stays and says why", async () => {
  show("owner");
  fireEvent.change(await roleOf("bob"), { target: { value: "admin" } });
  await waitFor(() => expect(members[1]?.role).toBe("admin"));
  refusal = { code: "last_owner", status: 409, detail: "The last owner." };
  fireEvent.change(await roleOf("ada"), { target: { value: "member" } });
  await screen.findByText(/^Nobody would be left who owns it/);
  await waitFor(async () => expect((await roleOf("ada")).value).toBe("owner"));
});

test("an admin leaves owners alone, and does not delete", async () => {
  members = [member("ada", "admin"), member("root", "owner"), member("bob")];
  show("admin");
  expect([...(await roleOf("bob")).options].map(({ value }) => value)).toEqual(["admin", "member"]);
  expect(screen.queryByLabelText("Role of root")).toBeNull();
  expect(screen.queryByLabelText("Remove root")).toBeNull();
  expect(screen.queryByText("Delete organisation")).toBeNull();
  expect(screen.getByText("Rename")).toBeDefined();
});

test("a member sees who is in it, and may leave", async () => {
  members = [member("ada"), member("root", "owner")];
  show("member");
  await screen.findByText("root");
  await waitFor(() => expect(within(screen.getByTestId("organization")).getAllByRole("button").map((button) => button.textContent)).toEqual(["Leave"]));
  fireEvent.click(screen.getByText("Leave"));
  expect(screen.getByText(/What you added to it stays there/)).toBeDefined();
  expect(told).toEqual([]);
  confirm("Leave");
  await waitFor(() => expect(told).toEqual(["DELETE family/members/ada"]));
});

test("it is deleted after a question that names what goes, and can be kept", async () => {
  show("owner");
  fireEvent.click(await screen.findByText("Delete organisation"));
  expect(screen.getByText(/Every photo of Family goes with it/)).toBeDefined();
  expect(told).toEqual([]);
  confirm("Delete organisation");
  await waitFor(() => expect(told).toEqual(["DELETE family"]));
  cleanup();
  show("owner", "2025-07-15T15:06:40.000Z");
  expect(screen.queryByText("Delete organisation")).toBeNull();
  fireEvent.click(await screen.findByText("Keep organisation"));
  await waitFor(() => expect(told.at(-1)).toBe("POST family/restore"));
});
