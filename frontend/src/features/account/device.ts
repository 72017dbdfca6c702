/** `Firefox on Linux`, of what a browser says of itself. Order matters: most claim to be some of the others too. */
const browsers: [RegExp, string][] = [
  [/\bEdgA?\/|\bEdgiOS\//, "Edge"], [/\bOPR\//, "Opera"], [/\bSamsungBrowser\//, "Samsung Internet"], [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\b(?:Headless)?Chrome\/|\bCriOS\/|\bChromium\//, "Chrome"], [/\bSafari\//, "Safari"],
];
const systems: [RegExp, string][] = [
  [/\bAndroid\b/, "Android"], [/\biPhone\b|\biPod\b/, "iPhone"], [/\biPad\b/, "iPad"], [/\bCrOS\b/, "ChromeOS"], [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "Mac"], [/\bLinux\b/, "Linux"],
];

export function deviceName(said: string | null | undefined): string {
  if (!said) return "Unknown device";
  const first = ([pattern]: [RegExp, string]) => pattern.test(said);
  const browser = browsers.find(first)?.[1];
  const system = systems.find(first)?.[1];
  if (browser) return system ? `${browser} on ${system}` : browser;
  // Programs name themselves first: `photure/0.1.0 (linux)`.
  const program = /^[\w .-]{1,40}/.exec(said)?.[0].trim();
  return program ?? "Unknown device";
}
