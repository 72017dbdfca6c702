import { useRouter, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { session } from "../api/session";
import { Register } from "../features/session/Register";
import { SignIn } from "../features/session/SignIn";
import { useStore } from "../lib/store";

/** Signing in or registering; whoever is signed in already goes on to where they wanted to be. */
export function AuthPage({ form, invitation = "" }: { form: "sign-in" | "register"; invitation?: string }) {
  const state = useStore(session);
  const router = useRouter();
  const { next } = useSearch({ strict: false });
  const signedIn = state === "signed-in";
  useEffect(() => {
    document.title = form === "register" ? "Create an account · Photure" : "Sign in · Photure";
  }, [form]);
  useEffect(() => {
    if (signedIn) router.history.replace(next ?? "/");
  }, [signedIn, next, router]);
  if (signedIn) return null;
  return form === "register" ? <Register invitation={invitation} /> : <SignIn ended={state === "ended"} next={next} />;
}
