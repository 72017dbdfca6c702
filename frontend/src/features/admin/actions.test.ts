import { expect, test } from "vitest";
import source from "../../../../crates/domain/src/audit.rs?raw";
import { actions, told } from "./actions";

const nameOf = (id: string) => ({ "id-ada": "ada", "id-root": "root", "id-family": "Family" })[id];
const person = (user_id: string) => ({ kind: "person", user_id });
const entry = { account_id: null, thing_id: null, detail: null, count: 1 };

test("an entry is told as a sentence", () => {
  const sentences = [
    { ...entry, actor: person("id-ada"), action: "password.changed", account_id: "id-ada" },
    { ...entry, actor: person("id-root"), action: "account.disabled", account_id: "id-ada" },
    { ...entry, actor: { kind: "operator", user_id: null }, action: "account.role_changed", account_id: "id-ada", detail: "admin" },
    { ...entry, actor: { kind: "stranger", user_id: null }, action: "session.refused", count: 41 },
    { ...entry, actor: { kind: "program", user_id: "id-ada" }, action: "something.new" },
    { ...entry, actor: person("0197-000-abcdef"), action: "session.opened", account_id: "0197-000-abcdef" },
    { ...entry, actor: person("id-root"), action: "organization.created", account_id: "id-root", thing_id: "id-old", detail: "Kin" },
    { ...entry, actor: person("id-root"), action: "organization.member_added", account_id: "id-ada", thing_id: "id-family", detail: "admin" },
    { ...entry, actor: person("id-ada"), action: "organization.member_removed", account_id: "id-ada", thing_id: "id-family" },
    { ...entry, actor: { kind: "photure", user_id: null }, action: "organization.deleted", thing_id: "id-gone" },
  ].map((each) => told(each, nameOf));
  expect(sentences).toEqual([
    "ada changed their own password",
    "root disabled ada’s account",
    "The operator made ada’s account an admin’s",
    "Somebody was refused at an unknown account, 41 times more",
    "A program of ada something.new",
    "…abcdef signed in",
    "root made the organisation Kin",
    "root added ada’s account to the organisation Family, as an admin",
    "ada took their own account out of the organisation Family",
    "Photure deleted an organisation with everything in it",
  ]);
});

test("there are words for everything that is written down, and for nothing else", () => {
  const written = [...source.slice(source.indexOf("actions! {")).matchAll(/^ {4}\w+ = "([a-z_.]+)",$/gm)].map(([, action]) => action);
  expect(written.length).toBeGreaterThan(10);
  expect(Object.keys(actions).sort()).toEqual(written.sort());
});
