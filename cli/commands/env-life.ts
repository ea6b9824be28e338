// `tt env start|stop|del`: what an ENV is brought to as a whole.
import type { NodeConnection } from '@tt/client/node';
import { isValidName, TtError } from '@tt/protocol';
import type { Command } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { forEachName } from '../each-name.ts';
import { inOneLine } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { print, printError } from '../terminal.ts';
import { printDetailText } from './env-text.ts';
import { wantsJson, withJson } from './json-option.ts';
import { wholeNumber } from './option-values.ts';
import { chosenVms, type VmChoice, withVmChoice } from './vm-choice.ts';

interface DeleteOptions {
  strict?: true;
  forGood?: true;
}

interface ChosenVms {
  /** ENVs that have some of them. */
  names: readonly string[];
  /** Of one ENV; none: all of its VMs. */
  of: (name: string) => { vmIds?: string[] };
}

async function choiceOf(connection: NodeConnection, names: readonly string[], options: VmChoice): Promise<ChosenVms> {
  const chosen = await chosenVms(connection, names, options);
  if (!chosen) return { names, of: () => ({}) };
  const idsOf = new Map(chosen.map(({ envName, vms }) => [envName, vms.map(({ id }) => id)]));
  return {
    names: [...idsOf.keys()],
    of: (name) => {
      const vmIds = idsOf.get(name);
      return vmIds ? { vmIds } : {};
    },
  };
}

export function addEnvLife(env: Command): void {
  withVmChoice(withJson(env.command('start <name...>')), '--vm <names>')
    .description('start the stopped VMs of ENVs, and resume the paused ones')
    .action(async (names: string[], options: VmChoice, command: Command) => {
      await withServer(async (connection) => {
        const chosen = await choiceOf(connection, names, options);
        await forEachName(
          chosen.names,
          (name) =>
            runOperation(connection, (operationId) =>
              connection.client.env.start({ name, operationId, ...chosen.of(name) }),
            ),
          { json: wantsJson(command), show: printDetailText },
        );
      });
    });

  withVmChoice(withJson(env.command('stop <name...>')), '--vm <names>')
    .description('stop the VMs of ENVs: frees CPU and memory, keeps disks and ports')
    .option('--grace <s>', 'seconds for a guest to power off before it is forced off', wholeNumber(0, 300), 10)
    .action(async (names: string[], options: VmChoice & { grace: number }, command: Command) => {
      const { grace: graceS } = options;
      await withServer(async (connection) => {
        const chosen = await choiceOf(connection, names, options);
        await forEachName(
          chosen.names,
          (name) =>
            runOperation(connection, (operationId) =>
              connection.client.env.stop({ name, operationId, graceS, ...chosen.of(name) }),
            ),
          { json: wantsJson(command), show: printDetailText },
        );
      });
    });

  withYes(withJson(env.command('del <name...>')))
    .description('delete ENVs with their VMs and snapshots; one that does not exist is no failure')
    .option('--strict', 'fail for an ENV that does not exist')
    .option('--for-good', 'not into the bin of the agent: at once, and for ever')
    .action(async (names: string[], options: DeleteOptions, command: Command) => {
      await confirmed(`Delete ${names.join(', ')} with all VMs and snapshots?`, 'env.delete', command);
      const absent = new Set<string>();
      await withServer((connection) =>
        forEachName(names, (name) => deleteEnv(connection, name, options.strict ? null : absent, options.forGood), {
          json: wantsJson(command),
          show: ({ keptUntil }, name) => {
            if (absent.has(name)) return;
            print(
              keptUntil === null
                ? `${name} is deleted\n`
                : `${name} is in the bin until ${keptUntil}; "tt env restore ${name}" takes it out\n`,
            );
          },
          jsonOf: ({ name, keptUntil }) => (keptUntil === null ? { name } : { name, keptUntil }),
        }),
      );
    });
}

/** Where nothing was there, a note says what may have been meant, and the name is added to `absent`; null: that is a failure. */
async function deleteEnv(
  connection: NodeConnection,
  name: string,
  absent: Set<string> | null,
  forGood = false,
): Promise<{ name: string; keptUntil: string | null }> {
  try {
    return await runOperation(connection, (operationId) =>
      connection.client.env.delete({ name, operationId, ...(forGood && { forGood }) }),
    );
  } catch (error) {
    // A name that nothing can have is a slip, not an ENV that is gone.
    if (absent === null || !(error instanceof TtError && error.code === 'ENV_NOT_FOUND') || !isValidName(name))
      throw error;
    printAbsent(error as TtError<'ENV_NOT_FOUND'>);
    absent.add(name);
    return { name, keptUntil: null };
  }
}

function printAbsent({ message, data: { suggestions } }: TtError<'ENV_NOT_FOUND'>): void {
  const near = suggestions.length > 0 ? ` Did you mean: ${suggestions.join(', ')}?` : '';
  printError(`${inOneLine(`${message}${near}`)}\n`);
}
