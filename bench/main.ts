// `npm run bench [-- section ... part ...]`: TT's results beside a peer's in the same run, as ratios with their goals. Not a timed
// test: it exits with 0 if a goal is missed (and says so), and with 1 if a section could not run.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { apiReadSection } from './api-read/api-read-section.ts';
import { auditSection } from './audit/audit-section.ts';
import { cloneSection } from './clone/clone-section.ts';
import { verdict } from './comparison.ts';
import { consoleSection } from './console/console-section.ts';
import { createBootSection } from './create-boot/create-boot-section.ts';
import { fanOutSection } from './fan-out/fan-out-section.ts';
import { fiftySection } from './fifty/fifty-section.ts';
import { firewallSection } from './firewall/firewall-section.ts';
import { imageDirectory } from './image-directory.ts';
import { instantsSection } from './instants/instants-section.ts';
import { tableText } from './print-table.ts';
import { chooseParts, type Choice } from './parts.ts';
import { runsSection } from './runs/runs-section.ts';
import type { Section, SectionResult } from './section.ts';
import { snapshotSection } from './snapshot/snapshot-section.ts';
import { startSection } from './start/start-section.ts';
import { stalledViewerSection } from './stalled-viewer/stalled-viewer-section.ts';
import { switchSection } from './switch/switch-section.ts';
import { tlsSection } from './tls/tls-section.ts';
import { thousandSection } from './thousand/thousand-section.ts';
import { uploadSection } from './upload/upload-section.ts';
import { windowSection } from './window/window-section.ts';

const sections: readonly Section[] = [
  cloneSection,
  createBootSection,
  snapshotSection,
  instantsSection,
  fiftySection,
  consoleSection,
  fanOutSection,
  apiReadSection,
  tlsSection,
  auditSection,
  thousandSection,
  stalledViewerSection,
  firewallSection,
  switchSection,
  runsSection,
  startSection,
  windowSection,
  uploadSection,
];
const say = (text: string) => process.stdout.write(`${text}\n`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, 'image-path': { type: 'string' } },
});
const chosen = chooseParts(sections, positionals);
if (chosen.unknown.length > 0) {
  say(`There is no ${chosen.unknown.join(', ')}. Sections and their parts: ${chosen.known.join(', ')}.`);
  process.exit(2);
}

let resources = new AsyncDisposableStack();
/** Set by Ctrl-C. */
const ending: { done: Promise<void> | null } = { done: null };
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say('\nending what was started ...');
    ending.done ??= resources.disposeAsync();
  });
}

say(
  `TT bench: ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()}`,
);
let missed = 0;
let broken = 0;
for (const choice of chosen.choices) {
  const { section } = choice;
  say(`\n=== ${section.name}: ${section.title}`);
  try {
    const result = await runSection(choice);
    missed += result.comparisons.filter((comparison) => verdict(comparison) === 'MISSES').length;
    print(result);
  } catch (error) {
    // What was under way fails when its programs are ended: that is no finding.
    if (ending.done) break;
    broken++;
    console.error(`${section.name} could not run:`, error);
  }
}
if (ending.done) {
  await ending.done;
  process.exit(130);
}
say(`\ngoals missed: ${missed}; sections that could not run: ${broken}`);
process.exit(broken === 0 ? 0 : 1);

async function runSection({ section, wants }: Choice): Promise<SectionResult> {
  resources = new AsyncDisposableStack();
  try {
    // Short: the sockets of a VM must fit into a path of 107 bytes.
    const folder = await mkdtemp(path.join(tmpdir(), 'tt-bench-'));
    // The users of a root agent's guests walk through here to the image.
    await chmod(folder, 0o711);
    resources.defer(() => rm(folder, { recursive: true, force: true }));
    return await section.run({
      resources,
      folder,
      quick: values.quick,
      wants,
      imageDirectory: () => imageDirectory(values['image-path'], folder),
      say: (text) => say(`  ${text}`),
    });
  } finally {
    await (ending.done ?? resources.disposeAsync());
  }
}

function print({ comparisons, notes, peerCommands }: SectionResult): void {
  say(`\n${tableText(comparisons)}`);
  for (const command of peerCommands) say(`  peer: ${command}`);
  for (const note of notes) say(`  note: ${note}`);
}
