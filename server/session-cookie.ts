// The browser's session cookie: unreadable for scripts, never sent along by other sites (RFC 6265bis).

const NAME = 'tt-session';

export function sessionCookie(session: string): string {
  return `${NAME}=${session}; Path=/; HttpOnly; SameSite=Strict`;
}

/** The session in a Cookie header; null when there is none. */
export function sessionIn(cookieHeader: string | undefined): string | null {
  for (const part of (cookieHeader ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === NAME && value) return value;
  }
  return null;
}
