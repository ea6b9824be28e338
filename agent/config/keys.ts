// The schema as a list of keys, used by flags, suggestions, the reload and the reference document.
import { z } from 'zod';
import { fileSchema } from './schema.ts';

export interface Key {
  /** Dotted, e.g. `capacity.cpuTotal`; `[]` for each entry of a list, `*` for a name of the admin's own. */
  path: string;
  description: string;
  /** e.g. `whole number 1 to 65535`. */
  type: string;
  /** In words or as YAML. */
  defaultText: string;
  unit: string | null;
  /** SIGHUP takes it over. */
  live: boolean;
  /** Of each entry, where it is a list. */
  choices: readonly string[] | null;
  /** Bounds of a whole number; null for other types. */
  whole: { min: number; max: number } | null;
}

interface JsonSchema {
  type?: string;
  description?: string;
  default?: unknown;
  defaultText?: string;
  unit?: string;
  live?: boolean;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | false;
  required?: string[];
}

/** Every key of the file, in the order of the schema. */
export const keys: readonly Key[] = keysIn('', z.toJSONSchema(fileSchema, { io: 'input' }) as JsonSchema, true);

const byPath = new Map(keys.map((key) => [key.path, key]));

/** Throws for a path that is no key: a mistake in this program. */
export function keyAt(path: string): Key {
  const key = byPath.get(path);
  if (!key) throw new Error(`the configuration has no key ${path}`);
  return key;
}

function keysIn(path: string, schema: JsonSchema, isRoot = false): Key[] {
  const plain = schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;
  const inside = plain.items?.properties ? plain.items : plain;
  const prefix = isRoot ? '' : inside === plain ? `${path}.` : `${path}[].`;
  const children = Object.entries(inside.properties ?? {}).flatMap(([name, child]) =>
    keysIn(prefix + name, required(child, inside.required?.includes(name) ?? false)),
  );
  const named = plain.additionalProperties ? keysIn(`${path}.*`, plain.additionalProperties) : [];
  // A group has keys of its own to say; it stands for itself only where it has something to say.
  if (isRoot || schema.description === undefined) return children;
  const own = inside.properties && inside === plain && schema === plain ? [] : [keyOf(path, schema, plain)];
  return [...own, ...children, ...named.filter((key) => !key.path.startsWith('quota.users.'))];
}

function required(child: JsonSchema, isRequired: boolean): JsonSchema {
  return isRequired ? { defaultText: 'must be given', ...child } : child;
}

function keyOf(path: string, schema: JsonSchema, plain: JsonSchema): Key {
  return {
    path,
    description: schema.description ?? '',
    type: typeText(plain),
    defaultText: schema.defaultText ?? JSON.stringify(schema.default),
    unit: schema.unit ?? null,
    live: schema.live ?? false,
    choices: plain.enum ?? plain.items?.enum ?? null,
    whole: plain.type === 'integer' ? boundsOf(plain) : null,
  };
}

function boundsOf({ minimum, maximum }: JsonSchema): { min: number; max: number } {
  return { min: minimum ?? Number.MIN_SAFE_INTEGER, max: maximum ?? Number.MAX_SAFE_INTEGER };
}

function typeText(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.join(', ');
  switch (schema.type) {
    case 'boolean':
      return 'true, false';
    case 'integer':
    case 'number': {
      const what = schema.type === 'integer' ? 'whole number' : 'number';
      const { min, max } = boundsOf(schema);
      return max === Number.MAX_SAFE_INTEGER ? `${what} from ${min}` : `${what} ${min} to ${max}`;
    }
    case 'array':
      return `list of ${schema.items?.properties ? 'entries' : typeText(schema.items ?? {})}`;
    case 'object':
      return 'group';
    default:
      return 'text';
  }
}
