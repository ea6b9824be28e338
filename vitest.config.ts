// Unit and contract tests (`unit`: fast, no root, no guests) and three tiers of tests with real guests and real packages. The
// tier is a tag inside the test file; a file may hold tests of several tiers (`--project deep --tags-filter deep`).
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

// Many tests start agents: their compiled sources are kept between starts, which halves what a start costs.
process.env['NODE_COMPILE_CACHE'] ??= path.join(import.meta.dirname, 'node_modules', '.cache', 'compiled');

/** On a machine shared with others one slow moment may fail a test; what fails twice is a fault. */
const RETRIES = process.env['CI'] ? 1 : 0;

/** Longer than any unit test takes at twenty times its processor time; so that it says which condition never came, that is given up earlier. */
const UNIT_PATIENCE_MS = 120_000;

/** Tiers of tests, by how long they may take; `npm run real|test:deep|test:long` each run one. */
const tiers = {
  real: { timeout: 240_000, description: 'real QEMU guests, packages, networks; in `npm test`' },
  deep: { timeout: 240_000, description: 'more of these, which CI runs after `npm test`' },
  long: { timeout: 60 * 60_000, description: 'a minute and more each: whole installations, random trees; by hand' },
} as const;
type Tier = keyof typeof tiers;

/** `// @module-tag deep` puts a whole file into a tier, `{ tags: ['deep'] }` a test or a suite. */
const TAG = /^\/\/ @module-tag (\w+)$|\btags: \['(\w+)'\]/gm;
const skippedFolders = new Set(['node_modules', 'out', 'dist', 'coverage', 'test-results', 'playwright-report']);

/**
 * What a unit test does to the whole process (its modules, globals, environment): such a file gets a process of its own. All others
 * share one for each worker, which evaluates the modules they have in common once (decision 0059). Fake timers are no reason: that
 * they are put back is checked after each file.
 */
const OF_THE_PROCESS =
  /\bvi\.(mock|doMock|hoisted|resetModules|stubGlobal|stubEnv)\b|\bspyOn\(globalThis,|\bprocess\.(env\b|chdir|umask|set[eg]?[ug]id|exitCode|(on|once|emit)\()|\bglobalThis\[/;
const filesByTier = filesOfTiers();

function filesOfTiers(): Record<Tier | 'unit' | 'unitAlone', string[]> {
  const found: Record<Tier | 'unit' | 'unitAlone', string[]> = {
    unit: [],
    unitAlone: [],
    real: [],
    deep: [],
    long: [],
  };
  const read = (folder: string) => {
    for (const entry of readdirSync(path.join(import.meta.dirname, folder), { withFileTypes: true })) {
      const file = path.posix.join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.') && !skippedFolders.has(entry.name)) read(file);
      if (/\.test\.tsx?$/.test(entry.name)) for (const tier of tiersOf(file)) found[tier].push(file);
    }
  };
  read('');
  return found;
}

function tiersOf(file: string): (Tier | 'unit' | 'unitAlone')[] {
  // A test that would run in the wrong tier because nothing inside it says its tier.
  if (/\.(real|deep|long)\.test\.ts$/.test(file))
    throw new Error(`${file}: a tier is a tag inside the file, not a part of its name`);
  const text = readFileSync(path.join(import.meta.dirname, file), 'utf8');
  const names = new Set([...text.matchAll(TAG)].map(([, ofFile, ofTest]) => ofFile ?? ofTest));
  const known = (Object.keys(tiers) as Tier[]).filter((tier) => names.has(tier));
  if (known.length > 0) return known;
  return [OF_THE_PROCESS.test(text) ? 'unitAlone' : 'unit'];
}

function unitProject(
  name: string,
  { include, isolate, groupOrder }: { include: string[]; isolate: boolean; groupOrder: number },
) {
  return {
    test: {
      name,
      include,
      isolate,
      ...(!isolate && { setupFiles: [path.join(import.meta.dirname, 'tools/testing/shared-process.ts')] }),
      sequence: { groupOrder },
      // A condition that comes late on a busy machine still comes; one that never does fails all the same. Fixtures start agents, too.
      testTimeout: UNIT_PATIENCE_MS,
      hookTimeout: UNIT_PATIENCE_MS,
      expect: { poll: { timeout: UNIT_PATIENCE_MS / 4 } },
      retry: RETRIES,
      // Many wait for programs they start: one worker for each processor, not one less.
      maxWorkers: 2,
    },
  };
}

export default defineConfig({
  test: {
    tags: Object.entries(tiers).map(([name, { timeout, description }]) => ({ name, timeout, description })),
    projects: [
      // One group after the other: a worker is handed on only to a file of the same project.
      unitProject('unit', { include: filesByTier.unit, isolate: false, groupOrder: 1 }),
      unitProject('unit-alone', { include: filesByTier.unitAlone, isolate: true, groupOrder: 2 }),
      ...(Object.keys(tiers) as Tier[]).map((name) => ({
        test: {
          name,
          include: filesByTier[name],
          // Guests under emulation are slow, and two files at a time on two cores take as long as one after the other (seen: the
          // crash tests 413 s instead of 150), while limits and leases are measured worse.
          testTimeout: tiers[name].timeout,
          hookTimeout: tiers[name].timeout,
          retry: name === 'long' ? 0 : RETRIES,
          maxWorkers: 1,
        },
      })),
    ],
    coverage: {
      provider: 'v8',
      include: ['{protocol,client,server,agent,cli,proxy,renderer,main}/**/*.{ts,tsx}'],
      exclude: [
        '**/*.test.ts',
        '**/test-*.ts',
        '**/*.contract.ts',
        'agent/{testing,scenarios}/**',
        '**/*.gen.ts',
        '**/*.d.ts',
        '**/guest/**',
      ],
      reporter: ['text-summary', 'html'],
    },
  },
});
