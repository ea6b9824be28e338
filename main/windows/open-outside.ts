// Opens an address in the system's own browser, the only exit from the window. Only http and https are allowed.
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
