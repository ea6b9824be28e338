// What keys of the configuration file are made of: their kinds of values, and what is said of each beside its kind.
import { isIPv4 } from 'node:net';
import { z } from 'zod';

declare module 'zod' {
  interface GlobalMeta {
    /** Of the number, e.g. `MiB`. */
    unit?: string;
    /** Applied by SIGHUP; keys without it need a restart. */
    live?: true;
    /** The text in the reference if the default is determined at start. */
    defaultText?: string;
  }
}

export const port = (min: number) => z.int().min(min).max(65_535);
export const seconds = z.int().min(1);
export const text = z.string().min(1);
export const ipv4 = z.string().refine(isIPv4, 'must be an IPv4 address');
