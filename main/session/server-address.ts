// The address of a server as a person types or pastes it: `tt.example`, `10.0.0.5:9527`, `https://tt.example/`,
// `unix:/run/tt/agent.sock`, or a join link. Pure.
import { isLoopback, type JoinLink, readJoinLink, socketFileIn } from '@tt/client/node';
import { TtError } from '@tt/protocol';

/** Throws AGENT_UNREACHABLE for what can't be one. Names and passwords in it are refused. */
export function serverAddress(typed: string): JoinLink {
  const text = typed.trim();
  const [place = ''] = text.split('#');
  const isSocket = socketFileIn(place) !== null;
  const url = URL.parse(isSocket || /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : withScheme(text));
  const isAddress = url !== null && ['http:', 'https:'].includes(url.protocol) && url.host !== '';
  const usable = url && (isSocket || (isAddress && url.username === '' && url.password === ''));
  const link = usable ? readJoinLink(url) : null;
  // Without what follows `#`: it may be a code.
  if (!link) throw new TtError('AGENT_UNREACHABLE', { url: place });
  return link;
}

/** Plain HTTP stays on this computer. */
function withScheme(text: string): string {
  const isHere = isLoopback(URL.parse(`http://${text}`)?.hostname ?? '');
  return `${isHere ? 'http' : 'https'}://${text}`;
}
