// The part of the error table about templates. See error-table.ts.
import { count, entry, lines, text } from './error-entry.ts';

export const templateErrors = {
  TEMPLATE_NOT_FOUND: entry(
    404,
    'There is no template called {templateName}.',
    'List the templates to see their names. The private ones of other users are not shown.',
    { templateName: text, suggestions: lines },
  ),
  TEMPLATE_NAME_TAKEN: entry(
    409,
    'There is already a template called {templateName}.',
    'Choose another name. To replace its text, read it first.',
    { templateName: text },
  ),
  TEMPLATE_NOT_YOURS: entry(
    403,
    'The template {templateName} belongs to {owner}.',
    'Ask {owner} or an administrator, or save your changes under another name.',
    { templateName: text, owner: text },
  ),
  TEMPLATE_CHANGED: entry(
    409,
    '{changedBy} has changed the template {templateName} since you read it; it is version {version} now.',
    'Nothing was saved. Look at it as it is now, or save yours under another name.',
    { templateName: text, changedBy: text, version: count },
  ),
} as const;
