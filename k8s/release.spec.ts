import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlan } from '@grayscale/release';
import { manifests } from './testing/kustomizations.js';

const plans = globSync('release/**/*.yaml', { cwd: manifests });

it.each(plans)('%s is a valid plan', (file) => {
  const { plan, issues } = readPlan(readFileSync(join(manifests, file), 'utf8'), file);
  expect(issues).toEqual([]);
  expect(plan?.targets).toHaveLength(1);
});

it('no kustomization lists a plan: a cluster without the kind would refuse all of it', () => {
  const listing = globSync('**/kustomization.yaml', { cwd: manifests }).filter((file) =>
    /(^|[/ ])release(\/|$)/m.test(readFileSync(join(manifests, file), 'utf8')),
  );
  expect([plans.length, listing]).toEqual([4, []]);
});
