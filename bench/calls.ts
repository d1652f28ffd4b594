/** The calls that are measured: what game servers and the bot ask all day. */
export const callNames = ['connect', 'profile', 'log'] as const
export type CallName = (typeof callNames)[number]

/** Players with ids that follow on each other. */
export type Players = { first: number; count: number }

/** Scatters the players over a measurement; prime, so that all of them have their turn. */
const stride = 7919

/** Who makes requests: `run` tells the shifts of one measurement from those of all others. */
export type Asker = { key: string; players: Players; run: string }

/** The bytes of the `index`th request of a measurement. */
export function requestText(call: CallName, index: number, { key, players, run }: Asker): string {
  const id = players.first + ((index * stride) % players.count)
  const headers = `host: 127.0.0.1\r\nx-api-key: ${key}\r\nuser-agent: Roblox/Linux\r\naccept: */*\r\n`
  switch (call) {
    case 'connect':
      return `GET /connect?place=4895128840&id=${id}&training=false HTTP/1.1\r\n${headers}\r\n`
    case 'profile':
      return `GET /profile?id=${id} HTTP/1.1\r\n${headers}\r\n`
    case 'log': {
      const shift = `id=${id}&place=4895128840&duration=600&training=false&server=${run}-${index}`
      return `POST /log?${shift} HTTP/1.1\r\n${headers}content-length: 0\r\n\r\n`
    }
  }
}

/** Whether a body is what the call answers about the players that the bench makes. */
export function isRightBody(call: CallName, body: string): boolean {
  switch (call) {
    case 'connect':
      return /^\{"certifications":"[a-z,]*","auth":true,"clearance":\d\}$/.test(body)
    case 'profile':
      return /^\{"status":"success","id":\d+,.*"points":\d+,.*"certifications":\[.*\]\}$/.test(body)
    case 'log':
      return body === '{"status":"success"}'
  }
}
