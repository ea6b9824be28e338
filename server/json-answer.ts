// Answers of REST calls as they are put into text: by JSON.stringify alone. oRPC would first copy every object and list of them, to
// find files and other things that JSON does not have; answers of the contract have none.

/** An answer on its way through oRPC, which passes on what is no plain object as it is. */
class JsonAnswer {
  readonly #answer: object;

  constructor(answer: object) {
    this.#answer = answer;
  }

  toJSON(): object {
    return this.#answer;
  }
}

/** Feeds (which are sent item by item) and what is no object stay as they are. */
export function inOneGo<Output>(output: Output): Output {
  return isPlain(output) ? (new JsonAnswer(output) as Output) : output;
}

function isPlain(output: unknown): output is object {
  return typeof output === 'object' && output !== null && Object.getPrototypeOf(output) === Object.prototype;
}
