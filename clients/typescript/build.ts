import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Makes the package as it is published, in `dist` or the folder that is named. In a checkout the sources are the package,
 * so that nothing has to be built first; whoever installs it gets JavaScript, which is why it has a `package.json` of its own.
 */
const here = dirname(fileURLToPath(import.meta.url))
const out = resolve(process.argv[2] ?? join(here, 'dist'))

rmSync(out, { recursive: true, force: true })
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
execFileSync(process.execPath, [compiler, '-p', join(here, 'tsconfig.build.json'), '--outDir', out], {
  stdio: 'inherit',
})
for (const name of ['README.md', 'LICENSE']) copyFileSync(join(here, name), join(out, name))

const { scripts: _, private: __, ...manifest } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
const entry = { types: './index.d.ts', default: './index.js' }
writeFileSync(join(out, 'package.json'), `${JSON.stringify({ ...manifest, exports: { '.': entry } }, null, 2)}\n`)
