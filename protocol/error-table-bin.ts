// The part of the error table about ENVs in the bin. See error-table.ts.
import { entry, text } from './error-entry.ts';

export const binErrors = {
  ENV_DELETED: entry(
    409,
    '{envName} is deleted; it is in the bin until {keptUntil}.',
    'Restore it first ("tt env restore {envName}"), or purge it.',
    { envName: text, keptUntil: text },
  ),
  ENV_NOT_DELETED: entry(409, '{envName} is not in the bin.', 'List the bin to see what can be restored.', {
    envName: text,
  }),
  ENV_NAME_IN_BIN: entry(
    409,
    'An ENV called {envName} is in the bin.',
    'Choose another name, restore that ENV, or purge it ("tt env purge {envName}").',
    { envName: text },
  ),
} as const;
