import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { meQuery, type Me } from "../api/account";
import { chooseLibrary, type Library } from "../api/library";
import { signOut } from "../api/session";
import { isUnderWay } from "../features/upload/queue";
import { formatBytes, plural } from "../lib/format";
import { useStore } from "../lib/store";
import { cx } from "../lib/cx";
import { chooseTheme, theme, type Theme } from "../lib/theme";
import { Confirm } from "../ui/Confirm";
import { Menu } from "../ui/Menu";
import { UsageBar } from "../ui/UsageBar";
import { LibraryChoice } from "./LibraryChoice";
import { useUploads } from "./uploadsContext";

const themes: [Theme, string][] = [["system", "Auto"], ["light", "Light"], ["dark", "Dark"]];

export function AccountMenu() {
  const { data: me } = useQuery(meQuery);
  const uploads = useStore(useUploads().uploader.items);
  /** What would break off the uploads. */
  const [asking, setAsking] = useState<"sign-out" | { library: Library | null } | null>(null);
  const busy = uploads.some(isUnderWay);
  const letter = me?.username.trim().charAt(0).toUpperCase() ?? "";
  return (
    <>
      <Menu
        label="Your account" testId="account-menu"
        button={<span className="ml-2 grid size-9 place-items-center rounded-full bg-ink font-semibold text-paper">{letter}</span>}
      >
        {(close) => (
          <>
            {me && <Person me={me} />}
            <LibraryChoice onChoose={(library) => { close(); if (busy) setAsking({ library }); else chooseLibrary(library); }} />
            <ThemeChoice />
            <Link to="/account" data-testid="account" className="block w-full rounded-control px-3 py-2 font-medium hover:bg-well" onClick={close}>Account</Link>
            {me?.role === "admin" && (
              <Link to="/admin" data-testid="admin" className="block w-full rounded-control px-3 py-2 font-medium hover:bg-well" onClick={close}>Administration</Link>
            )}
            <button
              type="button" data-testid="sign-out" className="w-full rounded-control px-3 py-2 text-left font-medium hover:bg-well"
              onClick={() => { close(); if (busy) setAsking("sign-out"); else void signOut(); }}
            >
              Sign out
            </button>
          </>
        )}
      </Menu>
      {asking === "sign-out" && (
        <Confirm title="Sign out while uploading?" action="Sign out" onConfirm={() => void signOut()} onClose={() => setAsking(null)}>
          What has not been sent yet will not be sent.
        </Confirm>
      )}
      {asking !== null && asking !== "sign-out" && (
        <Confirm title="Change libraries while uploading?" action="Change" onConfirm={() => chooseLibrary(asking.library)} onClose={() => setAsking(null)}>
          What has not been sent yet waits until you are back here.
        </Confirm>
      )}
    </>
  );
}

function Person({ me: { username, email, usage } }: { me: Me }) {
  const quota = usage?.quota_bytes ?? null;
  return (
    <div className="border-b border-line px-3 pt-1 pb-3">
      <p className="truncate font-semibold">{username}</p>
      <p className="truncate text-small text-soft">{email}</p>
      {usage && (
        <p className="mt-2 text-small text-soft tabular-nums">
          {plural(usage.photos, "photo")}, {formatBytes(usage.bytes)}{quota !== null && ` of ${formatBytes(quota)}`}
        </p>
      )}
      {usage && quota !== null && <UsageBar bytes={usage.bytes} quota={quota} className="mt-2 h-1" />}
    </div>
  );
}

function ThemeChoice() {
  const chosen = useStore(theme);
  return (
    <fieldset className="border-b border-line px-1 py-3 mb-2">
      <legend className="sr-only">Appearance</legend>
      <div className="grid grid-cols-3 gap-1 rounded-control bg-well p-1">
        {themes.map(([value, name]) => (
          <label
            key={value}
            className={cx("cursor-pointer rounded-[6px] py-1 text-center text-small font-medium has-focus-visible:outline-2 has-focus-visible:outline-[var(--focus)]", chosen === value ? "bg-sheet text-ink shadow-sm" : "text-soft")}
          >
            <input type="radio" name="theme" value={value} checked={chosen === value} onChange={() => chooseTheme(value)} className="sr-only" />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
