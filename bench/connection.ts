import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

type Answered = (status: number, body: string) => void

/** A kept connection that asks one request at a time; it reads just enough HTTP for servers that tell `content-length`. */
export class Connection {
  readonly #socket: Socket
  #text = ''
  #answered: Answered | undefined

  private constructor(port: number, ended: () => void) {
    const buffer = Buffer.alloc(64 * 1024)
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer,
        callback: (bytes) => {
          this.#read(buffer.toString('latin1', 0, bytes))
          return true
        },
      },
    })
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', ended)
  }

  /** `ended` is called when the connection is closed, by whichever side. */
  static async open(port: number, ended: () => void): Promise<Connection> {
    const connection = new Connection(port, ended)
    await once(connection.#socket, 'connect')
    return connection
  }

  send(request: string, answered: Answered): void {
    this.#answered = answered
    this.#socket.write(request, 'latin1')
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#text += text
    const headEnd = this.#text.indexOf('\r\n\r\n')
    if (headEnd === -1) return
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#text)?.[1]
    if (length === undefined) throw new Error(`an answer without a length: ${this.#text.slice(0, headEnd)}`)
    const end = headEnd + 4 + Number(length)
    if (this.#text.length < end) return
    const status = Number(this.#text.slice(9, 12))
    const body = this.#text.slice(headEnd + 4, end)
    this.#text = this.#text.slice(end)
    this.#answered?.(status, body)
  }
}
