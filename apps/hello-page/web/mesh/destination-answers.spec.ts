import { DestinationAnswers } from './destination-answers.js';

const first = 'hello.hello-1.svc.cluster.local:8080';
const second = 'hello.hello-2.svc.cluster.local:8080';
const split = [
  { destination: first, share: 0.9 },
  { destination: second, share: 0.1 },
];

describe('DestinationAnswers', () => {
  it('claims nothing of a destination that was not seen', () => {
    const wanted = new DestinationAnswers().wanted(split);
    expect(wanted.shares.size).toBe(0);
    expect(wanted.unnamed).toEqual(split);
  });

  it('says the shares in answers once it knows them', () => {
    const answers = new DestinationAnswers();
    answers.learn(first, 'hello 1');
    answers.learn(second, 'hello 2');
    const wanted = answers.wanted(split);
    expect([...wanted.shares]).toEqual([
      ['hello 1', 0.9],
      ['hello 2', 0.1],
    ]);
    expect(wanted.destinations.get('hello 1')).toEqual([first]);
    expect(wanted.unnamed).toEqual([]);
  });

  it('adds up destinations that give the same answer', () => {
    const answers = new DestinationAnswers();
    answers.learn(first, 'hello');
    answers.learn(second, 'hello');
    expect(answers.wanted(split).shares.get('hello')).toBeCloseTo(1);
  });

  it('names no answer for a destination that gives several', () => {
    const answers = new DestinationAnswers();
    answers.learn(first, 'hello 1');
    answers.learn(first, 'hello 1.1');
    expect(answers.answerOf(first)).toBeUndefined();
    expect(answers.wanted(split).unnamed.map(({ destination }) => destination)).toContain(first);
  });

  it('forgets what a destination answered long ago', () => {
    const answers = new DestinationAnswers();
    answers.learn(first, 'hello 1');
    for (let index = 0; index < 20; index++) answers.learn(first, 'hello 1.1');
    expect(answers.answerOf(first)).toBe('hello 1.1');
  });

  it('wants none of an answer whose destination the rule leaves out', () => {
    const answers = new DestinationAnswers();
    answers.learn(first, 'hello 1');
    answers.learn(second, 'hello 2');
    expect(answers.wanted([{ destination: first, share: 1 }]).shares.get('hello 2')).toBe(0);
  });

  it('does not say "never" while a destination that takes part may give that answer', () => {
    const answers = new DestinationAnswers();
    answers.learn(second, 'hello 2');
    expect(answers.wanted([{ destination: first, share: 1 }]).shares.has('hello 2')).toBe(false);
  });

  it('wants nothing at all without a rule', () => {
    const answers = new DestinationAnswers();
    answers.learn(first, 'hello 1');
    expect(answers.wanted([]).shares.size).toBe(0);
  });
});
