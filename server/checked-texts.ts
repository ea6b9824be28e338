// Answers as JSON, held against the contract first. A read that is asked for over and over mostly finds what it found before: a text that was
// checked already is not checked again. Nothing is remembered of who asked, and nothing but the answer itself decides.
import { type AnyContractProcedure, ValidationError } from '@orpc/contract';
import { ORPCError } from '@orpc/server';

/** Characters of an answer that are kept for the next; one for each read. */
const MOST_KEPT = 64 * 1024;

/** An answer as it is sent. */
export class JsonText {
  readonly text: string;
  /** In UTF-8. */
  readonly lengthBytes: number;

  constructor(text: string) {
    this.text = text;
    this.lengthBytes = Buffer.byteLength(text);
  }
}

interface Kept {
  /** As the call gave it. */
  given: string;
  /** As the contract has it. */
  output: unknown;
  json: JsonText | undefined;
}

export class CheckedTexts {
  readonly #schema: AnyContractProcedure['~orpc']['outputSchema'];
  readonly #keeps: boolean;
  #last: Kept | null = null;

  /** Of one call. `keeps`: the last answer may stay in memory, as it holds no secrets. */
  constructor({ '~orpc': { outputSchema } }: AnyContractProcedure, keeps: boolean) {
    this.#schema = outputSchema;
    this.#keeps = keeps;
  }

  /** An answer as the contract has it. Rejects as oRPC does with one that is not what the contract says. */
  async checked(output: unknown): Promise<unknown> {
    if (!this.#keeps || output === undefined) return this.#checked(output);
    const given = JSON.stringify(output);
    if (this.#last?.given === given) return this.#last.output;
    const checked = await this.#checked(output);
    this.#last = given.length <= MOST_KEPT ? { given, output: checked, json: jsonOf(checked) } : null;
    return checked;
  }

  /** The text of an answer that was checked; undefined: the call answers nothing. */
  textOf(checked: unknown): JsonText | undefined {
    return this.#last && this.#last.output === checked ? this.#last.json : jsonOf(checked);
  }

  async #checked(output: unknown): Promise<unknown> {
    const result = await this.#schema?.['~standard'].validate(output);
    if (!result) return output;
    if (!result.issues) return result.value;
    const message = 'Output validation failed';
    const cause = new ValidationError({ message, issues: result.issues, data: output });
    throw new ORPCError('INTERNAL_SERVER_ERROR', { message, cause });
  }
}

function jsonOf(output: unknown): JsonText | undefined {
  return output === undefined ? undefined : new JsonText(JSON.stringify(output));
}
