// `tt image list|show|import|publish|warm|cool|rename|del|build|log`: images of VMs, and media for CD drives.
import { type Image, imageMemo, type ImageUse, termText } from '@tt/protocol';
import type { Command } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { languageOf } from '../language.ts';
import { printJson, size, table } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { readServer, withServer } from '../server-choice.ts';
import { addImageLog } from './image-log.ts';
import { addImageMaking } from './image-make.ts';
import { addImageWarming, warmText } from './image-warm.ts';
import { wantsJson, withJson } from './json-option.ts';
import { print } from '../terminal.ts';

export function addImageCommands(program: Command): void {
  const image = program.command('image').description('images of VMs, and media for CD drives');

  withJson(image.command('list'))
    .description('list all images')
    .action(async (_options: unknown, command: Command) => {
      const { images } = (await readServer('image.list')).answer;
      if (wantsJson(command)) printJson({ images });
      else print(imageTable(images));
    });

  withJson(image.command('show <name>'))
    .description('show an image and its users')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const shown = await client.image.show({ name });
        if (wantsJson(command)) printJson(shown);
        else print(imageText(shown.image, shown.usedBy));
      });
    });

  withJson(image.command('build <name>'))
    .description('build an image from its recipe')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const built = await runOperation(connection, (operationId) =>
          connection.client.image.build({ name, operationId }),
        );
        if (wantsJson(command)) printJson(built);
        else print(`${built.name} is ready\n`);
      });
    });

  addImageLog(image);
  addImageMaking(image);
  addImageWarming(image);

  withJson(image.command('rename <name> <newName>'))
    .description('rename an image that is not in use')
    .action(async (name: string, newName: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const renamed = await runOperation(connection, (operationId) =>
          connection.client.image.rename({ name, newName, operationId }),
        );
        if (wantsJson(command)) printJson(renamed);
        else print(`${name} was renamed to ${renamed.name}\n`);
      });
    });

  withYes(withJson(image.command('del <name>')))
    .description('delete an image that is not in use')
    .action(async (name: string, _options: unknown, command: Command) => {
      await confirmed(`Delete the image ${name}?`, 'image.delete', command);
      await withServer(async (connection) => {
        const gone = await runOperation(connection, (operationId) =>
          connection.client.image.delete({ name, operationId }),
        );
        if (wantsJson(command)) printJson(gone);
        else print(`${name} is deleted\n`);
      });
    });
}

function imageTable(images: readonly Image[]): string {
  const language = languageOf(process.env);
  const rows = images.map((image) => [
    image.name,
    image.kind,
    image.recipe?.notRun && image.state === 'absent' ? 'absent (recipe not tested)' : image.state,
    image.sizeBytes > 0 ? size(image.sizeBytes) : '-',
    image.warm?.state === 'ready' ? size(image.warm.sizeBytes) : image.warm ? 'being made' : '-',
    image.problem?.message ?? imageMemo(image, language),
  ]);
  return table(['NAME', 'KIND', 'STATE', 'SIZE', 'WARM', 'ABOUT'], rows);
}

function imageText(image: Image, usedBy: readonly ImageUse[]): string {
  const login = image.defaultLogin;
  const facts: [string, string][] = [
    ['about', imageMemo(image, languageOf(process.env))],
    ['size', image.sizeBytes > 0 ? size(image.sizeBytes) : '-'],
    ['warm', warmText(image.warm)],
    ['needs', `${image.minMemoryMiB} MiB memory, ${image.minDiskMiB} MiB disk`],
    ['firmware', image.firmware],
    ['login', login ? `${login.user} (${login.password === null ? 'by key' : `password "${login.password}"`})` : '-'],
    ['features', image.features.join(', ') || '-'],
    ['owner', image.owner ?? '-'],
    [
      'made from',
      image.builtFrom.length > 3 ? `${image.builtFrom.length} packages` : image.builtFrom.join(', ') || '-',
    ],
    ['used by', usedBy.map(({ kind, name }) => (kind === 'vm' ? name : `${kind} ${name}`)).join(', ') || 'nobody'],
  ];
  const recipe = image.recipe?.instructions;
  if (recipe) facts.push(['by hand', termText('instruction', recipe)]);
  else if (image.recipe?.notRun) facts.push(['recipe', 'not run by the authors of TT']);
  if (image.problem) facts.push(['problem', `${image.problem.message} ${image.problem.fix} [${image.problem.code}]`]);
  return `${image.name}: ${image.kind}, ${image.state}\n${facts.map(([name, value]) => `  ${name.padEnd(10)}${value}\n`).join('')}`;
}
