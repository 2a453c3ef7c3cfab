import { ProblemException } from '@grayscale/service-runtime';
import { Controller, Get, Header, Param } from '@nestjs/common';
import { GrayReleases } from '../gray-releases.js';
import { listPage, releasePage } from './releases-page.js';

const type = 'text/html; charset=utf-8';

/** The cluster's releases, to look at: nothing here changes anything, and nothing runs in the browser. */
@Controller()
export class ReleasesPageController {
  constructor(private readonly releases: GrayReleases) {}

  @Get(['/', 'releases'])
  @Header('content-type', type)
  @Header('cache-control', 'no-store')
  list(): string {
    return listPage(this.releases.list());
  }

  @Get('releases/:namespace/:name')
  @Header('content-type', type)
  @Header('cache-control', 'no-store')
  one(@Param('namespace') namespace: string, @Param('name') name: string): string {
    const release = this.releases.get(`${namespace}/${name}`);
    if (release !== undefined) return releasePage(release);
    throw new ProblemException({ status: 404, detail: `There is no GrayRelease ${namespace}/${name}` });
  }
}
