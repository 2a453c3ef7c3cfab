import {
  addClusterOptions,
  addWorkloadOptions,
  type ClusterOptions,
  gather,
  type WorkloadOptions,
} from '@grayscale/command-line';
import type { Command } from 'commander';

/** Where rules are: in files, or in a cluster. */
export interface SourceOptions extends ClusterOptions {
  filename?: string[];
}

/** The options of a command that asks which rules a workload sees. */
export interface RulesOptions extends SourceOptions, WorkloadOptions {
  assumeServices?: boolean;
}

const filenameHelp = 'file, folder, kustomization or - (standard input) with rules; repeatable';

export function addSourceOptions(command: Command): Command {
  return addClusterOptions(command.option('-f, --filename <path>', filenameHelp, gather));
}

export function addRulesOptions(command: Command): Command {
  return addWorkloadOptions(addSourceOptions(command)).option(
    '--assume-services',
    'take the hosts that the rules name as registered, for rules without the files of their services',
  );
}
