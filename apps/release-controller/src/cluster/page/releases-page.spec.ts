import { type GrayRelease, packed, type RecordContent } from '@grayscale/release-cluster';
import { html } from './html.js';
import { listPage, releasePage } from './releases-page.js';

const release = (status: object): GrayRelease =>
  ({
    metadata: { namespace: 'shop', name: 'cart' },
    spec: { targets: [{ virtualService: 'cart', stable: 'a.shop', canary: 'b.shop' }] },
    status,
  }) as GrayRelease;

it('texts are escaped, wherever they stand', () => {
  expect(html`<p title="${`"'<&>`}">${['<b>', html`<i>${1}</i>`, undefined]}</p>`.text).toBe(
    '<p title="&#34;&#39;&#60;&#38;&#62;">&#60;b&#62;<i>1</i></p>',
  );
});

it('the list tells of each release, and of none', () => {
  const listed = listPage([
    release({ phase: 'Paused', progress: '2/4', percent: 0.25, message: '<script>' }),
  ]);
  expect(listed).toMatch(
    /href="\/releases\/shop\/cart">shop\/cart<\/a>[\s\S]*Paused[\s\S]*2\/4[\s\S]*0\.25 %/,
  );
  expect(listed).toContain('&#60;script&#62;');
  expect(listed).not.toContain('<script');
  expect(listPage([])).toContain('There is no GrayRelease here yet.');
});

it('a release that nobody has looked at has a page, and one with a journal shows it, newest first', () => {
  expect(releasePage(release({}))).toContain('Nobody has looked at it yet.');
  const entries: RecordContent['entries'] = [
    { op: 'start', run: 1, seq: 0, at: 0, message: 'first' },
    { op: 'drift', run: 1, seq: 1, at: 1000, message: 'a <b> wrote' },
  ];
  const record = packed({ version: 1, id: '', state: null, plan: null, entries, dropped: 0 });
  const page = releasePage(release({ record }));
  expect(page).toMatch(/a &#60;b&#62; wrote[\s\S]*first/);
});
