import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueCatalogue } from '@grayscale/manifest-files';

const text = readFileSync(join(import.meta.dirname, 'istioctl-analyzers.md'), 'utf8');
const rows = [...text.matchAll(/^\| (IST\d{4}) \| (\w+) \| (.+) \|$/gm)].map(
  ([, id = '', name, ours = '']) => ({
    id,
    name,
    ours,
  }),
);

it('has each message of istioctl once, in order', () => {
  const ids = rows.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
  // As many as messages.yaml of Istio 1.32 has.
  expect(ids.length).toBe(68);
});

it.each(rows)('$id $name: a code that exists, or a reason', ({ ours }) => {
  const codes = [...ours.matchAll(/`([a-z-]+)`/g)].map(([, code = '']) => code);
  expect(codes.filter((code) => !Object.hasOwn(issueCatalogue, code))).toEqual([]);
  const reasons =
    /cluster|injection|security|telemetry|a code of its own|istioctl itself leaves it out|Secrets are never read/;
  expect(codes.length > 0 || reasons.test(ours)).toBe(true);
});
