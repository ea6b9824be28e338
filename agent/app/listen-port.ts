// Chooses the port the agent listens on: never one of the range that is forwarded to guests, nor one that a guest has from an
// earlier range. Otherwise a guest could answer where clients expect the agent.
import { randomInt } from 'node:crypto';
import { asListenProblem } from '@tt/server';
import type { AgentConfig } from '../config.ts';
import { ConfigError } from '../config/errors.ts';
import { isPortFree } from '../firewall/probe-port.ts';
import type { VmRecord } from '../state/vm-record.ts';

/** Lower ports belong to well-known services. */
const LOWEST_PORT = 10_000;
/** Higher ones are what systems take for whoever connects out: one of those might have it while the agent is started again. */
const HIGHEST_LASTING_PORT = 32_767;
const HIGHEST_PORT = 65_535;
const MAX_TRIES = 200;

type PortRequest = Pick<AgentConfig, 'host' | 'port' | 'firstPort' | 'lastPort' | 'configFile'>;

/**
 * The configured port, otherwise the one it had before (`before`; null: none) if that may be and is free, so that tabs of browsers and
 * bookmarks find it again, otherwise a free one. Throws ConfigError CONFIG_INVALID if the configured one is forwarded to a guest
 * (that it is outside the range was checked with the configuration), or if the range leaves none; LISTEN_FAILED if the address
 * is not one of this computer.
 */
export async function chooseListenPort(
  request: PortRequest,
  vms: readonly VmRecord[],
  before: number | null = null,
): Promise<number> {
  const guests = new Map(vms.flatMap((vm) => vm.placement.portMap.map(({ hostPort }) => [hostPort, vm.name] as const)));
  if (request.port !== 0) {
    const vmName = guests.get(request.port);
    if (vmName === undefined) return request.port;
    throw invalid(request, `${request.port} leads to ${vmName}; choose another one`);
  }
  const { firstPort, lastPort } = request;
  const mayBe = (port: number) => !(port >= firstPort && port <= lastPort) && !guests.has(port);
  if (before !== null && mayBe(before) && (await canListen(request.host, before))) return before;
  for (const highest of [HIGHEST_LASTING_PORT, HIGHEST_PORT]) {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const port = randomInt(LOWEST_PORT, highest + 1);
      if (mayBe(port) && (await canListen(request.host, port))) return port;
    }
  }
  throw invalid(
    request,
    `no port is free outside the range of forwards (${firstPort} to ${lastPort}); make it smaller`,
  );
}

async function canListen(host: string, port: number): Promise<boolean> {
  try {
    return await isPortFree('tcp', host, port);
  } catch (error) {
    throw asListenProblem(error, host, port);
  }
}

function invalid({ configFile }: PortRequest, message: string): ConfigError {
  const problem = { path: 'listen.port', line: null, column: null, message };
  return new ConfigError('CONFIG_INVALID', configFile ?? 'flags', [problem]);
}
