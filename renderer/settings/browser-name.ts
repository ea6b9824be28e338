// A browser in words from what it says of itself: "Firefox 145" and "Linux" instead of a line of versions. What it says is not
// checked by anybody and serves to tell one's own browsers apart, never to decide.
import { getParser } from 'bowser';

/** `system` without version: browsers freeze it. Null for what no known browser sends. */
export function browserName(userAgent: string): { browser: string; system: string } | null {
  if (userAgent === '') return null;
  const parser = getParser(userAgent);
  const { name, version } = parser.getBrowser();
  const system = parser.getOSName();
  if (!name || !system) return null;
  const [major] = (version ?? '').split('.');
  return { browser: major ? `${name} ${major}` : name, system };
}
