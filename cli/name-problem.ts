// A name that nothing can have: `tt` says what is wrong with it, not that nothing has it. The server is asked first, so a name that
// an earlier version allowed still works.
import { isValidName, TtError } from '@tt/protocol';

const IMAGE_CHARACTERS = /^[\w.+:-]+$/;

/** NAME_INVALID or IMAGE_NAME_INVALID in place of an error that says a thing was not found; any other error as it is. */
export function asNameProblem(error: unknown): unknown {
  if (!(error instanceof TtError)) return error;
  const data: Record<string, unknown> = { ...error.data };
  switch (error.code) {
    case 'ENV_NOT_FOUND':
      return orInvalid(error, [data['envName']]);
    case 'SNAPSHOT_NOT_FOUND':
      return orInvalid(error, [data['envName'], data['snapshotName']]);
    case 'PROFILE_NOT_FOUND':
      return orInvalid(error, [data['profileName']]);
    case 'TEMPLATE_NOT_FOUND':
      return orInvalid(error, [data['templateName']]);
    case 'LAB_NOT_FOUND':
      return orInvalid(error, [data['labName']]);
    case 'VM_NOT_FOUND':
      return orInvalid(error, vmParts(String(data['vmId'])));
    case 'IMAGE_NOT_FOUND': {
      const { wanted, suggestions } = data;
      // A prefix may be written with other characters; where an image comes near, its name helps more.
      const isOdd = typeof wanted === 'string' && !IMAGE_CHARACTERS.test(wanted);
      const isNear = Array.isArray(suggestions) && suggestions.length > 0;
      return isOdd && !isNear ? new TtError('IMAGE_NAME_INVALID', { imageName: wanted }, { cause: error }) : error;
    }
    default:
      return error;
  }
}

function orInvalid(error: TtError, names: readonly unknown[]): TtError {
  // What `tt` or the server writes in place of a name, such as `before-…`, was typed by nobody.
  const bad = names.find((name) => typeof name === 'string' && !name.includes('…') && !isValidName(name));
  return typeof bad === 'string' ? new TtError('NAME_INVALID', { name: bad }, { cause: error }) : error;
}

/** Of `demo/tiny-2-1`, or an id. */
function vmParts(name: string): string[] {
  const parts = name.split('/');
  return parts.length <= 2 ? parts : [name];
}
