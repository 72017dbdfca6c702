import type { Check, CheckResult } from "../../api/uploads";

/** Questions asked within this time go out as one. */
const GATHER_MS = 60;
const MOST = 100;

interface Question {
  item: Check;
  resolve: (result: CheckResult) => void;
  reject: (error: unknown) => void;
}

/** Gathers single questions into batches, so that a folder of known photos costs few requests. */
export function batchedCheck(ask: (items: Check[]) => Promise<CheckResult[]>) {
  let gathered: Question[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = async () => {
    clearTimeout(timer);
    timer = undefined;
    const questions = gathered;
    gathered = [];
    try {
      const results = new Map((await ask(questions.map(({ item }) => item))).map((result) => [result.ref, result]));
      for (const { item, resolve } of questions) resolve(results.get(item.ref) ?? { ref: item.ref, result: "accept" });
    } catch (error) {
      for (const { reject } of questions) reject(error);
    }
  };

  return (item: Check) =>
    new Promise<CheckResult>((resolve, reject) => {
      gathered.push({ item, resolve, reject });
      if (gathered.length >= MOST) void send();
      else timer ??= setTimeout(() => void send(), GATHER_MS);
    });
}
