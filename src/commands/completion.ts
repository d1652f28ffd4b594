import { Argument, type Command } from 'commander'
import { type Shell, scriptFor, shells } from './completion-scripts.ts'
import { describeCommands } from './completion-words.ts'
import { examples } from './help.ts'
import type { Output } from './output.ts'

/** `completion`: a script for a shell, made of the commands and options that there are. */
export function addCompletionCommand(program: Command, { out }: Output): void {
  program
    .command('completion')
    .summary('print what lets a shell complete commands')
    .description(
      'Print a script that lets a shell complete commands, options, choices, and the communities of ./communities. It is for a command called magicband, which has to be on the PATH: npm install --global, or a link to .bin/magicband of the folder where it is installed.',
    )
    .addArgument(new Argument('<shell>', 'the shell that it is for').choices(shells))
    .addHelpText(
      'after',
      examples(
        ["echo 'source <(magicband completion bash)' >> ~/.bashrc", 'Bash, from its next start on'],
        ["echo 'source <(magicband completion zsh)' >> ~/.zshrc", 'Zsh, below the line that calls compinit'],
        ['magicband completion fish > ~/.config/fish/completions/magicband.fish', 'Fish'],
      ),
    )
    .action((shell: Shell) => out(scriptFor(shell, describeCommands(program))))
}
