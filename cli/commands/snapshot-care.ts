// `tt snapshot usage|compact|schedule`: storage used by snapshots, freeing disk space, and scheduled snapshots.
import type { Env } from '@tt/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { duration, printJson, size } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { secondsFrom, wholeNumber } from './option-values.ts';
import { usageText } from './snapshot-text.ts';
import { print } from '../terminal.ts';

interface ScheduleOptions {
  every?: number;
  keep: number;
  off?: true;
}

/** Whole minutes of `90m`, `2h`; a bare number is minutes too. */
export function minutesFrom(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) * 60 : secondsFrom(text);
  const minutes = seconds / 60;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 1440) {
    throw new InvalidArgumentError('give whole minutes from 1 to 1440, like 15 or 2h.');
  }
  return minutes;
}

export function addSnapshotCare(snapshot: Command): void {
  withJson(snapshot.command('usage <env>'))
    .description('show the storage used by the snapshots of an ENV, and how they depend on each other')
    .action(async (envName: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const usage = await client.snapshot.usage({ envName });
        if (wantsJson(command)) printJson(usage);
        else print(usageText(usage));
      });
    });

  withJson(snapshot.command('compact <env>'))
    .description('free unused space on the disks of its stopped VMs')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const done = await runOperation(connection, (operationId) =>
          connection.client.env.compact({ operationId, name }),
        );
        if (wantsJson(command)) {
          printJson(done);
          return;
        }
        for (const { vmName, freedBytes, skipped } of done.vms) {
          print(`${vmName}: ${skipped ? 'running, skipped' : `${size(freedBytes)} freed`}\n`);
        }
      });
    });

  withJson(snapshot.command('schedule <env>'))
    .description('set up scheduled snapshots; without options, show the schedule')
    .option('--every <time>', 'interval while the ENV runs: minutes, or like 2h', minutesFrom)
    .option('--keep <count>', 'number of snapshots to keep; older ones are deleted', wholeNumber(1, 100), 5)
    .addOption(new Option('--off', 'disable scheduled snapshots').conflicts('every'))
    .action(async (name: string, options: ScheduleOptions, command: Command) => {
      await withServer(async (connection) => {
        const { client } = connection;
        const { every: everyMinutes, keep, off } = options;
        const wanted = off ? null : everyMinutes === undefined ? undefined : { everyMinutes, keep };
        const env =
          wanted === undefined
            ? (await client.env.show({ name, limit: 1 })).env
            : await runOperation(connection, (operationId) =>
                client.env.update({ operationId, name, snapshotSchedule: wanted }),
              );
        if (wantsJson(command)) printJson(env);
        else print(scheduleText(env));
      });
    });
}

function scheduleText({ name, snapshotSchedule, nextSnapshotAt }: Env): string {
  if (!snapshotSchedule || nextSnapshotAt === null) return `${name} has no schedule\n`;
  const { everyMinutes, keep } = snapshotSchedule;
  const next = duration(Date.parse(nextSnapshotAt) - Date.now());
  return `${name}: every ${everyMinutes} min, keeps the newest ${keep}; next in ${next}\n`;
}
