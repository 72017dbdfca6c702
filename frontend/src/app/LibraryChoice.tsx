import { useQuery } from "@tanstack/react-query";
import { library, type Library } from "../api/library";
import { organizationsQuery } from "../api/organizations";
import { useStore } from "../lib/store";
import { cx } from "../lib/cx";
import { Icon } from "../ui/Icon";

/** Whose photos are shown: one's own, or those of an organisation. Whoever is in none has nothing to choose. */
export function LibraryChoice({ onChoose }: { onChoose: (next: Library | null) => void }) {
  const current = useStore(library);
  const { data } = useQuery(organizationsQuery);
  const organizations = data ?? (current ? [current] : []);
  if (organizations.length === 0) return null;
  return (
    <ul aria-label="Whose photos" data-testid="libraries" className="max-h-60 overflow-y-auto border-b border-line p-1">
      <Choice name="My photos" isCurrent={current === null} onChoose={() => onChoose(null)} />
      {organizations.map(({ id, name }) => (
        <Choice key={id} name={name} isCurrent={current?.id === id} onChoose={() => onChoose({ id, name })} />
      ))}
    </ul>
  );
}

function Choice({ name, isCurrent, onChoose }: { name: string; isCurrent: boolean; onChoose: () => void }) {
  return (
    <li>
      <button
        type="button" aria-current={isCurrent || undefined} disabled={isCurrent} onClick={onChoose}
        className={cx("flex w-full items-center gap-2 rounded-control px-2 py-2 text-left font-medium", !isCurrent && "hover:bg-well")}
      >
        <span className="min-w-0 flex-1 truncate">{name}</span>
        {isCurrent && <Icon name="check" size={16} />}
      </button>
    </li>
  );
}
