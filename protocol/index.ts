// Public face of the contract package.
export * from './content-security-policy.ts';
export * from './contract.ts';
export * from './errors.ts';
export * from './events.ts';
export { type EnvDetail, envDetailSchema, type Kicked } from './methods/env.ts';
export * from './model/disk.ts';
export * from './model/env.ts';
export * from './model/figures.ts';
export * from './model/host.ts';
export * from './model/image.ts';
export * from './model/network.ts';
export * from './model/operation.ts';
export * from './model/snapshot.ts';
export * from './model/transfer.ts';
export * from './model/user.ts';
export * from './model/vm.ts';
export * from './names.ts';
export * from './streams.ts';
