// A peer that may leave before it has its answer. Most calls are over before they could ask, so nothing is made until one does.
import type { ServerResponse } from 'node:http';

export class Leaving {
  readonly #response: ServerResponse;
  #controller: AbortController | null = null;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Aborted when the peer leaves before it has the whole answer. */
  get signal(): AbortSignal {
    this.#controller ??= watched(this.#response);
    return this.#controller.signal;
  }
}

function watched(response: ServerResponse): AbortController {
  const leaving = new AbortController();
  const left = () => {
    if (!response.writableFinished) leaving.abort();
  };
  if (response.closed) left();
  else response.once('close', left);
  return leaving;
}
