// What the window's pages may load and reach, wherever they are served from (an agent, a proxy, the desktop's own scheme):
// our own files, nothing else. In the desktop the window opens no socket at all, main does.

/** Inline styles are allowed because react-aria adds a style element; scripts never. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');
