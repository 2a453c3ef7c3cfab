import { OwnOriginGuard, ProblemException } from '@grayscale/service-runtime';
import { Body, Controller, Get, Header, Put, UseGuards } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Faults, type FaultValues, readFaults } from './faults.js';
import type { HelloSettings } from './settings.js';

/** Shows and changes the faults while the service runs; for a rehearsal on one machine, and only when told so at the start. */
@Controller('faults')
@UseGuards(OwnOriginGuard)
export class FaultsController {
  private readonly allowed: boolean;

  constructor(
    private readonly faults: Faults,
    config: ConfigService<HelloSettings, true>,
  ) {
    this.allowed = config.get('FAULT_CONTROL', { infer: true }) === 'on';
  }

  @Get()
  @Header('cache-control', 'no-store')
  show(): FaultValues {
    this.refuseUnlessAllowed();
    return this.faults.current;
  }

  @Put()
  @Header('cache-control', 'no-store')
  change(@Body() body: unknown): FaultValues {
    this.refuseUnlessAllowed();
    const read = readFaults(body, this.faults.current);
    if ('problems' in read) throw new ProblemException({ status: 400, detail: read.problems.join('. ') });
    this.faults.current = read.values;
    return read.values;
  }

  private refuseUnlessAllowed(): void {
    if (this.allowed) return;
    const detail = 'Faults cannot be changed here; start the service with FAULT_CONTROL=on to allow it';
    throw new ProblemException({ status: 404, detail });
  }
}
