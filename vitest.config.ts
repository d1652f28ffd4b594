import { defineConfig } from 'vitest/config'

/** What touches no database is tested once; everything else on both. */
const withDatabase = [
  'src/{audit,database,features,http,jobs,keys,import,privacy,telemetry}/**/*.test.ts',
  'test/**/*.test.ts',
]
const sqliteOnly = [
  'src/database/sqlite.test.ts',
  'src/database/sqlite-wal.test.ts',
  'test/sqlite-failures.test.ts',
  'test/docs*.test.ts',
  'test/roblox-conformance.test.ts',
  'test/log-messages.test.ts',
  'test/package.test.ts',
  'test/deploy.test.ts',
  'test/dashboard.test.ts',
  'test/configuring.test.ts',
]
const postgresOnly = ['src/database/postgres.test.ts', 'test/postgres-failures.test.ts']

export default defineConfig({
  test: {
    // One module graph for all files: it is fast, and it forbids state that lives in a module. Two processes, since tests
    // wait as long as they work; with more of them those that are about how long somebody waits would measure the others.
    isolate: false,
    maxWorkers: 2,
    // Tests that run at once mostly wait: for services of the sandbox that hang, each in a world of its own.
    maxConcurrency: 20,
    // A busy machine is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/sqlite.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['{src,test,bench,clients,examples}/**/*.test.ts'],
          exclude: [...postgresOnly, '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: { name: 'postgres', include: withDatabase, exclude: sqliteOnly, globalSetup: ['test/postgres.ts'] },
      },
    ],
  },
})
