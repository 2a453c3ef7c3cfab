import { OwnOriginGuard, ProblemException } from '@grayscale/service-runtime';
import { Body, Controller, Get, Header, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { readCommand } from './commands.js';
import type { ReleaseView } from './release-view.js';
import { Releases } from './releases.js';

/** The releases of this machine, for its own pages and programs alone. */
@Controller('releases')
@UseGuards(OwnOriginGuard)
export class ReleasesController {
  constructor(private readonly releases: Releases) {}

  /** Every plan of the folder, with the status of its release. */
  @Get()
  @Header('cache-control', 'no-store')
  async list(): Promise<{ releases: ReleaseView[] }> {
    return { releases: await this.releases.list() };
  }

  /** Starts a release, or steers the one that runs. 409: it makes no sense now, and the answer says why. */
  @Post(':name/commands')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async command(@Param('name') name: string, @Body() body: unknown): Promise<ReleaseView> {
    const command = readCommand(body);
    if (typeof command === 'string') throw new ProblemException({ status: 400, detail: command });
    return this.releases.command(name, command);
  }
}
