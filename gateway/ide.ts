/** The query editor in the browser at `/ide/`: Altair's static files from its npm package, nothing from anywhere else. */
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { getDistDirectory, isSandboxFrame, renderAltair, renderInitSnippet, SANDBOX_FRAME_CSP } from 'altair-static'
import { refuse, send } from '#runtime/reply.ts'
import type { Route } from '#runtime/serve.ts'

/** One tab that is there at the first visit; afterwards the browser keeps what the user made of them. */
export interface IdeTab {
  readonly name: string
  readonly query: string
  /** JSON */
  readonly variables?: string
}

export const IDE_PATH = '/ide/'

const OPTIONS_FILE = 'options.js'
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}
/**
 * Everything from here and nothing from elsewhere. Styles are made at run time, so they need 'unsafe-inline'. A page of another site may
 * not frame the editor and have its user click a mutation.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-src 'self'",
  "frame-ancestors 'self'",
  "form-action 'none'",
  "base-uri 'self'",
].join('; ')
const HEADERS = { 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }

/** @param endpoint path of the GraphQL endpoint, HTTP and WebSocket, on the same host */
export async function ideRoutes(endpoint: string, tabs: readonly IdeTab[]): Promise<Readonly<Record<string, Route>>> {
  const directory = getDistDirectory()
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  // Only what is in this list is ever opened, whatever the path of a request says.
  const files = new Map(
    entries
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .map(file => [relative(directory, file).split(sep).join('/'), file]),
  )
  const page = renderAltair({ baseURL: IDE_PATH, serveInitialOptionsInSeperateRequest: OPTIONS_FILE })

  const redirect = (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(302, { location: IDE_PATH, 'content-length': 0 }).end()
  }
  const ide: Route = async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host')
    const name = pathname.slice(IDE_PATH.length)
    if (name === '') return send(response, 200, 'text/html; charset=utf-8', page, { ...HEADERS, 'cache-control': 'no-cache' })
    if (name === OPTIONS_FILE) return send(response, 200, TYPES['.js'] ?? '', optionsFor(request, endpoint, tabs), HEADERS)
    const file = files.get(name)
    if (file === undefined) return refuse(response, { status: 404, code: 'NOT_FOUND', message: 'There is nothing here.' })
    const type = TYPES[extname(file)] ?? 'application/octet-stream'
    // Scripts that users write run in this frame: it gets an origin of its own, without access to the editor's.
    const headers = isSandboxFrame(name) ? { ...HEADERS, 'content-security-policy': SANDBOX_FRAME_CSP } : HEADERS
    send(response, 200, type, await readFile(file), { ...headers, 'cache-control': 'max-age=3600' })
  }
  return { '/': redirect, [IDE_PATH.slice(0, -1)]: redirect, [IDE_PATH]: ide }
}

function optionsFor({ headers }: IncomingMessage, endpoint: string, tabs: readonly IdeTab[]): string {
  const host = /^[\w.:[\]-]+$/.test(headers.host ?? '') ? headers.host : 'localhost'
  const shared = {
    // Altair takes absolute URLs only.
    endpointURL: `http://${host}${endpoint}`,
    subscriptionsEndpoint: `ws://${host}${endpoint}`,
    initialSubscriptionRequestHandlerId: 'graphql-ws' as const,
  }
  return renderInitSnippet({
    ...shared,
    baseURL: IDE_PATH,
    preserveState: true,
    initialSettings: { 'alert.disableUpdateNotification': true, 'banners.disable': true, disablePushNotification: true },
    initialWindows: tabs.map(({ name, query, variables = '{}' }) => ({
      ...shared,
      initialName: name,
      initialQuery: query,
      initialVariables: variables,
    })),
  })
}
