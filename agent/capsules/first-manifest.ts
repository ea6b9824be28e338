// Pure: converts manifests of earlier versions to the current form: 1 had the machine spec under `config`, 2 had flat memory as it
// is, which can be read still. The current schema validates the result.
import { CAPSULE_VERSION } from '@tt/protocol';

type Fields = Record<string, unknown>;

/** A manifest of another version, or anything else, is returned unchanged. */
export function upgradeManifest(manifest: unknown): unknown {
  if (!isObject(manifest)) return manifest;
  if (manifest['version'] === 2) return { ...manifest, version: CAPSULE_VERSION };
  if (manifest['version'] !== 1 || !Array.isArray(manifest['vms'])) return manifest;
  return { ...manifest, version: CAPSULE_VERSION, vms: manifest['vms'].map(upgradeVm) };
}

function upgradeVm(vm: unknown): unknown {
  if (!isObject(vm) || !isObject(vm['config'])) return vm;
  const { config, ...rest } = vm;
  const { image, resources, ...spec } = config;
  const { cpuCount, memoryMiB } = isObject(resources) ? resources : {};
  return { ...rest, image, spec: { cpuCount, memoryMiB, ...spec } };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
