// The bounds of a number field, read from the schema its value is checked by: a form never states a limit of its own.
import { z } from 'zod';

export interface Limits {
  min: number;
  max: number;
}

/** Bounds of a number schema, also inside optional, nullable and default. Throws when one is missing: a form needs both. */
export function limitsOf(schema: z.ZodType): Limits {
  const inner = bare(schema);
  const { minValue: min, maxValue: max } = inner instanceof z.ZodNumber ? inner : { minValue: null, maxValue: null };
  // A bare `int()` has the bounds of what a number can hold.
  if (min === null || max === null || min <= Number.MIN_SAFE_INTEGER || max >= Number.MAX_SAFE_INTEGER) {
    throw new TypeError('this schema has no bounds for a form');
  }
  return { min, max };
}

function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return bare(schema.unwrap() as z.ZodType);
  }
  return schema;
}
