// `tt image list|build`: what VMs can be made from.
import type { Command } from 'commander';
import { printJson, size, table } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addImageCommands(program: Command): void {
  const image = program.command('image').description('images: what VMs are made from');

  withJson(image.command('list'))
    .description('list the images, ready or not')
    .action(async (_options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { images } = await client.image.list();
        if (wantsJson(command)) return printJson({ images });
        const rows = images.map(({ name, state, sizeBytes, memo }) => [
          name,
          state,
          sizeBytes > 0 ? size(sizeBytes) : '-',
          memo,
        ]);
        process.stdout.write(table(['NAME', 'STATE', 'SIZE', 'ABOUT'], rows));
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
        else process.stdout.write(`${built.name} is ready\n`);
      });
    });
}
