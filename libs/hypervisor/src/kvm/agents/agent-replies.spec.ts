// Replies and refusals of agents.
import { describe, expect, it } from 'vitest';
import { readReply } from './agent-replies.ts';

describe('readReply', () => {
  it('gives the reply', () => {
    expect(readReply('health', { status: 200, body: '{"kind":"consoleproxy"}' })).toEqual({ kind: 'consoleproxy' });
  });

  it.each([
    ['invalid', 'refused'],
    ['missing', 'missing'],
    ['busy', 'busy'],
    ['failed', 'bug'],
  ])('makes %s a driver error of kind %s with the text of the agent', (kind, expected) => {
    const body = JSON.stringify({ kind, message: 'no such download' });
    expect(() => readReply('x', { status: 400, body })).toThrow(expect.objectContaining({ kind: expected, message: 'no such download' }));
  });

  it.each([
    ['no JSON', 'Bad Gateway'],
    ['JSON of somebody else', '{"kind":"other","message":"x"}'],
  ])('calls %s a bug', (_what, body) => {
    expect(() => readReply('x', { status: 500, body })).toThrow(expect.objectContaining({ kind: 'bug' }));
  });
});
