// What the window's pages can load and connect to, wherever they are served from (an agent, a proxy, the desktop's own scheme):
// only our own files. In the desktop the window opens no socket itself; main does.

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
