import fc from 'fast-check';
import { formatViewState, parseViewState, type ViewState } from './view-state.js';

describe('parseViewState', () => {
  it.each<{ query: string; state: ViewState }>([
    { query: '', state: { name: '', rate: 10, paused: false } },
    { query: '?name=test&rate=50&paused=1', state: { name: 'test', rate: 50, paused: true } },
    {
      query: '?name=%E5%BC%A0%E4%B8%89&lang=zh&theme=dark',
      state: { name: '张三', rate: 10, paused: false, language: 'zh', theme: 'dark' },
    },
    { query: '?name=%3Cscript%3E', state: { name: '<script>', rate: 10, paused: false } },
    { query: '?rate=1000', state: { name: '', rate: 50, paused: false } },
    { query: '?rate=-3', state: { name: '', rate: 1, paused: false } },
    { query: '?rate=2.6', state: { name: '', rate: 3, paused: false } },
    { query: '?rate=', state: { name: '', rate: 10, paused: false } },
    { query: '?rate=fast&lang=xx&theme=pink&paused=yes', state: { name: '', rate: 10, paused: false } },
  ])('$query', ({ query, state }) => {
    expect(parseViewState(query)).toEqual(state);
  });
});

describe('formatViewState', () => {
  it('is empty where all is as it starts', () => {
    expect(formatViewState({ name: '', rate: 10, paused: false })).toBe('');
  });

  it('gives every view back, whatever the name', () => {
    const states = fc.record(
      {
        name: fc.string({ unit: 'grapheme' }),
        rate: fc.integer({ min: 1, max: 50 }),
        paused: fc.boolean(),
        language: fc.constantFrom('en' as const, 'zh' as const),
        theme: fc.constantFrom('light' as const, 'dark' as const),
      },
      { requiredKeys: ['name', 'rate', 'paused'] },
    );
    fc.assert(
      fc.property(states, (state) => expect(parseViewState(formatViewState(state))).toEqual({ ...state })),
    );
  });
});
