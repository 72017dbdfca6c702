// @vitest-environment jsdom
import "./fixtures";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newQueryClient } from "../../api/queries";
import { Password } from "./Password";

vi.mock("../../api/session", () => ({ accessToken: () => Promise.resolve("token") }));

let told: unknown[];
let answer: () => Response;

beforeEach(() => {
  told = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "GET") return Response.json({ id: "u", username: "ada", email: "ada@example.org", role: "member", closes_at: null, usage: null });
    told.push(await request.json());
    return answer();
  });
});
afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

function submit(current: string, next: string) {
  render(<QueryClientProvider client={newQueryClient()}><Password /></QueryClientProvider>);
  fireEvent.change(screen.getByLabelText("Current password"), { target: { value: current } });
  fireEvent.change(screen.getByLabelText("New password"), { target: { value: next } });
  fireEvent.click(screen.getByText("Change password"));
}

test("what is missing or too short is said before anything is sent", () => {
  submit("", "short");
  expect(screen.getByText("Enter the password you have now.")).toBeDefined();
  expect(screen.getByText("Use at least 10 characters.")).toBeDefined();
  expect(told).toEqual([]);
});

test("a changed password leaves no trace in the form", async () => {
  answer = () => new Response(null, { status: 204 });
  submit("the old one", "a new one entirely");
  await waitFor(() => expect((screen.getByLabelText("New password")).getAttribute("aria-invalid")).toBeNull());
  await waitFor(() => expect(told).toEqual([{ current: "the old one", new: "a new one entirely" }]));
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>("Current password").value).toBe(""));
});

test("a wrong password is said beside its field", async () => {
  answer = () => Response.json({ code: "invalid_fields", errors: [{ path: "current", code: "wrong_password", message: "is not your password" }] }, { status: 422 });
  submit("not it", "a new one entirely");
  expect(await screen.findByText("That is not your password.")).toBeDefined();
});
