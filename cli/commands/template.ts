// `tt template …`: texts of ENVs that people keep on the server to start new ones from.
import { type Template, TtError } from '@tt/protocol';
import type { Command } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { printJson, table } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { readServer, withServer } from '../server-choice.ts';
import { print, printAnswer, writeBytes } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { given, onOrOff } from './option-values.ts';
import { fileLabel, yamlTextOf } from './yaml-text.ts';

interface SaveOptions {
  file: string;
  replace?: true;
  shared?: boolean;
}

export function addTemplateCommands(program: Command): void {
  const template = program.command('template').description('templates: ENVs kept as YAML, to create new ones from');
  addReading(template);

  withJson(template.command('save <name>'))
    .description('save a file of one ENV as a template; its name may be missing there')
    .requiredOption('-f, --file <file>', 'YAML, as for "tt apply"; - reads standard input')
    .option('--replace', 'replace the text of the template if there is one')
    .option('--shared <on|off>', 'let everybody see it and create ENVs from it', onOrOff)
    .action(async (name: string, { file, replace, shared }: SaveOptions, command: Command) => {
      const text = await yamlTextOf(file);
      const { readTemplate } = await import('@tt/client/env-file');
      readTemplate(text, fileLabel(file));
      await withServer(async (connection) => {
        const before = replace ? await templateCalled(connection.client, name) : null;
        const saved = await runOperation(connection, (operationId) =>
          connection.client.template.save({
            operationId,
            name,
            text,
            replaces: before && { id: before.id, version: before.version },
            ...given({ sharedWith: sharingFrom(shared) }),
          }),
        );
        say(command, saved, `${name} is saved, version ${saved.version}`);
      });
    });

  withJson(template.command('rename <name> <new-name>'))
    .description('rename a template')
    .action(async (name: string, newName: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const renamed = await runOperation(connection, (operationId) =>
          connection.client.template.rename({ operationId, name, newName }),
        );
        say(command, renamed, `${name} is called ${newName} now`);
      });
    });

  withJson(template.command('share <name> <on|off>'))
    .description('let everybody see a template and create ENVs from it, or only its owner')
    .action(async (name: string, shared: string, _options: unknown, command: Command) => {
      const sharedWith = onOrOff(shared) ? 'everybody' : 'nobody';
      await withServer(async (connection) => {
        const changed = await runOperation(connection, (operationId) =>
          connection.client.template.share({ operationId, name, sharedWith }),
        );
        say(command, changed, sharedWith === 'everybody' ? `${name} is shared` : `${name} is private`);
      });
    });

  withYes(withJson(template.command('del <name>')))
    .description('delete a template; ENVs created from it stay')
    .action(async (name: string, _options: unknown, command: Command) => {
      await confirmed(`Delete the template ${name}?`, 'template.delete', command);
      await withServer(async (connection) => {
        const gone = await runOperation(connection, (operationId) =>
          connection.client.template.delete({ operationId, name }),
        );
        if (wantsJson(command)) printJson(gone);
        else print(`${name} is deleted\n`);
      });
    });
}

function addReading(template: Command): void {
  withJson(template.command('list'))
    .description('list your templates and those that others share')
    .action(async (_options: unknown, command: Command) => {
      const { templates } = (await readServer('template.list')).answer;
      if (wantsJson(command)) return printJson({ templates });
      const rows = templates.map(({ name, owner, sharedWith, version, changedAt, changedBy }) => [
        name,
        `v${version}`,
        owner,
        sharedWith === 'everybody' ? 'yes' : 'no',
        changedAt,
        changedBy,
      ]);
      print(table(['NAME', 'VERSION', 'OWNER', 'SHARED', 'CHANGED', 'BY'], rows));
    });

  withJson(template.command('show <name>'))
    .description('print the text of a template')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const shown = await client.template.show({ name });
        if (wantsJson(command)) return printJson(shown);
        const text = shown.text.endsWith('\n') ? shown.text : `${shown.text}\n`;
        // A file gets what was saved, character by character.
        if (process.stdout.isTTY) printAnswer(text);
        else await writeBytes(Buffer.from(text));
      });
    });
}

/** null: there is none that the user can see. */
async function templateCalled(
  client: { template: { show: (input: { name: string }) => Promise<{ template: Template }> } },
  name: string,
): Promise<Template | null> {
  try {
    return (await client.template.show({ name })).template;
  } catch (error) {
    if (error instanceof TtError && error.code === 'TEMPLATE_NOT_FOUND') return null;
    throw error;
  }
}

function sharingFrom(shared: boolean | undefined): Template['sharedWith'] | undefined {
  if (shared === undefined) return undefined;
  return shared ? 'everybody' : 'nobody';
}

function say(command: Command, template: Template, text: string): void {
  if (wantsJson(command)) printJson(template);
  else print(`${text}\n`);
}
