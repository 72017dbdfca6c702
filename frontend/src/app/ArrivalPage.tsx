import { useParams, useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { wanted } from "../api/elsewhere";
import { session } from "../api/session";
import { Arrival } from "../features/session/Arrival";
import { useStore } from "../lib/store";

/** Where providers send browsers back to. What they said leaves the address at once: nobody is to keep or share it. */
export function ArrivalPage() {
  const { provider } = useParams({ from: "/sign-in/$provider" });
  const search = useSearch({ from: "/sign-in/$provider" });
  const [said] = useState(search);
  const router = useRouter();
  const state = useStore(session);
  const wasSignedIn = useRef(state === "signed-in");
  useEffect(() => {
    document.title = "Sign in · Photure";
    history.replaceState(history.state, "", location.pathname);
  }, []);
  useEffect(() => {
    if (state === "signed-in" && !wasSignedIn.current) router.history.replace(wanted());
  }, [state, router]);
  const onLink = useCallback(() => {
    if (session.get() === "signed-in") router.history.replace("/account");
  }, [router]);
  return <Arrival provider={provider} said={said} onLink={onLink} onAgain={() => router.history.replace("/sign-in")} />;
}
