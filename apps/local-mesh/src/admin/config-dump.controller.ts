import { locationOf, toJson } from '@grayscale/traffic-rules';
import { Controller, Get, Header } from '@nestjs/common';
import { RuleBook } from '../rules/rule-book.js';

/** The rules in force, where they come from, and what is wrong with the newest ones. */
@Controller('config_dump')
export class ConfigDumpController {
  constructor(private readonly rules: RuleBook) {}

  @Get()
  @Header('content-type', 'application/json')
  dump(): string {
    const { inForce, refused, workload } = this.rules;
    return toJson({
      hash: inForce.hash,
      loadedAt: inForce.loadedAt,
      files: inForce.files,
      issues: refused?.issues ?? inForce.issues,
      refusedAt: refused?.refusedAt ?? null,
      workload,
      resources: inForce.resources.map(({ source, ...resource }) => ({
        ...resource,
        source: locationOf(source),
      })),
    });
  }
}
