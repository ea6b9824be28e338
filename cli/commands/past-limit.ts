// `--past-limit`, the old spelling of `--override-limit`: still taken, no longer shown.
import { Option } from 'commander';

export function pastLimit(): Option {
  return new Option('--past-limit').hideHelp().implies({ overrideLimit: true });
}
