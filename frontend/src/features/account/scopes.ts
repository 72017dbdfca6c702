/** What a key may be given, as far as there is something to do with it. */
export const scopes: { value: string; name: string; adminOnly?: boolean }[] = [
  { value: "photos:read", name: "See and download photos" },
  { value: "photos:write", name: "Upload, change and delete photos" },
  { value: "admin", name: "Look after this Photure", adminOnly: true },
];

const others: Record<string, string> = { "albums:write": "Change albums", "shares:manage": "Share" };

export const scopeName = (value: string) => scopes.find((scope) => scope.value === value)?.name ?? others[value] ?? value;

/** Days from now; none where it goes on until it is deleted. */
export const lives: { days: number | null; name: string }[] = [
  { days: 30, name: "30 days" }, { days: 90, name: "90 days" }, { days: 365, name: "A year" }, { days: null, name: "Until I delete it" },
];
