// Bounds of form fields come from the contract's schemas.
import { driveLimitsSchema, machineChangeFields } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { limitsOf } from './limits.ts';

describe('limits of a form field', () => {
  it('are those of the schema, however it is wrapped', () => {
    expect(limitsOf(machineChangeFields.cpuCount)).toEqual({ min: 1, max: 64 });
    expect(limitsOf(machineChangeFields.bandwidthMbps)).toEqual({ min: 1, max: 100_000 });
    expect(limitsOf(driveLimitsSchema.shape.operationsPerSecond)).toEqual({ min: 1, max: 1_000_000_000 });
    expect(limitsOf(z.number().min(2).max(3).default(2).nullable().optional())).toEqual({ min: 2, max: 3 });
  });

  it('are refused where the schema has none', () => {
    expect(() => limitsOf(z.number().min(1))).toThrow(TypeError);
    expect(() => limitsOf(z.number().int())).toThrow(TypeError);
    expect(() => limitsOf(z.string().min(1).max(2))).toThrow(TypeError);
  });
});
