// `tt audit`: the audit trail, who did what and how it ended, oldest first; with --follow what comes after it, until Ctrl-C.
import type { AuditEntry, TtClient } from '@tt/protocol';
import { MOST_AUDIT_ENTRIES } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { interrupted, pause } from '../interrupts.ts';
import { inOneLine, printJson, printJsonLine, table } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { given, secondsFrom, wholeNumber } from './option-values.ts';

const MOST = 100_000;
/** Between two looks at what is new. */
const LOOK_EVERY_MS = 1000;

interface Options {
  user?: string;
  call?: string;
  env?: string;
  about?: string;
  code?: string;
  since?: string;
  until?: string;
  limit: number;
  follow?: true;
}

type Filters = Omit<NonNullable<Parameters<TtClient['audit']['list']>[0]>, 'before' | 'after' | 'limit'>;

export function addAuditCommand(program: Command): void {
  withJson(program.command('audit'))
    .description(
      'show who did what, and how it ended; yours, and what was done to your ENVs, or for administrators all',
    )
    .option('--user <name>', 'what this user did')
    .option('--call <name>', 'one call, such as env.delete, or all of one noun, such as env')
    .option('--env <name>', 'what concerns this ENV')
    .option('--about <name>', 'what concerns anything with this name or id')
    .option('--since <time>', 'not older: 30m, 2h, 7d, or a time such as 2026-11-21T10:00:00Z', timeFrom)
    .option('--until <time>', 'not newer, written in the same way', timeFrom)
    .option('--code <code>', 'how it ended: ok, failed for all that is not ok, or the code of an error')
    .option('--limit <count>', 'the newest so many', wholeNumber(1, MOST), 100)
    .option('--follow', 'go on with what comes, until Ctrl-C; with --json, one line of JSON each')
    .action(async (options: Options, command: Command) => {
      const json = wantsJson(command);
      await withServer(async ({ client }) => {
        const filters = filtersFrom(options);
        if (options.follow) {
          await follow(client, filters, options.limit, (entry) =>
            json ? printJsonLine(entry) : print(`${lineOf(entry)}\n`),
          );
          return;
        }
        const { entries } = await newestOf(client, filters, options.limit);
        if (json) printJson({ entries });
        else print(auditTable(entries));
      });
    });
}

/** Now less so long, or the time itself, as the contract has it. */
export function timeFrom(text: string): string {
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const at = Date.parse(text);
    if (!Number.isNaN(at)) return new Date(at).toISOString();
  } else if (/^\d/.test(text)) return new Date(Date.now() - secondsFrom(text) * 1000).toISOString();
  throw new InvalidArgumentError(`"${text}" is not a time; write 30m, 2h, 7d or 2026-11-21T10:00:00Z.`);
}

function filtersFrom({ user, call, env, about, code, since, until }: Options): Filters {
  return given({ userName: user, call, envName: env, subject: about, result: code, since, until });
}

/** Oldest first, and the id of the newest entry there was, whatever was asked for: following goes on behind it. */
async function newestOf(
  client: TtClient,
  filters: Filters,
  count: number,
): Promise<{ entries: AuditEntry[]; newest: number }> {
  const [last] = (await client.audit.list({ limit: 1 })).entries;
  const newest = last?.id ?? 0;
  const entries: AuditEntry[] = [];
  let before: number | null = newest + 1;
  while (before !== null && entries.length < count) {
    const limit = Math.min(MOST_AUDIT_ENTRIES, count - entries.length);
    const page: Awaited<ReturnType<TtClient['audit']['list']>> = await client.audit.list({ ...filters, before, limit });
    entries.push(...page.entries);
    before = page.next;
  }
  return { entries: entries.toReversed(), newest };
}

async function follow(
  client: TtClient,
  filters: Filters,
  count: number,
  tell: (entry: AuditEntry) => void,
): Promise<void> {
  // Before the first entry is shown: whoever has seen one may interrupt.
  const waiting = interrupted();
  try {
    const { entries, newest } = await newestOf(client, filters, count);
    for (const entry of entries) tell(entry);
    let after = newest;
    while (!waiting.signal.aborted) {
      const page = await client.audit.list({ ...filters, ...(after > 0 && { after }), limit: MOST_AUDIT_ENTRIES });
      // Without a place to go on from, the newest come first.
      for (const entry of after > 0 ? page.entries : page.entries.toReversed()) tell(entry);
      after = Math.max(after, page.next ?? 0, ...page.entries.map(({ id }) => id));
      if (page.entries.length < MOST_AUDIT_ENTRIES) await pause(LOOK_EVERY_MS, waiting.signal);
    }
  } finally {
    waiting.stop();
  }
}

export function auditTable(entries: readonly AuditEntry[]): string {
  return table(['TIME', 'WHO', 'FROM', 'WHAT', 'ABOUT', 'RESULT', 'TOOK'], entries.map(cellsOf));
}

function lineOf(entry: AuditEntry): string {
  return cellsOf(entry)
    .filter((cell) => cell !== '-')
    .map(inOneLine)
    .join('  ');
}

function cellsOf(entry: AuditEntry): string[] {
  const { at, call, phase, result, durationMs, count, subject } = entry;
  const { vmId, vmName, envName, ...others } = subject;
  // The name of a VM begins with that of its ENV.
  const names = [vmName ?? envName, vmName === undefined ? vmId : undefined, ...Object.values(others)];
  const what = phase === 'done' ? call : `${call} ${phase}`;
  return [
    at,
    whoOf(entry),
    entry.origin?.address ?? '-',
    count > 1 ? `${what} (${count} times)` : what,
    names.filter((name) => name !== undefined).join(' ') || '-',
    phase === 'begun' ? '-' : result,
    durationMs === null ? '-' : `${(durationMs / 1000).toFixed(1)} s`,
  ];
}

function whoOf({ actor, userName, throughProxy }: AuditEntry): string {
  const who = actor === 'person' ? (userName ?? '-') : actor;
  return throughProxy ? `${who} (through proxy)` : who;
}
