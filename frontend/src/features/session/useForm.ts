import { useState, type SubmitEvent } from "react";
import { explain, Problem } from "../../api/problem";

interface FormState {
  busy: boolean;
  /** What belongs to the form as a whole. */
  message: string | null;
  errors: Record<string, string>;
}

const calm: FormState = { busy: false, message: null, errors: {} };

/**
 * A form whose fields are checked for being filled in, then sent; what the server says about a field is put beside it.
 * `codes` gives the field, or none, and the sentence for problems that name no field themselves.
 */
export function useForm<Name extends string>(
  required: Record<Name, string>,
  codes: Record<string, { field?: NoInfer<Name>; text: string }>,
  send: (values: Record<Name, string>) => Promise<void>,
) {
  const [state, setState] = useState(calm);
  const names = Object.keys(required) as Name[];

  const onSubmit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const values = Object.fromEntries(names.map((name) => [name, textOf(data.get(name))])) as Record<Name, string>;
    const missing = Object.fromEntries(names.filter((name) => !values[name]).map((name) => [name, required[name]]));
    const show = (errors: Record<string, string>, message: string | null) => {
      setState({ busy: false, errors, message });
      const first = names.find((name) => errors[name]);
      if (first) form.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
    };
    if (Object.keys(missing).length > 0) { show(missing, null); return; }
    setState({ busy: true, errors: {}, message: null });
    try {
      await send(values);
      setState(calm);
    } catch (error) {
      const known = error instanceof Problem ? codes[error.code] : undefined;
      if (known) { show(known.field ? { [known.field]: known.text } : {}, known.field ? null : known.text); return; }
      const errors = error instanceof Problem ? fieldErrors(error, names) : {};
      show(errors, Object.keys(errors).length > 0 ? null : explain(error));
    }
  };

  return { ...state, onSubmit };
}

function fieldErrors(problem: Problem, names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const text = problem.field(name);
    return text ? [[name, text]] : [];
  }));
}

const textOf = (value: FormDataEntryValue | null) => (typeof value === "string" ? value : "");
