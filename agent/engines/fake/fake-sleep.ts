// The one program of fake guests that takes its time.

/** Of `sleep SECONDS`, also as the whole line of a shell; null for any other command. */
export function sleepSeconds(argv: readonly string[]): number | null {
  const words =
    argv[1] === '-c'
      ? (argv[2] ?? '')
          .trim()
          .split(/[\s;]+/)
          .filter(Boolean)
      : argv;
  return words.length === 2 && words[0] === 'sleep' && /^\d+(\.\d+)?$/.test(words[1] ?? '') ? Number(words[1]) : null;
}
