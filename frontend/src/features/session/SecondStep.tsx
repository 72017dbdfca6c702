import { useState } from "react";
import { Problem } from "../../api/problem";
import { answerSecondFactor, type SecondFactor } from "../../api/session";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { AuthFrame } from "./AuthFrame";
import { FormMessage } from "./FormMessage";
import { useForm } from "./useForm";
import { WithPasskey } from "./WithPasskey";

interface Props {
  asked: SecondFactor;
  /** Back to the password, with a reason where it was not the person's wish. */
  onAgain: (reason: string | null) => void;
}

/** The code beside the password. */
export function SecondStep({ asked, onAgain }: Props) {
  const [recovering, setRecovering] = useState(false);
  const form = useForm(
    { code: recovering ? "Enter one of your recovery codes." : "Enter the six digits that your app shows." },
    {
      second_factor_wrong: {
        field: "code",
        text: recovering ? "This is none of your codes, or it was used before." : "This code is wrong or was used before. Wait for the next one and enter that.",
      },
      too_many_guesses: { field: "code", text: "Too many codes were tried. Wait a few minutes, or use a recovery code." },
    },
    async ({ code }) => {
      try {
        await answerSecondFactor({ challenge: asked.challenge, ...(recovering ? { recovery_code: code } : { code }) });
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== "challenge_invalid") throw error;
        onAgain("That took too long, or too many tries. Enter your password again.");
      }
    },
  );
  const link = "font-semibold text-ink underline decoration-film decoration-2 underline-offset-4";
  return (
    <AuthFrame
      title="One more step"
      lead={recovering ? "Enter a recovery code that you kept for this. Each works once." : "Enter the code that your authenticator app shows for Photure."}
    >
      <form key={String(recovering)} data-testid="second-step" noValidate onSubmit={form.onSubmit} className="space-y-5">
        {recovering ? (
          <Field
            name="code" label="Recovery code" autoComplete="off" autoCapitalize="none" spellCheck={false} required maxLength={64} ref={focused}
            placeholder="xxxx-xxxx-xxxx-xxxx" className="font-mono" error={form.errors.code}
          />
        ) : (
          <Field
            name="code" label="Code" autoComplete="one-time-code" inputMode="numeric" spellCheck={false} required maxLength={16} ref={focused}
            error={form.errors.code}
          />
        )}
        {form.message && <FormMessage>{form.message}</FormMessage>}
        <Button type="submit" look="film" busy={form.busy} className="h-11 w-full">Sign in</Button>
      </form>
      <WithPasskey />
      <p className="mt-6 flex flex-wrap justify-between gap-x-6 gap-y-2 text-soft">
        {asked.methods.includes("recovery_code") && (
          <button type="button" className={link} onClick={() => setRecovering(!recovering)}>
            {recovering ? "Use the app instead" : "Use a recovery code"}
          </button>
        )}
        <button type="button" className={link} onClick={() => onAgain(null)}>Start again</button>
      </p>
    </AuthFrame>
  );
}

/** There is nothing else to do here. */
const focused = (input: HTMLInputElement | null) => input?.focus();
