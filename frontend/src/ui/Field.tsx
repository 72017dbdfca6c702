import { useId, useState, type ComponentProps } from "react";
import { cx } from "../lib/cx";

type Props = Omit<ComponentProps<"input">, "id"> & { label: string; hint?: string; error?: string | undefined };

/** A labelled input with its error beside it. */
export function Field({ label, hint, error, type, className, ...rest }: Props) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const isPassword = type === "password";
  const told = error ?? hint;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block text-small font-semibold">{label}</label>
      <div className="relative">
        <input
          id={id} type={isPassword && shown ? "text" : type} aria-invalid={error ? true : undefined} aria-describedby={told ? `${id}-told` : undefined}
          className={cx(
            "h-11 w-full rounded-control border bg-sheet px-3 text-[1rem] transition-colors placeholder:text-faint",
            isPassword && "pr-16", error ? "border-danger" : "border-line hover:border-faint",
          )}
          {...rest}
        />
        {isPassword && (
          <button
            type="button" aria-pressed={shown} aria-label="Show password" onClick={() => setShown(!shown)}
            className="absolute inset-y-1 right-1 rounded-[6px] px-2.5 text-small font-semibold text-soft hover:text-ink"
          >
            {shown ? "Hide" : "Show"}
          </button>
        )}
      </div>
      {told && (
        <p id={`${id}-told`} className={cx("mt-1.5 text-small", error ? "font-medium text-danger" : "text-faint")}>{told}</p>
      )}
    </div>
  );
}
