// The one way out of the window: an address is given to the system's own browser. Only http and https go out.
import { shell } from 'electron';

/** True when the address may be given to the system. */
export function mayOpenOutside(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed?.username !== '' || parsed.password !== '') return false;
  return parsed.protocol === 'https:' || parsed.protocol === 'http:';
}

export function openOutside(url: string): void {
  if (mayOpenOutside(url)) void shell.openExternal(url);
}
