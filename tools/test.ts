// `npm test`: every check in the order of how soon it can fail, each with its time. The same on a laptop and in CI.
import path from 'node:path';
import { RunError, runCommand } from '../agent/host/run-command.ts';

const root = path.resolve(import.meta.dirname, '..');
const bin = (name: string) => path.join(root, 'node_modules/.bin', name);
const MINUTE_MS = 60_000;

interface Check {
  name: string;
  command: string;
  args: string[];
  timeoutMs: number;
}

const checks: Check[] = [
  { name: 'format', command: bin('biome'), args: ['format', '.'], timeoutMs: MINUTE_MS },
  { name: 'lint', command: bin('biome'), args: ['lint', '.', '--error-on-warnings'], timeoutMs: MINUTE_MS },
  { name: 'types', command: process.execPath, args: ['tools/typecheck.ts'], timeoutMs: 3 * MINUTE_MS },
  {
    name: 'lint with types',
    command: bin('oxlint'),
    args: ['--type-aware', '--deny-warnings'],
    timeoutMs: 3 * MINUTE_MS,
  },
  {
    name: 'unit tests and coverage',
    command: bin('vitest'),
    args: ['run', '--project', 'unit', '--coverage'],
    timeoutMs: 15 * MINUTE_MS,
  },
  { name: 'build', command: 'npm', args: ['run', 'build'], timeoutMs: 5 * MINUTE_MS },
  { name: 'package check', command: process.execPath, args: ['tools/package-check.ts'], timeoutMs: 5 * MINUTE_MS },
  { name: 'real guests', command: bin('vitest'), args: ['run', '--project', 'real'], timeoutMs: 30 * MINUTE_MS },
  {
    name: 'end to end',
    command: bin('playwright'),
    args: ['test', '-c', 'e2e/playwright.config.ts'],
    timeoutMs: 30 * MINUTE_MS,
  },
];

const only = process.argv.slice(2);
/** What a check said last; shown again at the very end when it failed, since a log is read from its end. */
const LAST_WORDS_BYTES = 6000;
const results: { name: string; ok: boolean; seconds: number; lastWords: string }[] = [];
for (const check of checks) {
  if (only.length > 0 && !only.some((word) => check.name.includes(word))) continue;
  process.stdout.write(`\n=== ${check.name}\n`);
  const begun = performance.now();
  const { ok, lastWords } = await run(check);
  results.push({ name: check.name, ok, seconds: (performance.now() - begun) / 1000, lastWords });
}

for (const { name, lastWords } of results.filter(({ ok }) => !ok)) {
  process.stdout.write(`\n=== last words of the failed check "${name}"\n${lastWords}\n`);
}
process.stdout.write('\n');
for (const { name, ok, seconds } of results) {
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)\n`);
}
const failed = results.filter(({ ok }) => !ok).length;
process.stdout.write(`checks: ${results.length - failed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);

async function run({ command, args, timeoutMs }: Check): Promise<{ ok: boolean; lastWords: string }> {
  let lastWords = '';
  const say = (text: string) => {
    process.stdout.write(text);
    lastWords = (lastWords + text).slice(-LAST_WORDS_BYTES);
  };
  try {
    await runCommand(command, args, { cwd: root, timeoutMs, onStdout: say, onStderr: say });
    return { ok: true, lastWords };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    if (error.timedOut) say(`took longer than ${timeoutMs / MINUTE_MS} minutes and was killed\n`);
    return { ok: false, lastWords };
  }
}
