import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkManifests, readManifests } from '@grayscale/manifest-files';
import { explain, renderExplanation, requestFromUrl } from '@grayscale/traffic-rules';
import { parse } from 'yaml';
import { renamed, type Variant, variants } from './src/report-variants.ts';

/** What a public bug report was about, and what has to come of its files. */
interface Report {
  source: string;
  symptom: string;
  /** Of the calling workload. */
  namespace?: string;
  files: Array<{
    name: string;
    /** Codes of check that have to be among its issues; `none` that must not. */
    check?: string[];
    none?: string[];
    /** Words of the messages, as regular expressions. */
    messages?: string[];
    requests?: ReportedRequest[];
    /** Files that are about the very bytes have none. */
    variants?: boolean;
  }>;
}

interface ReportedRequest {
  url: string;
  method?: string;
  headers?: string[];
  decision: string;
  /** Words of the explanation, as regular expressions. */
  says?: string[];
}

const root = join(import.meta.dirname, 'reports');
const reports = readdirSync(root).map((folder): [string, Report] => [
  folder,
  parse(readFileSync(join(root, folder, 'expected.yaml'), 'utf8')) as Report,
]);
const rows = reports.flatMap(([folder, report]) =>
  report.files.flatMap((file) => {
    const bytes = readFileSync(join(root, folder, file.name));
    const all: Variant[] = [{ name: 'as reported', text: bytes, rename: (text) => text }];
    if (file.variants !== false) all.push(...variants(bytes.toString()));
    return all.map((variant) => ({
      title: `${folder}/${file.name}, ${variant.name}`,
      report,
      file,
      variant,
    }));
  }),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reports-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('public bug reports', () => {
  it.each(rows)('$title', async ({ report, file, variant }) => {
    const path = join(folder, 'all.yaml');
    await writeFile(path, variant.text);
    const workload = {
      namespace: variant.rename(report.namespace ?? 'shop'),
      labels: {},
    } as const;
    const { issues, table } = checkManifests(await readManifests([path]), workload);
    const codes = issues.map(({ code }) => code as string);
    expect(codes).toEqual(expect.arrayContaining(file.check ?? []));
    expect(codes.filter((code) => file.none?.includes(code))).toEqual([]);
    const messages = issues.map(({ message }) => message).join('\n');
    for (const words of file.messages ?? []) expect(messages).toMatch(new RegExp(variant.rename(words)));
    for (const { url, method = 'GET', headers = [], decision, says = [] } of file.requests ?? []) {
      if (table === undefined) throw new Error(`the rules are not in force: ${messages}`);
      const explanation = explain(table, requestFromUrl({ url: variant.rename(url), method, headers }));
      expect([url, explanation.decision.kind]).toEqual([url, decision]);
      const text = renderExplanation(explanation);
      for (const words of says) expect(text).toMatch(new RegExp(variant.rename(words)));
    }
  });

  it('are told with an expectation of every file', () => {
    for (const [name, { files }] of reports) {
      const there = readdirSync(join(root, name)).filter((file) => file !== 'expected.yaml');
      expect([name, files.map((file) => file.name).sort()]).toEqual([name, there.sort()]);
    }
  });

  it('expect something of every file', () => {
    const empty = rows.filter(
      ({ file: { check = [], none = [], messages = [], requests = [] } }) =>
        [...check, ...none, ...messages, ...requests].length === 0,
    );
    expect(empty.map(({ title }) => title)).toEqual([]);
  });
});

it('a renamed file names no host of the original', () => {
  expect(renamed('hosts: [app, app.shop.svc.cluster.local]', ['app', 'shop'])).toBe(
    'hosts: [renamed-app, renamed-app.renamed-shop.svc.cluster.local]',
  );
});
