import type { ReactNode } from "react";

/** Drawn for Photure on a grid of 20, 1.6 wide. Always beside a text or a label: icons alone say nothing to a reader. */
const drawings = {
  photos: <><rect x="2.5" y="4" width="15" height="12" rx="1.5" /><path d="m3 14 4-4.2 3.2 3.2 2.6-2.6 4.2 4" /><circle cx="13.4" cy="7.6" r="1.1" /></>,
  star: <path d="m10 2.8 2.2 4.7 5.1.7-3.7 3.6.9 5.1-4.5-2.5-4.5 2.5.9-5.1-3.7-3.6 5.1-.7z" />,
  trash: <path d="M3.5 5.5h13M8 5.5V3.2h4v2.3M5 5.5l.8 11.3h8.4L15 5.5M8.4 8.7v5M11.6 8.7v5" />,
  upload: <path d="M10 13V3.4M6 7.2l4-4 4 4M3.2 12.5v4.1h13.6v-4.1" />,
  download: <path d="M10 3.4V13M6 9.2l4 4 4-4M3.2 13v3.6h13.6V13" />,
  info: <><circle cx="10" cy="10" r="7.2" /><path d="M10 9v5M10 6.1v.2" /></>,
  close: <path d="m4.5 4.5 11 11M15.5 4.5l-11 11" />,
  left: <path d="m12.5 4-6 6 6 6" />,
  right: <path d="m7.5 4 6 6-6 6" />,
  down: <path d="m4.5 7.5 5.5 5.5 5.5-5.5" />,
  back: <path d="M16.5 10H3.8M9 4.5 3.5 10 9 15.5" />,
  check: <path d="m4 10.5 4 4 8-9" />,
  retry: <path d="M15.8 8.2A6.2 6.2 0 1 0 16 11.5M16.2 4v4.4h-4.4" />,
  pause: <path d="M7 4.500v11M13 4.500v11" />,
  play: <path d="M6.5 4v12l9-6z" />,
  restore: <path d="M4.2 8.2A6.2 6.2 0 1 1 4 11.5M3.8 4v4.4h4.4" />,
  person: <><circle cx="10" cy="6.8" r="3.3" /><path d="M3.5 17c.6-3.4 3.2-5 6.5-5s5.9 1.6 6.5 5" /></>,
  offline: <path d="M3 3l14 14M2.8 8.200a11 11 0 0 1 3.4-2.300M9.3 5a11 11 0 0 1 7.9 3.200M5.5 11.200a7 7 0 0 1 3-1.800M12.6 10a7 7 0 0 1 1.9 1.200M10 15.200v.1" />,
  warning: <path d="M10 3 2.4 16.400h15.200zM10 8.200v4M10 14.300v.1" />,
  edit: <path d="m4 16 .7-3.400L13.5 3.800l2.7 2.7-8.8 8.800zM11.5 5.800l2.7 2.7" />,
  pin: <><path d="M10 17.500c3.6-4 5.4-6.9 5.4-9.200a5.4 5.4 0 0 0-10.8 0c0 2.3 1.8 5.2 5.4 9.200z" /><circle cx="10" cy="8.2" r="1.9" /></>,
  camera: <><path d="M2.5 6.500h3.400l1.5-2.300h5.200l1.5 2.300h3.400v9.700h-15z" /><circle cx="10" cy="11" r="2.9" /></>,
  calendar: <path d="M3 5h14v12H3zM3 8.700h14M6.8 3v3.300M13.2 3v3.3" />,
  file: <path d="M5 2.800h6.500L15 6.300v10.900H5zM11.3 3v3.500h3.5" />,
  sun: <><circle cx="10" cy="10" r="3.3" /><path d="M10 2.200v2M10 15.800v2M2.2 10h2M15.8 10h2M4.5 4.500l1.4 1.400M14.1 14.100l1.4 1.400M15.5 4.500l-1.4 1.400M5.9 14.100l-1.4 1.4" /></>,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof drawings;

export function Icon({ name, filled = false, size = 20 }: { name: IconName; filled?: boolean; size?: number }) {
  return (
    <svg
      width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" className="shrink-0"
      fill={filled ? "currentColor" : "none"} stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round"
    >
      {drawings[name]}
    </svg>
  );
}
