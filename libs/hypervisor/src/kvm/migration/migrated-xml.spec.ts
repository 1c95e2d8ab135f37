// What changes in a machine's definition when it moves to another host.
import { describe, expect, it } from 'vitest';
import { withBridges } from './migrated-xml.ts';

const card = (mac: string, bridge: string) => `    <interface type='bridge'>
      <mac address='${mac}'/>
      <source bridge='${bridge}'/>
      <target dev='t7-0'/>
      <model type='virtio'/>
    </interface>`;
const machine = (...cards: string[]) =>
  ['<domain>', '  <devices>', ...cards, "    <graphics type='vnc' passwd='abcdefgh'/>", '  </devices>', '</domain>'].join('\n');

const nic = (mac: string, bridge: string) => ({ mac, bridge, deviceId: 0 });

describe('withBridges', () => {
  it('gives each card the bridge of the other host and leaves the rest alone', () => {
    const xml = machine(card('02:00:00:00:00:0a', 'cloudbr0'), card('02:00:00:00:00:0b', 'cloud0'));
    expect(withBridges(xml, [nic('02:00:00:00:00:0B', 'cloud0'), nic('02:00:00:00:00:0a', 'br-guest')])).toBe(
      machine(card('02:00:00:00:00:0a', 'br-guest'), card('02:00:00:00:00:0b', 'cloud0')),
    );
  });

  it.each([
    ['a card more', machine(card('02:00:00:00:00:0a', 'cloudbr0'), card('02:00:00:00:00:0b', 'cloudbr0'))],
    ['a card less', machine()],
    ['another card', machine(card('02:00:00:00:00:0c', 'cloudbr0'))],
  ])('refuses a machine that has %s', (_what, xml) => {
    expect(() => withBridges(xml, [nic('02:00:00:00:00:0a', 'cloudbr0')])).toThrow(/network card/);
  });

  it('refuses a bridge name that is none', () => {
    expect(() => withBridges(machine(card('02:00:00:00:00:0a', 'cloudbr0')), [nic('02:00:00:00:00:0a', "x'/>")])).toThrow(/bridge name/);
  });
});
