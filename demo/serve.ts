/** The command `npm run demo`. */
import { parseArgs } from 'node:util';
import { buildIfNeeded } from './build.ts';
import { makeDemoServer } from './server.ts';

const usage = `npm run demo -- [--port N] [--host NAME] [--plain]

  --port N      the port; 8080 unless told, 0: any
  --host NAME   the address to listen on; localhost unless told
  --plain       without the headers for cross-origin isolation: no threads
`;

function readArguments(): { port: number; host: string; plain: boolean } {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8080' },
      host: { type: 'string', default: 'localhost' },
      plain: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError(`${values.port} is no port`);
  return { port, host: values.host, plain: values.plain };
}

function fail(error: Error): never {
  console.error(`demo: ${error.message}`);
  process.exit(1);
}

async function main(): Promise<void> {
  const { port, host, plain } = readArguments();
  buildIfNeeded();
  const server = await makeDemoServer({ isolated: !plain });
  server.on('error', fail);
  server.listen(port, host, () => {
    const address = server.address();
    const chosen = typeof address === 'object' ? address!.port : port;
    console.log(`everycodec's demo: http://${host.includes(':') ? `[${host}]` : host}:${chosen}/`);
  });
}

main().catch(fail);
