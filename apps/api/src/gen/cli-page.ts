// The page docs/cli/README.md: how the command-line client cs calls each command.
import type { Area } from '../kernel/area.ts';
import { type CommandReference, referencesOf } from '../kernel/command/reference.ts';
import { generatedNote } from './markdown.ts';

const introduction = `\`cs\` (Debian package \`python3-cs\`) signs requests with an API key. It reads where and as whom from the environment:

\`\`\`sh
export CLOUDSTACK_ENDPOINT=http://127.0.0.1:8080/client/api CLOUDSTACK_KEY=… CLOUDSTACK_SECRET=…
\`\`\`

Below is each command with the parameters that it requires. What they mean, and which others there are, is in the [API reference](../api/README.md).`;

/** Reads a file of the management server, so only ./strata may call it. */
const onlyLocal = 'installTemplate';

/** Path below docs/ → content. */
export function cliPages(areas: readonly Area[]): Map<string, string> {
  // Login and what comes before it is for browsers: who signs has no session.
  const commands = areas.flatMap((area) => area.commands).filter(({ name, roles }) => roles !== 'anyone' && name !== onlyLocal);
  const lines = referencesOf(commands).map((command) => `# ${command.about}\n${csCall(command)}`);
  return new Map([
    ['cli/README.md', `# Calling the API with cs\n\n${generatedNote}\n\n${introduction}\n\n\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n`],
  ]);
}

function csCall({ name, params }: CommandReference): string {
  return ['cs', name, ...params.filter(({ required }) => required).map((param) => placeholder(param.name, param.type))].join(' ');
}

function placeholder(name: string, type: string): string {
  return type === 'map' ? `'${name}[0].KEY=VALUE'` : `${name}=${type.split(',')[0]!}`;
}
