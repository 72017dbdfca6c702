/** A lens that is also the letter. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" className="shrink-0">
      <rect width="64" height="64" rx="14" fill="#17181a" />
      <path fill="#ffc52e" fillRule="evenodd" d="M16 52V27a17 17 0 1 1 9 15v10zM33 18a9 9 0 1 0 0 18 9 9 0 0 0 0-18z" />
      <circle cx="33" cy="27" r="3.6" fill="#ffc52e" />
    </svg>
  );
}
