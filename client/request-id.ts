// An id for each call, created where it begins (the click) and part of every line the agent logs about it.

/** 32 hex digits. Not `crypto.randomUUID`: a browser has that only where the page came over HTTPS or from this computer. */
export function createRequestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
