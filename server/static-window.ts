// Serves the built window to browsers, with a content security policy that lets it talk to this agent and nobody else.
import fastifyStatic from '@fastify/static';
import { contentSecurityPolicy } from '@tt/protocol';
import type { FastifyInstance } from 'fastify';

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
};

export async function serveWindow(app: FastifyInstance, directory: string): Promise<void> {
  await app.register(async (scope) => {
    // The window holds no secret, and must load before anybody can log in.
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'anybody' };
    });
    await scope.register(fastifyStatic, {
      root: directory,
      setHeaders(reply, path) {
        for (const [name, value] of Object.entries(HEADERS)) reply.header(name, value);
        // Built files carry a hash in their name; the page itself must always be asked for again.
        reply.header('cache-control', path.endsWith('.html') ? 'no-cache' : 'public, max-age=31536000, immutable');
      },
    });
  });
}
