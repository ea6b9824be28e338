// The page about machines and the published schemas say what the contract's table says, and the table says enough.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  completeSpec,
  type MachineField,
  machineFieldNames,
  machineFields,
  machineSpecSchema,
  plainFieldNames,
} from '@tt/protocol';
import { expect, it } from 'vitest';
import { ENGINE_FEATURES } from '../../agent/engines/interface.ts';
import { machineReference, schemas } from './text.ts';

const docs = path.resolve(import.meta.dirname, '../../docs');

it('is what "npm run machine:reference" writes', () => {
  for (const [name, text] of Object.entries({ 'machine-reference.md': machineReference(), ...schemas() })) {
    const written = readFileSync(path.join(docs, name), 'utf8');
    const same = name.endsWith('.json') ? JSON.parse(written) : written;
    expect(same, `docs/${name} is stale: run "npm run machine:reference"`).toEqual(
      name.endsWith('.json') ? JSON.parse(text) : text,
    );
  }
});

it('has every property once, each with a sentence, a default that is one of its values, and features that exist', () => {
  const rows = machineReference()
    .split('\n')
    .flatMap((line) => /^\| `(\w+)`/.exec(line)?.[1] ?? []);
  expect(rows).toEqual(machineFieldNames);
  for (const name of machineFieldNames) {
    const { text, needs, schema, default: value }: MachineField = machineFields[name];
    expect([text.endsWith('.'), schema.safeParse(value).success, name], name).toEqual([true, true, name]);
    if (needs) expect(ENGINE_FEATURES).toContain(needs.feature);
  }
  // A number says its unit unless it is a count.
  const units = plainFieldNames
    .filter((name) => /MiB/.test(name))
    .map((name) => (machineFields[name] as MachineField).unit);
  expect(units.every((unit) => unit === 'MiB')).toBe(true);
});

it('completes what an earlier version wrote down', () => {
  expect(machineSpecSchema.parse(completeSpec({ memoryMiB: 96 }))).toMatchObject({ memoryMiB: 96, bootFrom: 'disk' });
});
