// Which code, envelope and text an error becomes.
import { problem, problemKinds } from '@strata/domain';
import { describe, expect, it } from 'vitest';
import { causeChain, errorReply, genericErrorText, headerText } from './error-envelope.ts';

const listZones = { envelope: 'listzonesresponse' };

describe('errorReply', () => {
  it('gives each kind of problem a code that the contract knows', () => {
    const known = [401, 429, 430, 431, 432, 503, 530, 531, 533, 534, 535, 536, 537];
    for (const kind of problemKinds) expect(known, kind).toContain(errorReply(problem(kind, 'x'), undefined).status);
  });

  it('uses the envelope of the command', () => {
    expect(errorReply(problem('invalid', 'page without pagesize'), listZones)).toEqual({
      status: 431,
      envelope: 'listzonesresponse',
      body: { uuidList: [], errorcode: 431, cserrorcode: 4350, errortext: 'page without pagesize' },
      description: 'page without pagesize',
    });
  });

  it('uses errorresponse without a command and for every 432', () => {
    expect(errorReply(problem('invalid', 'x'), undefined).envelope).toBe('errorresponse');
    expect(errorReply(problem('unknownCommand', 'x'), listZones)).toMatchObject({ status: 432, envelope: 'errorresponse' });
  });

  it('names the objects that the text speaks about', () => {
    const error = problem('inUse', 'x', { subjects: [{ uuid: 'u', description: 'pod p' }] });
    expect(errorReply(error, listZones).body['uuidList']).toEqual([{ uuid: 'u', description: 'pod p' }]);
  });

  it('tells nothing of a defect', () => {
    for (const error of [new Error('password is hunter2'), problem('bug', 'password is hunter2'), 'hunter2', undefined]) {
      const reply = errorReply(error, listZones);
      expect(reply).toMatchObject({ status: 530, body: { errortext: genericErrorText } });
      expect(JSON.stringify(reply)).not.toContain('hunter2');
    }
  });
});

describe('headerText', () => {
  it('keeps to printable ASCII on one line', () => {
    expect(headerText('a\r\nSet-Cookie: x=1\u0000 é\u2028b')).toBe('a Set-Cookie: x=1? ? b');
  });

  it('is cut to what every proxy takes', () => {
    expect(headerText('x'.repeat(9_000))).toHaveLength(1_024);
  });
});

describe('causeChain', () => {
  it('goes from the error to its first cause', () => {
    const chain = causeChain(new Error('outer', { cause: new TypeError('inner', { cause: 'text' }) }));
    expect(chain.map((link) => link.split('\n')[0])).toEqual(['Error: outer', 'TypeError: inner', 'text']);
  });

  it('ends although causes point at each other', () => {
    const error = new Error('a');
    error.cause = error;
    expect(causeChain(error)).toHaveLength(8);
  });
});
