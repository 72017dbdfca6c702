// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Problem, Unreachable } from "../../api/problem";
import { Field } from "../../ui/Field";
import { useForm } from "./useForm";

afterEach(cleanup);

function Form({ send }: { send: (values: Record<"username" | "password", string>) => Promise<void> }) {
  const form = useForm({ username: "Choose a name.", password: "Choose a password." }, { username_taken: { field: "username", text: "That name is taken." } }, send);
  return (
    <form onSubmit={form.onSubmit}>
      <Field name="username" label="User name" error={form.errors.username} />
      <Field name="password" type="password" label="Password" error={form.errors.password} />
      {form.message && <p role="alert">{form.message}</p>}
      <button type="submit">Send</button>
    </form>
  );
}

async function submit(send: (values: Record<string, string>) => Promise<void>, username = "ada", password = "secret") {
  render(<Form send={send} />);
  fireEvent.change(screen.getByLabelText("User name"), { target: { value: username } });
  fireEvent.change(screen.getByLabelText("Password"), { target: { value: password } });
  fireEvent.click(screen.getByText("Send"));
  await Promise.resolve();
}

test("what is missing is said beside its field, and nothing is sent", async () => {
  const send = vi.fn(() => Promise.resolve());
  await submit(send, "ada", "");
  const password = await screen.findByLabelText("Password");
  expect(password.getAttribute("aria-invalid")).toBe("true");
  expect(document.getElementById(password.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Choose a password.");
  expect(document.activeElement).toBe(password);
  expect(send).not.toHaveBeenCalled();
});

test("what the server says of a field is put beside that field", async () => {
  await submit(() => Promise.reject(new Problem(422, { code: "invalid_fields", errors: [{ path: "/password", code: "too_short", message: "At least 10 characters." }] })));
  expect(await screen.findByText("At least 10 characters.")).toBeDefined();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a code that stands for a field is put beside it too", async () => {
  await submit(() => Promise.reject(new Problem(409, { code: "username_taken" })));
  expect(await screen.findByText("That name is taken.")).toBeDefined();
  expect(document.activeElement).toBe(screen.getByLabelText("User name"));
});

test("what belongs to no field is said for the whole form", async () => {
  await submit(() => Promise.reject(new Unreachable()));
  expect((await screen.findByRole("alert")).textContent).toMatch(/does not answer/);
});
