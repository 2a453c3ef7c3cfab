import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemException } from '@grayscale/service-runtime';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { ReleaseControllerSettings } from '../settings.js';
import type { ReleaseCommand } from './commands.js';
import { countSource } from './count-source.js';
import { PlanRelease } from './plan-release.js';
import type { ReleaseView } from './release-view.js';

/** The plans of a folder, read anew at each question: a plan that is added is there at once. */
@Injectable()
export class Releases implements OnModuleDestroy {
  private readonly known = new Map<string, PlanRelease>();
  private readonly folder: string;

  constructor(private readonly config: ConfigService<ReleaseControllerSettings, true>) {
    this.folder = config.get('PLANS', { infer: true });
  }

  /** By name of the plan. */
  async list(): Promise<ReleaseView[]> {
    const views = await Promise.all((await this.releases()).map((release) => release.view()));
    return views.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws ProblemException 404 no such release, 409 the command makes no sense now or cannot be carried out */
  async command(name: string, command: ReleaseCommand): Promise<ReleaseView> {
    for (const release of await this.releases()) {
      if ((await release.name()) !== name) continue;
      await release.command(command);
      return release.view();
    }
    throw new ProblemException({ status: 404, detail: `No plan in ${this.folder} is called ${name}` });
  }

  /** The releases stay where they are: started again, they go on. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.known.values()].map((release) => release.stop()));
  }

  private async releases(): Promise<PlanRelease[]> {
    const names = await readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      const detail = `The folder of the plans, ${this.folder}, cannot be read (${error.code}); set PLANS to another one`;
      throw new ProblemException({ status: 500, detail });
    });
    const files = names.filter((name) => /\.ya?ml$/.test(name) && name !== 'kustomization.yaml').sort();
    const paths = files.map((file) => join(this.folder, file));
    // What is carried out can be steered to its end, also once its plan's file is gone.
    const carriedOut = [...this.known].flatMap(([path, { isCarriedOut }]) => (isCarriedOut ? [path] : []));
    return [...new Set([...paths, ...carriedOut])].map((path) => this.release(path));
  }

  private release(path: string): PlanRelease {
    const known = this.known.get(path);
    if (known) return known;
    const release = new PlanRelease(path, {
      filenames: this.config.get('RULES', { infer: true }),
      interval: this.config.get('LOOK_INTERVAL_MS', { infer: true }),
      source: () => countSource(this.config),
    });
    this.known.set(path, release);
    return release;
  }
}
