// `tt matrix check`: says what is wrong in a matrix file, without a server; and `tt matrix run` of matrix-run.ts.
import { readMatrixFile } from '@tt/client/matrix-file';
import type { Command } from 'commander';
import { printJson } from '../output.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { addMatrixRun } from './matrix-run.ts';
import { fileLabel, yamlTextOf } from './yaml-text.ts';

export function addMatrixCommands(program: Command): void {
  const matrix = program.command('matrix').description('compatibility checks: the same steps on several systems');
  withJson(matrix.command('check <file>'))
    .description('check a matrix file; asks no server')
    .action(async (file: string, _options: unknown, command: Command) => {
      const read = readMatrixFile(await yamlTextOf(file), fileLabel(file));
      if (wantsJson(command)) printJson(read);
      else print(`${read.name}: ${counted(read.systems.length, 'system')}, ${counted(read.steps.length, 'step')}\n`);
    });
  addMatrixRun(matrix);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
