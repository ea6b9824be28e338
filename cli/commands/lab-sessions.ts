// `tt lab session …` and `tt lab admin …`: machines whose writes are thrown away, and the one that changes the base.
import type { Command } from 'commander';
import { printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { sessionTable } from './lab-text.ts';
import { given, lifetimeFrom, wholeNumber } from './option-values.ts';

interface StartOptions {
  profile?: string;
  name?: string;
  terminal?: string;
  lifetime?: number;
}

const graceFrom = wholeNumber(0, 300);

export function addSessionCommands(lab: Command): void {
  const session = lab.command('session').description('sessions: machines whose writes are thrown away');

  withJson(session.command('start <lab>'))
    .description('start a session in a lab')
    .option('--profile <name>', 'its profile; needed where the lab may use several')
    .option('--name <name>', 'its name; default: that of the terminal, or the next free seat')
    .option('--terminal <name>', 'the terminal that shows it')
    .option('--lifetime <time>', 'how long it lives: 90m, 2h', lifetimeFrom)
    .action(async (name: string, options: StartOptions, command: Command) => {
      const wish = given({
        profileName: options.profile,
        sessionName: options.name,
        terminalName: options.terminal,
        lifetimeS: options.lifetime,
      });
      await withServer(async (connection) => {
        const started = await runOperation(connection, (operationId) =>
          connection.client.lab.startSession({ operationId, name, ...wish }),
        );
        if (wantsJson(command)) printJson(started);
        else process.stdout.write(`${started.sessionName} runs in ${started.envName}\n`);
      });
    });

  withJson(session.command('stop <lab> <session>'))
    .description('end a session: its machine is deleted with all it wrote')
    .action(async (name: string, sessionName: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const gone = await runOperation(connection, (operationId) =>
          connection.client.lab.stopSession({ operationId, name, sessionName }),
        );
        if (wantsJson(command)) printJson(gone);
        else process.stdout.write(`${sessionName} is over\n`);
      });
    });

  withJson(session.command('list <lab>'))
    .description('list the sessions of a lab, and which have a connected console')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { sessions } = await client.lab.show({ name });
        if (wantsJson(command)) printJson({ sessions });
        else process.stdout.write(sessionTable(sessions));
      });
    });
}

export function addAdminCommands(lab: Command): void {
  const admin = lab.command('admin').description('administrative sessions: change the base of a profile');

  withJson(admin.command('open <profile>'))
    .description('open the base of a profile for change; no session of it runs meanwhile')
    .option('--stop-clients', 'stop the sessions that run, instead of being refused')
    .option('--grace <s>', 'how long they may take to power off', graceFrom)
    .option('--lifetime <time>', 'after it the machine is stopped, not lost: 2h', lifetimeFrom)
    .action(
      async (name: string, options: { stopClients?: boolean; grace?: number; lifetime?: number }, command: Command) => {
        const wish = given({ stopClients: options.stopClients, graceS: options.grace, lifetimeS: options.lifetime });
        await withServer(async (connection) => {
          const opened = await runOperation(connection, (operationId) =>
            connection.client.profile.openAdmin({ operationId, name, ...wish }),
          );
          if (wantsJson(command)) printJson(opened);
          else process.stdout.write(`${name} is open for change in ${opened.env.name}\n`);
        });
      },
    );

  withJson(admin.command('publish <profile>'))
    .description('end the session; its disk becomes the next version of the base')
    .option('--notes <text>', 'what is new')
    .option('--grace <s>', 'how long the guest may take to power off', graceFrom)
    .option('--force', 'pull the plug of a guest that does not power off in time')
    .action(async (name: string, options: { notes?: string; grace?: number; force?: boolean }, command: Command) => {
      const wish = given({ notes: options.notes, graceS: options.grace, force: options.force });
      await withServer(async (connection) => {
        const published = await runOperation(connection, (operationId) =>
          connection.client.profile.publish({ operationId, name, ...wish }),
        );
        if (wantsJson(command)) printJson(published);
        else process.stdout.write(`version ${published.version} of ${name} is published\n`);
      });
    });

  withJson(admin.command('discard <profile>'))
    .description('end the session; the base stays as it was')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const kept = await runOperation(connection, (operationId) =>
          connection.client.profile.discard({ operationId, name }),
        );
        if (wantsJson(command)) printJson(kept);
        else process.stdout.write(`${name} stays at version ${kept.version}\n`);
      });
    });
}
