// Why a server program cannot start, in the form in which it stands on standard error: people read it there, and the desktop does.

export interface StartFailure {
  code: string;
  message: string;
  /** What to do about it. */
  fix: string;
}

export function startFailureText(program: string, { code, message, fix }: StartFailure): string {
  return `${program}: ${message}\n    ${fix} [${code}]\n`;
}

const forms = [
  /^[\w-]+: (?<message>.+)\n {4}(?<fix>.+) \[(?<code>[A-Z][A-Z_]+)\]$/gm,
  // Of a configuration that cannot be used, as a compiler would say it.
  /^error: (?<code>[A-Z][A-Z_]+)\n(?<message>.+(?:\n.+)*)\n(?<fix>.+)$/gm,
];

/** What a program that has ended said last about its start; null if it said nothing of the kind. */
export function readStartFailure(said: string): StartFailure | null {
  for (const form of forms) {
    const { code, message, fix } = [...said.matchAll(form)].at(-1)?.groups ?? {};
    if (code !== undefined && message !== undefined && fix !== undefined) return { code, message, fix };
  }
  return null;
}
