// What a browser gets that comes to a server without a window: what to do, in words, instead of a refusal that means nothing to it.
import type { FastifyInstance } from 'fastify';

const TEXT = `This server runs without its window, so a browser can’t use it. Use TT Desktop or "tt", or start the server with --window DIR
(window.directory in agent.yaml), where DIR is the built window.

此服务器未提供窗口，无法在浏览器中使用。请使用 TT 桌面应用或 “tt”，或以 --window DIR（agent.yaml 中的 window.directory）启动服务器，
DIR 为已构建的窗口所在的文件夹。
`;

/** Says nothing about the server, so anybody may read it. */
export function serveNoWindow(app: FastifyInstance): void {
  app.get('/', { config: { access: 'anybody' } }, async (_request, reply) =>
    reply.code(404).type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(TEXT),
  );
}
