// Ports from main to this page of the desktop: asked for by an id of the page's own, by which they arrive.

/** `ask` asks main by this id; resolves with the port, which comes as a window message since none can be passed through contextBridge. */
export async function receivePort(ask: (id: string) => Promise<void>): Promise<MessagePort> {
  const id = crypto.randomUUID();
  const abort = new AbortController();
  const arrived = new Promise<MessagePort>((resolve) => {
    const take = (event: MessageEvent<unknown>) => {
      const [port] = event.ports;
      if (event.source === window && event.origin === window.location.origin && port && isPortFor(event.data, id)) {
        resolve(port);
      }
    };
    window.addEventListener('message', take, { signal: abort.signal });
  });
  try {
    await ask(id);
    return await arrived;
  } finally {
    abort.abort();
  }
}

function isPortFor(data: unknown, id: string): boolean {
  return typeof data === 'object' && data !== null && 'ttPort' in data && data.ttPort === id;
}
