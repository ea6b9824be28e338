// One call by plain HTTP to where the page came from, for what comes before there is a session.
import { toTtError } from '@tt/client';
import { TtError } from '@tt/protocol';

/** Without `body` it only asks. Rejects with TtError. */
export async function askJson(path: string, body?: object): Promise<unknown> {
  const { origin } = window.location;
  const sent: RequestInit = body
    ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    : {};
  const answer = await fetch(path, { credentials: 'omit', ...sent }).catch((cause: unknown) => {
    throw new TtError('AGENT_UNREACHABLE', { url: origin }, { cause });
  });
  if (!answer.ok) throw await refusalOf(answer, origin);
  return answer.json();
}

/** A failed HTTP answer as the TtError it carries. */
export async function refusalOf(answer: Response, origin: string): Promise<TtError> {
  const body: unknown = await answer.json().catch(() => null);
  return toTtError(body, () =>
    answer.status === 401 ? new TtError('UNAUTHORIZED', {}) : new TtError('AGENT_UNREACHABLE', { url: origin }),
  );
}
