import { planDefinition } from '@grayscale/release';
import { readObject } from './testing/kustomizations.js';

it('the definition of GrayRelease is what npm run crd:write makes of the plan’s readers', async () => {
  expect(await readObject('release-controller/customResourceDefinition.yaml')).toEqual(
    JSON.parse(JSON.stringify(planDefinition())),
  );
});
