// `tt event`: what the server holds at this moment, and with --follow each event after it, until Ctrl-C.
import { type WholeItem, wholeItems } from '@tt/client';
import type { StateSnapshot, TtEvent } from '@tt/protocol';
import { pictureKinds } from '@tt/protocol';
import type { Command } from 'commander';
import { interrupted } from '../interrupts.ts';
import { inOneLine, printJson, printJsonLine } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { namedSnapshot } from '../snapshot-name.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { activityOf, subjectOf } from './operation.ts';

export function addEventCommand(program: Command): void {
  withJson(program.command('event [env]'))
    .description('show what the server holds, or with --follow its events as they happen')
    .option('--follow', 'print events until Ctrl-C; with --json, one line of JSON each')
    .action(async (envName: string | undefined, options: { follow?: true }, command: Command) => {
      const json = wantsJson(command);
      await withServer(async ({ client }) => {
        if (envName !== undefined) await client.env.show({ name: envName });
        const waiting = interrupted();
        try {
          const feed = await client.event.follow({}, { signal: waiting.signal });
          for await (const item of wholeItems(feed)) {
            if (item.kind === 'snapshot' && !options.follow) {
              printPicture(item.revision, item.state, json);
              return;
            }
            printEvent(item, envName, json);
          }
        } catch (error) {
          if (!waiting.signal.aborted) throw error;
        } finally {
          waiting.stop();
        }
      });
    });
}

function printPicture(revision: number, state: StateSnapshot, json: boolean): void {
  if (json) printJson({ revision, state });
  else print(`revision ${revision}: ${pictureKinds.map((kind) => `${state[kind].length} ${kind}`).join(', ')}\n`);
}

function printEvent(item: WholeItem, envName: string | undefined, json: boolean): void {
  if (item.kind !== 'event') return;
  const { event } = item;
  if (envName !== undefined && envOf(event) !== envName) return;
  if (json) printJsonLine(event);
  else print(`${event.at}  ${event.type}  ${inOneLine(aboutOf(event))}\n`);
}

/** The ENV that an event is about; null when it is about none. */
export function envOf(event: TtEvent): string | null {
  switch (event.type) {
    case 'env.created':
    case 'env.updated':
    case 'env.deleted':
    case 'env.ending':
      return event.data.name;
    case 'vm.created':
    case 'vm.updated':
    case 'vm.deleted':
    case 'snapshot.created':
    case 'snapshot.updated':
    case 'snapshot.deleted':
    case 'run.deleted':
      return event.data.envName;
    case 'snapshot.reverted':
      return event.data.snapshot.envName;
    case 'operation.updated':
      return event.data.subject.envName ?? null;
    case 'run.updated':
      return event.data.run.envName;
    default:
      return null;
  }
}

function aboutOf(event: TtEvent): string {
  switch (event.type) {
    case 'operation.updated':
      return `${activityOf(event.data)}: ${event.data.state}, ${subjectOf(event.data)}`;
    case 'env.created':
    case 'env.updated':
    case 'vm.created':
    case 'vm.updated':
      return `${event.data.name}: ${event.data.state}`;
    case 'vm.deleted':
    case 'template.deleted':
      return event.data.id;
    case 'run.updated':
      return `${event.data.run.envName} ${event.data.run.id}: ${event.data.run.state}`;
    case 'run.deleted':
      return `${event.data.envName} ${event.data.id}`;
    case 'env.ending':
      return `${event.data.name}: ends at ${event.data.endAt}`;
    case 'snapshot.created':
    case 'snapshot.updated':
    case 'snapshot.deleted':
      return `${event.data.envName} ${namedSnapshot(event.data.name)}`;
    case 'snapshot.reverted':
      return `${event.data.snapshot.envName} ${namedSnapshot(event.data.snapshot.name)}`;
    default:
      return event.data.name;
  }
}
