// Every form that QEMU's schema can have -> its TypeScript type.
import { expect, it } from 'vitest';
import { generateQmpTypes, type SchemaEntity } from './qmp-types-generator.ts';

const schema: SchemaEntity[] = [
  { name: 'int', 'meta-type': 'builtin', 'json-type': 'int' },
  { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
  { name: 'any', 'meta-type': 'builtin', 'json-type': 'value' },
  { name: '[1]', 'meta-type': 'array', 'element-type': '1' },
  { name: '0', 'meta-type': 'object', members: [] },
  {
    name: '1',
    'meta-type': 'object',
    members: [
      { name: 'x-size', type: 'int' },
      { name: 'next', type: '1', default: null },
      { name: 'mode', type: '2', default: null },
      { name: 'either', type: '3' },
    ],
  },
  { name: '2', 'meta-type': 'enum', values: ['on', 'off'] },
  { name: '3', 'meta-type': 'alternate', members: [{ type: 'int' }, { type: '4' }] },
  {
    name: '4',
    'meta-type': 'object',
    members: [
      { name: 'mode', type: '2' },
      { name: 'more', type: 'any' },
    ],
    tag: 'mode',
    variants: [
      { case: 'on', type: '5' },
      { case: 'off', type: '0' },
    ],
  },
  { name: '5', 'meta-type': 'object', members: [{ name: 'since', type: 'str' }] },
  { name: 'query-things', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '[1]' },
  { name: 'THING_LOST', 'meta-type': 'event', 'arg-type': '5' },
];

it('names types after the way to them', () => {
  const text = generateQmpTypes(schema, { version: '1.2.3', commands: ['query-things'], events: ['THING_LOST'] });
  expect(text.split('\n').slice(2)).toEqual([
    'export interface QmpCommands {',
    "  'query-things': { arguments: Record<string, never>; result: QueryThingsResult[] };",
    '}',
    '',
    'export interface QmpEvents {',
    '  THING_LOST: ThingLostEvent;',
    '}',
    '',
    'export interface QueryThingsResult {',
    "  'x-size': number;",
    '  next?: QueryThingsResult;',
    '  mode?: QueryThingsResultMode;',
    '  either: QueryThingsResultEither;',
    '}',
    '',
    'export interface ThingLostEvent {',
    '  since: string;',
    '}',
    '',
    "export type QueryThingsResultMode = 'on' | 'off';",
    '',
    'export type QueryThingsResultEither = number | QueryThingsResultEither1;',
    '',
    'export type QueryThingsResultEither1 = {',
    '  more: unknown;',
    '} & (',
    "  | ({ mode: 'on' } & ThingLostEvent)",
    "  | ({ mode: 'off' })",
    ');',
    '',
  ]);
});

it('says what the installed QEMU lacks', () => {
  const options = { version: '1', commands: ['teleport'], events: [] };
  expect(() => generateQmpTypes(schema, options)).toThrow('this QEMU has no command teleport');
});
