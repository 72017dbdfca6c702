import { Link } from "@tanstack/react-router";
import { useOpenOrganization } from "../api/organizations";
import { cx } from "../lib/cx";
import { Icon, type IconName } from "../ui/Icon";
import { Logo } from "../ui/Logo";
import type { Chosen } from "../features/upload/kept";
import { AccountMenu } from "./AccountMenu";
import { UploadButton } from "./UploadButton";

const places: { to: "/" | "/favorites" | "/trash"; name: string; icon: IconName; testId: string }[] = [
  { to: "/", name: "Timeline", icon: "photos", testId: "timeline" },
  { to: "/favorites", name: "Favourites", icon: "star", testId: "favorites" },
  { to: "/trash", name: "Trash", icon: "trash", testId: "trash" },
];

export function TopBar({ onFiles }: { onFiles: (chosen: Chosen[]) => void }) {
  return (
    <header className="sticky top-0 z-25 flex h-14 items-center gap-1 border-b border-line/70 bg-paper/92 pr-3 pl-3 backdrop-blur-md md:pr-5 md:pl-6">
      <a href="#photos" className="sr-only rounded-control bg-film px-4 py-2 font-semibold text-on-film focus:not-sr-only focus:absolute focus:left-4 focus:z-10">Skip to the photos</a>
      <Home />
      <nav aria-label="Places" className="ml-6 flex gap-1 max-md:hidden">
        {places.map(({ to, name, testId }) => (
          <Link
            key={to} to={to} activeOptions={{ exact: to === "/" }} data-testid={`nav-${testId}`}
            className="rounded-control px-3.5 py-2 font-medium transition-colors"
            activeProps={{ className: "text-ink shadow-[inset_0_-2px_0_var(--film-deep)] rounded-b-none" }} inactiveProps={{ className: "text-soft hover:text-ink" }}
          >
            {name}
          </Link>
        ))}
      </nav>
      <span className="flex-1" />
      <UploadButton onFiles={onFiles} />
      <AccountMenu />
    </header>
  );
}

/** Says whose photos these are, wherever they are not one's own. */
function Home() {
  const organization = useOpenOrganization();
  if (!organization) {
    return <Link to="/" className="flex items-center gap-2.5 rounded-control pr-1 text-title wordmark" aria-label="Photure, to your timeline"><Logo />Photure</Link>;
  }
  return (
    <Link to="/" data-testid="library" className="flex min-w-0 items-center gap-2.5 rounded-control pr-1" aria-label={`${organization.name}, to its timeline`}>
      <Logo /><span className="max-w-64 truncate rounded-control bg-ink px-2.5 py-1 font-semibold text-paper" title={organization.name}>{organization.name}</span>
    </Link>
  );
}

/** The same places under the thumb, on a phone. */
export function TabBar() {
  return (
    <nav aria-label="Places" className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-3 border-t border-line/70 bg-paper/94 pb-[env(safe-area-inset-bottom)] backdrop-blur-md md:hidden">
      {places.map(({ to, name, icon, testId }) => (
        <Link
          key={to} to={to} activeOptions={{ exact: to === "/" }} data-testid={`nav-${testId}`}
          className="flex h-15 flex-col items-center justify-center gap-0.5 edge-print"
          activeProps={{ className: "text-ink" }} inactiveProps={{ className: "text-faint" }}
        >
          {({ isActive }) => (
            <>
              <span className={cx("grid h-7 w-13 place-items-center rounded-full transition-colors", isActive && "bg-film text-on-film")}><Icon name={icon} /></span>
              {name}
            </>
          )}
        </Link>
      ))}
    </nav>
  );
}
