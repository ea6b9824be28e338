// Calls without a body, answered as Node gives them: of what a framework does for a request they need nothing, and it costs as much as they do.
// What does not go as planned is left to the framework, which then looks at it from the beginning and says what is wrong.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { API_PREFIX } from '@tt/protocol';
import type { Identified } from './access.ts';
import type { Admission } from './admission.ts';
import { Leaving } from './leaving.ts';
import type { OpenAnswers } from './open-answers.ts';
import { REQUEST_ID_HEADER, requestIdIn } from './request-id.ts';
import { splitTarget } from './request-target.ts';
import { type AnswerCall, type Asking, JSON_TYPE, type RestAnswer } from './rest-api.ts';

export interface DirectCallsOptions {
  admission: Admission;
  answers: OpenAnswers;
  find: (method: string, path: string) => AnswerCall | null;
  /** Of every answer. */
  headers: Readonly<Record<string, string>>;
  /** Called with a fault of the program; the error that the client gets. */
  onFault: (error: unknown, requestId: string) => RestAnswer;
}

/** Answers a request, or gives false and has done nothing. */
export function directCalls(
  options: DirectCallsOptions,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { admission, answers, find, onFault } = options;
  const sendSoon = togetherAtEndOfTurn();
  const always = Object.entries(options.headers).flat();

  return (request, response) => {
    const { url = '' } = request;
    if (request.method !== 'GET' || !url.startsWith(`${API_PREFIX}/`)) return false;
    const identified = admitted(request);
    if (!identified) return false;
    const [path, query] = splitTarget(url);
    const call = find('GET', path);
    if (!call) return false;
    const requestId = requestIdIn(request.headers);
    void answer(call, { requestId, raw: request, query, identified, leaving: new Leaving(response) }, response);
    return true;
  };

  async function answer(call: AnswerCall, asking: Asking, response: ServerResponse): Promise<void> {
    let answered: RestAnswer;
    try {
      answered = await call(asking);
    } catch (error) {
      answered = onFault(error, asking.requestId);
    }
    sendSoon(() => send(response, asking, answered));
  }

  /** null: it is not let in, or somebody else has to be asked first. */
  function admitted(request: IncomingMessage): Identified | null {
    try {
      const identified = admission.admit(request);
      if (!(identified instanceof Promise)) return identified;
      identified.catch(() => {});
      return null;
    } catch {
      return null;
    }
  }

  /** In one write. */
  function send(response: ServerResponse, { requestId, raw, identified }: Asking, { status, json }: RestAnswer): void {
    const head = [...always, REQUEST_ID_HEADER, requestId];
    if (json) head.push('content-type', JSON_TYPE, 'content-length', String(json.lengthBytes));
    else head.push('content-length', '0');
    response.writeHead(status, head);
    response.end(json?.text);
    // What the kernel has is on its way; what waits here for a slow reader, or for the answer before, can still be cut.
    if (response.socket?.writableLength !== 0) answers.enter(raw, response, identified);
  }
}

/**
 * Runs what is given in one turn of the event loop at its end, after all that came with it was read. A client that waits for its answers is
 * woken once for all of them, and not for each, which costs a server that answers quickly as much as its answer does.
 */
function togetherAtEndOfTurn(): (send: () => void) => void {
  let waiting: (() => void)[] = [];
  const flush = () => {
    const now = waiting;
    waiting = [];
    for (const send of now) send();
  };
  return (send) => {
    if (waiting.push(send) === 1) setImmediate(flush);
  };
}
