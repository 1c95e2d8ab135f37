// Settings of consoles and console proxies, by the names that operators know.
import { setting } from '../../kernel/settings/settings.ts';
import { refuseUnlessDomain } from '../certificate/public-host.ts';

const category = 'Console proxy';

export const consoleTls = setting<boolean>({
  name: 'consoleproxy.sslEnabled',
  about:
    'Whether consoles are served over TLS, with the uploaded certificate or the one that the installation makes for itself. Without it, whoever listens on the way sees and types.',
  category,
  initial: true,
  scopes: ['zone'],
});

export const consoleDomain = setting<string>({
  name: 'consoleproxy.url.domain',
  about:
    'How browsers name console proxies: console.example.com for all, or *.example.com for 10-1-2-3.example.com by address. Empty: by address, or the suffix of the uploaded certificate.',
  category,
  initial: '',
  scopes: ['zone'],
  refuse: refuseUnlessDomain,
});

export const consoleIdleMs = setting<number>({
  name: 'consoleproxy.session.timeout',
  about: 'How long a console stays open without a key or a click, in milliseconds.',
  category,
  initial: 300_000,
  refuse: (value) =>
    Number.isInteger(value) && value >= 10_000 && value <= 86_400_000 ? undefined : 'milliseconds from 10000 to 86400000 are expected',
});

export const consoleMaxSessions = setting<number>({
  name: 'consoleproxy.session.max',
  about: 'How many consoles one console proxy has open at a time.',
  category,
  initial: 50,
  refuse: (value) => (Number.isInteger(value) && value >= 1 && value <= 1_000 ? undefined : 'from 1 to 1000 consoles are possible'),
});

export const consoleLinkSeconds = setting<number>({
  name: 'consoleproxy.link.seconds',
  about: 'How long the link to a console can be opened, in seconds.',
  category,
  initial: 60,
  refuse: (value) => (Number.isInteger(value) && value >= 5 && value <= 600 ? undefined : 'seconds from 5 to 600 are expected'),
});
