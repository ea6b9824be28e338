// `tt status` and `tt open`: the settings of this computer, the server's capacity, and a link to its window.
import { stateDirectory } from '@tt/client/node';
import type { Command } from 'commander';
import { printJson } from '../output.ts';
import { readChoice, readServer, withServer } from '../server-choice.ts';
import { hostText } from './host.ts';
import { wantsJson, withJson } from './json-option.ts';
import { print } from '../terminal.ts';

export function addStatusCommands(program: Command): void {
  withJson(program.command('status'))
    .description('show the settings of this computer, or with --server the capacity of the server')
    .option('--server', 'ask the server for its capacity and allocation')
    .action(async (options: { server?: boolean }, command: Command) => {
      if (options.server) await showServer(wantsJson(command));
      else await showLocal(wantsJson(command));
    });

  withJson(program.command('open'))
    .description('print a link that opens the window in a browser (works once, for ten minutes)')
    .action(async (_options: unknown, command: Command) => {
      await withServer(async ({ client }, { url }) => {
        const { code, expiresAt } = await client.session.invite();
        // The code stands in the fragment: browsers never send that part, so no server or log sees it.
        const link = `${url}/#join=${code}`;
        if (wantsJson(command)) printJson({ link, expiresAt });
        else print(`${link}\n`);
      });
    });
}

async function showLocal(json: boolean): Promise<void> {
  const choice = await readChoice();
  const local = { stateDirectory: stateDirectory(), server: choice?.url ?? 'private' };
  if (json) printJson(local);
  else print(`state folder: ${local.stateDirectory}\nserver: ${local.server}\n`);
}

async function showServer(json: boolean): Promise<void> {
  const { answer: host, server } = await readServer('host.show');
  if (json) printJson(host);
  else print(hostText(host, server.url));
}
