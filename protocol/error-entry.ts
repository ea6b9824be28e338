// One line of the error table: status, message, what to do, and the shape of the data that comes with it.
import { z } from 'zod';

export { openTerm, term } from './terms/index.ts';

export const text = z.string();
export const count = z.number();
export const lines = z.array(z.string());

export function entry<Data extends z.ZodRawShape>(status: number, message: string, fix: string, data: Data) {
  return { status, message, fix, data: z.object(data) };
}
