// `npm test`: every check, the fastest to fail first, each with its time. The same on a laptop and in CI. With
// --deep (`npm run test:deep`) the longer tests that CI runs after it, with --long (`npm run test:long`) those that take hours.
import path from 'node:path';
import { RunError, runCommand } from '../agent/host/run-command.ts';

const root = path.resolve(import.meta.dirname, '..');
const bin = (name: string) => path.join(root, 'node_modules/.bin', name);
const MINUTE_MS = 60_000;

interface Check {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
  timeoutMs: number;
}

/** Before the checks that need a build: each of them would build what is missing. */
const build: Check = {
  name: 'build',
  command: process.execPath,
  args: ['tools/start/build-if-stale.ts'],
  timeoutMs: 5 * MINUTE_MS,
};

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
  build,
  {
    name: 'unit tests',
    command: bin('vitest'),
    // Without coverage, which decides nothing here and costs a sixth of the time: `npm run coverage` has it.
    args: ['run', '--project', 'unit', '--project', 'unit-alone'],
    timeoutMs: 15 * MINUTE_MS,
  },
  { name: 'package check', command: process.execPath, args: ['tools/package-check.ts'], timeoutMs: 5 * MINUTE_MS },
  {
    name: 'real guests',
    command: bin('vitest'),
    args: ['run', '--project', 'real', '--tags-filter', 'real'],
    timeoutMs: 30 * MINUTE_MS,
  },
  endToEnd('end to end', 'quick'),
];

/** What `npm test` leaves out for the sake of its time. */
const deepChecks: Check[] = [
  build,
  {
    name: 'more real guests',
    command: bin('vitest'),
    args: ['run', '--project', 'deep', '--tags-filter', 'deep'],
    timeoutMs: 40 * MINUTE_MS,
  },
  endToEnd('more end to end', 'deep'),
];

/** What nobody waits for: run by hand. */
const longChecks: Check[] = [
  build,
  {
    name: 'long tests',
    command: bin('vitest'),
    args: ['run', '--project', 'long', '--tags-filter', 'long'],
    timeoutMs: 24 * 60 * MINUTE_MS,
  },
  endToEnd('long end to end', 'long'),
];

const tiers = new Map([
  ['--deep', deepChecks],
  ['--long', longChecks],
]);

function endToEnd(name: string, tier: string): Check {
  const args = ['test', '-c', 'e2e/playwright.config.ts'];
  // The deep ones take 15 minutes, and on a machine whose page faults are slow twice as long.
  return { name, command: bin('playwright'), args, env: { TT_TEST_TIER: tier }, timeoutMs: 40 * MINUTE_MS };
}

const words = process.argv.slice(2);
const tier = words.find((word) => tiers.has(word));
const chosen = chosenOf(
  (tier && tiers.get(tier)) || checks,
  words.filter((word) => !tiers.has(word)),
);
if (!chosen) process.exit(2);
/** What a check said last; shown again at the very end when it failed, since a log is read from its end. */
const LAST_WORDS_BYTES = 6000;
const results: { name: string; ok: boolean; seconds: number; lastWords: string }[] = [];
for (const check of chosen) {
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

/**
 * Those whose names have one of the words. With --deep and --long, other words are files of tests (`npm run test:long -- systemd`): the build and
 * the tests that have them. Null, and told, for a word that is neither: what runs nothing must not look as if it had passed.
 */
function chosenOf(all: readonly Check[], asked: readonly string[]): readonly Check[] | null {
  if (asked.length === 0) return all;
  const files = asked.filter((word) => !all.some(({ name }) => name.includes(word)));
  if (files.length === 0) return all.filter(({ name }) => asked.some((word) => name.includes(word)));
  if (tier && files.length === asked.length)
    return all.flatMap((check) => {
      if (check === build) return check;
      return check.command === bin('vitest') ? { ...check, args: [...check.args, ...files] } : [];
    });
  process.stderr.write(
    `No check is called ${files.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}\n`,
  );
  return null;
}

async function run({ command, args, env = {}, timeoutMs }: Check): Promise<{ ok: boolean; lastWords: string }> {
  let lastWords = '';
  const say = (text: string) => {
    process.stdout.write(text);
    lastWords = (lastWords + text).slice(-LAST_WORDS_BYTES);
  };
  try {
    await runCommand(command, args, { cwd: root, env, timeoutMs, onStdout: say, onStderr: say });
    return { ok: true, lastWords };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    if (error.timedOut) say(`took longer than ${timeoutMs / MINUTE_MS} minutes and was killed\n`);
    return { ok: false, lastWords };
  }
}
