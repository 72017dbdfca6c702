import { QueryClient } from "@tanstack/react-query";
import { isPassing } from "./problem";

/** Names of what is cached, so that whoever changes something knows what to renew. */
export const keys = {
  me: ["me"] as const,
  /** Changes with what is one's own, as photos come and go. */
  usage: (organization: string) => ["me", "usage", organization] as const,
  timelines: ["timeline"] as const,
  timeline: (favorite: boolean) => ["timeline", { favorite }] as const,
  segments: ["segment"] as const,
  segment: (id: string, version: number) => ["segment", id, version] as const,
  photos: ["photo"] as const,
  photo: (id: string) => ["photo", id] as const,
  metadata: (id: string) => ["metadata", id] as const,
  trash: ["trash"] as const,
  sessions: ["sessions"] as const,
  apiKeys: ["api-keys"] as const,
  accounts: ["accounts"] as const,
  storage: ["storage"] as const,
  audit: (filter: object) => ["audit", filter] as const,
  totp: ["totp"] as const,
  email: ["email"] as const,
  options: ["options"] as const,
  invitations: ["invitations"] as const,
  providers: ["providers"] as const,
  identities: ["identities"] as const,
  passkeys: ["passkeys"] as const,
  organizations: ["organizations"] as const,
  organizationsOfMine: ["organizations", "mine"] as const,
  organizationsOfAll: ["organizations", "all"] as const,
  members: (organization: string) => ["organizations", organization, "members"] as const,
};

export const newQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => failures < 2 && isPassing(error),
        // A server at home is there without the internet, whatever the browser believes about being online.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
