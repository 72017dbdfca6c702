import type { ReactNode } from "react";
import { placeholder } from "../../lib/placeholder";
import { Logo } from "../../ui/Logo";

/** Undeveloped pictures: ratio and ThumbHash. */
const sheet: [number, string][] = [
  [1.5, "DucFFYKzV1o/eqZDiHd5lnZ0b0j2"], [0.75, "HNcNFQKHeH+HF3ZYh5hneIRAOAiz"], [1.33, "GFgOHYiLd3eOeHdgh2eId52KgMcH"],
  [1, "DucJDwJKhImvVYdzhzeWWpd3mAX3WXIP"], [1.78, "V4cJDIR4eIh9d4eAeIZ3gGgHuQ=="], [1.5, "VZcJDYRniHiPd4hzeEh3iHhwiAi3"],
  [0.75, "C+cFDQKLVp9nJndXiHZYZnaAbhf4"], [1.33, "INcRFYJniHiKeIiAiHeHd1eAYwU4"], [1.5, "42oOJYJ2h3ePh3iCh3iHiIePhob5"],
  [1.78, "G8cJFIJ4h3iPd4hwd3RogIcGiA=="], [0.75, "DucNDQJ7dq9nh3l3eHZod4iQjij5"], [1.33, "1lcKFYZ5l3d/hoiBhkiId3iMgNoH"],
  [1, "F2gOJwiJhoh8h4dwh2iImHh3l4kHmHwA"], [1.78, "8PcNBIB4h3h/iIeBeHlYhXCmCA=="], [1.5, "42oOLYKIiId/h4dyiIeIiIiPhvu5"],
];

/** The page before the door: a form, and beside it a contact sheet that nobody has looked at yet. */
export function AuthFrame({ title, lead, children }: { title: string; lead: ReactNode; children: ReactNode }) {
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(26rem,2fr)_3fr]">
      <main className="flex flex-col px-6 py-8 sm:px-12">
        <p className="flex items-center gap-2.5 text-title wordmark"><Logo />Photure</p>
        <div className="m-auto w-full max-w-sm py-12">
          <h1 className="text-display font-semibold tracking-[-0.035em] text-balance">{title}</h1>
          <p className="mt-3 mb-8 text-soft">{lead}</p>
          {children}
        </div>
      </main>
      <ContactSheet />
    </div>
  );
}

function ContactSheet() {
  return (
    <div aria-hidden="true" data-theme="dark" className="relative hidden overflow-hidden bg-paper lg:block">
      <div className="absolute inset-0 flex flex-wrap content-center gap-x-2 gap-y-0 p-6">
        {sheet.map(([ratio, hash], index) => (
          <figure key={`${hash}${index}`} className="flex flex-col" style={{ flexGrow: ratio, flexBasis: `${ratio * 19}vh` }}>
            <figcaption className="flex justify-between py-1.5 text-faint edge-print">
              <span>{index + 1}</span><span className="text-film">{index % 3 === 0 ? "PHOTURE" : ""}</span><span>{index + 1}A</span>
            </figcaption>
            <img src={placeholder(hash)} alt="" className="h-[16.5vh] w-full rounded-tile object-cover" />
          </figure>
        ))}
      </div>
    </div>
  );
}
