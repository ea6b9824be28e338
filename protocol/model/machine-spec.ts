// The spec of a machine: one schema derived from `machine-fields.ts`, its partials for requests and changes, and rules derived
// from the table.
import { z } from 'zod';
import { wantedPorts } from './common.ts';
import { diskRequestSchema, DISKS_MAX, diskSizeMiB, driveLimitsSchema } from './disk.ts';
import { machineFields, type MachineField, plainFields, NICS_MAX, nicSpecSchema } from './machine-fields.ts';
import { blacklist, netKindSchema, nicRequestSchema } from './network.ts';

type Fields = typeof machineFields;
type PlainFields = typeof plainFields;
export type MachineFieldName = keyof Fields;
export type PlainFieldName = keyof PlainFields;

export const machineFieldNames = Object.keys(machineFields) as MachineFieldName[];
export const plainFieldNames = Object.keys(plainFields) as PlainFieldName[];

function shapeOf<Table extends Record<string, MachineField>>(
  table: Table,
): { [Name in keyof Table]: Table[Name]['schema'] } {
  const entries = Object.entries(table).map(([name, { schema, text }]) => [name, schema.describe(text)]);
  return Object.fromEntries(entries) as { [Name in keyof Table]: Table[Name]['schema'] };
}

type OptionalShape<Table extends Record<string, MachineField>> = {
  [Name in keyof Table]: z.ZodOptional<Table[Name]['schema']>;
};

function optionalShapeOf<Table extends Record<string, MachineField>>(
  table: Table,
  textOf: (field: MachineField) => string,
): OptionalShape<Table> {
  const entries = Object.entries(table).map(([name, about]) => [name, about.schema.optional().describe(textOf(about))]);
  return Object.fromEntries(entries) as OptionalShape<Table>;
}

/** A machine in records, views and snapshots. */
export const machineSpecSchema = z.object(shapeOf(machineFields));
export type MachineSpec = z.output<typeof machineSpecSchema>;
export type PlainSpec = Pick<MachineSpec, PlainFieldName>;

/** The same in old records, snapshots and capsules, which lack properties that were added later. */
export const storedSpecSchema = z.object({
  ...machineSpecSchema.shape,
  ...(Object.fromEntries(
    Object.entries(plainFields).map(([name, { schema, default: value }]) => [
      name,
      (schema as z.ZodType).default(value as never),
    ]),
  ) as { [Name in PlainFieldName]: z.ZodDefault<PlainFields[Name]['schema']> }),
});

const defaults = Object.fromEntries(
  Object.entries(machineFields).map(([name, { default: value }]) => [name, value]),
) as MachineSpec;

/** A spec recorded by an earlier version, completed with the defaults of newer properties. */
export function completeSpec(stored: Partial<MachineSpec>): MachineSpec {
  return { ...defaults, ...stored };
}

/** Size of the boot disk; 0 if there is none yet. */
export function bootDiskMiB({ disks }: Pick<MachineSpec, 'disks'>): number {
  return disks[0]?.sizeMiB ?? 0;
}

/** The value of a new machine whose request does not contain it. */
export function newDefaultOf(name: PlainFieldName): PlainSpec[PlainFieldName] {
  const { newDefault, default: value }: MachineField = plainFields[name];
  return (newDefault ?? value) as PlainSpec[PlainFieldName];
}

/** All of them: `completeSpec` completes what an earlier version recorded, this what is new. */
export function newPlainSpec(): PlainSpec {
  return Object.fromEntries(plainFieldNames.map((name) => [name, newDefaultOf(name)])) as unknown as PlainSpec;
}

const newText = ({ text, defaultText, newDefault, default: value }: MachineField) =>
  `${text} Default: ${defaultText ?? String(newDefault ?? value)}.`;

/** The parts that a request for a new machine can contain. */
const newMachineParts = {
  diskMiB: diskSizeMiB.optional().describe('Of the boot disk; default: the size of the image, 8192 for an empty one.'),
  disks: z
    .array(diskRequestSchema)
    .max(DISKS_MAX - 1)
    .optional()
    .describe('More disks, empty: disk1, disk2 ...'),
  diskLimits: driveLimitsSchema.optional().describe('Of the boot disk.'),
  medium: z.string().min(1).max(200).optional().describe('Name of an image of kind iso, put into the first CD drive.'),
  ports: wantedPorts.optional().describe('Forwarded besides ssh (22).'),
  nics: z
    .array(nicRequestSchema)
    .min(1)
    .max(NICS_MAX)
    .optional()
    .describe('NICs; default: one, in the network of the host.'),
  blacklist: blacklist.optional(),
};

const newPlainFields = optionalShapeOf(plainFields, newText);

/** A new machine: every property is optional. */
export const newMachineFields = { ...newPlainFields, ...newMachineParts };

/** What a warm image's machine can be asked to be. VMs wake from it only if they are the same. */
export const warmMachineFields = {
  ...newPlainFields,
  diskMiB: newMachineParts.diskMiB,
  nicCount: z.number().int().min(1).max(NICS_MAX).optional().describe('NICs; default: 1.'),
};

const changeText = ({ text, change }: MachineField) =>
  change === 'stopped' ? `${text} The VM must be stopped.` : text;

/** Changes to machines; absent fields stay unchanged. */
export const machineChangeFields = {
  ...optionalShapeOf(plainFields, changeText),
  diskMiB: diskSizeMiB.optional().describe('Of the boot disk; can only grow.'),
  ports: wantedPorts
    .optional()
    .describe('Replaces the list; SSH (22) is always forwarded. Remaining ports keep their host port.'),
  newHostPorts: z
    .boolean()
    .optional()
    .describe(
      'true: every port gets another host port, as when another program has taken one while the VM was stopped.',
    ),
  blacklist: blacklist.optional().describe('Replaces the list.'),
  bandwidthMbps: nicSpecSchema.shape.bandwidthMbps
    .optional()
    .describe('Of each of its NICs, in each direction; null removes the limit.'),
};
export const machineChangeSchema = z.object(machineChangeFields);
export type MachineChange = z.output<typeof machineChangeSchema>;

/** What a profile says of the machines made from it. */
export const profileSpecSchema = z.object({
  ...shapeOf(plainFields),
  diskMiB: diskSizeMiB.describe('Of the boot disk.'),
  netKind: netKindSchema.nullable().describe('Of their NIC; null: the network of the host.'),
  ports: machineFields.ports.schema,
});
export type ProfileSpec = z.output<typeof profileSpecSchema>;

export const profileMachineFields = {
  ...optionalShapeOf(plainFields, newText),
  diskMiB: diskSizeMiB.optional().describe('Of the boot disk; default: the size of the image.'),
  netKind: profileSpecSchema.shape.netKind.optional(),
  ports: newMachineParts.ports,
};

/** The plain properties of a spec. */
export function plainSpec(spec: PlainSpec): PlainSpec {
  return Object.fromEntries(plainFieldNames.map((name) => [name, spec[name]])) as unknown as PlainSpec;
}

/** Any of the plain properties. */
export type PlainRequest = { [Name in PlainFieldName]?: PlainSpec[Name] | undefined };

/** The plain properties of a request or a change that are given. */
export function plainOf(request: PlainRequest): Partial<PlainSpec> {
  const given = plainFieldNames.filter((name) => request[name] !== undefined).map((name) => [name, request[name]]);
  return Object.fromEntries(given) as Partial<PlainSpec>;
}

/** The properties that differ from the machine's and can only change while it is stopped. */
export function needsStop(spec: PlainSpec, change: PlainRequest): PlainFieldName[] {
  return differingPlain(spec, { ...spec, ...plainOf(change) }).filter((name) => plainFields[name].change === 'stopped');
}

/** The plain properties in which two machines differ. */
export function differingPlain(one: PlainSpec, other: PlainSpec): PlainFieldName[] {
  return plainFieldNames.filter((name) => one[name] !== other[name]);
}

/** `now` with the plain properties that a revert restores. */
export function revertedPlain(now: PlainSpec, then: PlainSpec): PlainSpec {
  const kept = plainFieldNames.filter((name) => plainFields[name].reverts).map((name) => [name, then[name]]);
  return { ...now, ...Object.fromEntries(kept) } as PlainSpec;
}

/** Properties with a fixed set of values. */
export type ChoiceFieldName = {
  [Name in PlainFieldName]: PlainSpec[Name] extends string ? Name : never;
}[PlainFieldName];

/** Some of them. */
export type MachineChoices = { readonly [Name in ChoiceFieldName]?: PlainSpec[Name] };

/** The possible values of a property, in the order of the table; null for a number. */
export function choicesOf(name: PlainFieldName): string[] | null {
  const schema: z.ZodType = plainFields[name].schema;
  return schema instanceof z.ZodEnum ? schema.options.map(String) : null;
}

export const choiceFieldNames = plainFieldNames.filter((name) => choicesOf(name) !== null) as ChoiceFieldName[];

/** The minimum and maximum of a number; null for a choice. */
export function rangeOf(name: PlainFieldName): { min: number; max: number } | null {
  const schema: z.ZodType = plainFields[name].schema;
  if (!(schema instanceof z.ZodNumber)) return null;
  return { min: schema.minValue ?? 0, max: schema.maxValue ?? Number.MAX_SAFE_INTEGER };
}

/** The engine features that these values need. */
export function featuresFor(spec: PlainRequest): string[] {
  return plainFieldNames.flatMap((name) => {
    const { needs } = plainFields[name] as MachineField;
    return needs && spec[name] === needs.value ? [needs.feature] : [];
  });
}
