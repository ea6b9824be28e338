// One entry of the error table: status, message, what to do, and the schema of its data. A text in the data is a name, a code
// with words (`term`, `reasonSchema`) or a foreign text; a test refuses anything else.
import { z } from 'zod';
import { foreignLog, nameText } from './terms/text-kinds.ts';

export { openTerm, term } from './terms/index.ts';
export { reasonSchema } from './terms/reason.ts';
export { foreignLog, foreignText } from './terms/text-kinds.ts';

/** See `nameText`. */
export const text = nameText;
export const count = z.number();
export const lines = z.array(text);
export const logLines = z.array(foreignLog);

/** The schema of the data is made when it is first asked for: there are hundreds of them, and a command of `tt` needs one at most. */
export function entry<Data extends z.ZodRawShape>(status: number, message: string, fix: string, shape: Data) {
  let made: ReturnType<typeof z.object<Data>> | undefined;
  return {
    status,
    message,
    fix,
    get data() {
      made ??= z.object(shape);
      return made;
    },
  };
}
