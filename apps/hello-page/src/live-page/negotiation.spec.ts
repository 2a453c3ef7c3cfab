import { preferredLanguage, prefersHtml } from './negotiation.js';

describe('prefersHtml', () => {
  it.each([
    {
      client: 'a browser',
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      html: true,
    },
    { client: 'curl', accept: '*/*', html: false },
    { client: 'a client without Accept', accept: undefined, html: false },
    { client: 'one that wants text', accept: 'text/plain', html: false },
    { client: 'one that wants either, HTML first', accept: 'text/html,text/plain', html: true },
    { client: 'one that would rather have HTML', accept: 'text/plain;q=0.5,text/html', html: true },
    { client: 'one that would rather have text', accept: 'text/plain,text/html;q=0.5', html: false },
    { client: 'one that refuses HTML', accept: 'text/html;q=0,*/*', html: false },
    { client: 'one that wants a picture', accept: 'image/png', html: false },
    { client: 'one that sends nonsense', accept: ';;;,=', html: false },
  ])('$client: $html', ({ accept, html }) => {
    expect(prefersHtml(accept === undefined ? {} : { accept })).toBe(html);
  });
});

describe('preferredLanguage', () => {
  it.each([
    { accept: undefined, language: 'en' },
    { accept: '*', language: 'en' },
    { accept: 'de', language: undefined },
    { accept: 'zh-CN,zh;q=0.9,en;q=0.8', language: 'zh' },
    { accept: 'en-US,zh;q=0.5', language: 'en' },
  ])('$accept: $language', ({ accept, language }) => {
    const headers = accept === undefined ? {} : { 'accept-language': accept };
    expect(preferredLanguage(headers, ['en', 'zh'])).toBe(language);
  });
});
