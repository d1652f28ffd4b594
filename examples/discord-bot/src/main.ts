import { createBot } from './bot.ts'
import { commandNames } from './commands/command.ts'
import { createLog, describeError } from './log.ts'
import { readSettings, rolesVariable, SettingsError } from './settings.ts'

/** Runs the bot until it is told to stop. */
const log = createLog((line) => process.stdout.write(line))

try {
  const settings = readSettings(process.env)
  for (const name of commandNames) {
    if (settings.allowed[name].length === 0)
      log('warn', `nobody may use /${name}: name roles in ${rolesVariable(name)} if somebody should`)
  }
  const bot = createBot({
    settings,
    log,
    clock: Date.now,
    // Nothing keeps the process alive then.
    onEnd: () => {
      process.exitCode = 1
    },
  })
  const stop = async () => {
    // A second one ends at once.
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await bot.stop()
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  await bot.start()
} catch (error) {
  if (error instanceof SettingsError) process.stderr.write(`${error.message}\n`)
  else
    log(
      'error',
      'the bot could not start: check the settings that `reason` is about, and whether Discord can be reached from here',
      describeError(error),
    )
  process.exitCode = 1
}
