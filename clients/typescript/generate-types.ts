import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Makes `src/openapi.ts` from the OpenAPI document. It asks the registry, since openapi-typescript needs TypeScript 5. */
const document = fileURLToPath(new URL('../../openapi.json', import.meta.url))
const types = fileURLToPath(new URL('./src/openapi.ts', import.meta.url))

const generator = ['--yes', '-p', 'typescript@5', '-p', 'openapi-typescript@7.13.0', 'openapi-typescript']
execFileSync('npx', [...generator, document, '-o', types], { stdio: 'inherit', shell: process.platform === 'win32' })
const { paths, components } = JSON.parse(readFileSync(document, 'utf8'))
// By which the tests know, without a registry, whether they are those of the document.
const hash = createHash('sha256').update(JSON.stringify({ paths, components })).digest('hex')
writeFileSync(types, `// Of openapi.json with the SHA-256 ${hash}\n${readFileSync(types, 'utf8')}`)
