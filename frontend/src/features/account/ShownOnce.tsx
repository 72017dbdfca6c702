import type { CreatedApiKey } from "../../api/apiKeys";
import { SecretOnce } from "../../ui/SecretOnce";

/** The key in clear. */
export function ShownOnce({ created, onClose }: { created: CreatedApiKey; onClose: () => void }) {
  return (
    <SecretOnce
      label="Your new API key" title="Copy your key now" secret={created.key} testId="api-key" onClose={onClose}
      lead="Photure does not keep it: it cannot be shown again. Whoever has it can do what it allows."
    />
  );
}
