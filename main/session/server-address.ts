// The address of a server as a person types it: `tt.example`, `10.0.0.5:9527`, `https://tt.example/`. Pure.
import { TtError } from '@tt/protocol';

/** The base address. Throws AGENT_UNREACHABLE for what can't be one. Names and passwords in it are refused. */
export function serverAddress(typed: string): URL {
  const text = typed.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  const usable =
    url && ['http:', 'https:'].includes(url.protocol) && url.host !== '' && url.username === '' && url.password === '';
  if (!usable) throw new TtError('AGENT_UNREACHABLE', { url: text });
  url.hash = '';
  url.search = '';
  return url;
}
