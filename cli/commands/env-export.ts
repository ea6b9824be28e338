// `tt env export`: ENVs as a file for `tt apply`.
import { wholeEnv } from '@tt/client';
import { type Command, Option } from 'commander';
import { forEachName } from '../each-name.ts';
import { inOneLine } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { printAnswer, printError } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addEnvExport(env: Command): void {
  withJson(env.command('export <name...>'))
    .description('print ENVs as a file for "tt apply", without passwords and other secrets')
    .addOption(new Option('--yaml', 'as YAML, one document for each ENV (default)').conflicts('json'))
    .action(async (names: string[], _options: unknown, command: Command) => {
      // What writes YAML takes longer to load than the other commands of `tt env` take.
      const { envFileYaml, exportedEnv } = await import('@tt/client/env-file');
      let isFirst = true;
      await withServer((connection) =>
        forEachName(names, async (name) => exportedEnv(await wholeEnv(connection.client, name)), {
          json: wantsJson(command),
          jsonOf: ({ file }) => file,
          show(exported) {
            printAnswer(`${isFirst ? '' : '---\n'}${envFileYaml(exported)}`);
            isFirst = false;
            const [name] = exported.partlySetUp;
            if (name !== undefined) {
              printError(
                `warning: the guest setup of ${inOneLine(exported.partlySetUp.join(', '))} is not exported whole\n`,
              );
            }
          },
        }),
      );
    });
}
