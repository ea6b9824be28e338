// Puts together what administrators ask an agent about itself: its doctor, its last hour, its log, its certificate and its version.
import type { LogTail, TlsIdentity } from '@tt/server';
import type { Administration } from '../administration/administration.ts';
import { certificateReport } from '../administration/certificate-report.ts';
import { HostFindingsRuns } from '../administration/host-findings.ts';
import { networkReport } from '../administration/network-report.ts';
import { reachableAs } from '../administration/own-machine.ts';
import { storageReport } from '../administration/storage-report.ts';
import { installedChanges, upgradeFrom } from '../administration/version-report.ts';
import type { AgentConfig } from '../config.ts';
import type { LiveConfig } from '../config/live-config.ts';
import type { Home } from '../home.ts';
import { LastHour } from '../metrics/last-hour.ts';
import type { BackgroundTasks } from '../operations/background/background-tasks.ts';
import type { Services } from '../operations/services.ts';
import { everybody } from '../people/everybody.ts';
import { STATE_SCHEMA } from '../state/store.ts';
import { AGENT_VERSION } from '../version.ts';
import type { HostService } from './host-service.ts';
import type { TestOverrides } from './test-overrides.ts';

export interface AdministrationParts {
  services: Services;
  host: HostService;
  tasks: BackgroundTasks;
  home: Home;
  config: AgentConfig;
  live: LiveConfig;
  tls: TlsIdentity | null;
  logTail: LogTail;
  testOverrides: Pick<TestOverrides, 'doctorMachine'>;
}

/** `hour` is to be told of calls, and looked at once a period. */
export function assembleAdministration(parts: AdministrationParts): { administration: Administration; hour: LastHour } {
  const { services, host, tasks, home, config, live, tls, logTail, testOverrides } = parts;
  const { metrics, running, settings, now } = services;
  const hour = new LastHour({
    now,
    vmMetrics: () => metrics.latest(),
    runningVms: () => running.list().length,
    freeMiB: () => host.freeMiB,
  });
  const runs = new HostFindingsRuns({
    config: () => settings.current,
    waitingKeys: () => live.waitingKeys(),
    machine: reachableAs(testOverrides.doctorMachine, home.directory, () => ({
      host: host.view(),
      tasks: tasks.list(),
    })),
    now,
  });
  const { certificateFile, keyFile } = config.tls;
  const files = certificateFile !== null && keyFile !== null ? [certificateFile, keyFile] : null;
  const sources = {
    ...services,
    diskDirectory: home.diskDirectory,
    userNames: () => everybody(services).map(({ name }) => name),
  };
  return {
    hour,
    administration: {
      findings: (maxAgeS) => runs.latest(maxAgeS),
      storage: () => storageReport(sources),
      networks: () => networkReport(services),
      hour: () => hour.hour(),
      log: (query) => logTail.read(query),
      certificate: () => tls && certificateReport(tls, files),
      version: async () => ({
        version: AGENT_VERSION,
        node: process.versions.node,
        pid: process.pid,
        startedAt: host.startedAt,
        program: process.argv[1] ?? process.execPath,
        configFile: settings.current.configFile,
        stateSchema: STATE_SCHEMA,
        ...upgradeFrom(AGENT_VERSION, await installedChanges()),
      }),
    },
  };
}
