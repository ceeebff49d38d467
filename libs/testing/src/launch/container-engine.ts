import { existsSync } from 'node:fs';
import { request } from 'node:http';

const SOCKETS = [
  '/var/run/docker.sock',
  `${process.env['HOME'] ?? ''}/.docker/run/docker.sock`,
  `${process.env['XDG_RUNTIME_DIR'] ?? ''}/podman/podman.sock`,
];

let answer: Promise<boolean> | undefined;

/** Whether a container engine answers, asked once per process: at `DOCKER_HOST`, or on the usual sockets. */
export function containerEngineAnswers(): Promise<boolean> {
  answer ??= ask();
  return answer;
}

async function ask(): Promise<boolean> {
  const host = process.env['DOCKER_HOST'] ?? '';
  if (host.startsWith('tcp://')) return ping(new URL('/_ping', host.replace('tcp:', 'http:')));
  const sockets = host.startsWith('unix://') ? [host.slice('unix://'.length)] : SOCKETS;
  for (const socketPath of sockets) {
    if (existsSync(socketPath) && (await ping(new URL('http://localhost/_ping'), socketPath))) return true;
  }
  return false;
}

function ping(url: URL, socketPath?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(url, { ...(socketPath === undefined ? {} : { socketPath }), timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once('error', () => resolve(false));
    asked.once('timeout', () => asked.destroy());
    asked.end();
  });
}
