// The keys that a schema knows at a place, for what is said about an unknown one.
import { nearMatches } from '@tt/protocol';
import { z } from 'zod';

/** The known key that was probably meant by `wanted` in the map at `path`; null if none comes near. */
export function nearKey(schema: z.core.$ZodType, path: readonly PropertyKey[], wanted: string): string | null {
  return nearMatches(wanted, keysAt(schema, path), 1)[0] ?? null;
}

function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const bare = unwrapped(schema);
  const [first, ...rest] = path;
  if (bare instanceof z.ZodArray) return first === undefined ? [] : keysAt(bare.element, rest);
  if (bare instanceof z.ZodUnion) return bare.options.flatMap((option) => keysAt(option, path));
  if (!(bare instanceof z.ZodObject)) return [];
  if (first === undefined) return Object.keys(bare.shape);
  const below: Readonly<Record<string, z.core.$ZodType>> = bare.shape;
  const inner = typeof first === 'string' && Object.hasOwn(below, first) ? below[first] : undefined;
  return inner ? keysAt(inner, rest) : [];
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
  return isWrapped ? unwrapped(schema.unwrap()) : schema;
}
