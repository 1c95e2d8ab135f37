// createConsoleEndpoint
import { consolePagePath, consoleSocketPath } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';
import { hashOf } from '../../kernel/http/session-store.ts';
import { getConsoleMachine } from './console-machine.ts';
import { type ConsolePlace, consolePlaceOf } from './console-place.ts';
import { issueToken } from './console-tokens.ts';
import { consoleLinkSeconds } from './console.settings.ts';

interface ConsoleEndpoint {
  /** The machine, for the event. */
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly place: ConsolePlace;
  readonly token: string;
  readonly extra: string | undefined;
  readonly goodForSeconds: number;
}

const websocketView = view<ConsoleEndpoint>('websocket', {
  token: field.string('what opens the console, once', ({ token }) => token),
  host: field.string('where to connect to', ({ place }) => place.host),
  port: field.string('its port', ({ place }) => String(place.port)),
  path: field.string('the path of the WebSocket, which takes token and extra in its query', () => consoleSocketPath),
  extra: field.string('what was given as token, to be sent along', ({ extra }) => extra),
});

const consoleEndpointView = view<ConsoleEndpoint>('consoleendpoint', {
  success: field.boolean('always true: what stands in the way is an error', () => true),
  url: field.string('the page that shows the console, once', pageUrl),
  details: field.string(
    'how long the link is good',
    ({ goodForSeconds }) => `the link opens the console once, within ${goodForSeconds} seconds`,
  ),
  websocket: field.object('for viewers of one’s own', websocketView, (row) => row),
});

export const createConsoleEndpoint = command({
  name: 'createConsoleEndpoint',
  about: 'Makes a link that opens the console of a running machine once, within the seconds that consoleproxy.link.seconds allows.',
  roles: everyRole,
  since: '1.0',
  event: 'VM.CONSOLE.LINK',
  params: {
    virtualmachineid: param.uuid({
      required: true,
      about: 'the virtual machine; for administrators also a system machine or virtual router',
    }),
    token: param.string({
      secret: true,
      about: 'a secret of the caller that must come with the link too; the link that is answered has it',
    }),
  },
  returns: consoleEndpointView,
  async execute({ virtualmachineid, token: extra }, { tx, caller, clock, settings, sessions }): Promise<ConsoleEndpoint> {
    const machine = await getConsoleMachine(tx, caller, virtualmachineid);
    const place = await consolePlaceOf(tx, settings, machine.zoneId);
    const session = caller.via === 'session' ? sessions.currentId : undefined;
    const goodForSeconds = settings.get(consoleLinkSeconds);
    const token = await issueToken(tx, clock, {
      machine,
      userId: caller.userId,
      sessionHash: session === undefined ? undefined : hashOf(session),
      proxyId: place.proxyId,
      extra,
      goodForSeconds,
    });
    return { id: machine.id, uuid: machine.uuid, name: machine.name, place, token, extra, goodForSeconds };
  },
});

/** Behind the `#`: what stands there is not sent to servers, and so in none of their logs. */
function pageUrl({ place, token, extra, name }: ConsoleEndpoint): string {
  const { scheme, host, port } = place;
  const isUsual = port === (scheme === 'https' ? 443 : 80);
  const parameters = new URLSearchParams({ token, ...(extra !== undefined && { extra }), name });
  return `${scheme}://${host}${isUsual ? '' : `:${port}`}${consolePagePath}#${parameters.toString()}`;
}
