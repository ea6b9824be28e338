// What `tt host show` asks a server for.
import type { TtClient } from '@tt/protocol';

/** All of it at once. Rejects when one of them can’t be had. */
export async function overviewOf(client: TtClient) {
  const [host, { findings }, storage, { tasks }, { sessions }, { certificate }, version, hour] = await Promise.all([
    client.host.show(),
    client.admin.findings(),
    client.admin.storage(),
    client.host.tasks(),
    client.session.list(),
    client.admin.certificate(),
    client.admin.version(),
    client.admin.metrics(),
  ]);
  return {
    host,
    findings,
    storage,
    tasks,
    sessions: sessions.length,
    certificate,
    version,
    now: hour.points.at(-1) ?? null,
  };
}

/** What `tt host show` prints. */
export type Overview = Awaited<ReturnType<typeof overviewOf>>;
