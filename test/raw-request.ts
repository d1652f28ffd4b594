import { once } from 'node:events'
import { connect } from 'node:net'

/** What a server answered to bytes that need not be HTTP. Header names are in lower case. */
export type RawReply = { status: number; headers: Record<string, string>; body: string }

/** A connection that a test writes to as it likes. */
export type RawConnection = {
  write(text: string): void
  /** All that came so far. */
  received(): string
  /** Kept when the server has closed it; all that came. */
  closed: Promise<string>
  close(): void
}

/** `from` is another address of this machine. */
export async function openRaw(address: string, { from }: { from?: string } = {}): Promise<RawConnection> {
  const { hostname, port } = new URL(address)
  const socket = connect({ port: Number(port), host: hostname, ...(from && { localAddress: from }) })
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  // Writing on after the server has closed is what some tests are about.
  socket.on('error', () => undefined)
  const received = () => Buffer.concat(chunks).toString()
  const closed = once(socket, 'close').then(received)
  await Promise.race([once(socket, 'connect'), closed])
  return { write: (text) => socket.write(text), received, closed, close: () => socket.destroy() }
}

/** Sends bytes as they are and reads until the server closes, which `connection: close` makes it do. */
export async function sendRaw(address: string, text: string): Promise<RawReply> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.setTimeout(5000, () => socket.destroy(new Error('the server neither answered nor closed')))
  socket.write(text)
  await once(socket, 'close')
  const [head = '', ...rest] = Buffer.concat(chunks).toString().split('\r\n\r\n')
  const [status = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const [name = '', ...value] = line.split(': ')
    return [name.toLowerCase(), value.join(': ')]
  })
  return { status: Number(status.split(' ')[1]), headers: Object.fromEntries(headers), body: rest.join('\r\n\r\n') }
}
