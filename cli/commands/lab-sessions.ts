// `tt lab session …` and `tt lab admin …`: machines that discard their writes, and the one that changes the base image.
import type { Command } from 'commander';
import { printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { sessionTable } from './lab-text.ts';
import { lifetimeFrom } from './contract-values.ts';
import { given, wholeNumber } from './option-values.ts';
import { print } from '../terminal.ts';

interface StartOptions {
  profile?: string;
  name?: string;
  terminal?: string;
  lifetime?: number;
}

const graceFrom = wholeNumber(0, 300);

export function addSessionCommands(lab: Command): void {
  const session = lab.command('session').description('sessions: machines that discard their writes');

  withJson(session.command('start <lab>'))
    .description('start a session in a lab')
    .option('--profile <name>', 'profile; required if the lab can use several')
    .option('--name <name>', 'name; default: the name of the terminal, or the next free seat')
    .option('--terminal <name>', 'the terminal that shows it')
    .option('--lifetime <time>', 'lifetime, e.g. 90m or 2h', lifetimeFrom)
    .action(async (name: string, options: StartOptions, command: Command) => {
      const request = given({
        profileName: options.profile,
        sessionName: options.name,
        terminalName: options.terminal,
        lifetimeS: options.lifetime,
      });
      await withServer(async (connection) => {
        const started = await runOperation(connection, (operationId) =>
          connection.client.lab.startSession({ operationId, name, ...request }),
        );
        if (wantsJson(command)) printJson(started);
        else print(`${started.sessionName} runs in ${started.envName}\n`);
      });
    });

  withJson(session.command('stop <lab> <session>'))
    .description('end a session and delete its machine with everything it wrote')
    .action(async (name: string, sessionName: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const gone = await runOperation(connection, (operationId) =>
          connection.client.lab.stopSession({ operationId, name, sessionName }),
        );
        if (wantsJson(command)) printJson(gone);
        else print(`${sessionName} has ended\n`);
      });
    });

  withJson(session.command('list <lab>'))
    .description('list the sessions of a lab, and which have a connected console')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { sessions } = await client.lab.show({ name });
        if (wantsJson(command)) printJson({ sessions });
        else print(sessionTable(sessions));
      });
    });
}

export function addAdminCommands(lab: Command): void {
  const admin = lab.command('admin').description('administrative sessions: change the base image of a profile');

  withJson(admin.command('open <profile>'))
    .description('open the base image of a profile for editing; its sessions cannot run meanwhile')
    .option('--stop-clients', 'stop running sessions instead of refusing')
    .option('--grace <s>', 'seconds for them to power off', graceFrom)
    .option('--lifetime <time>', 'lifetime, e.g. 2h; at its end the machine is stopped, not deleted', lifetimeFrom)
    .action(
      async (name: string, options: { stopClients?: boolean; grace?: number; lifetime?: number }, command: Command) => {
        const request = given({ stopClients: options.stopClients, graceS: options.grace, lifetimeS: options.lifetime });
        await withServer(async (connection) => {
          const opened = await runOperation(connection, (operationId) =>
            connection.client.profile.openAdmin({ operationId, name, ...request }),
          );
          if (wantsJson(command)) printJson(opened);
          else print(`${name} is open for editing in ${opened.env.name}\n`);
        });
      },
    );

  withJson(admin.command('publish <profile>'))
    .description('end the session; its disk becomes the next version of the base image')
    .option('--notes <text>', 'what has changed')
    .option('--grace <s>', 'seconds for the guest to power off', graceFrom)
    .option('--force', 'force the guest off if it does not power off in time')
    .action(async (name: string, options: { notes?: string; grace?: number; force?: boolean }, command: Command) => {
      const request = given({ notes: options.notes, graceS: options.grace, force: options.force });
      await withServer(async (connection) => {
        const published = await runOperation(connection, (operationId) =>
          connection.client.profile.publish({ operationId, name, ...request }),
        );
        if (wantsJson(command)) printJson(published);
        else print(`version ${published.version} of ${name} is published\n`);
      });
    });

  withJson(admin.command('discard <profile>'))
    .description('end the session and discard its changes')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const kept = await runOperation(connection, (operationId) =>
          connection.client.profile.discard({ operationId, name }),
        );
        if (wantsJson(command)) printJson(kept);
        else print(`${name} remains at version ${kept.version}\n`);
      });
    });
}
