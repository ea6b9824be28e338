// Pure: the table of a machine's properties -> the page for users and the JSON schemas for whoever writes requests by program.
import {
  choicesOf,
  envFileSchema,
  type MachineField,
  machineFieldNames,
  machineFields,
  machineSpecSchema,
  matrixFileSchema,
  matrixReportSchema,
  type PlainFieldName,
  plainFieldNames,
  rangeOf,
} from '@tt/protocol';
import { z } from 'zod';
import { envCreateFields } from '../../protocol/model/env.ts';

const WHEN: Record<MachineField['change'], string> = {
  live: 'at any time',
  stopped: 'while it is stopped',
  byCalls: 'by commands of its own',
  never: 'never',
};

export function machineReference(): string {
  const rows = machineFieldNames.map((name) => {
    const field: MachineField = machineFields[name];
    const { text, change, reverts, needs } = field;
    return [
      `\`${name}\``,
      text,
      valuesOf(name, field),
      field.defaultText ?? String(field.newDefault ?? field.default),
      WHEN[change],
      reverts ? 'yes' : 'no',
      needs ? `\`${needs.feature}\` for ${String(needs.value)}` : '',
    ];
  });
  const head = ['Property', 'What it is', 'Values', 'Default', 'Changes', 'Reverted', 'Engine feature'];
  return [
    '# What a machine is made of',
    '',
    'Written by `npm run machine:reference` from `protocol/model/machine-fields.ts`; do not edit. *Reverted*: a revert to a snapshot',
    'brings the value back that the machine had then. Requests, ENVs, snapshots, capsules and profiles use the same names.',
    'JSON schemas: [a machine](schemas/machine.json), [a new ENV](schemas/new-env.json), [an ENV as a file](schemas/env-file.json), [a matrix](schemas/matrix-file.json), [the report of one](schemas/matrix-report.json).',
    '',
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
    '',
  ].join('\n');
}

function valuesOf(name: string, { unit }: MachineField): string {
  const plain = plainFieldNames.find((candidate): candidate is PlainFieldName => candidate === name);
  if (!plain) return 'a list';
  const range = rangeOf(plain);
  if (range) return `${range.min} to ${range.max}${unit ? ` ${unit}` : ''}`;
  return (choicesOf(plain) ?? []).join(', ');
}

/** By file name. */
export function schemas(): Record<string, string> {
  return {
    'schemas/machine.json': jsonSchema('A machine', machineSpecSchema),
    'schemas/env-file.json': jsonSchema('An ENV as a file, for tt apply', envFileSchema),
    'schemas/matrix-file.json': jsonSchema('A compatibility check as a file', matrixFileSchema),
    'schemas/matrix-report.json': jsonSchema(
      'How a matrix went, as tt matrix run --json prints it',
      matrixReportSchema,
    ),
    'schemas/new-env.json': jsonSchema('A new ENV, as env.create takes it', z.strictObject(envCreateFields)),
  };
}

function jsonSchema(title: string, schema: z.ZodType): string {
  return `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) }, null, 2)}\n`;
}
