import { Link } from "@tanstack/react-router";
import { EmptyState } from "../ui/States";

export function NotFound() {
  return (
    <EmptyState icon="photos" title="There is nothing at this address" action={<Link to="/" className="font-semibold underline decoration-film decoration-2 underline-offset-4">Go to your photos</Link>}>
      The link may be old, or a letter is missing.
    </EmptyState>
  );
}
